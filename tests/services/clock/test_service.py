"""The clock's handler in virtual time: what a caller hears when the host's clock is doubtful, and at the limit."""

import asyncio
from functools import partial

import numpy as np
import pytest
from numpy.typing import NDArray
from structlog.testing import capture_logs
from support.contexts import NoDialler, NoStore
from support.far_end import Offer
from support.memory_exchange import MemoryExchange, MemoryKind, VirtualMediaClock, clips_in
from support.virtual_time import run_virtually

from audio.prompts import load
from exchange.media.broadcast import Broadcast
from services.clock import ClockConfig, service, spec
from services.clock.producer import SETTLED_SAMPLES
from services.spec import Context
from timekeeping.trust import CHECK_SOURCES, NOTHING_TO_DO, HostClock, Trust, Words

pytestmark = pytest.mark.native

CLIPS = load("en")


def host_clock(state: Trust) -> HostClock:
    """The verdict on a host's clock that is in this state."""
    remedy = NOTHING_TO_DO if state is Trust.TRUSTED else CHECK_SOURCES
    return HostClock(state, 0.7, "chrony", Words("理由", "the reason"), remedy)


@pytest.fixture(params=Trust)
def state(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Trust:
    """The host's clock is in this state while a test runs."""

    async def ask() -> HostClock:
        return host_clock(request.param)

    monkeypatch.setattr(service, "Watch", partial(service.Watch, ask))
    return Trust(request.param)


def called(config: ClockConfig, seconds: float) -> tuple[int, list[str]]:
    """The status that a caller of 117 got, and the clips he heard whole in so many seconds."""
    status, heard = 0, b""

    async def script(exchange: MemoryExchange) -> None:
        nonlocal status, heard
        await exchange.dial("117")  # the service has looked at the clock when the second call comes
        telephone = await exchange.dial("117")
        status = await telephone.until_answered(1)
        if status == 200:
            await telephone.listen(seconds)
        heard = telephone.heard.tobytes()

    MemoryKind().run(script, Offer([(spec, config)], language="en"))  # type: ignore[arg-type]
    return status, clips_in(heard, CLIPS)


def test_a_clock_not_to_be_trusted_is_said_first_and_the_time_after_it(state: Trust):
    status, heard = called(ClockConfig(), 30)
    assert status == 200
    assert ("clock_untrusted" in heard) == (state is Trust.UNTRUSTED)
    assert "at_the_long_tone" in heard
    if state is Trust.UNTRUSTED:
        assert heard[0] == "clock_untrusted"


def test_or_it_is_busy_where_that_is_configured(state: Trust):
    status, _ = called(ClockConfig(untrusted="busy"), 1)
    assert status == (486 if state is Trust.UNTRUSTED else 200)


def test_the_limit_ends_the_call_with_words(state: Trust):
    """20 s is the shortest: one announcement whole."""
    status, heard = called(ClockConfig(limit_s=20), 60)
    assert status == 200
    assert heard[-1] == "time_limit"
    assert "at_the_long_tone" in heard


def test_a_change_of_trust_is_logged_once_with_what_to_do(state: Trust):
    with capture_logs() as logs:
        called(ClockConfig(), 65)
    told = [entry for entry in logs if entry["event"] == "host_clock"]
    assert len(told) == 1
    assert told[0]["log_level"] == ("info" if state is Trust.TRUSTED else "warning")
    assert bool(told[0]["remedy"]) == (state is not Trust.TRUSTED)


@pytest.mark.parametrize("zone", ["Asia/Tokio", "", "../../etc/passwd"])
def test_a_zone_that_does_not_exist_is_an_error_of_the_configuration(zone: str):
    with pytest.raises(ValueError, match="zone"):
        ClockConfig(zone=zone)


class FirstWrite(Broadcast):
    """A broadcast that keeps the first sample that was written."""

    def __init__(self) -> None:
        super().__init__()
        self.first_sample = asyncio.get_running_loop().create_future()

    def write(self, first_sample: int, pcm: NDArray[np.int16]) -> None:
        if not self.first_sample.done():
            self.first_sample.set_result(first_sample)
        super().write(first_sample, pcm)


@pytest.mark.parametrize("lead_samples", [0, 1600])
def test_what_may_have_left_by_the_greatest_lead_is_never_written(lead_samples: int):
    async def open_it() -> int:
        clock, broadcast = VirtualMediaClock(), FirstWrite()
        context = Context(ClockConfig(), "en", NoDialler(), NoStore(), clock, lambda: broadcast, lead_samples)  # type: ignore[arg-type]
        async with asyncio.TaskGroup() as tasks, service.open_clock(context, tasks):
            return int(await broadcast.first_sample) - clock.now_samples()

    assert abs(run_virtually(open_it()) - SETTLED_SAMPLES - lead_samples) < 400
