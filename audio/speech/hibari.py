"""English by hibari-tts (ONNX on the CPU), offline, with the voice inside its package."""

from functools import cached_property
from typing import Any

import numpy as np

from audio.speech.engine import Identity, Sound, installed_version, load_module

_DISTRIBUTION = "hibari-tts"
_SEED = 0
_RATE_HZ = 24000


class Hibari:
    """The female voice "heart". The same text gives the same samples each time, on the same kind of CPU."""

    def identity(self) -> Identity:
        """Raises `EngineError` where hibari-tts is not installed."""
        runtime = installed_version("onnxruntime")
        return Identity(
            engine="hibari",
            version=f"{_DISTRIBUTION} {installed_version(_DISTRIBUTION)}, onnxruntime {runtime}",
            voice="heart",
            parameters=f"seed {_SEED}",
            licence="Apache-2.0",
            shareable=True,
        )

    def synth(self, text: str) -> Sound:
        """Speak English."""
        return Sound(np.asarray(self._model(text, seed=_SEED), np.float64), _RATE_HZ)

    @cached_property
    def _model(self) -> Any:
        return load_module("hibari", _DISTRIBUTION).Hibari(threads=1)
