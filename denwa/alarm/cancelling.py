"""`denwa alarm cancel`: takes an alarm back, or its next occurrence alone."""

from dataclasses import dataclass
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from denwa.alarm import options
from denwa.alarm.person import who_types
from denwa.alarm.reading import alarm_configuration
from denwa.alarm.words import say_instant
from denwa.cli.common import LANGUAGE, ConfigOption, LanguageOption, say, stop
from denwa.cli.database import database_or_stop
from denwa.harmless import harmless
from denwa.language import Text
from schedules.booking import cancel as cancel_alarm
from schedules.booking import occurrence_to_change, skip
from schedules.rows import Alarm, Occurrence
from schedules.states import StateName
from store.clock import database_now

NO_ALARM = Text(
    "There is no alarm {alarm}. All there are: denwa alarm list --all",
    "アラーム {alarm} はありません。一覧: denwa alarm list --all",
)
_OVER = Text("Alarm {alarm} is over already", "アラーム {alarm} はすでに終わっています")
_CANCELLED = Text(
    "Alarm {alarm} is cancelled; it would have rung {number} on {due}",
    "アラーム {alarm} を取り消しました。{due} に {number} を呼び出すものでした",
)
_SKIPPED = Text(
    "Alarm {alarm} leaves out {due}; next: {next}", "アラーム {alarm} は {due} を飛ばします。次回: {next}"
)
_NEVER = Text("never, that was its last", "なし（これが最後でした）")
_ENDS = Text("The call that is under way ends", "通話中の呼び出しは終わります")


@dataclass(frozen=True, slots=True)
class _Undone:
    """What is not rung, and what is rung instead; `rang` if a call was under way."""

    occurrence: Occurrence
    following: Occurrence | None
    rang: bool


def cancel(
    alarm: options.AlarmArgument,
    once: Annotated[
        bool, typer.Option("--once", help=say(Text("Its next time alone.", "次の一回だけ。")))
    ] = False,
    config: ConfigOption = None,
    lang: LanguageOption = None,
) -> None:
    """Cancel an alarm, or with --once its next time alone."""
    language = lang or LANGUAGE
    with database_or_stop(alarm_configuration(config)) as database:
        undone = database.write(_undo, alarm, f"cancelled by {who_types()}, by command", once=once)
    if not isinstance(undone, _Undone):
        stop((_OVER if undone else NO_ALARM).say(language, alarm=alarm))
    zone = undone.occurrence.alarm.zone
    following = undone.following
    values = {
        "alarm": alarm,
        "number": harmless(undone.occurrence.number),
        "due": say_instant(undone.occurrence.due_utc, zone, language),
        "next": say_instant(following.due_utc, zone, language) if following else _NEVER,
    }
    typer.echo((_SKIPPED if once else _CANCELLED).say(language, **values))
    if undone.rang:
        typer.echo(_ENDS.say(language))


def _undo(session: Session, alarm_id: int, why: str, *, once: bool) -> _Undone | bool:
    """What was undone; else whether there is such an alarm."""
    occurrence = occurrence_to_change(session, alarm_id)
    if occurrence is None:
        return session.get(Alarm, alarm_id) is not None
    rang, now_utc = occurrence.state == StateName.RINGING, database_now(session)
    following = None
    if once:
        following = skip(session, occurrence, why, now_utc)
    else:
        cancel_alarm(session, occurrence, why, now_utc)
    return _Undone(occurrence, following, rang)
