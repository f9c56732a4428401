"""The clock as a service: one broadcast for all callers, and what each caller hears of it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Annotated, Literal

import structlog
from pydantic import AfterValidator, BaseModel, Field

from audio.prompts import load
from exchange.sip.call import Call
from services.clock.announcement import Language
from services.clock.composer import Composer
from services.clock.english import ENGLISH
from services.clock.japanese import JAPANESE
from services.clock.producer import Producer
from services.clock.programme import Programme
from services.clock.scheme import TEN_SECONDS
from services.spec import Context, Handler
from timekeeping.civil import zone_named
from timekeeping.clocks import KernelClock
from timekeeping.leap import LeapTable
from timekeeping.leap_list import LeapListError, read_leap_table
from timekeeping.trust import HostClock, Trust, ask_host_clock

LANGUAGES: dict[str, Language] = {"ja": JAPANESE, "en": ENGLISH}
LOOK_EVERY_S = 30.0
BUSY = 486

log = structlog.get_logger()


def _zone(name: str) -> str:
    zone_named(name)
    return name


class ClockConfig(BaseModel, extra="forbid", frozen=True):
    """The table [clock]."""

    language: Literal["", "ja", "en"] = Field(
        default="", description='What it speaks; "" as all of denwa does.'
    )
    zone: Annotated[str, AfterValidator(_zone)] = Field(
        default="Asia/Tokyo", description="Whose civil time is said: an IANA zone."
    )
    limit_s: float = Field(default=600.0, ge=20, le=86_400, description="The longest call, in seconds.")
    untrusted: Literal["say", "busy"] = Field(
        default="say",
        description="When this machine's clock cannot be trusted: say so to the caller first, or be busy.",
    )


class Watch:
    """What is known of the host's clock; asked now and then, for a call must not wait for it."""

    def __init__(self, ask: Callable[[], Awaitable[HostClock]] = ask_host_clock) -> None:
        self._ask = ask
        self._state: Trust | None = None

    @property
    def untrusted(self) -> bool:
        """The announced time may be wrong by what a listener would notice."""
        return self._state is Trust.UNTRUSTED

    async def run(self) -> None:
        """Look until cancelled; each change is logged once, with what to do."""
        while True:
            clock = await self._ask()
            if clock.state is not self._state:
                self._state = clock.state
                tell = log.info if clock.state is Trust.TRUSTED else log.warning
                tell(
                    "host_clock",
                    state=clock.state.value,
                    error_s=clock.error_s,
                    source=clock.source,
                    why=clock.why.en,
                    remedy=clock.remedy.en,
                )
            await asyncio.sleep(LOOK_EVERY_S)


def _leaps() -> LeapTable:
    """The system's list of leap seconds; without one there is none to come that we could know of."""
    try:
        return read_leap_table()
    except LeapListError as error:
        log.warning("no_leap_seconds", why=str(error))
        return LeapTable((), None)


@asynccontextmanager
async def open_clock(context: Context, tasks: asyncio.TaskGroup) -> AsyncIterator[Handler]:
    """Keep the broadcast going while in the scope. Raises what says that the clock cannot be had."""
    config = ClockConfig.model_validate(context.config)
    language = config.language or context.language
    prompts = load(language)
    broadcast = context.open_broadcast()
    watch = Watch()
    producer = Producer(
        Programme(
            Composer(
                TEN_SECONDS, LANGUAGES[language], zone_named(config.zone), lambda name: prompts[name].pcm
            )
        ),
        broadcast,
        context.media_clock,
        _leaps(),
        lead_samples=context.greatest_lead_samples,
    )
    running = [
        tasks.create_task(producer.run(KernelClock()), name="clock producer"),
        tasks.create_task(watch.run(), name="clock watch"),
    ]

    async def handle(call: Call) -> None:
        if watch.untrusted and config.untrusted == "busy":
            await call.reject(BUSY)
            return
        await call.answer()
        if watch.untrusted:
            await call.play(prompts["clock_untrusted"])
        try:
            async with asyncio.timeout(config.limit_s), call.join(broadcast):
                await call.wait_ended()
        except TimeoutError:
            await call.play(prompts["time_limit"])

    try:
        yield handle
    finally:
        for task in running:
            task.cancel()
        broadcast.close()
