"""A telephone in memory: what a person, a handset and its RTP and SIP would do at the far end of a `MemoryLeg`."""

import asyncio
from collections import deque

import numpy as np
from numpy.typing import NDArray
from support.far_end import Habits, Sends
from support.memory_leg import FRAME_S, FRAME_SAMPLES, Frame, MemoryLeg, TelephoneEvent, Voice

from audio.g711 import SILENCE, decode, encode
from audio.levels import to_pcm
from audio.tones import dtmf
from exchange.sip.digits import EVENT_DIGITS
from exchange.sip.leg import DigitSource

KEY_S = 0.1
"""How long a key is pressed, and the pause after it."""


class SimulatedTelephone:
    """Fulfils `support.far_end.Telephone` in virtual time; records what it hears, frame by frame."""

    def __init__(self, habits: Habits | None = None) -> None:
        self.habits = habits or Habits()
        self.status = 0
        self.provisional: list[int] = []
        self.frames: list[tuple[float, NDArray[np.int16]]] = []
        """When each frame came (seconds of the loop) and what it was."""
        self.digits = ""
        """Digits that were sent to it."""
        self.longest_gap_s = 0.0
        self._last_frame_s: float | None = None
        self._leg: MemoryLeg | None = None
        self._said: deque[Frame] = deque()
        self._hung_up = False
        self._responded = asyncio.Event()
        self._over = asyncio.Event()

    # -- what a person does --

    def connect(self, leg: MemoryLeg) -> None:
        """Our INVITE went to this leg, or came from it."""
        self._leg = leg

    def lift(self) -> None:
        """Answer when it rings: 200."""
        self._wire().far_answer()

    def refuse(self, status: int) -> None:
        """Answer an INVITE with a final refusal."""
        self._wire().far_refuse(status, "refused")

    def say(self, pcm: NDArray[np.int16]) -> None:
        """Speak, after what is already being said."""
        whole = np.concatenate([pcm, np.zeros(-len(pcm) % FRAME_SAMPLES, np.int16)])
        for start in range(0, len(whole), FRAME_SAMPLES):
            codes = encode(whole[start : start + FRAME_SAMPLES], self.habits.law)
            self._said.append(Voice(self.habits.law, codes.tobytes()))

    async def press(self, digits: str, by: DigitSource) -> None:
        """Press keys, one after the other."""
        for digit in digits:
            if by is DigitSource.INBAND:
                self.say(to_pcm(dtmf(digit, on_s=KEY_S, off_s=0)))
            elif by is DigitSource.EVENT:
                code = EVENT_DIGITS.index(digit)
                self._said.extend(TelephoneEvent(code, first=i == 0) for i in range(round(KEY_S / FRAME_S)))
            else:
                self._wire().far_info(digit)
            await asyncio.sleep(2 * KEY_S)

    async def hang_up(self) -> None:
        """CANCEL or BYE."""
        if not self._hung_up:
            self._hung_up = True
            self._wire().far_hang_up()
            self._over.set()

    async def hold(self) -> int:
        """A re-INVITE by which it hears nothing any more."""
        status = await self._wire().far_reinvite(held=True, law=self.habits.law)
        self._last_frame_s = None
        return status

    async def resume(self) -> int:
        """A re-INVITE by which it hears again."""
        return await self._wire().far_reinvite(held=False, law=self.habits.law)

    async def change_law(self) -> int:
        """A re-INVITE for the other law."""
        self.habits.law = "alaw" if self.habits.law == "ulaw" else "ulaw"
        return await self._wire().far_reinvite(held=False, law=self.habits.law)

    async def until_answered(self, timeout_s: float) -> int:
        """Wait for the INVITE's final status."""
        async with asyncio.timeout(timeout_s):
            await self._responded.wait()
        return self.status

    async def until_over(self, timeout_s: float) -> None:
        """Wait until the call is over."""
        async with asyncio.timeout(timeout_s):
            await self._over.wait()

    async def listen(self, seconds: float) -> NDArray[np.int16]:
        """Let time pass and give what was heard in it."""
        before = len(self.heard)
        await asyncio.sleep(seconds)
        return self.heard[before:]

    @property
    def heard(self) -> NDArray[np.int16]:
        """All that was heard."""
        return np.concatenate([np.zeros(0, np.int16), *(pcm for _, pcm in self.frames)])

    # -- what the wire brings and takes --

    def next_frame(self) -> Frame:
        """The RTP packet that it sends now."""
        if self._said:
            return self._said.popleft()
        if self.habits.sends is Sends.NOTHING:
            return None
        return Voice(self.habits.law, bytes([SILENCE[self.habits.law]]) * FRAME_SAMPLES)

    def hear(self, voice: Voice) -> None:
        """An RTP packet came."""
        now_s = asyncio.get_running_loop().time()
        if self._last_frame_s is not None:
            self.longest_gap_s = max(self.longest_gap_s, now_s - self._last_frame_s)
        self._last_frame_s = now_s
        self.frames.append((now_s, decode(voice.codes, voice.law)))

    def respond(self, status: int) -> None:
        """A response to the INVITE came."""
        if status < 200:
            self.provisional.append(status)
            return
        self.status = status
        self._responded.set()
        if status >= 300:
            self._over.set()
        elif self.habits.acknowledges:
            self._wire().far_ack()
        if status < 300 and self._hung_up:
            self._wire().far_hang_up()

    def bye(self) -> None:
        """A BYE came, or a CANCEL."""
        self._hung_up = True
        self._over.set()

    def take_digit(self, digit: str) -> None:
        """A digit came."""
        self.digits += digit

    def _wire(self) -> MemoryLeg:
        assert self._leg is not None, "this telephone has not dialled"
        return self._leg
