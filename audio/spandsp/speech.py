"""The processor behind every spoken service: plays clips, hears in-band DTMF, and tones and voices when asked."""

from itertools import count

from denwa_spandsp import ffi, lib

from audio.clip import Clip
from audio.hearing.heard import Heard, HeardKind
from audio.spandsp.native import NativeProcessor, heard_digits

_BATCH = 64
_HEARD = 32


class Speech(NativeProcessor):
    """A queue of clips, and a detector of digits in the far end's signal (ITU-T Q.23, Q.24).

    The line reports `Happened.DONE` when a clip was played out and `Happened.DIGIT` when digits were heard; between
    `listen` and `stop_listening` also `Happened.HEARD`, for a call-progress tone, a voice or silence (docs/tones.md).
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

    def listen(self) -> None:
        """Hear tones and voices from now on, with ears that have heard nothing yet; what we say is told apart.

        Raises:
            MemoryError: no memory for that.
        """
        if lib.speech_listen(self.state) != 0:
            raise MemoryError("no memory to hear tones")

    def stop_listening(self) -> None:
        """Hear tones and voices no more; what `heard` did not give is gone."""
        lib.speech_stop_listening(self.state)

    def heard(self) -> list[Heard]:
        """What was heard since the last call, oldest first; beyond 32 unread the newest are lost."""
        heard = ffi.new("struct heard[]", _HEARD)
        taken = lib.speech_heard(self.state, heard, _HEARD)
        return [Heard(HeardKind(heard[i].kind), heard[i].at_samples) for i in range(taken)]

    @property
    def heard_lost(self) -> int:
        """How many were lost since `listen`."""
        return int(lib.speech_heard_lost(self.state))
