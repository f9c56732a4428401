"""What a speech engine is."""

import os
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Protocol

from audio.levels import Samples


class EngineError(Exception):
    """An engine is not there, or could not speak; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Identity:
    """All that decides how an engine sounds, and who is to be named for it."""

    engine: str
    version: str
    """Empty where nobody tells: a service on the net changes when it likes."""
    voice: str
    parameters: str
    licence: str
    """Of the voice, and so of what it says."""
    shareable: bool
    """The licence lets the sound be given to others."""


@dataclass(frozen=True, slots=True)
class Sound:
    """What an engine says: floats, 1.0 = full scale, at the engine's own rate."""

    samples: Samples
    rate_hz: int


class Engine(Protocol):
    """Speaks one language with one voice."""

    def identity(self) -> Identity:
        """Raises `EngineError` where the engine is not installed."""

    def synth(self, text: str) -> Sound:
        """Speak; takes tens of milliseconds to seconds. Raises `EngineError`."""


def installed_version(distribution: str) -> str:
    """The version of an engine's package.

    Raises:
        EngineError: it is not installed.
    """
    try:
        return version(distribution)
    except PackageNotFoundError as error:
        raise _missing(distribution) from error


def load_module(module: str, distribution: str) -> Any:
    """Import an engine's module when it is first needed.

    Raises:
        EngineError: it is not installed.
    """
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # onnxruntime, which engines import, would call its maker
    try:
        return import_module(module)
    except ImportError as error:
        raise _missing(distribution) from error


def _missing(distribution: str) -> EngineError:
    return EngineError(
        f"{distribution} is not installed; `make prompts` installs it, or: pip install {distribution}"
    )
