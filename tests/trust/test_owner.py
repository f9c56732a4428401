"""Whatever is booked and tried on whatever trunk, the owner of a telephone without keys proves his number."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlalchemy import create_engine, event
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool
from support.rows import all_rows
from support.trusted import FAR, NOON_UTC, ROUND, RULES

from store.base import Base
from trust import codes, proofs
from trust.answers import Granted, Purpose, Reason, Refused
from trust.gate import may_book, may_ring
from trust.proving_calls import ask
from trust.settings import TrustSettings
from trust.target import Target

pytestmark = pytest.mark.unit

SETTINGS = TrustSettings({"home": RULES})
MINUTE = timedelta(minutes=1)
STEP = timedelta(hours=3)
SOON = timedelta(seconds=15)
DAY = timedelta(days=1)
NIGHT = timedelta(hours=10)
"""By as much a call may come later than two days: none comes by night."""
WRONG = "8" * codes.LENGTH


@contextmanager
def rows() -> Iterator[Session]:
    """The tables, in memory."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    all_rows()
    Base.metadata.create_all(engine)
    with Session(engine) as session, session.begin():
        yield session
    engine.dispose()


@dataclass
class Town:
    """The owner FAR, forgers of his number behind his own trunk, and of a way to him by another; calls that are booked."""

    session: Session
    rng: random.Random
    forged: tuple[Target, ...]
    now_utc: datetime = NOON_UTC
    booked: dict[Target, datetime] = field(default_factory=dict)
    rung: list[datetime] = field(default_factory=list)

    def books(self, target: Target) -> None:
        """As `services.wakeup.proving` does it: one call is to come."""
        answer = may_book(self.session, SETTINGS, target, target, self.now_utc)
        if isinstance(answer, Granted) and target not in self.booked:
            self.booked[target] = ask(self.session, SETTINGS, target, self.now_utc + SOON) + SOON

    def tries(self, target: Target, times: int) -> None:
        """Wrong codes with the telephone's number; the first five are those that could lock a short one."""
        for _ in range(times):
            answer = codes.confirm_by_dialling(self.session, target, WRONG, self.now_utc)
            assert isinstance(answer, Refused)
            if answer.reason is not Reason.WRONG_CODE:
                return

    def attacks(self) -> None:
        for target in self.rng.choices(self.forged, k=3):
            self.tries(target, 8)
            self.books(target)

    def rings(self) -> str:
        """Place what is due, in any order; the code that the telephone was told for the owner's own number."""
        told = ""
        due = [target for target, due_utc in self.booked.items() if due_utc <= self.now_utc]
        for target in self.rng.sample(due, len(due)):
            del self.booked[target]
            if may_ring(self.session, SETTINGS, target, Purpose.PROVING, self.now_utc) == Granted():
                self.rung.append(self.now_utc)
                code = codes.issue(self.session, SETTINGS, target, self.now_utc)
                told = code if target == FAR else told
        return told

    def owner_dials(self, code: str) -> bool:
        """In the minutes between the call and his dialling the forgers try what they can."""
        self.now_utc += 3 * MINUTE
        for target in self.forged:
            self.tries(target, 50)
        return codes.confirm_by_dialling(self.session, FAR, code, self.now_utc) == Granted()

    def day_and_night(self, until_utc: datetime, *, owner: bool) -> datetime | None:
        """All that happens until an instant; when the owner proved his number, if he wants to and does."""
        while self.now_utc < until_utc:
            self.attacks()
            if owner:
                self.books(FAR)
            for _ in range(2):  # now, and when what was booked just now is due
                code = self.rings()
                if owner and code and self.owner_dials(code):
                    return self.now_utc
                self.now_utc += MINUTE
            upcoming = [due_utc for due_utc in self.booked.values() if due_utc > self.now_utc]
            self.now_utc = min([self.now_utc + STEP, *upcoming])
        return None


@pytest.mark.parametrize("forged", [(FAR,), (ROUND,), (FAR, ROUND)], ids=["own trunk", "other", "both"])
@pytest.mark.parametrize("seed", range(2))
def test_whatever_forgers_book_and_try_the_owner_proves_his_number_within_two_days(
    forged: tuple[Target, ...], seed: int
):
    rng = random.Random(seed)
    with rows() as session:
        town = Town(session, rng, forged, now_utc=NOON_UTC + rng.random() * DAY)
        town.day_and_night(town.now_utc + rng.random() * 2 * DAY, owner=False)
        began_utc = town.now_utc
        proved_utc = town.day_and_night(began_utc + 3 * DAY, owner=True)
        assert proved_utc is not None
        assert proved_utc - began_utc <= 2 * DAY + NIGHT
        assert proofs.proof_of(session, SETTINGS, FAR, proved_utc) is not None
        between = [later - sooner for sooner, later in zip(town.rung, town.rung[1:], strict=False)]
        assert all(each >= DAY for each in between)
        hours = {(at_utc + timedelta(hours=9)).hour for at_utc in town.rung}
        assert hours <= set(range(7, 22))
