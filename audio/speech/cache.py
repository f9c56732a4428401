"""Speech kept by what made it: the same text by the same engine is spoken once."""

import hashlib
import json
import os
import tempfile
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from audio.speech.chain import CHAIN, to_telephone
from audio.speech.engine import Engine, EngineError, Identity


def key(identity: Identity, text: str) -> str:
    """SHA-256 of all that decides the octets: engine, version, voice, parameters, text (NFC) and chain."""
    parts = {**asdict(identity), "text": unicodedata.normalize("NFC", text), "chain": CHAIN}
    return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


class Speaker:
    """Speaks with the first of its engines that can, and keeps what was said in a folder.

    Several processes may share the folder: a file is written aside and renamed, and the same key means the same sound.
    """

    def __init__(self, engines: Sequence[Engine], folder: Path) -> None:
        self._engines = engines
        self._folder = folder

    def say(self, text: str) -> bytes:
        """G.711 mu-law octets of the text.

        Raises:
            EngineError: no engine could; the message has every engine's reason.
        """
        reasons = []
        for engine in self._engines:
            try:
                return self._say(engine, text)
            except EngineError as error:
                reasons.append(str(error))
        raise EngineError(f"nobody could say {text!r}: " + "; ".join(reasons))

    def _say(self, engine: Engine, text: str) -> bytes:
        name = key(engine.identity(), text)
        path = self._folder / name[:2] / f"{name}.ul"
        if path.exists():
            return path.read_bytes()
        octets = to_telephone(engine.synth(text))
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, unfinished = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(octets)
        Path(unfinished).replace(path)
        return octets
