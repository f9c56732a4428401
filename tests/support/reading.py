"""How Open JTalk reads a Japanese text: katakana with punctuation, as the clips are spoken.

The engine belongs to the dependency group `prompts`; without it a test that asks for a reader is skipped, and says so.
"""

import warnings
from collections.abc import Callable
from functools import cache

import pytest

from audio.speech.engine import EngineError
from audio.speech.open_jtalk import OpenJTalk


def reader() -> Callable[[str], str]:
    """A function from a text to its reading; skips the test where the engine is not installed."""
    engine = _engine()
    try:
        engine.identity()
    except EngineError as error:
        pytest.skip(f"readings are not checked: {error}")

    def read(text: str) -> str:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # its dictionary's own, when it is loaded
            return engine.reading(text)

    return read


@cache
def _engine() -> OpenJTalk:
    return OpenJTalk()
