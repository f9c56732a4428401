"""Keeps all extensions of one exchange together under the count by which fail2ban strikes.

An exchange counts failures by our address, not by extension: three extensions with a wrong password, each
tried once, are already more than five failures. So an extension whose password has not been proved yet
takes its turn here before it registers.
"""

from dataclasses import dataclass, field

from exchange.sip.registration_policy import FAIL2BAN_WINDOW_S

FAILURES_AN_ATTEMPT = 2
"""REGISTERs with a bad password that PJSIP sends in one attempt (PJSIP_MAX_STALE_COUNT 2)."""
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

    failures_an_attempt: int = FAILURES_AN_ATTEMPT
    failures_allowed: int = FAILURES_ALLOWED
    window_s: float = 1.1 * FAIL2BAN_WINDOW_S
    _proved: set[str] = field(default_factory=set, init=False)
    _under_way: set[str] = field(default_factory=set, init=False)
    _comes_again_monotonic_s: dict[str, float] = field(default_factory=dict, init=False)
    _refused_monotonic_s: list[float] = field(default_factory=list, init=False)

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
        self._refused_monotonic_s = [at for at in self._refused_monotonic_s if at > since_monotonic_s]
        attempts = max(1, self.failures_allowed // self.failures_an_attempt)
        if len(self._refused_monotonic_s) >= attempts:
            return max(TURN_S, self._refused_monotonic_s[-attempts] - since_monotonic_s)
        taken = len(self._refused_monotonic_s) + len(self._under_way - {extension})
        before = self._before(extension, now_monotonic_s)
        return TURN_S if taken + before >= attempts else 0.0

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

    def refused(self, extension: str, now_monotonic_s: float) -> None:
        """The exchange refused it (401, 403, 407)."""
        self._under_way.discard(extension)
        self._proved.discard(extension)
        self._refused_monotonic_s.append(now_monotonic_s)

    def undecided(self, extension: str) -> None:
        """The attempt ended before any password was looked at."""
        self._under_way.discard(extension)
