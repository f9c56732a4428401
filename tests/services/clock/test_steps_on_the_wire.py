"""The real program, called over SIP while its UTC is stepped: what a telephone hears before, during and after."""

import itertools
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from operator import itemgetter

import numpy as np
import pytest
from numpy.typing import NDArray
from support.clock_listener import TOKYO, HeardMark, Listener
from support.preloaded import build_preloaded
from support.real_clips import RealClips
from support.rtp import RtpPacket
from support.rtp_socket import LEFT_OUT_MS, begins_utc_ns, is_programme, is_steady
from support.scripted_caller import ScriptedCaller
from support.served_program import ServedProgram
from support.stepped_clock import SteppedClock

from audio import g711
from audio.prompts import load
from services.clock.japanese import JAPANESE
from timekeeping.civil import civil_time
from timekeeping.leap import UtcSecond

pytestmark = [pytest.mark.native, pytest.mark.timeout(150)]

S_NS = 10**9
MS_NS = 10**6
SAMPLE_NS = 125_000
PERIOD_NS = 10 * S_NS
WORDS_NS = 8_700 * MS_NS
"""Words begin so long before their mark."""
UNNOTICED_NS = 1_500 * MS_NS
"""A step that the kernel does not tell of is found within a second, and 100 ms from then on have been sent already."""
SETTLED_NS = 15 * S_NS
"""So long after the answer the clock has been heard for a whole announcement, also when it first said that this machine's
clock cannot be trusted."""
LISTEN_S = 31
"""After any step a mark comes within 28.7 s, after its words."""
STEPS = (
    (90 * MS_NS, 6.5),
    (-90 * MS_NS, 7.6),
    (S_NS, 3.0),
    (-S_NS, 1.0),
    (9_500 * MS_NS, 5.0),
    (-9_500 * MS_NS, 0.4),
    (3_600 * S_NS + 333_333, 4.0),
    (-3_600 * S_NS - 7, 6.0),
)
"""How far, and how many seconds after a mark: in the words, in the pre-pips, in the mark itself."""
GAP_MS = 80
"""The widest between two packets that is no fault."""
ANNOUNCED_NS = 9_500 * MS_NS
"""From before its words to a mark; what was left out of that spoils it."""
LAST_PHASE_S = 8.4
"""Later ones have a mark that comes before the step is found."""


def _as_heard(pcm):
    return g711.decode(g711.encode(pcm, "ulaw").tobytes(), "ulaw")


LISTENER = Listener(JAPANESE, RealClips({name: load("ja")[name] for name in JAPANESE.texts}), _as_heard)


@dataclass(slots=True)
class Listening:
    """A call to a program of its own, whose UTC goes by a clock of its own."""

    clock: SteppedClock
    caller: ScriptedCaller
    by_ns: int
    packets: list[RtpPacket] = field(default_factory=list)
    stepped_utc_ns: int = 0
    """When, by the machine's UTC."""

    def step(self) -> None:
        self.stepped_utc_ns = time.time_ns()
        self.clock.step(self.by_ns)

    def marks(self) -> list["TimedMark"]:
        """All marks that had room for their words since it joined."""
        first = self.packets[0]
        settled = [packet for packet in self.packets if packet.utc_ns - first.utc_ns > SETTLED_NS]
        origin_utc_ns = begins_utc_ns(settled, first)
        timed = [
            TimedMark(mark, origin_utc_ns + mark.at * SAMPLE_NS) for mark in LISTENER.marks(self._heard())
        ]
        return [
            mark
            for mark in timed
            if mark.utc_ns - first.utc_ns > SETTLED_NS and not self.is_spoilt(mark.utc_ns)
        ]

    def is_spoilt(self, mark_utc_ns: int) -> bool:
        """Whether the machine stood still for so long that part of a mark or of its announcement was left out."""
        return any(
            began_ns - S_NS < mark_utc_ns < ended_ns + ANNOUNCED_NS
            for began_ns, ended_ns in self.gaps_utc_ns(LEFT_OUT_MS)
        )

    def gaps_utc_ns(self, least_ms: int) -> list[tuple[int, int]]:
        """When no packet came for so long, from one to the next."""
        arrivals = [packet.utc_ns for packet in self.packets]
        return [
            (before, after)
            for before, after in itertools.pairwise(arrivals)
            if after - before > least_ms * MS_NS
        ]

    def _heard(self) -> NDArray[np.int16]:
        """By the timestamps; what was left out is silence."""
        first = self.packets[0].timestamp_samples
        places = [packet.timestamp_samples - first & 0xFFFFFFFF for packet in self.packets]
        codes = bytearray(b"\xff" * (places[-1] + 160))
        for place, packet in zip(places, self.packets, strict=True):
            codes[place : place + 160] = packet.payload
        return g711.decode(bytes(codes), "ulaw")


@dataclass(frozen=True, slots=True)
class TimedMark:
    """A mark and when it left, by the machine's UTC."""

    heard: HeardMark
    utc_ns: int


