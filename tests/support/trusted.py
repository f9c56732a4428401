"""Targets, settings and steps for tests of trust."""

from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.database import Database
from store.outbox import Event
from trust import codes
from trust.allowed import NumberRules
from trust.answers import Granted, Purpose
from trust.gate import may_ring
from trust.settings import Rate, TrustSettings
from trust.target import Target

NOON_UTC = datetime(2026, 12, 1, 12, tzinfo=UTC)
RULES = NumberRules(trunks={"B": "390", "C": "510"})
SETTINGS = TrustSettings({"home": RULES}, proving_hours=(0, 24))
"""As usual, but by night too."""
FREE = Rate(1_000_000, 1_000_000)
UNLIMITED = replace(SETTINGS, per_source=FREE, per_target=FREE, per_trunk=FREE, in_all=FREE)
OWN = Target("home", "services", "1001")
FAR = Target("home", "services", "3901001", "B")
"""Behind the trunk B; whoever is there calls himself so."""
ROUND = Target("home", "services", "51003901001", "C")
"""The same telephone by another way."""


def call_for_proof(session: Session, target: Target, now_utc: datetime) -> str:
    """A proving call that is granted; its code."""
    assert may_ring(session, SETTINGS, target, Purpose.PROVING, now_utc) == Granted()
    return codes.issue(session, SETTINGS, target, now_utc)


def prove(session: Session, target: Target, now_utc: datetime) -> None:
    """Have a telephone proved by a call and its code."""
    code = call_for_proof(session, target, now_utc)
    assert codes.confirm_by_dialling(session, target, code, now_utc) == Granted()


def events(database: Database) -> list[str]:
    """The kinds of all events, in order."""
    return list(database.read(lambda session: session.scalars(select(Event.kind).order_by(Event.id)).all()))
