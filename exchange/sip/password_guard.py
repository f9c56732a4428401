"""Keeps all extensions of one exchange together under the count by which fail2ban strikes.

An exchange counts failures by our address, not by extension: two extensions with a wrong user, each tried once,
are already more than five failures. So an extension whose password has not been proved yet takes its turn here
before it registers.
"""

from dataclasses import dataclass, field

from exchange.sip.registration_policy import FAIL2BAN_WINDOW_S, FORBIDDEN

MOST_FAILURES = 3
"""Lines that fail2ban counts for one attempt: Asterisk (16 and 22) logs a wrong password once, but a user that it
does not know three times, for the REGISTER before the challenge too. Its answer, 401, is the same."""
FAILURES_WHEN_FORBIDDEN = 1
"""Asterisk's FailedACL, for one 403."""
FAILURES_ALLOWED = 4
"""fail2ban strikes at five."""
TURN_S = 0.2
"""How soon to ask again while others' attempts are under way."""
LATE_S = 1.0


@dataclass(slots=True)
class PasswordGuard:
    """Turns of one exchange's extensions; belongs to one thread.

    A password that was proved and is then refused counts, but could not be held back: refreshing waits for
    nobody.
    """

    most_failures: int = MOST_FAILURES
    failures_allowed: int = FAILURES_ALLOWED
    window_s: float = 1.1 * FAIL2BAN_WINDOW_S
    _proved: set[str] = field(default_factory=set, init=False)
    _under_way: set[str] = field(default_factory=set, init=False)
    _comes_again_monotonic_s: dict[str, float] = field(default_factory=dict, init=False)
    _failed_monotonic_s: list[float] = field(default_factory=list, init=False)
    """When each line that fail2ban counts was written, the oldest first."""

    def ask(self, extension: str, now_monotonic_s: float) -> float:
        """0: register now, and tell how it ended; else the seconds after which to ask again.

        First come, first served: a wrong password that is tried again waits behind those not tried yet.
        """
        if extension in self._proved:
            return 0.0
        wait_s = self._wait_s(extension, now_monotonic_s)
        if wait_s > 0:
            self._comes_again_monotonic_s[extension] = now_monotonic_s + wait_s
        else:
            self._comes_again_monotonic_s.pop(extension, None)
            self._under_way.add(extension)
        return wait_s

    def _wait_s(self, extension: str, now_monotonic_s: float) -> float:
        since_monotonic_s = now_monotonic_s - self.window_s
        self._failed_monotonic_s = [at for at in self._failed_monotonic_s if at > since_monotonic_s]
        room = max(0, self.failures_allowed - self.most_failures)
        if len(self._failed_monotonic_s) > room:
            return max(TURN_S, self._failed_monotonic_s[-room - 1] - since_monotonic_s)
        others = len(self._under_way - {extension}) + self._before(extension, now_monotonic_s)
        foreseen = len(self._failed_monotonic_s) + (others + 1) * self.most_failures
        return TURN_S if others and foreseen > self.failures_allowed else 0.0

    def _before(self, extension: str, now_monotonic_s: float) -> int:
        """How many who asked earlier still wait; one who did not come again when told has given up."""
        before = 0
        for other, comes_again_monotonic_s in self._comes_again_monotonic_s.items():
            if other == extension:
                break
            before += comes_again_monotonic_s + LATE_S > now_monotonic_s
        return before

    def proved(self, extension: str) -> None:
        """The exchange accepted this extension's password."""
        self._under_way.discard(extension)
        self._proved.add(extension)

    def refused(self, extension: str, status: int, now_monotonic_s: float) -> None:
        """The exchange refused it with this status (401, 403, 407)."""
        self._under_way.discard(extension)
        self._proved.discard(extension)
        lines = FAILURES_WHEN_FORBIDDEN if status == FORBIDDEN else self.most_failures
        self._failed_monotonic_s += [now_monotonic_s] * lines

    def undecided(self, extension: str) -> None:
        """The attempt ended before any password was looked at."""
        self._under_way.discard(extension)
