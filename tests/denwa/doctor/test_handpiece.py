"""What an end of a call says and hears: both ends joined in memory, packet by packet."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from audio.g711 import decode, encode
from audio.levels import Samples, to_pcm
from audio.spandsp.drive import Driven
from audio.tones import silence, tone
from denwa.doctor.handpiece import HEARD_SHARE, WINDOW_S, Handpiece, pitch_share
from denwa.doctor.self_call import CALLED_HZ, CALLER_HZ
from exchange.sip.leg import RtpReport

pytestmark = pytest.mark.native

PACKET = 160


class SimulatedCall:
    """A call that has counters alone."""

    def __init__(self, report: RtpReport | None = None) -> None:
        self._report = report

    def rtp(self) -> RtpReport | None:
        return self._report


def handpiece(says_hz: float, listens_hz: float, report: RtpReport | None = None) -> Handpiece:
    return Handpiece(SimulatedCall(report), says_hz=says_hz, listens_hz=listens_hz)  # type: ignore[arg-type]


@contextmanager
def both() -> Iterator[tuple[Handpiece, Handpiece]]:
    caller, called = handpiece(CALLER_HZ, CALLED_HZ), handpiece(CALLED_HZ, CALLER_HZ)
    yield caller, called
    caller.close()
    called.close()


def by_a_law(pcm: NDArray[np.int16]) -> NDArray[np.int16]:
    return decode(encode(pcm, "alaw"), "alaw")


def talk(
    caller: Handpiece, called: Handpiece, seconds: float, *, there: bool = True, back: bool = True
) -> None:
    """Carry packets between them; a direction that is cut carries none."""
    with Driven(caller.handset) as at_caller, Driven(called.handset) as at_called:
        for packet in range(round(seconds * 8000) // PACKET):
            for end in (caller, called):
                end.work(packet * PACKET / 8000)
            said, answered = at_caller.tx(PACKET), at_called.tx(PACKET)
            if there:
                at_called.rx(by_a_law(said))
            if back:
                at_caller.rx(by_a_law(answered))
        caller.work(seconds)
        called.work(seconds)


@pytest.mark.parametrize("seconds", [0.5, 2.0, 10.0])
def test_each_hears_the_other(seconds: float):
    with both() as (caller, called):
        talk(caller, called, seconds)
        assert caller.hears()
        assert called.hears()


@pytest.mark.parametrize(("there", "back"), [(True, False), (False, True), (False, False)])
def test_a_direction_that_is_cut_is_not_heard(there: bool, back: bool):
    with both() as (caller, called):
        talk(caller, called, 1.0, there=there, back=back)
        assert called.hears() is there
        assert caller.hears() is back


def test_less_than_a_window_is_not_enough():
    with both() as (caller, called):
        talk(caller, called, WINDOW_S / 2)
        assert not caller.hears()


def test_what_was_forgotten_is_not_heard():
    with both() as (caller, called):
        talk(caller, called, 1.0)
        caller.forget()
        assert not caller.hears()
        assert len(caller.heard) == 0


def test_the_sound_is_the_calls_counters_and_the_level():
    report = RtpReport(received=50, sent=51, lost=2, late=0, silent_s=0.0, law="PCMU", ptime_ms=20)
    caller, called = handpiece(CALLER_HZ, CALLED_HZ, report), handpiece(CALLED_HZ, CALLER_HZ)
    talk(caller, called, 1.0)
    sound = caller.sound()
    assert (sound.received, sound.sent, sound.lost, sound.law, sound.ptime_ms) == (50, 51, 2, "PCMU", 20)
    assert sound.heard
    assert sound.level_dbm0 == pytest.approx(-16.0, abs=0.5)
    assert called.sound().received == 0
    caller.close()
    called.close()


WINDOW = 3200


def noise(seed: int) -> Samples:
    return np.random.default_rng(seed).normal(0, 0.1, WINDOW)


def test_a_tone_is_all_at_its_pitch():
    assert pitch_share(tone(1020, 0.4, -16), 1020) > 0.99


def test_silence_has_no_pitch():
    assert pitch_share(silence(0.4), 1020) == 0


@given(st.integers(0, 10_000))
def test_noise_is_not_taken_for_a_tone(seed: int):
    assert pitch_share(noise(seed), 1020) < HEARD_SHARE / 5


@pytest.mark.parametrize("hz", [400, 440, 620, 880, 1000 + 60, 1336, 2100])
def test_other_tones_of_the_telephone_are_not_taken_for_it(hz: float):
    assert pitch_share(tone(hz, 0.4, -10), 1020) < 0.01


@pytest.mark.parametrize("dbm0", [-38.0, -16.0, 0.0])
def test_a_tone_in_noise_of_its_tenth_is_heard_at_any_level(dbm0: float):
    said = tone(1020, 0.4, dbm0)
    rough = said + np.random.default_rng(1).normal(0, 0.1 * float(np.abs(said).max()), len(said))
    assert pitch_share(to_pcm(rough) / 32768, 1020) > HEARD_SHARE
