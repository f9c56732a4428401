"""Thousands of short calls of all kinds leave nothing behind in the program, and the next good call has sound."""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from support.marked_frames import is_silent
from support.scripted_caller import ScriptedCaller
from support.served_program import Held, ServedProgram

pytestmark = pytest.mark.exclusive

CLOCK, ECHO = "117", "186"
AT_ONCE = 20
LIMIT = 150
"""Calls that the program may have: those at once, and those that wait for an ACK for 64 s."""
VANISHED_S = 70
"""By then a call whose far end vanished before the ACK is gone: 64*T1 until our BYE, 64*T1 until it is given up."""
ANSWERED_S = 40
"""By then, if our BYE is answered."""
GROWTH_BYTES = 3 << 20
"""Memory that the second half of the calls may add to that of the first: caches that fill. PJSIP keeps some 50 KiB of each
call for 64*T1, in case that its last message comes again; that is over when the second half begins."""
Script = Callable[[ScriptedCaller], None]
FRAME = bytes([0xD5, 0x55] * 80)


def hang_up(caller: ScriptedCaller) -> None:
    """BYE, and that it is accepted."""
    response = caller.hang_up()
    assert response.status == 200, response.start_line


def plain(caller: ScriptedCaller) -> None:
    """Answer, one second, BYE."""
    assert caller.invite().status == 200
    time.sleep(1)
    hang_up(caller)


def talking(caller: ScriptedCaller) -> None:
    """The same, with sound both ways."""
    assert caller.invite().status == 200
    caller.rtp.talk([FRAME] * 50)
    hang_up(caller)


def bye_before_ack(caller: ScriptedCaller) -> None:
    """It ends with a BYE where its ACK is due."""
    assert caller.response(caller.request("INVITE", caller.sdp())).status == 200
    hang_up(caller)


def vanishing(caller: ScriptedCaller) -> None:
    """No ACK, no BYE, nothing."""
    assert caller.response(caller.request("INVITE", caller.sdp())).status == 200


def reinviting(caller: ScriptedCaller) -> None:
    """A hold in the middle of it."""
    assert caller.invite().status == 200
    time.sleep(0.4)
    assert caller.invite(caller.sdp(caller.audio(direction="sendonly"))).status == 200
    time.sleep(0.3)
    assert caller.invite().status == 200
    time.sleep(0.3)
    hang_up(caller)


def hanging_up_in_mid_word(caller: ScriptedCaller) -> None:
    """BYE at the first sound."""
    assert caller.invite().status == 200
    await_sound(caller, timeout_s=12)
    hang_up(caller)


def cancelling(delay_s: float) -> Script:
    """CANCEL so long after the INVITE, before or after the 200; a call that is up all the same is hung up."""

    def call(caller: ScriptedCaller) -> None:
        cseq = caller.request("INVITE", caller.sdp())
        time.sleep(delay_s)
        final = caller.cancel()
        assert final.one("CSeq") == f"{cseq} INVITE"
        assert final.status in {200, 487}, final.start_line
        if final.status == 200:
            hang_up(caller)

    return call


def await_sound(caller: ScriptedCaller, timeout_s: float) -> float:
    """Wait for a packet of this call's that is not silence; the seconds that it took. TimeoutError when none comes."""
    begin_monotonic_s = time.monotonic()
    while (waited_s := time.monotonic() - begin_monotonic_s) < timeout_s:
        packets = [packet for packet in caller.rtp.received() if packet.source == caller.rtp.there]
        if any(not is_silent(packet.payload) for packet in packets):
            return waited_s
        time.sleep(0.01)
    raise TimeoutError("nothing but silence")


