"""PJSIP registering at a scripted registrar, over UDP and TCP: every mood of an exchange that can be scripted."""

import asyncio
import contextlib
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from support.program import free_port
from support.registrar import ScriptedRegistrar
from support.registrar_steps import (
    Accept,
    Held,
    NewNonce,
    Silence,
    Status,
    Step,
    TooBrief,
    TwoChallenges,
    WrongPassword,
)
from support.stalls import Stalls
from support.waiting import until

from exchange.sip.connections import limit_connections
from exchange.sip.endpoint import SipEndpoint, open_endpoint
from exchange.sip.password_guard import PasswordGuard
from exchange.sip.problem_log import ProblemLog, ProblemNews
from exchange.sip.registration import ExchangeSettings, ExtensionSettings, Registration
from exchange.sip.registration_policy import RegistrationState
from exchange.sip.resolver import LookUp, NameWatch, look_up
from exchange.sip.routing import contact_token, make_token
from exchange.sip.source_filter import find_sip_sockets
from exchange.sip.stack import StackConfig

pytestmark = [pytest.mark.native, pytest.mark.usefixtures("line_eventfd")]

USER = "7000"
KEY = 'a password with spaces & "quotes"'
SOON_S = 10.0
LEFT_S = 0.2
"""So much of a binding of two seconds is left at least once its refresh has taken its time, in seconds."""
STACK = StackConfig(calls=4, realtime_priority=0)
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def registrar() -> Iterator[ScriptedRegistrar]:
    with ScriptedRegistrar({USER: KEY}) as running:
        yield running


