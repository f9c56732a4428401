"""The options of `denwa alarm`, each with its help in the terminal's language."""

from typing import Annotated, Any

import typer

from denwa.cli.common import say
from denwa.language import Language, Text
from schedules.civil_due import MOST_MINUTES


def _option(en: str, ja: str, metavar: str | None = None, name: str = "", **more: Any) -> Any:
    names = (name,) if name else ()
    return typer.Option(*names, metavar=metavar, help=say(Text(en, ja)), **more)


AlarmArgument = Annotated[
    int, typer.Argument(metavar="N", min=1, help=say(Text("The alarm's number.", "アラームの番号。")))
]
JsonOption = Annotated[
    bool,
    _option(
        "One JSON object a line, times in UTC.", "一行ごとの JSON で、時刻は UTC で出す。", name="--json"
    ),
]

# whom it rings
NumberArgument = Annotated[
    str,
    typer.Argument(
        metavar="NUMBER",
        help=say(Text("Whom to ring, as dialled at the exchange.", "交換機でダイヤルするとおりの番号。")),
    ),
]
ExchangeOption = Annotated[str, _option("By this exchange.", "この交換機で。", "NAME")]
ExtensionOption = Annotated[str, _option("From this extension of ours.", "この内線から。", "NAME")]
TrunkOption = Annotated[
    str,
    _option(
        "The trunk that leads to it; else as its prefix says.",
        "番号へ通じるトランク。省けば番号の頭から決める。",
        "NAME",
    ),
]
SecondOption = Annotated[
    str,
    _option(
        "Whom to ring when the first one does not wake.", "起きないときに呼び出す二つめの番号。", "NUMBER"
    ),
]

# when
TimeArgument = Annotated[
    str, typer.Argument(metavar="[TIME]", help=say(Text("When: 06:30 or 0630.", "時刻。06:30 か 0630。")))
]
DateOption = Annotated[
    str,
    _option(
        "On this date, with --repeat from it on; else the next time that it is TIME.",
        "この日に。--repeat ではこの日から。省けば次にその時刻になる時。",
        "YYYY-MM-DD",
        "--date",
    ),
]
RepeatOption = Annotated[
    str,
    _option(
        "daily, workdays, holidays (all days off), or days: mon,wed.",
        "daily、workdays（平日）、holidays（土日祝日）、または曜日: mon,wed",
        "DAYS",
    ),
]
MinutesOption = Annotated[
    int | None,
    _option(
        "In so many minutes, instead of TIME.",
        "時刻の代わりに、何分後か。",
        "MINUTES",
        "--in",
        min=1,
        max=MOST_MINUTES,
    ),
]
ZoneOption = Annotated[
    str,
    _option(
        r"The IANA time zone of TIME; else as in \[wakeup].",
        r"時刻のタイムゾーン（IANA の名前）。省けば \[wakeup] のとおり。",
        "ZONE",
    ),
]

# what it says
MessageOption = Annotated[str, _option("What is said.", "何を話すか。", "KEY")]
SpokenOption = Annotated[
    Language | None, _option("In which language it speaks: ja or en.", "話す言語。ja または en。")
]
TitleOption = Annotated[str, _option("What a calendar calls it.", "カレンダーでの名前。", "TEXT")]

# how it insists; what is left out is as in [wakeup]
AttemptsOption = Annotated[int | None, _option("How often it is tried.", "呼び出す回数。", "N")]
RingOption = Annotated[int | None, _option("How long it rings each time.", "一回に鳴らす秒数。", "SECONDS")]
GapOption = Annotated[
    int | None,
    _option("From one attempt's beginning to the next.", "呼び出しの開始から次の開始までの秒数。", "SECONDS"),
]
SnoozeOption = Annotated[
    int | None,
    _option("From hanging up early to the next ring.", "早く切ったとき、次に鳴るまでの秒数。", "SECONDS"),
]
SnoozesOption = Annotated[
    int | None, _option("How often hanging up early is granted.", "早く切ることを許す回数。", "N")
]
CheckAfterOption = Annotated[
    int | None,
    _option(
        "From a voice that sounded awake to the check call.",
        "起きたらしい声から確認の電話までの秒数。",
        "SECONDS",
    ),
]
ValidForOption = Annotated[
    int | None,
    _option(
        "How late it may ring, when denwa was off or all lines taken.",
        "停止や回線の空き待ちで、遅れて鳴ってよい秒数。",
        "SECONDS",
    ),
]
DemandOption = Annotated[
    bool | None,
    _option(
        "A voice is not enough: a key, or a call back.",
        "声だけでは起床と見なさない。キーか折り返しを求める。",
        name="--demand-acknowledgement/--no-demand-acknowledgement",
    ),
]
