"""A call that must hear no error while others do what they like: numbered frames out, the same frames back."""

import threading
import time
from typing import Self

from support.marked_frames import marked_frame, numbers_heard
from support.rtp import RtpPacket
from support.rtp_socket import is_unbroken
from support.scripted_caller import ScriptedCaller

FRAMES_A_SECOND = 50
LAST_ANSWERS_S = 2.0
"""So long at most after its last frame all have come back: an echo is late by the longest stall of the machine."""


class GoodCall:
    """Talks for so many seconds in a thread of its own, on a call that is up and echoes; a context that it outlives."""

    def __init__(self, caller: ScriptedCaller, seconds: int) -> None:
        self.frames = seconds * FRAMES_A_SECOND
        self._caller = caller
        self._heard: list[RtpPacket] = []
        self._done = threading.Event()
        talk = (marked_frame(number) for number in range(self.frames))
        self._speaker = threading.Thread(target=caller.rtp.talk, args=(talk,), name="good speaker")
        self._listener = threading.Thread(target=self._listen, name="good listener")

    def __enter__(self) -> Self:
        self._listener.start()
        self._speaker.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._speaker.join()
        until_monotonic_s = time.monotonic() + LAST_ANSWERS_S
        while marked_frame(self.frames - 1) not in self._payloads() and time.monotonic() < until_monotonic_s:
            time.sleep(0.05)
        self._done.set()
        self._listener.join()

    def require_flawless(self) -> None:
        """Fail unless every frame came back, in order, in packets without a gap; the last five may be on their way."""
        assert is_unbroken(self._heard), "sequence numbers or timestamps have a gap"
        numbers = numbers_heard(self._payloads())
        assert numbers == list(range(len(numbers))), "frames are missing, doubled or damaged"
        assert len(numbers) >= self.frames - 5

    def _payloads(self) -> list[bytes]:
        return [packet.payload for packet in self._heard]

    def _listen(self) -> None:
        while not self._done.wait(0.02):
            self._heard.extend(self._caller.rtp.received())
