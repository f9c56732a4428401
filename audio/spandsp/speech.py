"""The processor behind every spoken service: plays clips one after the other, hears in-band DTMF."""

from itertools import count

from denwa_spandsp import ffi, lib

from audio.clip import Clip
from audio.spandsp.native import NativeProcessor, heard_digits

_BATCH = 64


class Speech(NativeProcessor):
    """A queue of clips, and a detector of digits in the caller's signal (ITU-T Q.23, Q.24).

    The line reports `Happened.DONE` when a clip was played out and `Happened.DIGIT` when digits were heard.
    """

    def __init__(self, *, detect_digits: bool = True) -> None:
        super().__init__(lib.speech_new(detect_digits), lib.speech_ops(), lib.speech_share, lib.speech_free)
        self._ids = count(1)

    def play(self, clip: Clip) -> int:
        """Put a clip at the end of the queue; returns an id that `finished` will give.

        Raises:
            ValueError: the clip is empty, or the processor closed.
            MemoryError: no memory for a copy of it.
        """
        if not clip.ulaw:
            raise ValueError(f"clip {clip.name!r} has no samples")
        number = next(self._ids)
        if lib.speech_play(self.state, clip.ulaw, len(clip.ulaw), 0, number) != 0:
            raise MemoryError(f"no memory for clip {clip.name!r}")
        return number

    def clear(self) -> int:
        """Fall silent: drop the clip that plays and all that wait; returns how many. `finished` never gives them."""
        return int(lib.speech_clear(self.state))

    def finished(self) -> list[int]:
        """Ids of the clips played to their end since the last call, oldest first."""
        ids = ffi.new("int[]", _BATCH)
        found: list[int] = []
        while taken := lib.speech_finished(self.state, ids, _BATCH):
            found += ffi.unpack(ids, taken)
        return found

    def digits(self) -> str:
        """Digits heard since the last call (0-9, A-D, *, #), oldest first; beyond 64 unread the newest are lost."""
        return heard_digits(lib.speech_digits, self.state)
