"""What found pips say of a clock: how far they are from when they were due, and how fast the sound ran."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from audio.pip_detector import Onset
from audio.pips import PERIOD_S


@dataclass(frozen=True, slots=True)
class Run:
    """A straight line through all complete marks of a recording."""

    first_mark_s: float
    """In seconds of the recording."""
    rate_ppm: float
    """How much slower than the recording's clock the pips came; positive: late, and later."""
    rms_ms: float
    """Of the pips around the line."""
    pips: int


def error_ms(onset: Onset, first_sample_utc_s: float, period_s: float = PERIOD_S) -> float:
    """How late a pip was heard (negative: early), given the UTC of the recording's first sample (seconds of the epoch).

    It was due at the nearest instant that a mark at a multiple of the period would put it.
    """
    heard_utc_s = first_sample_utc_s + onset.time_s
    errors = (_nearest(heard_utc_s - offset_s, period_s) for offset_s in onset.pip.offsets_s)
    return 1000 * min(errors, key=abs)


def fit_run(onsets: Iterable[Onset], period_s: float = PERIOD_S) -> Run | None:
    """Least squares over the pips of complete marks; None if there is no such mark."""
    complete = [onset for onset in onsets if onset.complete]
    marks = [onset for onset in complete if 0.0 in onset.pip.offsets_s]
    if not marks:
        return None
    origin_s = marks[0].time_s
    due_s, heard_s = [], []
    for onset in complete:
        since_s = onset.time_s - origin_s
        offset_s = min(onset.pip.offsets_s, key=lambda offset: abs(_nearest(since_s - offset, period_s)))
        due_s.append(round((since_s - offset_s) / period_s) * period_s + offset_s)
        heard_s.append(onset.time_s)
    due, heard = np.array(due_s), np.array(heard_s)
    rate, first_mark_s = np.polyfit(due, heard, 1) if np.ptp(due) > 0 else (1.0, heard[0])
    residual_s = heard - rate * due - first_mark_s
    return Run(
        first_mark_s=float(first_mark_s),
        rate_ppm=float((rate - 1) * 1e6),
        rms_ms=float(1000 * np.sqrt(np.mean(residual_s**2))),
        pips=len(complete),
    )


def _nearest(value: float, period: float) -> float:
    """`value` less the nearest multiple of the period."""
    return (value + period / 2) % period - period / 2
