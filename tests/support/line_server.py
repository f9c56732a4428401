"""A small SIP server on the packet line, a process of its own: the tests' scripted callers dial what they want to hear.

The user part of the request URI chooses: `echo` (`echo1600`: so many samples later), `clock` (the broadcast), `lead` (the
broadcast, 50 ms early), `silent` (no processor), `ring` (183 with the echo, 200 after half a second), `sleeper` (its
processor blocks for 0.3 s in every 50th packet), `image` (the echo, that becomes T.38 and back), `refuse` (403). Commands come as lines of JSON on stdin, and each is
answered by one line.
"""

import json
import os
import re
import select
import sys
import time
from pathlib import Path
from typing import Any

from cffi import FFI
from denwa_pjsip import pjsua2 as pj
from support.numbered_programme import numbered_pcm

from audio.spandsp.echo import Echo
from exchange.media.broadcast import Broadcast, MediaClock
from exchange.media.events import LineEvents, LineFlag
from exchange.media.line import Line, LineError, live_lines, start_lines, stop_lines

RING_S = 0.5
IMAGE_LINE = "m=image 40000 udptl t38\r\n"
AHEAD_SAMPLES = 8000
LEAD_SAMPLES = 400

contract = FFI()
contract.cdef("""
struct dsp_ops {
    unsigned abi, size;
    void (*rx)(void *, const int16_t *, int);
    void (*tx)(void *, int16_t *, int);
    unsigned (*poll)(void *);
    void (*destroy)(void *);
};
""")


class Sleeper:
    """A processor that says silence, and now and then blocks the thread that carries the packets of all lines."""

    def __init__(self, every: int = 50, block_s: float = 0.3) -> None:
        self.packets = 0
        self.destroyed = 0
        ops = contract.new("struct dsp_ops *")
        self._callbacks = (
            contract.callback("void(void *, const int16_t *, int)", self._rx),
            contract.callback("void(void *, int16_t *, int)", self._tx),
            contract.callback("void(void *)", self._destroy),
        )
        ops.abi, ops.size = 2, contract.sizeof("struct dsp_ops")
        ops.rx, ops.tx, ops.destroy = self._callbacks
        self._ops, self._every, self._block_s = ops, every, block_s
        self.address = int(contract.cast("size_t", ops))

    def _rx(self, _state: object, _pcm: object, _samples: int) -> None:
        self.packets += 1
        if self.packets % self._every == 0:
            time.sleep(self._block_s)

    def _tx(self, _state: object, pcm: Any, samples: int) -> None:
        contract.memmove(pcm, bytes(2 * samples), 2 * samples)

    def _destroy(self, _state: object) -> None:
        self.destroyed += 1


