"""A program that dials numbers at an exchange, all at once, stays, and prints the first tone that it hears of each.

Its argument is JSON: `server`, `address`, `user`, `password`, `numbers`, `seconds`. It prints number and kind as JSON.
"""

import asyncio
import json
import sys
from typing import Any

from audio.hearing.heard import HeardKind
from exchange.sip.account import AccountSettings
from exchange.sip.dialler import Dialler
from exchange.sip.endpoint import open_endpoint
from exchange.sip.sip_dialler import SipDialler
from exchange.sip.stack import StackConfig

EXTENSION = "telephone"
NO_TONE = {kind for kind in HeardKind if kind > HeardKind.TONE}


async def first_tone(dialler: Dialler, number: str, seconds: float) -> str:
    """The first tone that has a name; all that was heard, if none was or a voice came before. It is listened on."""
    async with dialler.ring(number, extension=EXTENSION, timeout_s=5) as call, call.listen() as listening:
        await asyncio.sleep(seconds)
        heard = [sound.kind for sound in listening.drain()]
    first = next((n for n, kind in enumerate(heard) if kind not in NO_TONE), len(heard))
    return " ".join(kind.name for kind in heard[: first + 1] if kind is not HeardKind.BURST)


async def main(wishes: dict[str, Any]) -> None:
    """Dial, hear, print."""
    config = StackConfig(calls=len(wishes["numbers"]) + 4, realtime_priority=0)
    async with open_endpoint(config, lambda _: None) as endpoint:
        account = AccountSettings(
            user=wishes["user"],
            registrar="",
            address=wishes["address"],
            transport=await endpoint.transport(wishes["address"], 0, tcp=False),
            password=wishes["password"],
            domain=wishes["server"],
        )
        await endpoint.set_account(EXTENSION, account, lambda _: None)
        dialler = SipDialler(endpoint, {EXTENSION: wishes["server"]})
        found = await asyncio.gather(
            *(first_tone(dialler, number, wishes["seconds"]) for number in wishes["numbers"])
        )
    print(json.dumps(dict(zip(wishes["numbers"], found, strict=True))))


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
