"""The life of one occurrence of an alarm, as states that offer only what may follow them (docs/wakeup.md has the picture).

Booked, Due, Retry, Snoozed, Checking and Escalating wait for an instant at which they ring; Closing waits for one too, and
rings no more; Ringing waits for the end of an attempt; the other four are ends. A state is a value; its methods give the state that follows. No clock is read here.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from schedules.outcomes import Outcome, Purpose
from schedules.policy import Policy

LEAST_PAUSE_S = 10
"""Between the end of one attempt and the next one, however long the first took."""
CALL_BACK_S = 600
"""How long after an attempt began the sleeper may call back to acknowledge it, in seconds."""
CLOSES_S = CALL_BACK_S + 5
"""After what time nobody is waited for: what is due is taken a moment ahead, which must not cut the time short."""
DIALS_S = 60
"""How long whoever hung up the last call has to dial its code, before the second number is troubled, in seconds."""
_CODE_WAS_HEARD = {
    Outcome.SNOOZED,
    Outcome.UNACKNOWLEDGED,
    Outcome.SILENCE,
    Outcome.PROBABLY_AWAKE,
    Outcome.UNKNOWN,
}
"""After these the sleeper may be dialling the code of the call: on a rotary dial he must hang up first."""


class StateName(StrEnum):
    """The states' names in the database and in the history."""

    BOOKED = "booked"
    DUE = "due"
    RINGING = "ringing"
    RETRY = "retry"
    SNOOZED = "snoozed"
    CHECKING = "checking"
    ESCALATING = "escalating"
    CLOSING = "closing"
    ACKNOWLEDGED = "acknowledged"
    MISSED = "missed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Tally:
    """What an occurrence has behind it: failed attempts, snoozes granted, check calls made."""

    failed: int = 0
    snoozed: int = 0
    checked: int = 0
    escalated: int = 0


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """Somebody is awake."""

    name: ClassVar = StateName.ACKNOWLEDGED
    tally: Tally


@dataclass(frozen=True, slots=True)
class Missed:
    """All was tried; `last` is what came of the last attempt."""

    name: ClassVar = StateName.MISSED
    tally: Tally
    last: Outcome


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Nobody wants it any more."""

    name: ClassVar = StateName.CANCELLED
    tally: Tally


@dataclass(frozen=True, slots=True)
class Expired:
    """Its validity was over before it could ring: the machine was off, say."""

    name: ClassVar = StateName.EXPIRED
    tally: Tally


@dataclass(frozen=True, slots=True)
class _Waiting:
    """Waits for `next_utc`, the instant of its next ring, which is for `rings_for`."""

    rings_for: ClassVar = Purpose.WAKE
    next_utc: datetime
    tally: Tally

    def ring(self) -> "Ringing":
        """An attempt begins."""
        return Ringing(self.rings_for, self.tally)

    def cancel(self) -> Cancelled:
        """It is not wanted any more."""
        return Cancelled(self.tally)


@dataclass(frozen=True, slots=True)
class _NotBegun(_Waiting):
    """It has not rung yet."""

    def expire(self) -> Expired:
        """Its validity is over."""
        return Expired(self.tally)


@dataclass(frozen=True, slots=True)
class _Started(_Waiting):
    """It has rung already, so a call back acknowledges it; `last` is what came of that."""

    last: ClassVar = Outcome.UNKNOWN

    def acknowledge(self) -> Acknowledged:
        """The sleeper called us."""
        return Acknowledged(self.tally)

    def give_up(self) -> Missed:
        """Its validity is over: the machine was off meanwhile."""
        return Missed(self.tally, self.last)


@dataclass(frozen=True, slots=True)
class Booked(_NotBegun):
    """Waits for its time."""

    name: ClassVar = StateName.BOOKED

    def hold_back(self) -> "Due":
        """Its time has come, and its turn has not."""
        return Due(self.next_utc, self.tally)

    def postpone(self, by: timedelta) -> "Booked":
        """It is to come later, this once."""
        return Booked(self.next_utc + by, self.tally)


@dataclass(frozen=True, slots=True)
class Due(_NotBegun):
    """Its time has come, but too many others ring, or its telephone is in use."""

    name: ClassVar = StateName.DUE


@dataclass(frozen=True, slots=True)
class Retry(_Started):
    """An attempt failed; the next one comes."""

    name: ClassVar = StateName.RETRY


@dataclass(frozen=True, slots=True)
class Snoozed(_Started):
    """Whoever answered hung up early, and is granted some minutes."""

    name: ClassVar = StateName.SNOOZED
    last: ClassVar = Outcome.SNOOZED


@dataclass(frozen=True, slots=True)
class Checking(_Started):
    """Somebody sounded awake; one more call will hear whether he is."""

    name: ClassVar = StateName.CHECKING
    rings_for: ClassVar = Purpose.CHECK
    last: ClassVar = Outcome.PROBABLY_AWAKE


@dataclass(frozen=True, slots=True)
class Escalating(_Started):
    """The first number's attempts are over; the second one is rung."""

    name: ClassVar = StateName.ESCALATING
    rings_for: ClassVar = Purpose.ESCALATION


