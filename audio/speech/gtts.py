"""Any language by Google Translate's voice, through the command `gtts-cli`: online, off unless asked for, never needed.

gTTS wants an old click, so it lives in an environment of its own (`pipx install gTTS`) and its command is run. What Google
says may be cached for oneself; its terms do not let it be passed on.
"""

import io
import subprocess
import time
from collections.abc import Callable

import numpy as np

from audio.speech.engine import EngineError, Identity, Sound, load_module

TIMEOUT_S = 20.0
PAUSE_S = 300.0
"""After a failure, so that a machine without the Internet does not wait at each text."""


class Gtts:
    """Google's voice for a language (`ja`, `en`)."""

    def __init__(
        self,
        language: str,
        *,
        command: str = "gtts-cli",
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._language = language
        self._command = command
        self._monotonic_s = monotonic_s
        self._paused_until_monotonic_s = -PAUSE_S

    def identity(self) -> Identity:
        """Without a version: the server decides."""
        return Identity(
            engine="gtts",
            version="",
            voice=self._language,
            parameters="",
            licence="Google's terms; not to be passed on",
            shareable=False,
        )

    def synth(self, text: str) -> Sound:
        """Ask Google; raises `EngineError` at once for five minutes after a failure."""
        left_s = self._paused_until_monotonic_s - self._monotonic_s()
        if left_s > 0:
            raise EngineError(f"gTTS failed a moment ago and is left alone for another {left_s:.0f} s")
        try:
            return self._decode(self._ask(text))
        except EngineError:
            self._paused_until_monotonic_s = self._monotonic_s() + PAUSE_S
            raise

    def _ask(self, text: str) -> bytes:
        """The MP3 that Google gives. The text goes through stdin, where nothing in it can be an option."""
        try:
            done = subprocess.run(
                [self._command, "--lang", self._language, "--file", "-", "--output", "-"],
                input=text.encode(),
                capture_output=True,
                timeout=TIMEOUT_S,
                check=True,
            )
        except FileNotFoundError as error:
            raise EngineError(f"{self._command} is not installed: pipx install gTTS") from error
        except subprocess.TimeoutExpired as error:
            raise EngineError(f"gTTS did not answer within {TIMEOUT_S:.0f} s") from error
        except subprocess.CalledProcessError as error:
            reason = error.stderr.decode(errors="replace").strip().splitlines()
            raise EngineError(f"gTTS failed: {reason[-1] if reason else 'it says nothing'}") from error
        return done.stdout

    def _decode(self, mp3: bytes) -> Sound:
        soundfile = load_module("soundfile", "soundfile")
        try:
            samples, rate_hz = soundfile.read(io.BytesIO(mp3))
        except soundfile.LibsndfileError as error:
            raise EngineError(f"gTTS gave what is no sound: {error}") from error
        return Sound(np.asarray(samples, np.float64), int(rate_hz))
