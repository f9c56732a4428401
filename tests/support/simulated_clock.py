"""A host whose time passes only when a test lets it, and whose UTC can be stepped."""


class SimulatedClock:
    """UTC and monotonic time of a simulated host (timekeeping.clocks.Clock)."""

    def __init__(self, *, utc_ns: int, monotonic_ns: int = 1_000_000_000, reading_takes_ns: int = 0) -> None:
        self.true_monotonic_ns = monotonic_ns
        self.offset_ns = utc_ns - monotonic_ns
        self._reading_takes_ns = reading_takes_ns

    def pass_time(self, elapsed_ns: int) -> None:
        """Let monotonic time and UTC go on together."""
        self.true_monotonic_ns += elapsed_ns

    def step(self, by_ns: int) -> None:
        """Set UTC forward (positive) or back."""
        self.offset_ns += by_ns

    def utc_ns(self) -> int:
        self.pass_time(self._reading_takes_ns)
        return self.true_monotonic_ns + self.offset_ns

    def monotonic_ns(self) -> int:
        self.pass_time(self._reading_takes_ns)
        return self.true_monotonic_ns