@dataclass(frozen=True, slots=True)
class Closing:
    """The last call was answered, and its code may still be dialled; at `next_utc` that is over. Nothing rings."""

    name: ClassVar = StateName.CLOSING
    next_utc: datetime
    tally: Tally
    last: Outcome

    def acknowledge(self) -> Acknowledged:
        """The sleeper called us."""
        return Acknowledged(self.tally)

    def cancel(self) -> Cancelled:
        """It is not wanted any more."""
        return Cancelled(self.tally)

    def give_up(self) -> Missed:
        """Nobody called."""
        return Missed(self.tally, self.last)


@dataclass(frozen=True, slots=True)
class Ringing:
    """An attempt is under way; its row says by whom."""

    name: ClassVar = StateName.RINGING
    purpose: Purpose
    tally: Tally

    def acknowledge(self) -> Acknowledged:
        """The sleeper called us, or pressed what we asked for."""
        return Acknowledged(self.tally)

    def cancel(self) -> Cancelled:
        """It is not wanted any more; the call ends."""
        return Cancelled(self.tally)

    def end(
        self, outcome: Outcome, policy: Policy, *, began_utc: datetime, now_utc: datetime
    ) -> "Acknowledged | Snoozed | Checking | Retry | Escalating | Closing | Missed":
        """The attempt that began at `began_utc` is over."""
        match outcome:
            case Outcome.ACKNOWLEDGED:
                return Acknowledged(self.tally)
            case Outcome.PROBABLY_AWAKE if not policy.demands_acknowledgement:
                return self._sounded_awake(policy, now_utc)
            case Outcome.SNOOZED if self.purpose is not Purpose.ESCALATION:
                return self._hung_up_early(policy, began_utc, now_utc)
            case _:
                return self._failed(outcome, policy, began_utc, now_utc)

    def _sounded_awake(self, policy: Policy, now_utc: datetime) -> "Acknowledged | Checking":
        if self.purpose is not Purpose.WAKE:
            return Acknowledged(self.tally)
        tally = _more(self.tally, checked=1)
        return Checking(now_utc + timedelta(seconds=policy.check_after_s), tally)

    def _hung_up_early(
        self, policy: Policy, began_utc: datetime, now_utc: datetime
    ) -> "Snoozed | Escalating | Closing | Missed":
        if self.tally.snoozed >= policy.snoozes:
            return _over(self.tally, Outcome.SNOOZED, policy, began_utc, now_utc)
        return Snoozed(now_utc + timedelta(seconds=policy.snooze_s), _more(self.tally, snoozed=1))

    def _failed(
        self, outcome: Outcome, policy: Policy, began_utc: datetime, now_utc: datetime
    ) -> "Retry | Escalating | Closing | Missed":
        if self.purpose is Purpose.ESCALATION:
            if self.tally.escalated >= policy.attempts or outcome is Outcome.FORBIDDEN:
                return Missed(self.tally, outcome)
            return Escalating(_pause(policy, began_utc, now_utc), _more(self.tally, escalated=1))
        tally = _more(self.tally, failed=1)
        if tally.failed >= policy.attempts or outcome is Outcome.FORBIDDEN:
            return _over(tally, outcome, policy, began_utc, now_utc)
        return Retry(_pause(policy, began_utc, now_utc), tally)


Waiting = Booked | Due | Retry | Snoozed | Checking | Escalating
"""What rings next, by itself."""
Ended = Acknowledged | Missed | Cancelled | Expired
"""Where nothing follows."""
State = Waiting | Closing | Ringing | Ended


def _over(
    tally: Tally, outcome: Outcome, policy: Policy, began_utc: datetime, now_utc: datetime
) -> Escalating | Closing | Missed:
    """The first number's attempts are over."""
    may_call_back = outcome in _CODE_WAS_HEARD
    if policy.escalate_to and outcome is not Outcome.FORBIDDEN:
        pause = timedelta(seconds=DIALS_S if may_call_back else LEAST_PAUSE_S)
        return Escalating(now_utc + pause, _more(tally, escalated=1))
    if may_call_back:
        return Closing(max(began_utc + timedelta(seconds=CLOSES_S), now_utc), tally, outcome)
    return Missed(tally, outcome)


def _pause(policy: Policy, began_utc: datetime, now_utc: datetime) -> datetime:
    return max(began_utc + timedelta(seconds=policy.gap_s), now_utc + timedelta(seconds=LEAST_PAUSE_S))


def _more(tally: Tally, *, failed: int = 0, snoozed: int = 0, checked: int = 0, escalated: int = 0) -> Tally:
    return Tally(
        tally.failed + failed, tally.snoozed + snoozed, tally.checked + checked, tally.escalated + escalated
    )
