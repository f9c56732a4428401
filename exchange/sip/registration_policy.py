"""When an extension registers again, and what is wrong when it cannot: decisions only, no clock, no socket.

The exchange's absence is met with growing waits up to one interval, for ever; a refused password with waits
so long that fail2ban (usually 5 failures in 600 s) sees at most one attempt in its window.
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
_SLOW_S = (1.1 * FAIL2BAN_WINDOW_S, 1.5 * FAIL2BAN_WINDOW_S)
_REFRESH_SHARE = (0.70, 0.85)
_LASTING = frozenset({401, 403, 404, 405, 407, 410, 416, 484, 485, 501, 505})
"""Answers, beside redirections and 6xx, that stay as they are until somebody mends something."""


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
    """SIP's own time limit passed (timer F, 32 s)."""


@dataclass(frozen=True, slots=True)
class Unresolved:
    """The exchange's name has no address."""

    why: str


@dataclass(frozen=True, slots=True)
class TransportFailed:
    """Nothing could be sent, or the connection was refused or broke."""

    why: str


Outcome = Registered | Refused | NoAnswer | Unresolved | TransportFailed


class RegistrationState(StrEnum):
    """Where an extension stands."""

    STARTING = "starting"
    REGISTERED = "registered"
    AWAY = "away"
    """The exchange cannot be reached, or cannot now: tried again within one interval."""
    REFUSED = "refused"
    """Somebody must mend something: tried again rarely."""


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
    _not_before_monotonic_s: float = field(default=float("-inf"), init=False)

    def take(self, outcome: Outcome, now_monotonic_s: float) -> Decision:
        """Decide what follows from the end of an attempt that ended now."""
        decision = self._decide(outcome, now_monotonic_s)
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
            case Registered():
                return self._away(problems.refused(self.place, 200, "granted no time"))
            case NoAnswer():
                return self._away(problems.no_answer(self.place))
            case Unresolved(why):
                return self._away(problems.unresolved(self.place, why))
            case TransportFailed(why):
                return self._away(problems.transport_failed(self.place, why))
            case Refused():
                return self._refused(outcome)

    def _refused(self, refusal: Refused) -> Decision:
        status = refusal.status
        if status == 423 and self._obey_min_expires(refusal.min_expires_s):
            return Decision(0.0, self.expires_s, self.state)
        problem = problems.of_refusal(self.place, status, refusal.reason)
        if status in _LASTING or not 400 <= status < 600:
            return self._slow(problem)
        return self._away(problem, min(float(refusal.retry_after_s or 0), LONGEST_RETRY_AFTER_S))

    def _obey_min_expires(self, min_expires_s: int | None) -> bool:
        """Ask for what the exchange wants (RFC 3261 10.2.8); False when that brings us no further."""
        if min_expires_s is None or not self.expires_s < min_expires_s <= LONGEST_MIN_EXPIRES_S:
            return False
        self.expires_s = min_expires_s
        return True

    def _away(self, problem: Problem, at_least_s: float = 0.0) -> Decision:
        """Wait longer each time, up to the interval; half of the wait is chance, lest all come at once."""
        longest_s = min(self.interval_s, FIRST_RETRY_S * 2.0 ** min(self._failures, 30))
        self._failures += 1
        wait_s = max(at_least_s, longest_s * self.random.uniform(0.5, 1.0))
        return Decision(wait_s, self.expires_s, RegistrationState.AWAY, problem)

    def _slow(self, problem: Problem) -> Decision:
        self._failures = 0
        wait_s = self.random.uniform(*_SLOW_S)
        return Decision(wait_s, self.expires_s, RegistrationState.REFUSED, problem)
