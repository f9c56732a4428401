"""A whole talking clock in virtual time: a simulated host, line and ring around the real producer and programme."""

from dataclasses import dataclass

from support.clock_listener import HeardMark, Listener
from support.simulated_clock import SimulatedClock
from support.simulated_media import PACKET_SAMPLES, SAMPLE_NS, SimulatedBroadcast, SimulatedMediaClock

from services.clock.producer import EVERY_S, SETTLED_SAMPLES, Producer
from services.clock.programme import Programme
from timekeeping.leap import LeapTable
from timekeeping.leap_list import FIRST
from timekeeping.steps import Change

S_NS = 10**9
EVERY_NS = round(EVERY_S * S_NS)
NO_LEAPS = LeapTable((FIRST,), None)


@dataclass(frozen=True, slots=True)
class Era:
    """An offset that was in force, from the first sample on that could follow it."""

    from_sample: int
    offset_ns: int

    def utc_ns(self, sample: int) -> int:
        """The exact instant of a sample."""
        return sample * SAMPLE_NS + self.offset_ns + -self.offset_ns % SAMPLE_NS

    def sample(self, utc_ns: int) -> int:
        """The sample of an instant that is on the grid."""
        return (utc_ns - self.utc_ns(0)) // SAMPLE_NS


class ClockWorld:
    """Runs the clock for a while, steps its host's UTC, and hears the result."""

    def __init__(
        self,
        listener: Listener,
        *,
        utc_ns: int,
        monotonic_ns: int = 7_000_000_123,
        leaps: LeapTable = NO_LEAPS,
        lasts_s: int = 240,
        lead_samples: int = 0,
    ) -> None:
        self.clock = SimulatedClock(utc_ns=utc_ns, monotonic_ns=monotonic_ns)
        self._media_clock = SimulatedMediaClock(self.clock)
        self._media_clock.set_utc_offset_ns(self.clock.offset_ns)
        self._lead_samples = lead_samples
        self.broadcast = SimulatedBroadcast(self._media_clock.now_samples(), lasts_s * 8000)
        self._listener = listener
        self.producer = Producer(
            Programme(listener.composer), self.broadcast, self._media_clock, leaps, lead_samples=lead_samples
        )
        self.eras: list[Era] = []
        self._since_carried_on_ns = 0
        self.producer.begin(self.clock.offset_ns)
        self._note_era()

    def run(self, elapsed_ns: int) -> None:
        """Let time pass; the producer carries on as often as it should."""
        while elapsed_ns > 0:
            passing_ns = min(elapsed_ns, EVERY_NS - self._since_carried_on_ns)
            self.stall(passing_ns)
            elapsed_ns -= passing_ns
            self._since_carried_on_ns += passing_ns
            if self._since_carried_on_ns == EVERY_NS:
                self._since_carried_on_ns = 0
                self.producer.carry_on()

    def stall(self, elapsed_ns: int) -> None:
        """Let time pass while the producer gets no turn."""
        self.clock.pass_time(elapsed_ns)
        self.broadcast.hear_until(self._media_clock.now_samples() + self._lead_samples + PACKET_SAMPLES)

    def step(self, by_ns: int) -> None:
        """Set the host's UTC; the producer is told at once."""
        old_offset_ns = self.clock.offset_ns
        self.clock.step(by_ns)
        self.producer.offset_changed(Change(old_offset_ns, self.clock.offset_ns))
        self._note_era()

    def marks(self) -> list[HeardMark]:
        """All marks heard so far, by the sample numbers of the media clock."""
        first = self.broadcast.first_sample
        return [
            HeardMark(first + mark.at, mark.named, mark.words_end, mark.pre_pips_at)
            for mark in self._listener.marks(self.broadcast.heard)
        ]

    def era_of(self, sample: int) -> Era:
        """The offset that a mark at this sample had to follow."""
        return [era for era in self.eras if era.from_sample <= sample][-1]

    def _note_era(self) -> None:
        from_sample = self._media_clock.now_samples() + (
            SETTLED_SAMPLES + self._lead_samples if self.eras else 0
        )
        self.eras.append(Era(from_sample, self.clock.offset_ns))