def sleep_until_phase(seconds: float) -> None:
    """Until so many seconds after a mark by the machine's UTC."""
    time.sleep((seconds - time.time()) % 10)


def listen(listening: list[Listening], until_monotonic_s: float) -> None:
    """Take what comes, before the sockets are full."""
    while time.monotonic() < until_monotonic_s:
        for each in listening:
            each.packets += each.caller.rtp.received()
        time.sleep(0.05)


def assert_right(mark: TimedMark, step_ns: int) -> int:
    """On the second by the UTC in force, which its words named, after three whole pre-pips; gives that UTC."""
    utc_ns = mark.utc_ns + step_ns
    second = (utc_ns + PERIOD_NS // 2) // PERIOD_NS * 10
    assert abs(utc_ns - second * S_NS) < MS_NS, "on the second"
    said = civil_time(UtcSecond(second), TOKYO)
    assert mark.heard.named == (said.hour, said.minute, said.second)
    assert [round(at / 8000, 2) for at in mark.heard.pre_pips_at] == [-3, -2, -1]
    return second


def assert_no_gap_of_its_own(call: Listening, others: list[Listening]) -> None:
    """Whenever its packets fail to come, those of other programs do so too: the machine stands still."""
    for began_ns, ended_ns in call.gaps_utc_ns(GAP_MS):
        assert any(
            began_ns < other_ended_ns and other_began_ns < ended_ns
            for other in others
            for other_began_ns, other_ended_ns in other.gaps_utc_ns(GAP_MS // 2)
        )


def assert_heard_well(call: Listening) -> None:
    """Packets 20 ms apart throughout; every mark right, none missing after the step, none given twice."""
    assert is_programme(call.packets)
    assert {len(packet.payload) for packet in call.packets} == {160}
    assert is_steady(call.packets, within_ms=40)
    before = [mark for mark in call.marks() if mark.utc_ns < call.stepped_utc_ns]
    after = [mark for mark in call.marks() if mark.utc_ns > call.stepped_utc_ns]
    assert before or call.gaps_utc_ns(LEFT_OUT_MS), "a mark before the step"
    assert after, "a mark after the step"
    given = [assert_right(mark, 0) for mark in before] + [assert_right(mark, call.by_ns) for mark in after]
    assert len(set(given)) == len(given), "no second is marked twice"
    since_ns = call.stepped_utc_ns + call.by_ns + UNNOTICED_NS + WORDS_NS
    until_ns = call.packets[-1].utc_ns + call.by_ns - S_NS
    due = [
        second
        for second in range(-(-since_ns // PERIOD_NS) * 10, until_ns // S_NS, 10)
        if not call.is_spoilt(second * S_NS - call.by_ns)
    ]
    assert set(due) - set(given) == set(), "no mark is missing that there was time to announce"


@dataclass(frozen=True, slots=True)
class Stepped:
    """A program and its clock."""

    program: ServedProgram
    clock: SteppedClock
    by_ns: int
    phase_s: float


@pytest.fixture(scope="module")
def stepped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Stepped]]:
    """For each step a program of its own."""
    library = build_preloaded("stepped_clock", tmp_path_factory.mktemp("library"))
    with ExitStack() as scope:
        programs = []
        for by_ns, phase_s in STEPS:
            folder = tmp_path_factory.mktemp("program")
            clock = scope.enter_context(SteppedClock(library, folder / "step"))
            program = ServedProgram(folder, clock.environment | {"DENWA_LANGUAGE": "ja"})
            programs.append(Stepped(scope.enter_context(program), clock, by_ns, phase_s))
        yield programs


def hear_steps(programs: list[Stepped], later_s: float) -> list[Listening]:
    """Call all of them, step each in its phase of the third cycle of the call, and listen on."""
    sleep_until_phase(0.2)
    third_monotonic_s = time.monotonic() - 0.2 + 2 * PERIOD_NS / S_NS
    with ExitStack() as scope:
        steps = []
        for each in programs:
            each.clock.step(0)
            caller = scope.enter_context(ScriptedCaller(each.program.address, "117"))
            assert caller.invite().status == 200
            steps.append(((each.phase_s + later_s) % LAST_PHASE_S, Listening(each.clock, caller, each.by_ns)))
        calls = [call for _, call in steps]
        for phase_s, call in sorted(steps, key=itemgetter(0)):
            listen(calls, third_monotonic_s + phase_s)
            call.step()
        listen(calls, time.monotonic() + LISTEN_S)
        for call in calls:
            assert call.caller.hang_up().status == 200
    return calls


def test_after_a_step_in_a_call_the_next_mark_is_right_and_no_packet_is_out_of_step(stepped, scaled):
    """From 90 ms to an hour, forward and back; in full in all phases of the cycle."""
    turns = scaled(1, 12)
    for turn in range(turns):
        calls = hear_steps(stepped, later_s=turn * 0.7)
        for call in calls:
            assert_no_gap_of_its_own(call, [other for other in calls if other is not call])
            assert_heard_well(call)
    for each in stepped:
        assert each.program.logged()["utc_stepped"] == 2 * turns - 1