class Crowd:
    """Calls one program with everything that short calls do."""

    def __init__(self, program: ServedProgram, calls: int, *, patient: bool) -> None:
        """Who vanishes is gone from the network at once, or (`patient`) still there to answer a BYE."""
        self._program = program
        self._calls = calls
        self._patient = patient
        self._waiting: list[ScriptedCaller] = []

    def call(self, numbers: Iterable[int]) -> None:
        """Make these calls, of all that there will be."""
        with ThreadPoolExecutor(AT_ONCE) as telephones:
            for _ in telephones.map(self._call, numbers):
                pass

    def answer_byes(self, timeout_s: float) -> None:
        """Answer the BYEs that those who vanished get."""
        for caller in self._waiting:
            with caller:
                caller.respond(caller.expect("BYE", timeout_s), 200)
        self._waiting.clear()

    def _call(self, number: int) -> None:
        script = self._script(number)
        caller = ScriptedCaller(self._program.address, ECHO if number // 10 % 2 else CLOCK)
        if script is vanishing and self._patient:
            self._waiting.append(caller)
            script(caller)
            return
        with caller:
            script(caller)

    def _script(self, number: int) -> Script:
        tens = number // 10
        match number % 10:
            case 0:
                vanishes = tens % 2 and not (self._patient and number >= self._calls // 2)
                return vanishing if vanishes else bye_before_ack
            case 1:
                return reinviting
            case 2:
                return cancelling(0.04 * tens / (self._calls // 10 - 1))
            case 3 | 4:
                return hanging_up_in_mid_word
            case 5 | 6:
                return talking
            case _:
                return plain


def await_held(program: ServedProgram, wanted: Held, timeout_s: float) -> Held:
    """What it holds when it is no more than that, or when the time is up."""
    ends_monotonic_s = time.monotonic() + timeout_s
    while (held := program.held()) != wanted and time.monotonic() < ends_monotonic_s:
        time.sleep(0.05)
    return held


def assert_all_places_are_free(program: ServedProgram) -> None:
    """As many calls as it may have are up at once; the next one is busy."""
    with ExitStack() as scope:
        callers = [scope.enter_context(ScriptedCaller(program.address, CLOCK)) for _ in range(LIMIT + 1)]
        statuses = [caller.invite().status for caller in callers]
        assert statuses == [200] * LIMIT + [486]
        for caller in callers[:LIMIT]:
            hang_up(caller)


def assert_it_sounds(program: ServedProgram) -> None:
    """Words within the first second: of the echo at any time, of the clock two seconds after a mark."""
    with ScriptedCaller(program.address, ECHO) as caller:
        assert caller.invite().status == 200
        assert await_sound(caller, timeout_s=5) < 1
        hang_up(caller)
    time.sleep((2 - time.time()) % 10)
    with ScriptedCaller(program.address, CLOCK) as caller:
        assert caller.invite().status == 200
        assert await_sound(caller, timeout_s=5) < 1
        hang_up(caller)


def test_short_calls_of_all_kinds_leave_nothing_behind(tmp_path, scale, scaled):
    """No call, port, thread, descriptor or memory is left of 2,000 of them in full, 70 s after the last, nor halfway."""
    calls, settling_s = scaled(200, 2000), scaled(5, VANISHED_S)
    with ServedProgram(tmp_path, {"DENWA_LIMITS__CALLS": str(LIMIT)}) as program:
        for number in (CLOCK, ECHO):
            with ScriptedCaller(program.address, number) as caller:
                plain(caller)
        time.sleep(1)
        before = program.held()
        crowd = Crowd(program, calls, patient=scale == "quick")
        crowd.call(range(calls // 2))
        half_bytes = program.resident_bytes()
        crowd.answer_byes(ANSWERED_S)
        between = await_held(program, before, settling_s)
        crowd.call(range(calls // 2, calls))
        grown_bytes = program.resident_bytes() - half_bytes
        left = await_held(program, before, settling_s)
        print(f"before {before}\nleft   {left}\ngrown by {grown_bytes / 1024:.0f} KiB in the second half")
        assert between == left == before
        assert grown_bytes < GROWTH_BYTES
        logged = program.logged()
        assert logged["call_came"] == logged["call_ended"] > calls * 0.9
        assert_it_sounds(program)
        assert_all_places_are_free(program)
        assert await_held(program, before, timeout_s=10) == before
        assert not [line for line in program.log() if line["level"] in {"error", "critical"}]
