"""What one end of a call says and hears: a tone of its own pitch out, the other end's looked for in what comes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audio.levels import RATE_HZ, Samples, from_pcm, level_dbm0, to_pcm
from audio.spandsp.handset import Handset
from audio.tones import tone
from exchange.sip.call import Call

TONE_DBM0 = -16.0
WINDOW_S = 0.4
MOST_KEPT_S = 20
HEARD_SHARE = 0.5
"""So much of the energy of what is heard is at the other end's pitch: music, speech and noise have far less there."""
LEAST_DBM0 = -40.0
_NEAR_HZ = 25.0
_AHEAD_S = 0.5


@dataclass(frozen=True, slots=True)
class Sound:
    """What one end heard: packets, its last level, whether the other end's tone was in it; and how it is encoded."""

    received: int
    sent: int
    lost: int
    level_dbm0: float
    heard: bool
    law: str
    ptime_ms: int


class Handpiece:
    """A handset for the call's line (`handset`), and an ear for a pitch."""

    def __init__(self, call: Call, *, says_hz: float, listens_hz: float) -> None:
        self.handset = Handset()
        self._call = call
        self._listens_hz = listens_hz
        self._waiting = to_pcm(tone(says_hz, 1.0, TONE_DBM0, ramp_s=0.0))
        """A whole number of cycles, so that it can be said over and over."""
        self._said_samples = 0
        self._heard: NDArray[np.int16] = np.zeros(0, np.int16)
        self._found = False

    def work(self, elapsed_s: float, *, says: bool = True) -> None:
        """Say what is due `elapsed_s` after the beginning, and take what came. At least every half second."""
        due = round((elapsed_s + _AHEAD_S) * RATE_HZ)
        if says and due > self._said_samples:
            places = np.arange(self._said_samples, due) % len(self._waiting)
            self._said_samples += self.handset.write(self._waiting[places])
        _, pcm = self.handset.read()
        self._heard = np.concatenate([self._heard, pcm])[-MOST_KEPT_S * RATE_HZ :]

    @property
    def heard(self) -> Samples:
        """All that came, of the last 20 s."""
        return from_pcm(self._heard)

    def hears(self) -> bool:
        """Whether the other end's tone is in what came last, or was when this was asked before."""
        last = self.heard[-round(WINDOW_S * RATE_HZ) :]
        self._found = self._found or (
            len(last) >= round(WINDOW_S * RATE_HZ)
            and level_dbm0(last) > LEAST_DBM0
            and pitch_share(last, self._listens_hz) > HEARD_SHARE
        )
        return self._found

    def sound(self) -> Sound:
        """How it stands now."""
        report = self._call.rtp()
        return Sound(
            received=report.received if report else 0,
            sent=report.sent if report else 0,
            lost=report.lost if report else 0,
            level_dbm0=level_dbm0(self.heard[-round(WINDOW_S * RATE_HZ) :]),
            heard=self.hears(),
            law=report.law if report else "",
            ptime_ms=report.ptime_ms if report else 0,
        )

    def forget(self) -> None:
        """Begin to listen anew."""
        self._heard = self._heard[:0]
        self._found = False

    def close(self) -> None:
        """Give the handset back."""
        self.handset.close()


def pitch_share(samples: Samples, pitch_hz: float) -> float:
    """How much of the energy lies within 25 Hz of a pitch, 0 to 1; 0 for silence."""
    energy = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) ** 2
    near = np.abs(np.fft.rfftfreq(len(samples), 1 / RATE_HZ) - pitch_hz) <= _NEAR_HZ
    whole = float(energy.sum())
    return float(energy[near].sum()) / whole if whole > 0 else 0.0