class Programme:
    """The numbered programme, broadcast up to a second ahead."""

    def __init__(self, clock: MediaClock) -> None:
        self.broadcast = Broadcast()
        self.is_closed = False
        self._clock = clock
        self._written = 0

    def fill(self) -> None:
        """Write what is to come, until it is closed."""
        if self.is_closed:
            return
        now = self._clock.now_samples()
        first = max(self._written, (now // 160 - 10) * 160)
        while first < now + AHEAD_SAMPLES:
            self.broadcast.write(first, numbered_pcm(first, 160))
            first += 160
        self._written = first


class Call(pj.Call):  # type: ignore[misc]
    """A call that the dialled name has chosen everything for."""

    def __init__(self, server: "Server", call_id: int, wanted: str) -> None:
        super().__init__(server.account, call_id)
        self.server = server
        self.wanted = wanted
        self.line: Line | None = None
        self.answer_monotonic_s = 0.0
        self.wrapped: dict[int, Line] = {}

    def onCreateMediaTransport(self, prm: Any) -> None:  # noqa: N802
        # once for every m= line of an offer, also for those that are then refused
        line = Line.wrap(prm)
        if line is None:
            self.server.note("no line")
            return
        self.wrapped[prm.mediaIdx] = line
        self.server.events.watch(line.handle, self.happened)
        self.server.lines.append(line)

    def onStreamCreated(self, prm: Any) -> None:  # noqa: N802
        line = self.wrapped[prm.streamIdx]
        try:
            line.start(int(prm.stream))
        except LineError as error:
            self.server.note(str(error))
        if self.line is not line:  # the first stream, or another m= line, or T.38 is over
            self.line = line
            self.choose()

    def choose(self) -> None:
        assert self.line is not None
        if self.wanted.startswith(("echo", "ring", "image")):
            delay_samples = self.wanted.removeprefix("echo")
            echo = Echo(int(delay_samples) if delay_samples.isdigit() else 0)
            self.line.set_processor(echo.ops, echo.share())
            echo.close()
        elif self.wanted == "sleeper":
            self.line.set_processor(self.server.sleeper.address, 1)
        elif self.wanted in {"clock", "lead"}:
            self.line.listen(self.server.programme.broadcast, LEAD_SAMPLES if self.wanted == "lead" else 0)

    def onCallRxOffer(self, prm: Any) -> None:  # noqa: N802
        if is_image_alone(prm.offer.wholeSdp):
            prm.statusCode = 488

    def happened(self, flags: LineFlag, digits: str) -> None:
        self.server.flags |= flags
        self.server.digits += [("event", digit) for digit in digits]

    def onDtmfDigit(self, prm: Any) -> None:  # noqa: N802
        self.server.digits.append(("info", prm.digit))

    def onCallState(self, prm: Any) -> None:  # noqa: ARG002, N802
        if self.getInfo().state == pj.PJSIP_INV_STATE_DISCONNECTED and self in self.server.calls:
            self.server.calls.remove(self)
            for line in self.wrapped.values():
                line.bye()
            # now: a ~Call() run later would hang up a new call with the same id
            pj.Call.__swig_destroy__(self)
            self.this.own(False)

    def reply(self, status: int) -> None:
        parameters = pj.CallOpParam()
        parameters.statusCode = status
        self.answer(parameters)


class ImageCall(Call):
    """A call whose image lines are the application's: it has no UDPTL, it only writes the SDP."""

    offered = ""
    offers_image = False

    def reply(self, status: int) -> None:
        parameters = pj.CallOpParam()
        parameters.statusCode = status
        if is_image_alone(self.offered):
            # no hook runs for a call that is T.38 from the start
            parameters.sdp.wholeSdp = (
                f"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n{IMAGE_LINE}c=IN IP4 127.0.0.1\r\n"
            )
        self.answer(parameters)

    def onCallRxOffer(self, prm: Any) -> None:  # noqa: N802
        """Any offer is welcome."""

    def onCallSdpCreated(self, prm: Any) -> None:  # noqa: N802
        asked = prm.remSdp.wholeSdp
        wants_image = is_image_alone(asked) if asked else self.offers_image
        if wants_image:
            head, line, _ = re.split(r"^(m=.*\r\n)", prm.sdp.wholeSdp, maxsplit=1, flags=re.MULTILINE)
            assert line
            prm.sdp.wholeSdp = f"{head}{IMAGE_LINE}c=IN IP4 127.0.0.1\r\n"

    def offer(self, *, image: bool) -> None:
        """Our own re-INVITE, once the call is confirmed."""
        while self.getInfo().state != pj.PJSIP_INV_STATE_CONFIRMED:
            self.server.endpoint.libHandleEvents(10)
        self.offers_image = image
        parameters = pj.CallOpParam(True)
        parameters.opt.audioCount, parameters.opt.videoCount, parameters.opt.textCount = 1, 0, 0
        self.reinvite(parameters)


def is_image_alone(sdp: str) -> bool:
    """Whether its one live line is a T.38 line."""
    live = re.findall(r"^m=(\w+) [1-9]\d*", sdp, re.MULTILINE)
    return live == ["image"]


class Account(pj.Account):  # type: ignore[misc]
    def __init__(self, server: "Server") -> None:
        super().__init__()
        self.server = server

    def onIncomingCall(self, prm: Any) -> None:  # noqa: N802
        wanted = prm.rdata.wholeMsg.split(" ", 2)[1].partition(":")[2].partition("@")[0]
        kind = ImageCall if wanted == "image" else Call
        call = kind(self.server, prm.callId, wanted)
        self.server.calls.append(call)
        call.offered = prm.rdata.wholeMsg.partition("\r\n\r\n")[2]
        if wanted == "refuse":
            call.reply(403)
        elif wanted == "ring":
            call.answer_monotonic_s = time.monotonic() + RING_S
            call.reply(183)
        else:
            call.reply(200)


class Server:
    """PJSIP, its one account, and what the calls report."""

    def __init__(self, transport: str, rt_priority: int = 0) -> None:
        self.calls: list[Call] = []
        self.lines: list[Line] = []
        self.digits: list[tuple[str, str]] = []
        self.notes: list[str] = []
        self.flags = LineFlag(0)
        self.listening_to_events = True
        self.endpoint = self._endpoint()
        self.real_time = start_lines(rt_priority)
        self.port = self._listen(transport)
        self.events = LineEvents()
        self.clock = MediaClock()
        self.programme = Programme(self.clock)
        self.sleeper = Sleeper()
        self.account = Account(self)
        self.account.create(self._account_config())

    def note(self, text: str) -> None:
        self.notes.append(text)

    def _endpoint(self) -> Any:
        endpoint = pj.Endpoint()
        endpoint.libCreate()
        config = pj.EpConfig()
        config.logConfig.level = config.logConfig.consoleLevel = 0
        config.uaConfig.threadCnt = 0
        config.uaConfig.mainThreadOnly = True
        media = config.medConfig
        media.clockRate = media.sndClockRate = 8000
        media.channelCount = 1
        media.threadCnt = 1
        media.noVad = True
        endpoint.libInit(config)
        endpoint.audDevManager().setNoDev()
        endpoint.libStart()
        for codec in endpoint.codecEnum2():
            if not codec.codecId.startswith(("PCMU/8000", "PCMA/8000")):
                endpoint.codecSetPriority(codec.codecId, 0)
        return endpoint

    def _listen(self, transport: str) -> int:
        config = pj.TransportConfig()
        config.boundAddress = "127.0.0.1"
        kind = pj.PJSIP_TRANSPORT_TCP if transport == "tcp" else pj.PJSIP_TRANSPORT_UDP
        identity = self.endpoint.transportCreate(kind, config)
        return int(self.endpoint.transportGetInfo(identity).localName.rpartition(":")[2])

    def _account_config(self) -> Any:
        config = pj.AccountConfig()
        config.idUri = "sip:service@127.0.0.1"
        config.mediaConfig.transportConfig.boundAddress = "127.0.0.1"
        # each process takes other ports, so that servers of parallel tests do not meet
        config.mediaConfig.transportConfig.port = 20000 + os.getpid() * 64 % 20000
        config.mediaConfig.transportConfig.portRange = 20000
        config.mediaConfig.lockCodecEnabled = False
        config.callConfig.timerUse = pj.PJSUA_SIP_TIMER_OPTIONAL
        return config

    def turn(self) -> None:
        """Ten milliseconds of everything."""
        self.endpoint.libHandleEvents(10)
        self.programme.fill()
        if self.listening_to_events:
            self.events.dispatch()
        for call in list(self.calls):
            if call.answer_monotonic_s and time.monotonic() > call.answer_monotonic_s:
                call.answer_monotonic_s = 0
                call.reply(200)

    def command(self, order: dict[str, Any]) -> Any:
        """Carry out one command of the test's."""
        match order["do"]:
            case "report":
                return self._report()
            case "step":
                self.clock.set_utc_offset_ns(order["offset_ns"])
            case "close programme":
                self.programme.is_closed = True
                self.programme.broadcast.close()
            case "events":
                self.listening_to_events = order["read"]
            case "swap":
                self._swap(order["times"])
            case "offer image":
                self.calls[-1].offer(image=order["image"])  # type: ignore[attr-defined]
            case "press":
                return self._press(order["digits"], order["samples"])
            case "hang up":
                self._hang_up()
            case "refuse abi":
                return self._refuse_abi()
        return True

    def _swap(self, times: int) -> None:
        for number in range(times):
            for call in self.calls:
                echo = Echo(160 * (number % 2))
                assert call.line is not None
                call.line.set_processor(echo.ops, echo.share())
                echo.close()

    def _hang_up(self) -> None:
        for call in list(self.calls):
            call.hangup(pj.CallOpParam())

    def _press(self, digits: str, samples: int) -> list[bool]:
        line = self.calls[-1].line
        assert line is not None
        return [line.press(digit, samples) for digit in digits]

    def _refuse_abi(self) -> str:
        wrong = contract.new("struct dsp_ops *")
        wrong.abi = 99
        try:
            self.calls[0].line.set_processor(int(contract.cast("size_t", wrong)), 1)  # type: ignore[union-attr]
        except LineError as error:
            return str(error)
        return ""

    def _report(self) -> dict[str, Any]:
        stats = [stat for line in self.lines if (stat := line.stat())]
        return {
            "digits": self.digits,
            "notes": self.notes,
            "flags": int(self.flags),
            "live": live_lines(),
            "calls": len(self.calls),
            "heartbeat": self.clock.heartbeat(),
            "now_samples": self.clock.now_samples(),
            "offset_ns": time.time_ns() - time.monotonic_ns(),
            "real_time": self.real_time,
            "policies": _policies(),
            "sleeper": [self.sleeper.packets, self.sleeper.destroyed],
            "descriptors": len(os.listdir("/proc/self/fd")),  # noqa: PTH208
            "lines": [{name: getattr(stat, name) for name in stat.__slots__} for stat in stats],
        }

    def end(self) -> None:
        for call in list(self.calls):
            call.hangup(pj.CallOpParam())
        for _ in range(10):
            self.turn()
        stop_lines()
        self.account.shutdown()
        self.endpoint.libDestroy()


def _policies() -> dict[str, int]:
    """The scheduling policy of each of our threads, by the thread's name."""
    threads = Path("/proc/self/task").iterdir()
    names = {thread.name: (thread / "comm").read_text().strip() for thread in threads}
    return {
        name: os.sched_getscheduler(int(number)) for number, name in names.items() if name.startswith("line")
    }


def main() -> None:
    server = Server(sys.argv[1], int(sys.argv[2]))
    print(json.dumps({"port": server.port}), flush=True)
    while True:
        server.turn()
        if select.select([sys.stdin], [], [], 0)[0]:
            line = sys.stdin.readline()
            if not line or line == "\n":
                break
            print(json.dumps(server.command(json.loads(line))), flush=True)
    server.end()
    print(json.dumps("clean"), flush=True)


if __name__ == "__main__":
    main()
