"""Japanese by Open JTalk (pyopenjtalk-plus), offline, with the Nitech voice that lies beside."""

from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from audio.speech.engine import Identity, Sound, installed_version, load_module

VOICE = Path(__file__).with_name("voices") / "nitech_jp_atr503_m001.htsvoice"
_DISTRIBUTION = "pyopenjtalk-plus"
_RATE_HZ = 48000


class OpenJTalk:
    """The male voice m001 of the Nagoya Institute of Technology. The same text gives the same samples each time.

    Write numbers in Arabic digits: kanji numerals are misread (五分 as ごぶ), and so is 0 (write れい).
    """

    def identity(self) -> Identity:
        """Raises `EngineError` where pyopenjtalk-plus is not installed."""
        return Identity(
            engine="open-jtalk",
            version=f"{_DISTRIBUTION} {installed_version(_DISTRIBUTION)}",
            voice=VOICE.stem,
            parameters="",
            licence="CC BY 3.0, HTS Working Group, Nagoya Institute of Technology",
            shareable=True,
        )

    def synth(self, text: str) -> Sound:
        """Speak Japanese."""
        labels = self._frontend.extract_fullcontext(text)
        samples = np.asarray(self._voice.synthesize(labels), np.float64) / 32768
        return Sound(samples, _RATE_HZ)

    def reading(self, text: str) -> str:
        """How the text is read, in katakana with punctuation."""
        return str(self._frontend.g2p(text, kana=True))

    @cached_property
    def _frontend(self) -> Any:
        return load_module("pyopenjtalk", _DISTRIBUTION)

    @cached_property
    def _voice(self) -> Any:
        return self._frontend.HTSEngine(str(VOICE).encode())
