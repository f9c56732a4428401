"""Engines that stand in for speech engines: they make tones, and count."""

from dataclasses import replace

import numpy as np

from audio.speech.engine import EngineError, Identity, Sound

IDENTITY = Identity("simulated", "1", "sine", "", "nobody's", shareable=True)


class SimulatedEngine:
    """Says a tone of half a second whose pitch is the text's length."""

    def __init__(self, **identity: object) -> None:
        self.spoken: list[str] = []
        self._identity = replace(IDENTITY, **identity)

    def identity(self) -> Identity:
        return self._identity

    def synth(self, text: str) -> Sound:
        self.spoken.append(text)
        time_s = np.arange(12000) / 24000
        return Sound(0.3 * np.sin(2 * np.pi * (500 + 10 * len(text)) * time_s), 24000)


class SimulatedFailure:
    """Cannot speak."""

    def __init__(self, reason: str = "out of breath", *, installed: bool = True) -> None:
        self.reason = reason
        self.installed = installed

    def identity(self) -> Identity:
        if not self.installed:
            raise EngineError(self.reason)
        return replace(IDENTITY, engine="failing")

    def synth(self, _text: str) -> Sound:
        raise EngineError(self.reason)
