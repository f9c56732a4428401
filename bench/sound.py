"""The clock's sound as a file, for a peer that plays files."""

import numpy as np
from numpy.typing import NDArray

from audio.levels import RATE_HZ
from audio.prompts import load
from services.clock.composer import Composer
from services.clock.japanese import JAPANESE
from services.clock.programme import Programme
from services.clock.scheme import TEN_SECONDS
from services.clock.timeline import Timeline
from timekeeping.civil import zone_named

NOON_UTC_S = 1_735_700_400


def minute_of_the_clock() -> NDArray[np.int16]:
    """A minute of the talking clock, six announcements and marks: int16 at 8000 Hz."""
    clips = load("ja")
    programme = Programme(
        Composer(TEN_SECONDS, JAPANESE, zone_named("Asia/Tokyo"), lambda name: clips[name].pcm)
    )
    timeline = Timeline(NOON_UTC_S, 0)
    programme.replan(0, 0, timeline)
    programme.extend(0, 60 * RATE_HZ, timeline)
    return programme.pcm(0, 60 * RATE_HZ)
