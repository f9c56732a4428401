"""Our endpoint and runner as a server for the tests: services of one habit each, calls told of, orders obeyed.

Started by `endpoint_process.py`; configured by one argument in JSON, the fields of `Setup`.
"""

import asyncio
import json
import os
import socket
import sys
import threading
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import structlog
from support.contexts import NoDialler, NoStore
from support.habits import Habits
from support.toy_service import NoConfig

from exchange.media.broadcast import Broadcast, MediaClock
from exchange.media.line import live_lines
from exchange.network.patterns import NumberPattern
from exchange.sip import endpoint as endpoint_module
from exchange.sip.account import AccountSettings
from exchange.sip.call import Call, CallEnded
from exchange.sip.dialler import NeverLeft, NotReached
from exchange.sip.endpoint import Incoming, SipEndpoint, open_endpoint
from exchange.sip.presence import Patience
from exchange.sip.routing import ExtensionNumbers, Numbers, RouteTable
from exchange.sip.sip_dialler import SipDialler
from exchange.sip.stack import StackConfig
from services.echo import spec as echo_spec
from services.runner import IncomingCall, Runner, open_runner
from services.spec import Context

HOST = "127.0.0.1"
TOKEN = "0123456789abcdefghij"  # noqa: S105 - a URI parameter's value
REGISTRAR = "127.0.0.9"
"""The exchange that the extension with `TOKEN` would be registered at."""


@dataclass(frozen=True, slots=True)
class Setup:
    """Caps by service and in all; whether the extension at `REGISTRAR` is there beside the open numbers.

    `calls` that PJSIP can hold; `ring_s` after which a service that only waits gives up; `silent_s` after which a
    far end is asked whether it is there.
    """

    caps: dict[str, int] = field(default_factory=dict)
    total_cap: int | None = None
    extension: bool = False
    calls: int = 64
    ring_s: float = 3600
    silent_s: float = 60


class Faults:
    """Keeps what is logged as an error: nothing that a far end does may be one."""

    def __init__(self) -> None:
        self.events: list[str] = []
        structlog.configure(processors=[structlog.processors.format_exc_info, self._take])

    def _take(self, _: object, method: str, event: structlog.typing.EventDict) -> str:
        if method in {"error", "exception", "critical"}:
            self.events.append(str(event))
        raise structlog.DropEvent


