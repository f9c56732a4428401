"""From the phrases' names to what is played."""

from collections.abc import Mapping

from audio.clip import Clip
from audio.prompts import load
from services.wakeup.phrases.digits import PAUSE
from services.wakeup.phrases.phrases import Phrases

PAUSE_S = 0.3
"""How long `PAUSE` is, beyond the gap after each clip."""


def sounds(phrases: Phrases) -> Mapping[str, Clip]:
    """Every clip of the language, each followed by the language's gap, and `PAUSE`.

    Raises:
        PromptMissing: a clip has no file.
    """
    gap_s = phrases.gap_ms / 1000
    clips = {name: clip.followed_by_silence(gap_s) for name, clip in load(phrases.name).items()}
    return clips | {PAUSE: Clip(PAUSE, b"").followed_by_silence(PAUSE_S)}
