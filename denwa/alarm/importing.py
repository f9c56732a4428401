"""`denwa alarm import`: the events of an iCalendar file as alarms.

An event whose UID is known changes its alarm, for a calendar is edited in its own program and imported again: what is
not changed here rings at the old time. What the file cannot say (whom else to ring, how insistently) stays. An alarm
that was cancelled stays so: somebody said that it is not to ring, and a file written before cannot know.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from denwa.alarm import options
from denwa.alarm.permission import PROVING, NotPermitted, permit
from denwa.alarm.person import who_types
from denwa.alarm.reading import alarm_configuration, wakeup_table
from denwa.alarm.telephones import Way, way_or_stop
from denwa.alarm.words import say_instant, say_recurrence
from denwa.cli.common import LANGUAGE, WRONG, ConfigOption, LanguageOption, say, stop
from denwa.cli.database import database_or_stop
from denwa.harmless import harmless
from denwa.language import Language, Text
from denwa.reasons import say_reason
from denwa.wiring import trust_settings
from exchange.network.numbers import NumberError, require_digits
from schedules.booking import Telephone
from schedules.calendar_alarm import CalendarAlarm
from schedules.calendar_booking import NO_NUMBER, Fate, Taken, rings_anew, take
from schedules.calendar_reader import LARGEST_BYTES, read_calendar
from schedules.errors import ScheduleError
from schedules.policy import Policy
from store.clock import database_now
from trust.settings import TrustSettings

AT_ONCE = 100
"""Events in one transaction: a running denwa waits for it."""

_CANNOT = Text("{file} cannot be read: {why}", "{file} を読めません: {why}")
_NO_CALENDAR = Text("{file}: {why}", "{file}: {why}")
_FATES = {
    Fate.BOOKED: Text("booked", "予約しました"),
    Fate.CHANGED: Text("changed", "変更しました"),
    Fate.UNCHANGED: Text("unchanged", "変更なし"),
    Fate.LEFT_CANCELLED: Text(
        "left cancelled (denwa alarm add books anew)",
        "取り消されたままです（予約し直すには denwa alarm add）",
    ),
}
_TAKEN = Text("alarm {alarm} {fate}: {name}", "アラーム {alarm} {fate}: {name}")
_RINGS = Text(", {when}, {repeats}", "、{when}、{repeats}")
_REFUSED = Text("refused: {name}: {why}", "予約できません: {name}: {why}")
_GIVE_NUMBER = Text(
    "Whom to ring where the file names no number: --number",
    "番号のない予定で呼び出す番号は、--number で指定してください",
)
_SUM = Text("{taken} taken, {refused} refused", "受け入れ {taken} 件、拒否 {refused} 件")


def import_file(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help=say(Text("An iCalendar file (.ics).", "iCalendar ファイル (.ics)。"))
        ),
    ],
    number: Annotated[
        str,
        typer.Option(
            metavar="NUMBER",
            help=say(
                Text("Whom to ring where the file names nobody.", "ファイルに番号がないときに呼び出す番号。")
            ),
        ),
    ] = "",
    exchange: options.ExchangeOption = "",
    extension: options.ExtensionOption = "",
    language: options.SpokenOption = None,
    config: ConfigOption = None,
    lang: LanguageOption = None,
) -> None:
    """Book the events of an iCalendar file as alarms."""
    spoken = lang or LANGUAGE
    configuration = alarm_configuration(config)
    way = way_or_stop(configuration, exchange, extension, spoken)
    usual = way.telephone(number) if number else None
    try:
        with file.open("rb") as opened:
            calendar = read_calendar(opened.read(LARGEST_BYTES + 1))
    except OSError as error:
        stop(_CANNOT.say(spoken, file=file, why=error.strerror))
    except ScheduleError as error:
        stop(_NO_CALENDAR.say(spoken, file=file, why=harmless(say_reason(error, spoken))))
    outcomes: list[Taken | _Refused] = [
        _Refused(each.uid, each.message, each.reason) for each in calendar.refused
    ]
    proving: list[str] = []
    _tell(outcomes, spoken)
    wakeup = wakeup_table(configuration)
    importer = _Importer(
        way=way,
        usual=usual,
        booked_by=who_types(),
        speaks=language or wakeup.language or configuration.language,
        policy=wakeup.policy,
        trust=trust_settings(configuration),
    )
    with database_or_stop(configuration) as database:
        for first in range(0, len(calendar.alarms), AT_ONCE):
            done, unproved = database.write(importer.take, calendar.alarms[first : first + AT_ONCE])
            _tell(done, spoken)
            outcomes += done
            proving += unproved
    refused = [each for each in outcomes if isinstance(each, _Refused)]
    if any(each.names_no_number for each in refused):
        typer.echo(_GIVE_NUMBER.say(spoken), err=True)
    if proving:
        typer.echo(PROVING.say(spoken, numbers=", ".join(dict.fromkeys(proving))))
    typer.echo(_SUM.say(spoken, taken=len(outcomes) - len(refused), refused=len(refused)))
    if refused:
        raise typer.Exit(WRONG)


@dataclass(frozen=True, slots=True)
class _Refused:
    """An event that was not booked, because of what it is or of whom it would ring."""

    uid: str
    message: str
    reason: ScheduleError | NumberError | NotPermitted

    @property
    def names_no_number(self) -> bool:
        return isinstance(self.reason, ScheduleError) and self.reason.template == NO_NUMBER

    def why(self, language: Language) -> str:
        """In one line."""
        if isinstance(self.reason, NotPermitted):
            return " ".join(self.reason.say(language).split())
        return say_reason(self.reason, language)


@dataclass(frozen=True, slots=True)
class _Importer:
    """Whom the alarms ring and how; `usual` is rung where the file names nobody, None: such events are refused."""

    way: Way
    usual: Telephone | None
    booked_by: str
    speaks: Language
    policy: Policy
    trust: TrustSettings

    def take(
        self, session: Session, events: Sequence[CalendarAlarm]
    ) -> tuple[list[Taken | _Refused], list[str]]:
        """Book or change each; what became of them, and which numbers are to be proved. A unit of work."""
        proving: list[str] = []
        now_utc = database_now(session)
        return [self._one(session, event, now_utc, proving) for event in events], proving

    def _one(
        self, session: Session, event: CalendarAlarm, now_utc: datetime, proving: list[str]
    ) -> Taken | _Refused:
        try:
            with session.begin_nested():  # what was counted for an event that is refused is not
                telephone = self._telephone(event)
                if telephone and rings_anew(session, event):
                    unproved = self._permit(session, telephone, event.zone, now_utc)
                else:
                    unproved = []
                taken = take(
                    session,
                    event,
                    telephone,
                    now_utc,
                    booked_by=self.booked_by,
                    language=self.speaks,
                    policy=self.policy,
                )
        except (ScheduleError, NumberError, NotPermitted) as error:
            return _Refused(event.uid, event.message, error.with_traceback(None))
        proving += unproved
        return taken

    def _permit(self, session: Session, telephone: Telephone, zone: str, now_utc: datetime) -> list[str]:
        return permit(
            session,
            self.trust,
            [telephone],
            now_utc,
            booked_by=self.booked_by,
            language=self.speaks,
            zone=zone,
        )

    def _telephone(self, event: CalendarAlarm) -> Telephone | None:
        if not event.number:
            return self.usual
        number = require_digits(event.number)
        return Telephone(self.way.exchange, self.way.extension, number, self.way.rules.trunk_of(number))


def _tell(outcomes: Iterable[Taken | _Refused], language: Language) -> None:
    """One line each."""
    for each in outcomes:
        match each:
            case _Refused(uid, message):
                values = {"name": _name(uid, message), "why": harmless(each.why(language))}
                typer.echo(_REFUSED.say(language, **values), err=True)
            case Taken(event, fate, alarm_id, due_utc):
                name = _name(event.uid, event.message)
                rings = ""
                if due_utc is not None:
                    when = say_instant(due_utc, event.zone, language)
                    repeats = say_recurrence(event.recurrence, language)
                    rings = _RINGS.say(language, when=when, repeats=repeats)
                typer.echo(_TAKEN.say(language, alarm=alarm_id, fate=_FATES[fate], name=name) + rings)


def _name(uid: str, message: str) -> str:
    """By what one knows an event in a calendar."""
    return harmless(message or uid, 60)
