"""How Open JTalk reads a Japanese text: katakana with punctuation, as the clips are spoken.

The engine belongs to the dependency group `prompts`; without it a test that asks for a reader is skipped, and says so.
"""

from collections.abc import Callable
from functools import cache

import pytest

from audio.speech.engine import EngineError
from audio.speech.open_jtalk import OpenJTalk


@cache
def _engine() -> OpenJTalk:
    engine = OpenJTalk()
    engine.identity()
    return engine


def reader() -> Callable[[str], str]:
    """A function from a text to its reading; skips the test where the engine is not installed."""
    try:
        return _engine().reading
    except EngineError as error:
        pytest.skip(f"readings are not checked: {error}")
