"""A call that must hear no error while others do what they like: numbered frames out, the same frames back."""

import threading
import time
from typing import Self

from support.marked_frames import marked_frame, numbers_heard
from support.rtp import RtpPacket
from support.rtp_socket import is_unbroken
from support.scripted_caller import ScriptedCaller

FRAMES_A_SECOND = 50
LAST_ANSWERS_S = 0.3


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
        time.sleep(LAST_ANSWERS_S)
        self._done.set()
        self._listener.join()

    def require_flawless(self) -> None:
        """Fail unless every frame came back, in order, in packets without a gap; the last five may be on their way."""
        assert is_unbroken(self._heard), "sequence numbers or timestamps have a gap"
        numbers = numbers_heard([packet.payload for packet in self._heard])
        assert numbers == list(range(len(numbers))), "frames are missing, doubled or damaged"
        assert len(numbers) >= self.frames - 5

    def _listen(self) -> None:
        while not self._done.wait(0.02):
            self._heard.extend(self._caller.rtp.received())
