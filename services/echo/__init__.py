"""The test number: reads the caller's number back, then says again what it hears, and which key is pressed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from pydantic import BaseModel, Field, PositiveFloat

from audio.prompts import load
from audio.spandsp.echo import Echo
from exchange.sip.call import Call
from services.card import each_number
from services.spec import Context, Handler, ServiceSpec


class EchoConfig(BaseModel, extra="forbid", frozen=True):
    """The table [echo]."""

    limit_s: PositiveFloat = Field(default=600.0, description="The longest call, in seconds.")


@asynccontextmanager
async def _open(context: Context, _: asyncio.TaskGroup) -> AsyncIterator[Handler]:
    limit_s = EchoConfig.model_validate(context.config).limit_s
    say = {name: clip.followed_by_silence(0.15) for name, clip in load(context.language).items()}
    keys = {key: say[f"digit_{key.lower()}"] for key in "0123456789ABCD"}
    keys |= {"*": say["star"], "#": say["pound"]}

    async def handle(call: Call) -> None:
        await call.answer()
        number = [keys[digit] for digit in call.caller.number if digit in "0123456789"]
        who = [say["your_number_is"], *number] if number else [say["anonymous_number"]]
        with suppress(TimeoutError):
            async with asyncio.timeout(limit_s):
                await call.play(say["echo_welcome"], *who)
                while True:
                    async with call.run(Echo()):
                        pressed = await call.digit(limit_s)
                    if pressed is not None:
                        await call.play(say["you_pressed"], keys[pressed])
        await call.play(say["time_limit"])

    yield handle


spec = ServiceSpec(
    "echo",
    "186",
    EchoConfig,
    "application",
    grace_s=2.0,
    open=_open,
    card=each_number("Test: your number, then your voice", "試験。自分の番号と声が返ります"),
)
