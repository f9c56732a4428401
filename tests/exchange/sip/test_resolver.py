"""Names and addresses of exchanges; resolvers that answer, change, fail and hang.

Most tests look up in functions of their own that really block; the last ones ask glibc's resolver and a name
server in a network of their own.
"""

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import asynccontextmanager

import pytest
from support.own_network import needs_own_network, run_in_own_network
from support.waiting import until

from exchange.sip.resolver import LookUp, LookupFailed, NameWatch, Resolution, look_up

pytestmark = pytest.mark.unit

PATIENCE_S = 5.0
SOON_S = 0.02


@asynccontextmanager
async def watching(host: str, *, look_up: LookUp, **times: float):
    """A running watch and the list of what it told."""
    told: list[Resolution] = []
    watch = NameWatch(host, told.append, look_up=look_up, **times)
    task = asyncio.create_task(watch.run())
    try:
        yield watch, told
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def answers(*script: tuple[str, ...] | Exception) -> LookUp:
    """A resolver that gives one answer after the other, and the last for ever."""
    left = list(script)

    def scripted(_: str) -> tuple[str, ...]:
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    return scripted


class HangingResolver:
    """Hangs until released, as a resolver without a network does; counts the questions that hang in it."""

    def __init__(self) -> None:
        self.released = threading.Event()
        self.asked = 0

    def __call__(self, _: str) -> tuple[str, ...]:
        self.asked += 1
        self.released.wait(PATIENCE_S * 4)
        return ("192.0.2.1",)


@pytest.fixture
def hanging() -> Iterator[HangingResolver]:
    resolver = HangingResolver()
    yield resolver
    resolver.released.set()


def never(_: str) -> tuple[str, ...]:
    raise AssertionError("no resolver is needed for an address")


@pytest.mark.parametrize("address", ["127.0.0.1", "100.101.102.103"])
def test_an_address_asks_no_resolver(address: str):
    async def scenario() -> None:
        told: list[Resolution] = []
        watch = NameWatch(address, told.append, look_up=never)
        await watch.run()
        assert await watch.first() == Resolution((address,))
        assert told == [Resolution((address,))]

    asyncio.run(scenario())


def test_an_ipv6_address_is_a_problem_in_words():
    async def scenario() -> None:
        watch = NameWatch("fd7a:115c:a1e0::1", lambda _: None, look_up=never)
        await watch.run()
        assert watch.resolution.addresses == ()
        assert "IPv6" in watch.resolution.problem

    asyncio.run(scenario())


def test_all_addresses_of_a_name_are_told_once():
    async def scenario() -> None:
        both = ("192.0.2.1", "192.0.2.2")
        async with watching("pbx.example", look_up=answers(both), refresh_s=SOON_S) as (watch, told):
            assert await watch.first() == Resolution(both)
            await asyncio.sleep(5 * SOON_S)
            assert told == [Resolution(both)]

    asyncio.run(scenario())


def test_a_changed_name_is_noticed_at_the_next_refresh():
    async def scenario() -> None:
        resolver = answers(("192.0.2.1",), ("192.0.2.9",))
        async with watching("pbx.example", look_up=resolver, refresh_s=SOON_S) as (_, told):
            await until(lambda: len(told) == 2)
            assert told == [Resolution(("192.0.2.1",)), Resolution(("192.0.2.9",))]

    asyncio.run(scenario())


def test_a_rotating_name_server_changes_nothing():
    async def scenario() -> None:
        one, two, three = "192.0.2.1", "192.0.2.2", "192.0.2.3"
        resolver = answers((one, two), (two, one), (three, two, one))
        async with watching("pbx.example", look_up=resolver, refresh_s=SOON_S) as (_, told):
            await until(lambda: len(told) == 2)
            assert told == [Resolution((one, two)), Resolution((one, two, three))]

    asyncio.run(scenario())


def test_a_failure_keeps_the_last_good_answer_and_is_asked_again_soon():
    async def scenario() -> None:
        resolver = answers(("192.0.2.1",), LookupFailed("no such name"), ("192.0.2.1",))
        times = {"refresh_s": SOON_S, "retry_s": SOON_S}
        async with watching("pbx.example", look_up=resolver, **times) as (_, told):
            await until(lambda: len(told) == 3)
            assert told[1] == Resolution(("192.0.2.1",), "no such name")
            assert told[2] == Resolution(("192.0.2.1",))

    asyncio.run(scenario())


def test_a_refresh_out_of_turn_is_asked_at_once():
    async def scenario() -> None:
        resolver = answers(("192.0.2.1",), ("192.0.2.2",))
        async with watching("pbx.example", look_up=resolver, refresh_s=3600.0) as (watch, told):
            await watch.first()
            await asyncio.sleep(SOON_S)
            watch.refresh()
            await until(lambda: len(told) == 2)

    asyncio.run(scenario())


def test_a_hung_resolver_is_a_problem_after_the_timeout(hanging: HangingResolver):
    async def scenario() -> None:
        async with watching("pbx.example", look_up=hanging, timeout_s=SOON_S) as (watch, told):
            async with asyncio.timeout(PATIENCE_S):
                assert await watch.first() == Resolution((), "the name server does not answer")
            hanging.released.set()
            await until(lambda: len(told) == 2)
            assert told[1] == Resolution(("192.0.2.1",))

    asyncio.run(scenario())


