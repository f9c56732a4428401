"""All extensions together, on real PJSIP at scripted registrars: two exchanges, failover, a fault of ours."""

import asyncio
import os
import socket
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
from support.registrar import ScriptedRegistrar
from support.registrar_steps import WrongPassword
from support.waiting import until

from exchange.sip.endpoint import SipEndpoint, open_endpoint
from exchange.sip.extensions import Extensions, open_extensions
from exchange.sip.problem_log import ProblemNews
from exchange.sip.registration import ExchangeSettings, ExtensionSettings
from exchange.sip.resolver import Resolution
from exchange.sip.source_filter import find_sip_sockets
from exchange.sip.stack import RECEIVED_BYTES, StackConfig

pytestmark = [pytest.mark.native, pytest.mark.usefixtures("line_eventfd")]

STACK = StackConfig(calls=4, realtime_priority=0)
SOON_S = 10.0
MOST_GRANTED_BYTES = int(Path("/proc/sys/net/core/rmem_max").read_text())


def on_a_loop(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run a test on an event loop of its own."""

    @wraps(test)
    def run(**fixtures: object) -> None:
        asyncio.run(test(**fixtures))

    return run


@pytest.fixture
def registrars() -> Iterator[dict[str, ScriptedRegistrar]]:
    """Two exchanges, each with an extension of its own password."""
    with ExitStack() as scope:
        yield {
            name: scope.enter_context(ScriptedRegistrar({user: f"{name} opens"}))
            for name, user in (("home", "7000"), ("away", "8000"))
        }


def exchange(name: str, registrar: ScriptedRegistrar, *, tcp: bool = False) -> ExchangeSettings:
    return ExchangeSettings(name, "127.0.0.1", registrar.address[1], tcp=tcp, sip_port=0)


def settings(registrars: dict[str, ScriptedRegistrar]) -> dict[str, ExchangeSettings]:
    return {name: exchange(name, registrar, tcp=name == "away") for name, registrar in registrars.items()}


EXTENSIONS = {
    "clock": ("home", ExtensionSettings("clock", "7000", "home opens")),
    "echo": ("away", ExtensionSettings("echo", "8000", "away opens")),
}


async def all_registered(opened: Extensions) -> None:
    async with asyncio.timeout(SOON_S):
        for registration in opened.registrations.values():
            await registration.registered.wait()


@on_a_loop
async def test_each_extension_is_registered_at_its_own_exchange(registrars: dict[str, ScriptedRegistrar]):
    """One by UDP, one by TCP; both bindings are taken back at the end."""
    said: list[ProblemNews] = []
    async with (
        open_endpoint(STACK, lambda _: None) as endpoint,
        open_extensions(endpoint, settings(registrars), EXTENSIONS, said.append) as opened,
    ):
        await all_registered(opened)
        assert len(registrars["home"].bindings("7000")) == 1
        assert len(registrars["away"].bindings("8000")) == 1
        home, away = (registrars[name].address[1] for name in ("home", "away"))
        assert opened.targets() == {
            "clock": f"127.0.0.1:{home}",
            "echo": f"127.0.0.1:{away};transport=tcp",
        }
    assert not said
    assert not registrars["home"].bindings("7000")
    assert not registrars["away"].bindings("8000")


@on_a_loop
async def test_the_filter_lies_on_the_ports_that_were_got(
    registrars: dict[str, ScriptedRegistrar], monkeypatch: pytest.MonkeyPatch
):
    """Port 0 is some port: its sockets are the ones that are filtered."""
    filtered: list[int] = []
    monkeypatch.setattr("exchange.sip.extensions.attach", lambda fd, _: filtered.append(fd))
    async with (
        open_endpoint(STACK, lambda _: None) as endpoint,
        open_extensions(endpoint, settings(registrars), EXTENSIONS, print) as opened,
    ):
        await all_registered(opened)
        wanted = {
            each.fd
            for registration in opened.registrations.values()
            for each in find_sip_sockets(registration.address, registration.sip_port)
        }
        assert len(wanted) == 2
        assert set(filtered) == wanted


@on_a_loop
async def test_the_answers_to_a_thousand_calls_find_room_until_they_are_read(
    registrars: dict[str, ScriptedRegistrar],
):
    """As much as the kernel grants, which counts its own needs as much again."""
    granted = min(RECEIVED_BYTES, MOST_GRANTED_BYTES)
    async with (
        open_endpoint(STACK, lambda _: None) as endpoint,
        open_extensions(endpoint, settings(registrars), EXTENSIONS, print) as opened,
    ):
        await all_registered(opened)
        for registration in opened.registrations.values():
            for each in find_sip_sockets(registration.address, registration.sip_port):
                with socket.socket(fileno=os.dup(each.fd)) as borrowed:
                    room = borrowed.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
                assert each.is_tcp or room == 2 * granted


async def _hurried(
    endpoint: SipEndpoint, registrars: dict[str, ScriptedRegistrar], resolution: Resolution, *, is_due: bool
) -> list[int]:
    """How many REGISTERs each exchange got after the home exchange's name resolved so, and one is due there or is not."""
    async with open_extensions(endpoint, settings(registrars), EXTENSIONS, print) as opened:
        await all_registered(opened)
        before = [len(registrar.seen) for registrar in registrars.values()]
        opened._resolved("home", resolution)  # as its NameWatch calls it
        if is_due:
            await until(lambda: len(registrars["home"].seen) > before[0], SOON_S)
        await asyncio.sleep(0.3)
        return [
            len(registrar.seen) - known for registrar, known in zip(registrars.values(), before, strict=True)
        ]


@on_a_loop
async def test_a_moved_exchange_hurries_its_own_extensions_alone(registrars: dict[str, ScriptedRegistrar]):
    async with open_endpoint(STACK, lambda _: None) as endpoint:
        moved = Resolution(("127.0.0.1", "127.0.0.2"))
        home, away = await _hurried(endpoint, registrars, moved, is_due=True)
    assert home > 0
    assert away == 0


@on_a_loop
async def test_a_name_server_that_falls_silent_hurries_nobody(registrars: dict[str, ScriptedRegistrar]):
    async with open_endpoint(STACK, lambda _: None) as endpoint:
        resolution = Resolution(("127.0.0.1",), "the name server does not answer")
        assert await _hurried(endpoint, registrars, resolution, is_due=False) == [0, 0]


@on_a_loop
async def test_an_exchange_that_was_restarted_has_us_again_as_soon_as_its_connection_breaks(
    registrars: dict[str, ScriptedRegistrar], monkeypatch: pytest.MonkeyPatch
):
    """By TCP only: long before the refresh; the extension at the other exchange is left alone."""
    monkeypatch.setattr("exchange.sip.registration.RECONNECT_S", 0.2)
    with ScriptedRegistrar({"8000": "away opens"}) as before:
        port = before.address[1]
        async with (
            open_endpoint(STACK, lambda _: None) as endpoint,
            open_extensions(endpoint, settings(registrars | {"away": before}), EXTENSIONS, print) as opened,
        ):
            await all_registered(opened)
            at_home = len(registrars["home"].seen)
            await asyncio.to_thread(before.__exit__)
            with ScriptedRegistrar({"8000": "away opens"}, port=port) as after:
                start_monotonic_s = time.monotonic()
                while not after.bindings("8000"):
                    assert time.monotonic() - start_monotonic_s < SOON_S
                    await asyncio.sleep(0.02)
                assert after.most_bindings == 1
                assert len(registrars["home"].seen) == at_home


@on_a_loop
async def test_an_exchange_that_always_hangs_up_is_not_stormed(registrars: dict[str, ScriptedRegistrar]):
    async with (
        open_endpoint(STACK, lambda _: None) as endpoint,
        open_extensions(endpoint, settings(registrars), EXTENSIONS, print) as opened,
    ):
        await all_registered(opened)
        before = len(registrars["away"].seen)
        for _ in range(20):
            endpoint.disconnected()
            await asyncio.sleep(0.02)
        assert len(registrars["away"].seen) == before


@on_a_loop
async def test_an_exchange_that_is_written_down_twice_counts_failures_once(
    registrars: dict[str, ScriptedRegistrar],
):
    """By UDP and by TCP, both with a wrong password: only one of them may be tried."""
    home = registrars["home"]
    exchanges = {"udp": exchange("udp", home), "tcp": exchange("tcp", home, tcp=True)}
    wrong = {name: (name, ExtensionSettings(name, "7000", "wrong")) for name in exchanges}
    said: list[ProblemNews] = []
    async with (
        open_endpoint(STACK, lambda _: None) as endpoint,
        open_extensions(endpoint, exchanges, wrong, said.append),
    ):
        await until(lambda: len(said) >= 2, SOON_S)
        await asyncio.sleep(0.5)
    assert {news.problem.key for news in said} == {"wrong-password", "held-back"}
    assert home.bad_passwords == 2


@on_a_loop
async def test_a_fault_of_ours_ends_the_scope(registrars: dict[str, ScriptedRegistrar]):
    """Never a registration that is silently dead."""
    registrars["away"].always = WrongPassword()

    def faulty(_: ProblemNews) -> None:
        raise RuntimeError("a fault of ours")

    with pytest.raises(ExceptionGroup) as raised:
        async with (
            asyncio.timeout(SOON_S),
            open_endpoint(STACK, lambda _: None) as endpoint,
            open_extensions(endpoint, settings(registrars), EXTENSIONS, faulty),
        ):
            await asyncio.sleep(SOON_S)
    assert raised.group_contains(RuntimeError, match="a fault of ours")
    assert not registrars["home"].bindings("7000")
