"""The one proving call that a telephone may get in a day: at what hours, and whose turn it is where several trunks want it.

Ways of several trunks may lead to a telephone, so that whoever forges numbers behind one of them could have it rung each
day for a number whose code is of no use to its owner. So trunks take turns: of those that asked in the last two days the
one that was rung for longest ago goes first, if it comes within the hour.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from store.rows import inserting
from trust.keys import destinations
from trust.rows import ProvingCall, ProvingTurn
from trust.settings import TrustSettings
from trust.target import Target

BETWEEN = timedelta(hours=24)
ASKED_FOR = timedelta(days=2)
"""How long a trunk that asked in vain is remembered."""
TURN = timedelta(hours=1)
"""How long the one whose turn it is goes before the others."""
REMEMBERED = timedelta(days=8)
"""How long it counts by which trunks a telephone was rung."""
_NEVER_UTC = datetime.min.replace(tzinfo=UTC)


def ask(session: Session, settings: TrustSettings, target: Target, from_utc: datetime) -> datetime:
    """When from an instant on a telephone may be rung for a proof; if later, it is noted that this trunk waits."""
    return _wait(session, settings, target, from_utc) or from_utc


def take(session: Session, settings: TrustSettings, target: Target, now_utc: datetime) -> datetime | None:
    """Note that a telephone is rung for a proof; else when it may be."""
    if may_utc := _wait(session, settings, target, now_utc):
        return may_utc
    telephones = destinations(settings, target)
    chosen = ProvingCall.destination.in_(telephones)
    session.execute(update(ProvingCall).where(chosen).values(rung_utc=now_utc))
    _note(session, target, telephones, asked_utc=None, rung_utc=now_utc)
    return None


def is_contested(session: Session, settings: TrustSettings, target: Target, now_utc: datetime) -> bool:
    """Whether another trunk has lately asked to have this telephone rung for a proof, or had it."""
    turns = select(ProvingTurn).where(
        ProvingTurn.destination.in_(destinations(settings, target)), ProvingTurn.trunk != _trunk(target)
    )
    return any(
        _waits_since_utc(turn, now_utc) or _rung_utc(turn, now_utc) > _NEVER_UTC
        for turn in session.scalars(turns.execution_options(populate_existing=True))
    )


def _wait(session: Session, settings: TrustSettings, target: Target, now_utc: datetime) -> datetime | None:
    """Until when a telephone may not be rung for a proof; nobody else may from now until this transaction ends."""
    telephones = destinations(settings, target)
    calls = _locked(session, telephones)
    free_utc = max((call.rung_utc + BETWEEN for call in calls if call.rung_utc), default=_NEVER_UTC)
    may_utc = settings.next_proving_utc(max(free_utc, now_utc))
    chosen = select(ProvingTurn).where(ProvingTurn.destination.in_(telephones))
    turns = session.scalars(chosen.execution_options(populate_existing=True)).all()
    own = [turn for turn in turns if turn.trunk == _trunk(target)]
    waits_utc = min(filter(None, (_waits_since_utc(turn, now_utc) for turn in own)), default=None)
    rung_utc = max((_rung_utc(turn, now_utc) for turn in own), default=_NEVER_UTC)
    for turn in turns:
        asked_utc = None if turn in own else _waits_since_utc(turn, now_utc)
        if asked_utc and (_rung_utc(turn, now_utc), asked_utc) < (rung_utc, waits_utc or now_utc):
            begins_utc = settings.next_proving_utc(max(free_utc, asked_utc))
            may_utc = max(may_utc, settings.next_proving_utc(begins_utc + TURN))
    if may_utc <= now_utc:
        return None
    _note(session, target, telephones, asked_utc=waits_utc or now_utc)
    return may_utc


def _waits_since_utc(turn: ProvingTurn, now_utc: datetime) -> datetime | None:
    return turn.asked_utc if turn.asked_utc and turn.asked_utc > now_utc - ASKED_FOR else None


def _rung_utc(turn: ProvingTurn, now_utc: datetime) -> datetime:
    return turn.rung_utc if turn.rung_utc and turn.rung_utc > now_utc - REMEMBERED else _NEVER_UTC


def _note(session: Session, target: Target, telephones: Iterable[str], **values: datetime | None) -> None:
    """Write down what a trunk came to."""
    rows = [{"destination": each, "trunk": _trunk(target), **values} for each in telephones]
    insert = inserting(session, ProvingTurn)
    key = [ProvingTurn.destination, ProvingTurn.trunk]
    session.execute(insert.on_conflict_do_update(index_elements=key, set_=values), rows)


def _locked(session: Session, telephones: Sequence[str]) -> Sequence[ProvingCall]:
    """The rows of a telephone's destinations, kept from others until the transaction ends."""
    rows = [{"destination": each, "rung_utc": None} for each in telephones]
    insert = inserting(session, ProvingCall)
    locking = insert.on_conflict_do_update(
        index_elements=[ProvingCall.destination], set_={"rung_utc": ProvingCall.rung_utc}
    )
    session.execute(locking, rows)
    chosen = select(ProvingCall).where(ProvingCall.destination.in_(telephones))
    return session.scalars(chosen.execution_options(populate_existing=True)).all()


def _trunk(target: Target) -> str:
    return f"{target.exchange} {target.trunk}"
