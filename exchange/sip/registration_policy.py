"""When an extension registers again, and what is wrong when it cannot: decisions only, no clock, no socket.

The exchange's absence is met with growing waits up to one interval, for ever, and so is an answer that has
nothing to do with the password: an exchange that is being set up knows an extension a minute later. A refused
password is met with waits so long that fail2ban (usually 5 failures in 600 s) sees one attempt in its window.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

from exchange.sip import registration_problem as problems
from exchange.sip.registration_problem import Problem, RegistrationPlace

ASKED_EXPIRES_S = 120
"""What MikoPBX and Asterisk grant by default, so that a lost binding is noticed soon."""
LONGEST_EXPIRES_S = 3600
"""A longer grant is refreshed as if it were this long; MikoPBX's and Asterisk's own limit."""
RETRY_INTERVAL_S = 30.0
"""Longest wait while the exchange is away: it has us back within this time of its return."""
FIRST_RETRY_S = 1.0
FAIL2BAN_WINDOW_S = 600.0
LONGEST_MIN_EXPIRES_S = 86_400
LONGEST_RETRY_AFTER_S = 600.0
PASSWORD_REFUSED = frozenset({401, 407})
FORBIDDEN = 403
"""Asterisk's answer to a right password where there is no room for a contact; others' to a wrong one."""
_SLOW_S = (1.1 * FAIL2BAN_WINDOW_S, 1.5 * FAIL2BAN_WINDOW_S)
_SECOND_TRY_S = (40.0, 60.0)
_REFRESH_SHARE = (0.70, 0.85)


@dataclass(frozen=True, slots=True)
class Registered:
    """200: the exchange granted our contact this many seconds."""

    expires_s: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A final answer from 300 up, after credentials were sent where they were asked for."""

    status: int
    reason: str = ""
    retry_after_s: int | None = None
    min_expires_s: int | None = None


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """SIP's own time limit passed (timer F, 32 s), or ours.

    `unheard_s`: how long an exchange that came back meanwhile would not have been noticed, since nothing was sent.
    """

    unheard_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Unresolved:
    """The exchange's name has no address."""

    why: str


@dataclass(frozen=True, slots=True)
class TransportFailed:
    """Nothing could be sent, or the connection was refused or broke."""

    why: str


@dataclass(frozen=True, slots=True)
class CannotListen:
    """We could not listen where the exchange's SIP is to come to; `taken`: another program has the port."""

    why: str
    taken: bool


Outcome = Registered | Refused | NoAnswer | Unresolved | TransportFailed | CannotListen


class RegistrationState(StrEnum):
    """Where an extension stands."""

    STARTING = "starting"
    REGISTERED = "registered"
    AWAY = "away"
    """The exchange cannot be reached, or does not register us now: tried again within one interval."""
    REFUSED = "refused"
    """The password was refused: tried again rarely."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do after an outcome.

    Attributes:
        retry_in_s: seconds until the next REGISTER (a refresh, when registered).
        expires_s: the expiry to ask for then.
        problem: what is wrong, None when nothing is.
    """

    retry_in_s: float
    expires_s: int
    state: RegistrationState
    problem: Problem | None = None


@dataclass(slots=True)
class RegistrationPolicy:
    """The registration of one extension at one exchange; belongs to one thread."""

    place: RegistrationPlace
    random: Random
    expires_s: int = ASKED_EXPIRES_S
    interval_s: float = RETRY_INTERVAL_S
    state: RegistrationState = RegistrationState.STARTING
    bound_until_monotonic_s: float | None = None
    """Until when the exchange keeps our contact, as far as we know."""
    _failures: int = field(default=0, init=False)
    _forbidden: bool = field(default=False, init=False)
    _not_before_monotonic_s: float = field(default=float("-inf"), init=False)

    def take(self, outcome: Outcome, now_monotonic_s: float) -> Decision:
        """Decide what follows from the end of an attempt that ended now."""
        decision = self._decide(outcome, now_monotonic_s)
        self._forbidden = isinstance(outcome, Refused) and outcome.status == FORBIDDEN
        self.state = decision.state
        slow = decision.state is RegistrationState.REFUSED
        self._not_before_monotonic_s = now_monotonic_s + decision.retry_in_s if slow else float("-inf")
        return decision

    def hurry(self, now_monotonic_s: float) -> float:
        """Seconds until an attempt out of turn (the network changed) is allowed: 0 unless we were refused."""
        return max(0.0, self._not_before_monotonic_s - now_monotonic_s)

    def _decide(self, outcome: Outcome, now_monotonic_s: float) -> Decision:
        match outcome:
            case Registered(expires_s) if expires_s > 0:
                self._failures = 0
                self.bound_until_monotonic_s = now_monotonic_s + expires_s
                refresh_s = min(expires_s, LONGEST_EXPIRES_S) * self.random.uniform(*_REFRESH_SHARE)
                return Decision(refresh_s, self.expires_s, RegistrationState.REGISTERED)
            case Refused():
                return self._refused(outcome)
            case NoAnswer(unheard_s):
                return self._away(problems.no_answer(self.place), already_s=unheard_s)
            case _:
                return self._away(self._absence(outcome))

    def _absence(self, outcome: Registered | Unresolved | TransportFailed | CannotListen) -> Problem:
        match outcome:
            case Registered():
                return problems.refused(self.place, 200, "granted no time")
            case Unresolved(why):
                return problems.unresolved(self.place, why)
            case TransportFailed(why):
                return problems.transport_failed(self.place, why)
            case CannotListen(why, taken):
                return problems.cannot_listen(self.place, why, taken=taken)

    def _refused(self, refusal: Refused) -> Decision:
        status = refusal.status
        if status == 423 and self._obey_min_expires(refusal.min_expires_s):
            return Decision(0.0, self.expires_s, self.state)
        problem = problems.of_refusal(self.place, status, refusal.reason)
        if status in PASSWORD_REFUSED or (status == FORBIDDEN and self._forbidden):
            return self._refused_for_long(problem, _SLOW_S)
        if status == FORBIDDEN:
            return self._refused_for_long(problem, _SECOND_TRY_S)
        wait_s = min(float(refusal.retry_after_s or 0), LONGEST_RETRY_AFTER_S)
        return self._away(problem, at_least_s=wait_s)

    def _obey_min_expires(self, min_expires_s: int | None) -> bool:
        """Ask for what the exchange wants (RFC 3261 10.2.8); False when that brings us no further."""
        if min_expires_s is None or not self.expires_s < min_expires_s <= LONGEST_MIN_EXPIRES_S:
            return False
        self.expires_s = min_expires_s
        return True

    def _away(self, problem: Problem, *, at_least_s: float = 0.0, already_s: float = 0.0) -> Decision:
        """Wait longer each time, up to the interval; half of the wait is chance, lest all come at once."""
        longest_s = min(self.interval_s, FIRST_RETRY_S * 2.0 ** min(self._failures, 30))
        self._failures += 1
        wait_s = longest_s * self.random.uniform(0.5, 1.0)
        wait_s = max(at_least_s, wait_s - already_s, min(FIRST_RETRY_S / 2, wait_s))
        return Decision(wait_s, self.expires_s, RegistrationState.AWAY, problem)

    def _refused_for_long(self, problem: Problem, between_s: tuple[float, float]) -> Decision:
        self._failures = 0
        wait_s = self.random.uniform(*between_s)
        return Decision(wait_s, self.expires_s, RegistrationState.REFUSED, problem)
