"""`denwa alarm add`: books an alarm and says what it booked."""

from dataclasses import replace
from datetime import time

import typer
from sqlalchemy.orm import Session

from denwa.alarm import options
from denwa.alarm.asked import asked_date, asked_message, asked_recurrence, asked_text, asked_time, asked_zone
from denwa.alarm.permission import PROVING, NotPermitted, permit
from denwa.alarm.person import who_types
from denwa.alarm.reading import alarm_configuration, wakeup_table
from denwa.alarm.telephones import way_or_stop
from denwa.alarm.words import say_instant, say_recurrence
from denwa.cli.common import LANGUAGE, WRONG_CONFIGURATION, ConfigOption, LanguageOption, stop
from denwa.cli.database import database_or_stop
from denwa.language import Language, Text
from denwa.reasons import say_reason
from denwa.wiring import trust_settings
from schedules.booking import Telephone, Wish, book, book_at
from schedules.civil_due import alarm_zone, in_minutes
from schedules.errors import ScheduleError
from schedules.policy import Policy
from schedules.rows import LONGEST_TITLE, BookedHow, Occurrence
from store.clock import database_now
from trust.settings import TrustSettings

_WHEN = Text(
    "When? Give a TIME, or --in MINUTES, and not both", "時刻か --in 分数 の、どちらか一方を指定してください"
)
_IN = Text("--in needs no --date and no --repeat", "--in には --date も --repeat も付けられません")
_PAST = Text(
    "It would never ring: {time} on {date} in {zone} is past. Give a later --date, or none: then it rings the next "
    "time that it is {time}",
    "{date} {time} ({zone}) は過ぎています。もっと後の --date を指定するか、省いてください。省くと次の {time} に鳴ります",
)
_BOOKED = Text(
    "{when}{again}, rings {number} by the exchange {exchange}; alarm {alarm}",
    "{when}{again}、交換機 {exchange} で {number} を呼び出します。アラーム {alarm}",
)
_AGAIN = Text(", then {repeats}", "、以後 {repeats}")
_SKIPPED = Text(
    "The clocks skip {time} on that date: it rings as much later",
    "その日は時計が進められて {time} がないので、その分遅れて鳴ります",
)


def add(
    number: options.NumberArgument,
    at: options.TimeArgument = "",
    on: options.DateOption = "",
    repeat: options.RepeatOption = "once",
    minutes: options.MinutesOption = None,
    exchange: options.ExchangeOption = "",
    extension: options.ExtensionOption = "",
    trunk: options.TrunkOption = "",
    zone: options.ZoneOption = "",
    message: options.MessageOption = "",
    language: options.SpokenOption = None,
    title: options.TitleOption = "",
    second: options.SecondOption = "",
    attempts: options.AttemptsOption = None,
    ring: options.RingOption = None,
    gap: options.GapOption = None,
    snooze: options.SnoozeOption = None,
    snoozes: options.SnoozesOption = None,
    check_after: options.CheckAfterOption = None,
    valid_for: options.ValidForOption = None,
    demand_acknowledgement: options.DemandOption = None,
    config: ConfigOption = None,
    lang: LanguageOption = None,
) -> None:
    """Book an alarm."""
    spoken = lang or LANGUAGE
    if bool(at) == (minutes is not None):
        stop(_WHEN.say(spoken), WRONG_CONFIGURATION)
    if minutes is not None and (on or repeat != "once"):
        stop(_IN.say(spoken), WRONG_CONFIGURATION)
    configuration = alarm_configuration(config)
    wakeup = wakeup_table(configuration)
    way = way_or_stop(configuration, exchange, extension, spoken)
    other = way.telephone(second) if second else None
    says = language or wakeup.language or configuration.language
    wish = Wish(
        telephone=way.telephone(number, trunk),
        civil_time=asked_time(at, spoken) if at else time(),
        booked_by=who_types(),
        booked_how=BookedHow.COMMAND,
        recurrence=asked_recurrence(repeat, spoken),
        first_date=asked_date(on, spoken),
        zone=asked_zone(zone or wakeup.zone, spoken),
        policy=_policy(
            wakeup.policy,
            spoken,
            ring_s=ring,
            attempts=attempts,
            gap_s=gap,
            snooze_s=snooze,
            snoozes=snoozes,
            check_after_s=check_after,
            validity_s=valid_for,
            demands_acknowledgement=demand_acknowledgement,
            escalate_to=other.number if other else None,
            escalate_trunk=other.trunk if other else None,
        ),
        message=asked_message(message, says, spoken),
        title=asked_text(title, LONGEST_TITLE, "--title", spoken),
        language=says,
    )
    trust = trust_settings(configuration)
    try:
        with database_or_stop(configuration) as database:
            booked, proving = database.write(_book, wish, minutes, trust, other)
    except ScheduleError:
        values = {"time": f"{wish.civil_time:%H:%M}", "date": on, "zone": wish.zone}
        stop(_PAST.say(spoken, **values), WRONG_CONFIGURATION)
    except NotPermitted as refused:
        stop(refused.say(spoken))
    _say(wish, booked, spoken, by_clock=minutes is None)
    if proving:
        typer.echo(PROVING.say(spoken, numbers=", ".join(proving)))


def _book(
    session: Session, wish: Wish, minutes: int | None, trust: TrustSettings, other: Telephone | None
) -> tuple[Occurrence, list[str]]:
    """What was booked, and which numbers are still to be proved; a unit of work."""
    now_utc = database_now(session)
    telephones = [wish.telephone, *([other] if other else ())]
    proving = permit(
        session,
        trust,
        telephones,
        now_utc,
        booked_by=wish.booked_by,
        language=wish.language,
        zone=wish.zone,
    )
    if minutes is None:
        return book(session, wish, now_utc), proving
    return book_at(session, wish, in_minutes(minutes, now_utc), now_utc), proving


def _say(wish: Wish, booked: Occurrence, language: Language, *, by_clock: bool) -> None:
    again = ""
    if wish.recurrence.repeats:
        again = _AGAIN.say(language, repeats=say_recurrence(wish.recurrence, language))
    typer.echo(
        _BOOKED.say(
            language,
            when=say_instant(booked.due_utc, wish.zone, language),
            again=again,
            number=wish.telephone.number,
            exchange=wish.telephone.exchange,
            alarm=booked.alarm_id,
        )
    )
    rings = booked.due_utc.astimezone(alarm_zone(wish.zone)).time()
    if by_clock and rings != wish.civil_time:
        typer.echo(_SKIPPED.say(language, time=f"{wish.civil_time:%H:%M}"))


_OPTIONS = {
    "ring_s": "--ring",
    "attempts": "--attempts",
    "gap_s": "--gap",
    "snooze_s": "--snooze",
    "snoozes": "--snoozes",
    "check_after_s": "--check-after",
    "validity_s": "--valid-for",
}
"""By the policy's names for them."""


def _policy(usual: Policy, language: Language, **given: int | str | None) -> Policy:
    try:
        return replace(usual, **{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    except ScheduleError as error:
        option = _OPTIONS[str(error.values["name"])]
        stop(say_reason(error, language, name=option), WRONG_CONFIGURATION)
