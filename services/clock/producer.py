"""Keeps the broadcast filled with the programme, whatever happens to UTC."""

import asyncio
from typing import Protocol

import structlog

from audio.levels import RATE_HZ
from services.clock.leaps import LeapLedger
from services.clock.parts import Pcm
from services.clock.programme import Programme
from services.clock.timeline import Timeline
from timekeeping.clocks import Clock
from timekeeping.leap import LeapTable
from timekeeping.steps import Change, Kind, OffsetWatch, watching

AHEAD_SAMPLES = 3 * RATE_HZ
"""So far ahead of now the programme is written."""

EVERY_S = 0.5
"""How often it is carried on: a busy event loop may be late by two seconds before anybody hears silence."""

SETTLED_SAMPLES = RATE_HZ // 10
"""What leaves within 100 ms from now is not rewritten: a packet of 60 ms may have left already, and writing takes time."""

_NS = 10**9
_SAMPLE_NS = _NS // RATE_HZ

log = structlog.get_logger()


class Broadcast(Protocol):
    """The ring that all listeners hear."""

    def write(self, first_sample: int, pcm: Pcm) -> None:
        """Put samples there, over what was there before."""
        ...


class MediaClock(Protocol):
    """Counts samples on the monotonic clock, on a grid that UTC's whole seconds are on."""

    def now_samples(self) -> int:
        """The sample of now."""
        ...

    def sample_at_utc_ns(self, utc_ns: int) -> int:
        """The sample nearest to that instant (POSIX time in nanoseconds)."""
        ...

    def set_utc_offset_ns(self, offset_ns: int) -> None:
        """UTC minus CLOCK_MONOTONIC from now on."""
        ...


class Producer:
    """Says what is to come, and says it again when UTC was stepped. All methods belong to one thread."""

    def __init__(
        self,
        programme: Programme,
        broadcast: Broadcast,
        media_clock: MediaClock,
        leaps: LeapTable,
        *,
        lead_samples: int = 0,
    ) -> None:
        """Join the parts; `lead_samples`: so much earlier than at its instant a sample leaves at most."""
        self._programme = programme
        self._broadcast = broadcast
        self._media_clock = media_clock
        self._leaps = LeapLedger(leaps)
        self._settled_samples = SETTLED_SAMPLES + lead_samples
        self._offset_ns = 0
        self._timeline = Timeline(0, 0)
        self._written_until = 0

    async def run(self, clock: Clock) -> None:
        """Fill the broadcast until cancelled, following each change of UTC on `clock`.

        Raises:
            OSError: the kernel does not tell when the clock is set.
        """
        watch = OffsetWatch(clock, self.offset_changed)
        self.begin(watch.offset_ns)
        with watching(watch):
            while True:
                await asyncio.sleep(EVERY_S)
                self.carry_on()

    def begin(self, offset_ns: int) -> None:
        """Begin the programme, UTC being `offset_ns` ahead of the monotonic clock."""
        self._follow(offset_ns)
        self._written_until = self._media_clock.now_samples() + self._settled_samples
        self._say_again()

    def carry_on(self) -> None:
        """Write what has come into reach since the last time."""
        now_sample = self._media_clock.now_samples()
        self._leaps.account(self._timeline, now_sample, stepped_by_ns=0)
        if len(self._leaps.ahead(self._utc_s(now_sample))) < len(self._timeline.leaps):
            self._follow(self._offset_ns)
            self._say_again()
        elif self._written_until < now_sample + self._settled_samples:
            self._say_again()
        else:
            self._write(now_sample, self._written_until)

    def offset_changed(self, change: Change) -> None:
        """Tell the media clock, and say again all that can still be changed; a step is logged, a slew is not."""
        if change.kind is Kind.STEP:
            log.warning("utc_stepped", by_s=round(change.by_ns / _NS, 6))
        self._leaps.account(self._timeline, self._media_clock.now_samples(), change.by_ns)
        self._follow(change.new_offset_ns)
        self._say_again()

    def _follow(self, offset_ns: int) -> None:
        """Draw the timeline anew."""
        self._offset_ns = offset_ns
        self._media_clock.set_utc_offset_ns(offset_ns)
        now_utc_s = self._utc_s(self._media_clock.now_samples())
        anchor_sample = self._media_clock.sample_at_utc_ns(now_utc_s * _NS)
        self._timeline = Timeline(now_utc_s, anchor_sample, self._leaps.ahead(now_utc_s))

    def _say_again(self) -> None:
        now_sample = self._media_clock.now_samples()
        settled_until = now_sample + self._settled_samples
        self._programme.replan(min(self._written_until, settled_until), settled_until, self._timeline)
        self._write(now_sample, settled_until)

    def _write(self, now_sample: int, first_sample: int) -> None:
        until_sample = max(now_sample + AHEAD_SAMPLES, self._written_until)
        self._programme.extend(now_sample, until_sample, self._timeline)
        if first_sample < until_sample:
            self._broadcast.write(first_sample, self._programme.pcm(first_sample, until_sample))
            self._written_until = until_sample

    def _utc_s(self, sample: int) -> int:
        return (sample * _SAMPLE_NS + self._offset_ns) // _NS