@pytest.fixture(params=[False, True], ids=["udp", "tcp"])
def tcp(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


class Extension:
    """A registration that runs, and what was said of it."""

    def __init__(
        self,
        endpoint: SipEndpoint,
        port: int,
        *,
        name: str = "time",
        host: str = "127.0.0.1",
        key: str = KEY,
        tcp: bool = False,
        address: str = "",
        sip_port: int = 0,
        guard: PasswordGuard | None = None,
        look_up: LookUp = look_up,
        look_up_s: float = SOON_S,
    ) -> None:
        self.said: list[ProblemNews] = []
        self.names = NameWatch(host, lambda _: None, look_up=look_up, timeout_s=look_up_s)
        self.registration = Registration(
            endpoint,
            ExchangeSettings("home", host, port, tcp=tcp, address=address, sip_port=sip_port),
            ExtensionSettings(name, USER, key),
            names=self.names,
            guard=guard or PasswordGuard(),
            problems=ProblemLog(self.said.append),
            moved=lambda: None,
        )

    @property
    def problems(self) -> list[str]:
        return [("end of " if news.ended else "") + news.problem.key for news in self.said]

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Extension"]:
        tasks = [asyncio.create_task(self.names.run()), asyncio.create_task(self.registration.run())]
        try:
            yield self
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.registration.stop()

    async def registered(self) -> None:
        async with asyncio.timeout(SOON_S):
            await self.registration.registered.wait()

    async def in_state(self, state: RegistrationState) -> None:
        await until(lambda: self.registration.state is state, SOON_S)


@asynccontextmanager
async def extension(registrar: ScriptedRegistrar, **how: object) -> AsyncIterator[Extension]:
    async with (
        open_endpoint(STACK, lambda _: None) as endpoint,
        Extension(endpoint, registrar.address[1], **how).running() as running,  # type: ignore[arg-type]
    ):
        yield running


def test_an_extension_is_registered_answers_options_and_leaves(registrar: ScriptedRegistrar, tcp: bool):
    async def scenario() -> None:
        async with extension(registrar, tcp=tcp) as time_extension:
            await time_extension.registered()
            [binding] = registrar.bindings(USER)
            assert contact_token(binding.contact) == make_token(KEY, "home", "time")
            assert (await asyncio.to_thread(registrar.options, binding)).status == 200
            assert time_extension.said == []
        assert registrar.bindings(USER) == []

    asyncio.run(scenario())
    assert registrar.most_bindings == 1
    assert registrar.bad_passwords == 0


def test_an_extension_that_leaves_before_it_hears_that_it_is_registered_leaves_too(
    registrar: ScriptedRegistrar, tcp: bool
):
    """The exchange has bound it, and would go on calling it."""
    released = threading.Event()
    registrar.script = [Accept(), Held(released)]

    async def scenario() -> None:
        async with extension(registrar, tcp=tcp):
            await until(lambda: len(registrar.seen) == 2, SOON_S)
            released.set()
            registrar.wait_for(lambda: registrar.bindings(USER))  # meanwhile the event loop hears nothing

    asyncio.run(scenario())
    assert registrar.bindings(USER) == []


@pytest.mark.parametrize(
    ("script", "registers"),
    [
        ([Accept(), NewNonce()], 3),
        ([TwoChallenges()], 2),
        ([TwoChallenges(), TwoChallenges()], 3),
    ],
    ids=["new nonce without stale", "two challenges", "two challenges twice"],
)
def test_odd_challenges_are_met(registrar: ScriptedRegistrar, script: list, registers: int):
    registrar.script = list(script)

    async def scenario() -> None:
        async with extension(registrar) as time_extension:
            await time_extension.registered()
            assert len(registrar.seen) == registers
            assert time_extension.said == []

    asyncio.run(scenario())
    assert registrar.bad_passwords == 0


@pytest.mark.parametrize("script", [[TooBrief(300)], [Accept(), TooBrief(300)]], ids=["at first", "at last"])
def test_min_expires_is_obeyed(registrar: ScriptedRegistrar, script: list):
    registrar.script = list(script)

    async def scenario() -> None:
        async with extension(registrar) as time_extension:
            await time_extension.registered()
            assert [binding.expires_s for binding in registrar.bindings(USER)] == [300]
            assert time_extension.said == []

    asyncio.run(scenario())
    assert registrar.most_bindings == 1


def test_refreshes_keep_one_binding_alive_though_each_nonce_is_new(registrar: ScriptedRegistrar):
    """Two seconds are granted; for five the binding never ends, and the first nonce serves no second time."""
    registrar.always = Accept(expires_s=2)

    async def scenario() -> None:
        async with extension(registrar) as time_extension:
            await time_extension.registered()
            end_monotonic_s = time.monotonic() + 5.0
            with Stalls() as stalls:
                while time.monotonic() < end_monotonic_s:
                    registrar.forget_nonces()
                    assert len(registrar.bindings(USER)) == 1 or stalls.longest_s > LEFT_S
                    await asyncio.sleep(0.02)
            assert time_extension.said == []

    asyncio.run(scenario())
    assert len(registrar.seen) >= 6
    assert registrar.most_bindings == 1


@pytest.mark.parametrize(("tcp", "always"), [(False, Accept()), (True, WrongPassword())], indirect=["tcp"])
def test_a_wrong_password_is_tried_twice_and_said_once(registrar: ScriptedRegistrar, tcp: bool, always: Step):
    """What fail2ban would count: two failures, and no more for eleven minutes."""
    registrar.always = always

    async def scenario() -> None:
        async with extension(registrar, tcp=tcp, key="wrong") as time_extension:
            await time_extension.in_state(RegistrationState.REFUSED)
            time_extension.registration.hurry()
            await asyncio.sleep(1.0)
            assert time_extension.problems == ["wrong-password"]
            assert time_extension.said[0].problem.fields[0] == "extensions.time.password_file"

    asyncio.run(scenario())
    assert registrar.bad_passwords == 2


def test_a_forbidden_extension_asks_once(registrar: ScriptedRegistrar):
    registrar.always = Status(403, "Forbidden")

    async def scenario() -> None:
        async with extension(registrar) as time_extension:
            await time_extension.in_state(RegistrationState.REFUSED)
            await asyncio.sleep(0.5)
            assert time_extension.problems == ["forbidden"]

    asyncio.run(scenario())
    assert len(registrar.seen) == 1


def test_an_extension_that_is_not_there_yet_is_registered_when_it_is(registrar: ScriptedRegistrar):
    """404 has nothing to do with the password, so nothing need be waited for but the exchange."""
    registrar.script = [Status(404, "Not Found")] * 2

    async def scenario() -> None:
        async with extension(registrar) as time_extension:
            await time_extension.registered()
            assert time_extension.problems == ["unknown-user", "end of unknown-user"]
            assert time_extension.said[0].problem.fields[0] == "extensions.time.user"

    asyncio.run(scenario())
    assert registrar.bad_passwords == 0


def test_a_good_extension_waits_while_a_refusal_leaves_no_room(registrar: ScriptedRegistrar):
    """One more failure within ten minutes could be the one that fail2ban strikes at; that it waits is said."""

    async def scenario() -> None:
        async with open_endpoint(STACK, lambda _: None) as endpoint:
            port, guard = registrar.address[1], PasswordGuard()
            wrong = Extension(endpoint, port, name="wrong", key="wrong", guard=guard)
            good = Extension(endpoint, port, guard=guard)
            async with wrong.running():
                await wrong.in_state(RegistrationState.REFUSED)
                async with good.running():
                    await until(lambda: good.said, SOON_S)
                    assert good.problems == ["held-back"]
                    assert "11 minutes" in good.said[0].problem.text_en
                    assert good.registration.state is RegistrationState.STARTING

    asyncio.run(scenario())
    assert registrar.bindings(USER) == []


def test_extensions_that_are_right_do_not_hold_each_other_up(registrar: ScriptedRegistrar):
    async def scenario() -> None:
        async with open_endpoint(STACK, lambda _: None) as endpoint:
            port, guard = registrar.address[1], PasswordGuard()
            async with contextlib.AsyncExitStack() as scope:
                all_of_them = [
                    await scope.enter_async_context(
                        Extension(endpoint, port, name=f"number{number}", guard=guard).running()
                    )
                    for number in range(5)
                ]
                for each in all_of_them:
                    await each.registered()
                    assert each.said == []

    asyncio.run(scenario())


def test_our_own_port_that_is_taken_is_said_to_be_ours(registrar: ScriptedRegistrar, tcp: bool):
    """It is no fault of the exchange's; once the port is free, we are registered."""

    async def scenario() -> None:
        kind = socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM
        with socket.socket(socket.AF_INET, kind) as other:
            sip_port = free_port()
            other.bind(("127.0.0.1", sip_port))
            if tcp:
                other.listen()
            async with open_endpoint(STACK, lambda _: None) as endpoint:
                ours = Extension(endpoint, registrar.address[1], tcp=tcp, sip_port=sip_port)
                async with ours.running():
                    await until(lambda: ours.said, SOON_S)
                    problem = ours.said[0].problem
                    assert problem.fields == ("sip.port",)
                    assert f"127.0.0.1:{sip_port}" in problem.text_en
                    assert "port = 5070" in problem.remedy_en
                    other.close()
                    await ours.registered()
                    assert ours.problems == ["port-taken", "end of port-taken"]

    asyncio.run(scenario())


def test_an_address_that_is_not_ours_names_where_it_is_written(registrar: ScriptedRegistrar):
    async def scenario() -> None:
        async with extension(registrar, address="192.0.2.1") as lost:
            await until(lambda: lost.said, SOON_S)
            assert lost.problems == ["cannot-listen"]
            assert lost.said[0].problem.fields[0] == "exchanges.home.address"

    asyncio.run(scenario())


def test_leaving_a_silent_exchange_takes_a_second_in_a_cancelled_task_too(registrar: ScriptedRegistrar):
    """Python 3.11.2's asyncio.timeout would raise CancelledError there when it expires."""

    async def leave_when_cancelled(time_extension: Extension) -> float:
        try:
            await asyncio.sleep(60)
        finally:
            registrar.always = Silence()
            start_monotonic_s = time.monotonic()
            await time_extension.registration.stop()
            return time.monotonic() - start_monotonic_s  # noqa: B012 - the task was cancelled for this

    async def scenario() -> None:
        async with extension(registrar) as time_extension:
            await time_extension.registered()
            leaving = asyncio.create_task(leave_when_cancelled(time_extension))
            await asyncio.sleep(0)
            leaving.cancel()
            assert 0.9 < await leaving < 3.0

    asyncio.run(scenario())


def test_an_exchange_in_trouble_is_tried_until_it_is_well(registrar: ScriptedRegistrar):
    registrar.script = [Status(503, "Starting"), Status(500)]

    async def scenario() -> None:
        async with extension(registrar) as time_extension:
            await time_extension.registered()
            assert time_extension.problems == ["exchange-trouble", "end of exchange-trouble"]

    asyncio.run(scenario())


def test_retry_after_is_obeyed(registrar: ScriptedRegistrar):
    registrar.script = [Status(503, "Starting", retry_after_s=3)]

    async def scenario() -> None:
        async with extension(registrar) as time_extension:
            await time_extension.registered()

    asyncio.run(scenario())
    assert registrar.seen[1].at_monotonic_s - registrar.seen[0].at_monotonic_s >= 3.0


def test_an_exchange_that_is_not_yet_started_has_us_when_it_is(tcp: bool):
    async def scenario() -> None:
        port = free_port()
        async with (
            open_endpoint(STACK, lambda _: None) as endpoint,
            Extension(endpoint, port, tcp=tcp).running() as time_extension,
        ):
            await asyncio.sleep(1.0)
            with ScriptedRegistrar({USER: KEY}, port=port) as registrar:
                await time_extension.registered()
                assert len(registrar.bindings(USER)) == 1

    asyncio.run(scenario())


def test_a_lost_register_is_sent_again(registrar: ScriptedRegistrar):
    """Retransmissions of one REGISTER are one: the registrar is silent to it, and no second one overtakes it."""
    registrar.script = [Silence()]

    async def scenario() -> None:
        async with extension(registrar) as time_extension:
            await until(lambda: registrar.seen, SOON_S)
            await asyncio.sleep(1.0)
            assert len(registrar.seen) == 1
            assert time_extension.registration.state is RegistrationState.STARTING

    asyncio.run(scenario())


def test_a_register_lost_over_tcp_is_not_waited_for_as_long_as_sip_allows(
    registrar: ScriptedRegistrar, monkeypatch: pytest.MonkeyPatch
):
    """An exchange that is just starting reads it and says nothing; PJSIP would wait for 32 s, and send nothing."""
    monkeypatch.setattr("exchange.sip.registration.TCP_ANSWER_S", 2.0)
    registrar.script = [Silence()]

    async def scenario() -> None:
        async with extension(registrar, tcp=True) as time_extension:
            await time_extension.registered()
            assert time_extension.problems == ["no-answer", "end of no-answer"]
            assert len(registrar.seen) == 3
            [binding] = registrar.bindings(USER)
            assert (await asyncio.to_thread(registrar.options, binding)).status == 200
            assert binding.contact.endswith(make_token(KEY, "home", "time"))
        assert registrar.bindings(USER) == []

    asyncio.run(scenario())
    assert registrar.most_bindings == 1


def test_a_hung_name_server_holds_up_no_other_extension(registrar: ScriptedRegistrar):
    released = threading.Event()

    def hang(_: str) -> tuple[str, ...]:
        released.wait(60)
        return ("127.0.0.1",)

    async def scenario() -> None:
        async with open_endpoint(STACK, lambda _: None) as endpoint:
            port = registrar.address[1]
            stuck = Extension(endpoint, port, name="stuck", host="pbx.example", look_up=hang, look_up_s=0.2)
            async with stuck.running(), Extension(endpoint, port).running() as good:
                await good.registered()
                await until(lambda: stuck.said, SOON_S)
                assert stuck.problems == ["unresolved"]
                assert "exchanges.home.host" in stuck.said[0].problem.remedy_en
                released.set()
                await stuck.registered()

    try:
        asyncio.run(scenario())
    finally:
        released.set()


def test_another_address_of_the_name_is_tried_where_one_refuses(registrar: ScriptedRegistrar):
    """RFC 3263, 4.3; nothing listens at the first."""

    async def scenario() -> None:
        async with open_endpoint(STACK, lambda _: None) as endpoint:
            two = Extension(
                endpoint,
                registrar.address[1],
                host="pbx.example",
                tcp=True,
                look_up=lambda _: ("127.0.0.9", "127.0.0.1"),
            )
            async with two.running():
                await two.registered()
                assert two.problems == ["transport", "end of transport"]

    asyncio.run(scenario())


def test_pjsips_own_sockets_are_found_for_the_source_filter(registrar: ScriptedRegistrar, tcp: bool):
    async def scenario() -> None:
        async with extension(registrar, tcp=tcp) as time_extension:
            await time_extension.registered()
            contact = registrar.bindings(USER)[0].contact
            port = int(contact.partition("@")[2].partition(":")[2].partition(";")[0])
            assert [found.is_tcp for found in find_sip_sockets("127.0.0.1", port)] == [tcp]

    asyncio.run(scenario())


def test_the_connection_to_an_exchange_is_given_up_when_nobody_acknowledges(
    registrar: ScriptedRegistrar, monkeypatch: pytest.MonkeyPatch
):
    """As after a cut of its power; otherwise we would be back as late as the kernel's next try, up to two minutes."""
    limited: list[int] = []

    def limit(address: str, port: int) -> None:
        limited.append(limit_connections(address, port))

    monkeypatch.setattr("exchange.sip.registration.limit_connections", limit)

    async def scenario(*, tcp: bool) -> None:
        async with extension(registrar, tcp=tcp) as time_extension:
            await time_extension.registered()

    asyncio.run(scenario(tcp=False))
    assert limited == []
    asyncio.run(scenario(tcp=True))
    assert limited == [1]


PROCESS = """
import asyncio, sys
from exchange.sip.endpoint import open_endpoint
from exchange.sip.password_guard import PasswordGuard
from exchange.sip.problem_log import ProblemLog
from exchange.sip.registration import ExchangeSettings, ExtensionSettings, Registration
from exchange.sip.resolver import NameWatch
from exchange.sip.stack import StackConfig

async def main(registrar_port, sip_port, tcp, user, key):
    names = NameWatch("127.0.0.1", lambda _: None)
    await names.run()
    async with open_endpoint(StackConfig(calls=4, realtime_priority=0), lambda _: None) as endpoint:
        exchange = ExchangeSettings("home", "127.0.0.1", int(registrar_port), tcp=tcp == "tcp", sip_port=int(sip_port))
        await Registration(
            endpoint, exchange, ExtensionSettings("time", user, key), names=names,
            guard=PasswordGuard(), problems=ProblemLog(print), moved=lambda: None,
        ).run()

asyncio.run(main(*sys.argv[1:]))
"""


def test_killed_and_started_again_there_is_one_binding(registrar: ScriptedRegistrar, tcp: bool):
    """Kill -9 leaves its binding at the exchange; the next process's is the same one."""
    arguments = [str(registrar.address[1]), str(free_port()), "tcp" if tcp else "udp", USER, KEY]
    for life in range(1, 4):
        process = subprocess.Popen(
            [sys.executable, "-c", PROCESS, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL
        )
        try:
            bound_at_life = 2 * life
            registrar.wait_for(lambda wanted=bound_at_life: len(registrar.seen) >= wanted)
            registrar.wait_for(lambda: registrar.bindings(USER))
        finally:
            process.send_signal(signal.SIGKILL)
            with contextlib.suppress(ProcessLookupError):
                process.wait(SOON_S)
    assert registrar.most_bindings == 1
    assert len(registrar.bindings(USER)) == 1
