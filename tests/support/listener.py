"""The speech processor as a pair of ears: what it tells of a recording."""

import numpy as np
from numpy.typing import NDArray

from audio.clip import Clip
from audio.hearing.heard import Heard
from audio.spandsp.drive import Driven
from audio.spandsp.speech import Speech

FRAME_SAMPLES = 160
AT_ONCE = 8000
"""Samples: fewer sounds are told in a second than the processor keeps."""


def heard_in(pcm: NDArray[np.int16], *, while_playing: Clip | None = None) -> list[Heard]:
    """All that is heard in samples; meanwhile we play a clip, if there is one."""
    speech = Speech(detect_digits=False)
    heard: list[Heard] = []
    step = AT_ONCE if while_playing is None else FRAME_SAMPLES
    with Driven(speech) as line:
        speech.listen()
        if while_playing is not None:
            speech.play(while_playing)
        for start in range(0, len(pcm), step):
            part = pcm[start : start + step]
            line.rx(part)
            if while_playing is not None:
                line.tx(len(part))
            heard += speech.heard()
    speech.close()
    return heard
