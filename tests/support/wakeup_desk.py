"""The desk of the morning call in virtual time: a real database, a telephone in memory, a clock that a test sets."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache

from support.contexts import InlineStore
from support.memory_exchange import clips_in
from support.memory_leg import MemoryLeg
from support.simulated_telephone import SimulatedTelephone
from support.virtual_time import run_virtually

from audio.clip import Clip
from exchange.sip.call import Call, CallEnded
from exchange.sip.caller import Caller, CallerTrust
from exchange.sip.leg import DigitSource
from services.wakeup.config import WakeupConfig
from services.wakeup.desk import serve
from services.wakeup.office import Office
from services.wakeup.phrases import PHRASES, sounds
from services.wakeup.sounds import kept_sign
from store.database import Database
from trust.allowed import NumberRules
from trust.settings import TrustSettings

EVENING_UTC = datetime(2026, 12, 1, 14, 0, tzinfo=UTC)
"""Tuesday 1 December, 23:00 in Tokyo."""
TRUNK = "SIP-TRUNK-B"
OWN = Caller("1001", trust=CallerTrust.NEIGHBOUR, peer="1001")
BEHIND_B = Caller("3902001", trust=CallerTrust.NEIGHBOUR, peer=TRUNK, did="70630")

Presses = Sequence[tuple[float, str]]


@dataclass
class WakeupDesk:
    """Each `call` is one call from its answer to its end."""

    database: Database
    now_utc: datetime = EVENING_UTC
    language: str = "ja"
    config: WakeupConfig = field(default_factory=WakeupConfig)
    trust: TrustSettings = field(
        default_factory=lambda: TrustSettings({"home": NumberRules(trunks={TRUNK: "390"})})
    )

    def call(
        self,
        digits: str,
        caller: Caller = OWN,
        *,
        hangs_up_after_s: float | None = None,
        presses: Presses = (),
    ) -> list[str]:
        """Dial the prefix and these digits; the clips that were heard whole, in their order.

        `presses`: after so many seconds, these keys.
        """
        return run_virtually(self._call(digits, caller, hangs_up_after_s, presses))

    async def _call(
        self, digits: str, caller: Caller, hangs_up_after_s: float | None, presses: Presses
    ) -> list[str]:
        store = InlineStore(self.database)
        offices = {
            name: Office(
                self.config,
                store,
                self.trust,
                {"alarms": "home"},
                _words(name),
                phrases,
                lambda: self.now_utc,
            )
            for name, phrases in PHRASES.items()
        }
        telephone = SimulatedTelephone()
        leg = MemoryLeg(telephone, telephone.habits)
        telephone.connect(leg)
        call = Call(
            leg,
            call_id="call",
            dialled=f"7{digits}",
            caller=caller,
            direction="in",
            extension="alarms",
        )
        if hangs_up_after_s is not None:
            asyncio.get_running_loop().call_later(
                hangs_up_after_s, lambda: asyncio.ensure_future(telephone.hang_up())
            )
        pressing = asyncio.ensure_future(_press(telephone, presses))
        try:
            await serve(offices, self.language, call)
        except CallEnded:
            assert hangs_up_after_s is not None, "the call ended before its end"
        pressing.cancel()
        await call.hangup()
        await call.wait_ended()
        store.close()
        return clips_in(telephone.heard.tobytes(), _spoken(self.language, bool(presses)))


@cache
def _words(language: str) -> Mapping[str, Clip]:
    return sounds(PHRASES[language])


@cache
def _spoken(language: str, both: bool) -> Mapping[str, Clip]:
    """What may be heard, by name; English words are marked. Only who presses keys can change the language."""
    return {"kept": kept_sign()} | {
        name if each == "ja" else f"{each} {name}": clip
        for each in (PHRASES if both else [language])
        for name, clip in _words(each).items()
        if name != "pause"
    }


async def _press(telephone: SimulatedTelephone, presses: Presses) -> None:
    for after_s, keys in presses:
        await asyncio.sleep(after_s)
        await telephone.press(keys, DigitSource.EVENT)
