"""Removes what no longer counts, so that whoever forges numbers cannot fill the disk."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, inspect, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from store.base import Base
from trust.proving_calls import REMEMBERED
from trust.rows import Code, Consent, Count, ProvingCall, ProvingTurn

KEPT = timedelta(days=2)
"""Longer than any of them counts."""


def forget(session: Session, now_utc: datetime) -> None:
    """Delete counts and proving calls that have been over for a day, and later codes, trunks' turns, and questions without a yes."""
    before_utc = now_utc - KEPT
    _delete(session, Count, Count.start_utc < before_utc)
    _delete(session, ProvingCall, _is_before(ProvingCall.rung_utc, before_utc))
    before_utc = now_utc - REMEMBERED
    _delete(session, Code, Code.issued_utc < before_utc)
    _delete(session, Consent, Consent.given_utc.is_(None) & (Consent.asked_utc < before_utc))
    asked, rung = ProvingTurn.asked_utc, ProvingTurn.rung_utc
    _delete(session, ProvingTurn, _is_before(asked, before_utc) & _is_before(rung, before_utc))


def _is_before(column: InstrumentedAttribute[datetime | None], instant_utc: datetime) -> ColumnElement[bool]:
    return column.is_(None) | (column < instant_utc)


def _delete(session: Session, table: type[Base], is_old: ColumnElement[bool]) -> None:
    """Leave rows alone that another transaction holds: it is about to use them again."""
    key = tuple_(*inspect(table).primary_key)
    old = select(*inspect(table).primary_key).where(is_old).with_for_update(skip_locked=True)
    session.execute(delete(table).where(key.in_(old)).execution_options(synchronize_session=False))
