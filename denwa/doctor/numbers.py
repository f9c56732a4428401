"""Whether what is dialled at the exchange arrives: each number, and more than one call."""

from denwa.doctor.ends import BothEnds
from denwa.doctor.finding import NOTHING_TO_DO, Finding, Level, said
from denwa.doctor.pair import Astray, connected
from denwa.doctor.subject import Subject
from denwa.language import Text
from exchange.network.dialplan import Place
from exchange.sip.call import CallEnded
from exchange.sip.dialler import NotReached

CHECK = "numbers"
MOST_TRIED = 12

_ARRIVE = Text(
    "Dialled at the exchange, {numbers} arrive here.", "交換機でダイヤルした {numbers} は、ここに届きます。"
)
_LOST = Text(
    "Dialled at the exchange, {numbers} do not arrive here.",
    "交換機でダイヤルした {numbers} が、ここに届きません。",
)
_ANSWERS = Text(" The exchange answers {status} {reason}.", "交換機の返事は {status} {reason} です。")
_ANSWERED = Text(" The exchange itself takes the call.", "交換機が自分で応答しています。")
_PASTE = Text(
    "Paste what `denwa dialplan mikopbx` prints (plain Asterisk: `denwa dialplan asterisk`), or paste it again. MikoPBX: "
    "System → System file customization → extensions.conf → Append to end of file:",
    "`denwa dialplan mikopbx` (素の Asterisk なら `denwa dialplan asterisk`) の内容を貼り付け直してください。MikoPBX: "
    "システム → システムファイルのカスタマイズ → extensions.conf → ファイルの最後に追加:",
)
_RANGES = Text(
    "The ranges {ranges} were not dialled: dial one of their numbers from a telephone.",
    "番号の範囲 {ranges} は試していません。電話機からかけてみてください。",
)


async def check_numbers(ends: BothEnds, subject: Subject, tried: tuple[str, ...] = ()) -> list[Finding]:
    """Dial each fixed number but those `tried` with success already."""
    arrived, lost = list(tried), []
    last: Exception | None = None
    for number in subject.fixed_numbers[:MOST_TRIED]:
        if number in tried:
            continue
        try:
            async with connected(ends, subject.name, number):
                arrived.append(number)
        except Astray as error:
            lost.append(number)
            last = error
        except (NotReached, CallEnded):
            arrived.append(number)  # it came, and ended at once
    return [*judge(subject, arrived, lost, last), *of_ranges(subject)]


def judge(subject: Subject, arrived: list[str], lost: list[str], error: Exception | None) -> list[Finding]:
    """What is to be said of the numbers that arrived and of those that did not (`error`: how the last one ended)."""
    found = []
    if arrived:
        what = said(_ARRIVE, numbers=", ".join(arrived))
        found.append(Finding(CHECK, Level.OK, what, NOTHING_TO_DO, subject=subject.name))
    if lost:
        why = how(error)
        what = said(_LOST, numbers=", ".join(lost))
        found.append(
            Finding(
                CHECK,
                Level.FAIL,
                Text(what.en + why.en, what.ja + why.ja),
                _PASTE,
                subject.to_paste(Place.NUMBERS),
                subject=subject.name,
            )
        )
    return found


def how(error: Exception | None) -> Text:
    """What became of a call that did not come back."""
    end = error.end if isinstance(error, Astray | NotReached | CallEnded) else None
    if end is None:
        return _ANSWERED
    return said(_ANSWERS, status=end.status or "", reason=end.reason)


def of_ranges(subject: Subject) -> list[Finding]:
    """A word on the numbers that cannot be dialled as they stand."""
    ranges = [number for number in subject.numbers if number not in subject.fixed_numbers]
    if not ranges:
        return []
    what = said(_RANGES, ranges=", ".join(ranges))
    return [Finding(CHECK, Level.NOTE, what, NOTHING_TO_DO, subject=subject.name)]