def test_a_hung_resolver_piles_up_no_threads_and_is_asked_once(hanging: HangingResolver):
    async def scenario() -> None:
        before = threading.active_count()
        times = {"timeout_s": 0.005, "retry_s": 0.005, "refresh_s": 0.005}
        async with watching("pbx.example", look_up=hanging, **times) as (watch, told):
            for _ in range(30):
                watch.refresh()
                await asyncio.sleep(0.005)
            assert threading.active_count() <= before + 1, "one of an earlier test may end meanwhile"
            assert hanging.asked == 1
            assert len(told) == 1

    asyncio.run(scenario())


def test_a_hung_name_holds_up_no_other_name_and_not_the_loop(hanging: HangingResolver):
    async def scenario() -> None:
        slowest_s = 0.0

        async def beat() -> None:
            nonlocal slowest_s
            while True:
                start_monotonic_s = time.monotonic()
                await asyncio.sleep(0.001)
                slowest_s = max(slowest_s, time.monotonic() - start_monotonic_s)

        beating = asyncio.create_task(beat())
        async with watching("dead.example", look_up=hanging, timeout_s=60.0):
            for _ in range(20):
                async with watching("good.example", look_up=answers(("192.0.2.5",))) as (good, _):
                    async with asyncio.timeout(PATIENCE_S):
                        assert (await good.first()).addresses == ("192.0.2.5",)
        beating.cancel()
        assert slowest_s < PATIENCE_S, "the look-up hangs four times as long"

    asyncio.run(scenario())


def test_a_fault_of_the_look_up_itself_is_not_hidden():
    async def scenario() -> None:
        watch = NameWatch("pbx.example", lambda _: None, look_up=never)
        with pytest.raises(AssertionError, match="no resolver"):
            await watch.run()

    asyncio.run(scenario())


def test_the_thread_ends_with_the_watch():
    async def scenario() -> None:
        async with watching("ends.example", look_up=answers(("192.0.2.1",))) as (watch, _):
            await watch.first()

    asyncio.run(scenario())
    deadline_monotonic_s = time.monotonic() + PATIENCE_S
    while any(thread.name == "resolver-ends.example" for thread in threading.enumerate()):
        assert time.monotonic() < deadline_monotonic_s
        time.sleep(0.001)


SHUTDOWN = """
import asyncio, threading
from exchange.sip.resolver import NameWatch

def hang(_):
    threading.Event().wait()

async def main():
    watch = NameWatch("pbx.example", lambda _: None, look_up=hang, timeout_s=0.01)
    task = asyncio.create_task(watch.run())
    await watch.first()
    task.cancel()

asyncio.run(main())
print("ended")
"""


def test_a_hung_resolver_does_not_delay_the_end_of_the_program():
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", SHUTDOWN],
        capture_output=True,
        text=True,
        timeout=20,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("ended\n", "")


def test_an_answer_after_the_loop_was_closed_harms_nothing(hanging: HangingResolver, recwarn):
    async def scenario() -> None:
        async with watching("late.example", look_up=hanging, timeout_s=0.005) as (watch, _):
            await watch.first()

    asyncio.run(scenario())
    hanging.released.set()
    for thread in threading.enumerate():
        if thread.name == "resolver-late.example":
            thread.join(PATIENCE_S)
            assert not thread.is_alive()
    assert not recwarn.list


def test_the_systems_resolver_knows_localhost():
    assert look_up("localhost") == ("127.0.0.1",)


@pytest.mark.parametrize("host", ["a" * 64 + ".example", "a..example", "\udcff"])
def test_what_cannot_be_a_name_fails_in_words(host: str):
    with pytest.raises(LookupFailed, match="cannot be a host name"):
        look_up(host)


REAL = """
import asyncio, pathlib, subprocess
from exchange.sip.resolver import LookupFailed, NameWatch, look_up
from support.name_server import NAME_ERROR, NO_ERROR, NameServer

def mount(path, text):
    mine = pathlib.Path("/run") / pathlib.Path(path).name
    mine.write_text(text)
    subprocess.run(["mount", "--bind", mine, pathlib.Path(path).resolve()], check=True)

mount("/etc/resolv.conf", "nameserver 127.0.0.1\\noptions timeout:2 attempts:1\\n")
mount("/etc/nsswitch.conf", "hosts: files dns\\n")
server = NameServer("127.0.0.1")

async def main():
    told = asyncio.Queue()
    watch = NameWatch("pbx.example", told.put_nowait, timeout_s=1.0, refresh_s=3600, retry_s=3600)
    server.addresses = ["192.0.2.1", "192.0.2.2"]
    task = asyncio.create_task(watch.run())
    print(sorted((await told.get()).addresses))
    server.addresses = ["192.0.2.7"]
    watch.refresh()
    print(await told.get())
    server.dead = True
    await asyncio.sleep(0.01)
    watch.refresh()
    print(await told.get())
    print(await told.get())
    server.dead = False
    server.code = NAME_ERROR
    watch.refresh()
    print(await told.get())
    server.code = NO_ERROR
    server.addresses = []
    watch.refresh()
    print(await told.get())
    task.cancel()

asyncio.run(main())
"""


@needs_own_network
def test_a_real_name_server_that_answers_changes_dies_and_denies():
    first, second, silent, failed, unknown, without = run_in_own_network(REAL).splitlines()
    assert first == "['192.0.2.1', '192.0.2.2']"
    assert second == "Resolution(addresses=('192.0.2.7',), problem='')"
    assert silent == "Resolution(addresses=('192.0.2.7',), problem='the name server does not answer')"
    assert "192.0.2.7" in failed
    assert "Temporary failure" in failed
    assert "not known" in unknown
    assert "only IPv6?" in without
