"""A telephone on real SIP and RTP over loopback, for scripts that run in an event loop."""

import asyncio
import struct
from collections import deque
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from support.far_end import Habits, Sends
from support.pcap import Endpoint
from support.rtp import PCMA, PCMU, RtpPacket
from support.scripted_caller import ScriptedCaller
from support.sip_message import SipMessage

from audio.g711 import decode, encode
from audio.levels import to_pcm
from audio.tones import dtmf
from exchange.sip.digits import EVENT_DIGITS
from exchange.sip.leg import DigitSource
from exchange.sip.routing import TOKEN_PARAMETER

FRAME_S = 0.02
FRAME_SAMPLES = 160
KEY_FRAMES = 5
EVENT_TYPE = 101
_SILENCE = {PCMU: 0xFF, PCMA: 0xD5}
_LAW = {PCMU: "ulaw", PCMA: "alaw"}


class LoopbackTelephone:
    """Fulfils `support.far_end.Telephone`. Closed by `close`.

    `address` is where its SIP and RTP come from; `token` is that of the Contact through which it dials, "": none.
    """

    def __init__(
        self, server: Endpoint, number: str, address: str, token: str, *, caller: str, habits: Habits
    ) -> None:
        self.status = 0
        self.provisional: list[int] = []
        self.longest_gap_s = 0.0
        self._loop = asyncio.get_running_loop()
        self._habits = habits
        self._sip = ScriptedCaller(server, number, address, caller=caller)
        if token:
            self._sip.target += f";{TOKEN_PARAMETER}={token}"
        self._heard: list[NDArray[np.int16]] = []
        self._last_utc_ns = 0
        self._to_send: deque[Callable[[], None]] = deque()
        self._talking: asyncio.TimerHandle | None = None
        self._next_frame_s = 0.0
        self._frames = 0
        self._hung_up = False
        self._responded = asyncio.Event()
        self._over = asyncio.Event()
        self._finals: dict[int, asyncio.Future[SipMessage]] = {}
        self._sip._socket.setblocking(False)
        self._loop.add_reader(self._sip._socket, self._on_sip)
        self._loop.add_reader(self._sip.rtp._rtp, self._on_rtp)
        self._sip.rtp.payload_type = PCMU if habits.law == "ulaw" else PCMA
        self._invite_cseq = self._sip.request("INVITE", self._description() if habits.offers else "")
        self._invite_branch = self._sip._branch

    def close(self) -> None:
        """Fall silent and deaf."""
        self._loop.remove_reader(self._sip._socket)
        self._loop.remove_reader(self._sip.rtp._rtp)
        if self._talking is not None:
            self._talking.cancel()
        self._sip.__exit__()

    # -- what a person does --

    @property
    def heard(self) -> NDArray[np.int16]:
        """All that was heard."""
        return np.concatenate([np.zeros(0, np.int16), *self._heard])

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

    async def hang_up(self) -> None:
        """CANCEL or BYE."""
        if self._hung_up:
            return
        self._hung_up = True
        self._over.set()
        if self.status == 0:
            self._sip.request("CANCEL", cseq=self._invite_cseq, branch=self._invite_branch)
        elif self.status < 300:
            self._sip.request("BYE")

    async def press(self, digits: str, by: DigitSource) -> None:
        """Press keys, 100 ms each and 100 ms apart, also where what is sent is late."""
        for digit in digits:
            until_frame = self._frames + 2 * KEY_FRAMES
            if by is DigitSource.EVENT:
                self._press_event(EVENT_DIGITS.index(digit))
            elif by is DigitSource.INBAND:
                self.say(to_pcm(dtmf(digit, on_s=KEY_FRAMES * FRAME_S, off_s=0)))
            else:
                body = f"Signal={digit}\r\nDuration=100\r\n"
                self._sip.request("INFO", body, content_type="application/dtmf-relay")
            await asyncio.sleep(2 * KEY_FRAMES * FRAME_S)
            while self._talking is not None and self._frames < until_frame and not self._over.is_set():  # noqa: ASYNC110
                await asyncio.sleep(FRAME_S / 2)

    def say(self, pcm: NDArray[np.int16]) -> None:
        """Speak whole frames, after what is already being said."""
        codes = encode(pcm, _LAW[self._sip.rtp.payload_type]).tobytes()  # type: ignore[arg-type]
        for start in range(0, len(codes), FRAME_SAMPLES):
            frame = codes[start : start + FRAME_SAMPLES]
            self._to_send.append(lambda frame=frame: self._sip.rtp.send(frame))  # type: ignore[misc]

    async def hold(self) -> int:
        """re-INVITE with a=sendonly."""
        status = await self._reinvite(self._description("sendonly"))
        self._last_utc_ns = 0
        return status

    async def resume(self) -> int:
        """re-INVITE with a=sendrecv."""
        return await self._reinvite(self._description())

    async def change_law(self) -> int:
        """re-INVITE that offers the other law only."""
        rtp = self._sip.rtp
        rtp.payload_type = PCMA if rtp.payload_type == PCMU else PCMU
        return await self._reinvite(self._description())

    # -- SIP --

    def _description(self, direction: str = "sendrecv") -> str:
        formats = f"{self._sip.rtp.payload_type} {EVENT_TYPE}"
        return self._sip.sdp(self._sip.audio(formats, direction=direction))

    async def _reinvite(self, description: str) -> int:
        cseq = self._sip.request("INVITE", description)
        self._finals[cseq] = self._loop.create_future()
        async with asyncio.timeout(5):
            return (await self._finals[cseq]).status

    def _on_sip(self) -> None:
        while True:
            try:
                octets = self._sip._socket.recv(65535)
            except BlockingIOError:
                return
            message = SipMessage.parse(octets)
            if message.status:
                self._on_response(message)
            else:
                self._on_request(message)

    def _on_request(self, request: SipMessage) -> None:
        if request.method == "ACK":
            return
        self._sip.respond(request, 200)
        if request.method == "BYE":
            self._hung_up = True
            self._over.set()

    def _on_response(self, response: SipMessage) -> None:
        cseq, _, method = response.one("CSeq").partition(" ")
        if method != "INVITE" or response.status == 100:
            return
        self._sip._learn(response)
        if response.body and self._talking is None:
            self._next_frame_s = self._loop.time()
            self._talk()
        if int(cseq) == self._invite_cseq:
            self._on_invite_response(response)
        elif response.status >= 200:
            self._sip.acknowledge(response)
            if not self._finals[int(cseq)].done():
                self._finals[int(cseq)].set_result(response)

    def _on_invite_response(self, response: SipMessage) -> None:
        if response.status < 200:
            self.provisional.append(response.status)
            return
        if response.status >= 300:
            self._sip.request("ACK", cseq=self._invite_cseq, branch=self._invite_branch)
        elif self._habits.acknowledges:
            answer = "" if self._habits.offers else self._description()
            self._sip.request("ACK", answer, cseq=self._invite_cseq)
        first, self.status = not self.status, response.status
        self._responded.set()
        if self.status >= 300:
            self._over.set()
        elif self._hung_up and first:
            self._sip.request("BYE")

    # -- RTP --

    def _talk(self) -> None:
        """One packet each 20 ms, on the loop's clock."""
        self._next_frame_s += FRAME_S
        self._talking = self._loop.call_at(self._next_frame_s, self._talk)
        self._frames += 1
        if self._over.is_set():
            return
        if self._to_send:
            self._to_send.popleft()()
        elif self._habits.sends is Sends.SILENCE:
            rtp = self._sip.rtp
            rtp.send(bytes([_SILENCE[rtp.payload_type]]) * FRAME_SAMPLES)

    def _press_event(self, code: int) -> None:
        rtp = self._sip.rtp

        def send(number: int, *, end: bool, advance_samples: int) -> None:
            event = struct.pack("!BBH", code, (0x80 if end else 0) | 10, FRAME_SAMPLES * number)
            rtp.send(event, payload_type=EVENT_TYPE, marker=number == 1, advance_samples=advance_samples)

        def send_end() -> None:
            for copy in range(3):
                send(KEY_FRAMES, end=True, advance_samples=FRAME_SAMPLES * KEY_FRAMES if copy == 2 else 0)

        for number in range(1, KEY_FRAMES):
            self._to_send.append(lambda number=number: send(number, end=False, advance_samples=0))  # type: ignore[misc]
        self._to_send.append(send_end)

    def _on_rtp(self) -> None:
        for packet in self._sip.rtp.received():
            if packet.payload_type in _LAW:
                self._hear(packet)

    def _hear(self, packet: RtpPacket) -> None:
        if self._last_utc_ns:
            self.longest_gap_s = max(self.longest_gap_s, (packet.utc_ns - self._last_utc_ns) / 1e9)
        self._last_utc_ns = packet.utc_ns
        self._heard.append(decode(packet.payload, _LAW[packet.payload_type]))  # type: ignore[arg-type]
