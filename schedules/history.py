"""The one place that moves an occurrence from state to state: row, audit and event in one transaction."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy.orm import Session

from schedules import states
from schedules.outcomes import Outcome, Purpose
from schedules.policy import Policy
from schedules.rows import Alarm, AlarmKind, AlarmState, Attempt, Audit, Occurrence
from schedules.states import Ended, State, StateName, Tally
from store.outbox import Fact, tell_of

NO_NODE = ""
"""In the audit: it was no running program, but a command."""


def state_of(occurrence: Occurrence) -> State:  # noqa: PLR0911 - one for each kind of state
    """The state that a row is in."""
    tally = Tally(occurrence.failed, occurrence.snoozed, occurrence.checked, occurrence.escalated)
    name = StateName(occurrence.state)
    match name:
        case StateName.RINGING:
            return states.Ringing(Purpose(occurrence.purpose or ""), tally)
        case StateName.ACKNOWLEDGED:
            return states.Acknowledged(tally)
        case StateName.CANCELLED:
            return states.Cancelled(tally)
        case StateName.EXPIRED:
            return states.Expired(tally)
        case StateName.MISSED:
            return states.Missed(tally, Outcome(occurrence.last_outcome or ""))
    assert occurrence.next_utc is not None  # noqa: S101 - what waits, waits for an instant
    if name is StateName.CLOSING:
        return states.Closing(occurrence.next_utc, tally, Outcome(occurrence.last_outcome or ""))
    return _WAITING[name](occurrence.next_utc, tally)


_WAITING: dict[StateName, type[states.Waiting]] = {
    StateName.BOOKED: states.Booked,
    StateName.DUE: states.Due,
    StateName.RETRY: states.Retry,
    StateName.SNOOZED: states.Snoozed,
    StateName.CHECKING: states.Checking,
    StateName.ESCALATING: states.Escalating,
}


def move(
    session: Session,
    occurrence: Occurrence,
    state: State,
    *,
    why: str,
    now_utc: datetime,
    node_id: str = NO_NODE,
    attempt: Attempt | None = None,
) -> None:
    """Write an occurrence's new state, its audit row, and the event if somebody must be told."""
    old = occurrence.state
    occurrence.state = state.name
    occurrence.purpose = state.purpose if isinstance(state, states.Ringing) else None
    occurrence.next_utc = state.next_utc if isinstance(state, states.Waiting | states.Closing) else None
    occurrence.ended_utc = now_utc if isinstance(state, Ended) else None
    for name, value in asdict(state.tally).items():
        setattr(occurrence, name, value)
    if isinstance(state, states.Missed):
        occurrence.last_outcome = state.last
    if isinstance(state, states.Escalating):
        policy = Policy.from_row(occurrence.alarm.policy)
        occurrence.number, occurrence.trunk = policy.escalate_to, policy.escalate_trunk
    note(session, occurrence.alarm, why, now_utc, node_id, occurrence, old, attempt)
    _tell(session, occurrence, state, why, now_utc)


def note(
    session: Session,
    alarm: Alarm,
    why: str,
    now_utc: datetime,
    node_id: str = NO_NODE,
    occurrence: Occurrence | None = None,
    old_state: str | None = None,
    attempt: Attempt | None = None,
) -> None:
    """Add an audit row."""
    session.add(
        Audit(
            alarm_id=alarm.id,
            occurrence_id=occurrence.id if occurrence else None,
            attempt_id=attempt.id if attempt else None,
            at_utc=now_utc,
            node_id=node_id,
            old_state=old_state,
            new_state=occurrence.state if occurrence else alarm.state,
            why=why[:200],
            next_utc=occurrence.next_utc if occurrence else None,
        )
    )


def end_alarm(session: Session, alarm: Alarm, state: AlarmState, why: str, now_utc: datetime) -> None:
    """Nothing more comes of it."""
    old, alarm.state = alarm.state, state
    session.add(
        Audit(
            alarm_id=alarm.id, at_utc=now_utc, node_id=NO_NODE, old_state=old, new_state=state, why=why[:200]
        )
    )


def facts_of(occurrence: Occurrence) -> dict[str, Fact]:
    """What an event tells of an occurrence."""
    alarm = occurrence.alarm
    return {
        "alarm": alarm.id,
        "exchange": alarm.exchange,
        "number": alarm.number,
        "due": occurrence.due_utc.isoformat(),
        "civil_date": occurrence.civil_date.isoformat(),
        "civil_time": alarm.civil_time.isoformat("minutes"),
        "zone": alarm.zone,
    }


def _tell(session: Session, occurrence: Occurrence, state: State, why: str, now_utc: datetime) -> None:
    if occurrence.alarm.kind != AlarmKind.WAKE:
        return  # whoever wanted it will notice
    more: dict[str, Fact]
    match state:
        case states.Missed():
            kind, more = "alarm.missed", {"last": str(state.last), "attempts": state.tally.failed}
        case states.Expired():
            kind, more = "alarm.expired", {}
        case _:
            return
    tell_of(session, kind, now_utc, {**facts_of(occurrence), "why": why, **more})
