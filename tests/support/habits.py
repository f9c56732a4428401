"""Services of one habit each, for tests of the SIP endpoint; they note whom they served and what was pressed."""

import asyncio
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any

from support.toy_service import toy

from audio.spandsp.echo import Echo
from exchange.sip.call import Call
from services.echo import spec as echo_spec
from services.spec import ServiceSpec


@dataclass(slots=True)
class Told:
    """What a service was told of one call."""

    call: Call
    digits: list[str] = field(default_factory=list)
    echoes: bool = False
    """Whether the echo has the line: from now on all is said again that is heard."""

    def report(self) -> dict[str, Any]:
        """As JSON takes it."""
        call = self.call
        return {
            "call_id": call.call_id,
            "dialled": call.dialled,
            "caller": asdict(call.caller),
            "digits": "".join(self.digits),
            "echoes": self.echoes,
            "answered": call.seconds > 0,
            "end": None if call.end is None else [call.end.by, call.end.status, call.end.reason],
            "rtp": asdict(report) if (report := call.rtp()) else None,
        }


class Habits:
    """The services: each does one thing, and notes the digits that it gets."""

    def __init__(self, ring_s: float) -> None:
        self.calls: list[Told] = []
        self._ring_s = ring_s

    def _begin(self, call: Call) -> Told:
        told = Told(call)
        self.calls.append(told)
        return told

    @staticmethod
    async def _note(told: Told) -> None:
        while True:
            digit = await told.call.digit(3600)
            if digit is not None:
                told.digits.append(digit)

    async def mirror(self, call: Call) -> None:
        """Answer and say again what is heard, exact to the octet."""
        told = self._begin(call)
        await call.answer()
        await self._mirror(told)

    async def mirrored(self, call: Call) -> None:
        """The same on a call that is up."""
        await self._mirror(self._begin(call))

    async def _mirror(self, told: Told) -> None:
        async with told.call.run(Echo()):
            told.echoes = True
            await self._note(told)

    async def early(self, call: Call) -> None:
        """Say again what is heard before the answer; answer when told or at a digit 1, refuse at a 2 or in the end."""
        told = self._begin(call)
        await call.early_media()
        async with call.run(Echo()):
            told.echoes = True
            while (digit := await call.digit(self._ring_s)) not in {"1", "2", None}:
                told.digits.append(digit)
            if digit != "1":
                await call.reject(603, "Decline")
                return
            await call.answer()
            await self._note(told)

    async def wait(self, call: Call) -> None:
        """Do nothing by itself, but give up in the end."""
        self._begin(call)
        with suppress(TimeoutError):
            async with asyncio.timeout(self._ring_s):
                await call.wait_ended()

    async def late(self, call: Call) -> None:
        """Answer after as many milliseconds as the last three digits dialled, then be silent."""
        told = self._begin(call)
        await asyncio.sleep(int(call.dialled[-3:]) / 1000)
        await call.answer()
        await self._note(told)

    async def brief(self, call: Call) -> None:
        """Answer and hang up at once."""
        self._begin(call)
        await call.answer()

    def specs(self) -> list[ServiceSpec]:
        """All of them, and the real echo."""
        return [
            echo_spec,
            toy(self.mirror, name="mirror", number="201"),
            toy(self.early, name="early", number="202"),
            toy(self.wait, name="wait", number="203"),
            toy(self.late, name="late", number="9XXX"),
            toy(self.brief, name="brief", number="204"),
            toy(self.mirror, name="any", number="88!"),
        ]