class Server:
    """The endpoint, its runner, and the orders."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._faults = Faults()
        self._habits = Habits(setup.ring_s)
        self._runner: Runner | None = None
        self._acting: set[asyncio.Task[None]] = set()
        self._ringing: asyncio.Task[None] | None = None
        self._rung: list[str | None] = []
        """What first became of each number that was rung."""
        specs = self._habits.specs()
        numbers = tuple(Numbers(NumberPattern.parse(spec.number), spec.name) for spec in specs)
        extension = ExtensionNumbers("extension", TOKEN, numbers)
        self._routes = RouteTable(
            extensions=(extension,) if setup.extension else (),
            local=numbers,
            caps=setup.caps,
            total_cap=setup.total_cap,
        )
        self._services = [
            (
                spec,
                Context(
                    NoConfig() if spec is not echo_spec else echo_spec.config(),
                    "en",
                    NoDialler(),
                    NoStore(),
                    MediaClock(),
                    Broadcast,
                ),
            )
            for spec in specs
        ]

    async def run(self) -> None:
        """Serve until the standard input ends."""
        patience = Patience(silent_s=self._setup.silent_s)
        config = StackConfig(calls=self._setup.calls, realtime_priority=0, patience=patience)
        async with (
            open_endpoint(config, self._take) as endpoint,
            open_runner(self._services) as self._runner,
        ):
            await endpoint.set_routes(self._routes)
            port = await self._listen(endpoint)
            print(json.dumps({"port": port}), flush=True)
            await self._obey(endpoint)
            await endpoint.refuse_calls()
        assert live_lines() == 0, "lines are left"
        assert not self._faults.events, self._faults.events
        print(json.dumps("clean"), flush=True)

    async def _listen(self, endpoint: SipEndpoint) -> int:
        # each process takes other ports, so that servers of parallel tests do not meet
        port = _free_port(10000 + os.getpid() % 10000)
        udp = await endpoint.transport(HOST, port, tcp=False)
        await endpoint.transport(HOST, port, tcp=True)
        rtp_port = 20000 + os.getpid() * 64 % 20000
        local = AccountSettings(user="denwa", registrar="", address=HOST, transport=udp, rtp_port=rtp_port)
        await endpoint.set_account("local", local, lambda _: None)
        if self._setup.extension:
            extension = AccountSettings(
                user="300",
                registrar=f"{REGISTRAR}:5060",
                address=HOST,
                transport=udp,
                token=TOKEN,
                rtp_port=rtp_port,
            )
            await endpoint.set_account("extension", extension, lambda _: None)
        return port

    def _take(self, incoming: Incoming) -> None:
        assert self._runner is not None
        self._runner.take(
            IncomingCall(
                incoming.leg, incoming.service, incoming.dialled, incoming.caller, incoming.sip_call_id
            )
        )

    async def _obey(self, endpoint: SipEndpoint) -> None:
        reader = asyncio.StreamReader()
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
        )
        while line := await reader.readline():
            print(json.dumps(await self._do(json.loads(line), endpoint)), flush=True)
        transport.close()

    async def _do(self, order: dict[str, Any], endpoint: SipEndpoint) -> Any:
        match order["do"]:
            case "report":
                return self._report(endpoint)
            case "refuse calls":
                await endpoint.refuse_calls()
            case "ring":
                attempt = len(self._rung)
                self._rung.append(None)
                self._ringing = self._begin(self._ring(order, endpoint, attempt))
                return attempt
            case "give up":
                assert self._ringing is not None
                self._ringing.cancel()
            case "most late":
                endpoint_module.MOST_LATE_S = order["seconds"]
            case _:
                self._begin(self._act(order, self._habits.calls[-1].call))
        return True

    def _begin(self, action: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(action)
        self._acting.add(task)
        task.add_done_callback(self._acting.discard)
        return task

    async def _ring(self, order: dict[str, Any], endpoint: SipEndpoint, attempt: int) -> None:
        """Ring a number of `host_port` by the open account, and mirror whoever answers; note how it went."""
        dialler = SipDialler(endpoint, {"local": order["host_port"]})
        try:
            async with dialler.ring(
                order["number"],
                extension="local",
                timeout_s=order["timeout_s"],
                at_monotonic_s=order.get("at_monotonic_s", 0.0),
            ) as call:
                self._rung[attempt] = "answered"
                await self._habits.mirrored(call)
        except NeverLeft:
            self._rung[attempt] = "never left"
        except NotReached as missed:
            self._rung[attempt] = f"{missed.end.by.value} {missed.end.status}"
        except CallEnded as ended:
            self._rung[attempt] = self._rung[attempt] or f"ended by {ended.end.by.value}"

    @staticmethod
    async def _act(order: dict[str, Any], call: Call) -> None:
        """Something with the newest call; it may take as long as the far end lets it."""
        with suppress(CallEnded):
            match order["do"]:
                case "answer":
                    await call.answer()
                case "early":
                    await call.early_media()
                case "reject":
                    await call.reject(order["status"])
                case "hang up":
                    await call.hangup()
                case "press":
                    await call.press(order["digit"])

    def _report(self, endpoint: SipEndpoint) -> dict[str, Any]:
        assert self._runner is not None
        return {
            "calls": [told.report() for told in self._habits.calls],
            "rung": self._rung,
            "up": endpoint.calls_up(),
            "running": self._runner.calls().total(),
            "places": self._routes.counts.total,
            "faults": self._faults.events,
            "lines": live_lines(),
            "threads": threading.active_count(),
            "descriptors": len(os.listdir("/proc/self/fd")),  # noqa: PTH208
        }


def _free_port(first: int) -> int:
    """The first port from there on that is free for UDP and TCP; the kernel gives none so low to anybody by itself."""
    for port in range(first, 20000):
        with (
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
            socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp,
            suppress(OSError),
        ):
            tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            udp.bind((HOST, port))
            tcp.bind((HOST, port))
            return port
    raise OSError("no port is free for both UDP and TCP")


if __name__ == "__main__":
    asyncio.run(Server(Setup(**json.loads(sys.argv[1]))).run())
