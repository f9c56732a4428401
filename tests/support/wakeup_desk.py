"""The desk of the morning call in virtual time: a real database, a telephone in memory, a clock that a test sets."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from support.memory_exchange import clips_in
from support.memory_leg import MemoryLeg
from support.simulated_telephone import SimulatedTelephone
from support.virtual_time import run_virtually

from exchange.sip.call import Call, CallEnded
from exchange.sip.caller import Caller, CallerTrust
from services.wakeup.config import WakeupConfig
from services.wakeup.desk import serve
from services.wakeup.office import Office
from services.wakeup.phrases import PHRASES, sounds
from services.wakeup.sounds import kept_sign
from store.database import Database
from store.store import Store
from trust.allowed import NumberRules
from trust.settings import TrustSettings

EVENING_UTC = datetime(2026, 12, 1, 14, 0, tzinfo=UTC)
"""Tuesday 1 December, 23:00 in Tokyo."""
TRUNK = "SIP-TRUNK-B"
OWN = Caller("1001", trust=CallerTrust.NEIGHBOUR, peer="1001")
BEHIND_B = Caller("3902001", trust=CallerTrust.NEIGHBOUR, peer=TRUNK, did="70630")


@dataclass
class WakeupDesk:
    """Each `call` is one call from its answer to its end."""

    database: Database
    now_utc: datetime = EVENING_UTC
    language: str = "ja"
    trust: TrustSettings = field(
        default_factory=lambda: TrustSettings({"home": NumberRules(trunks={TRUNK: "390"})})
    )

    def call(self, digits: str, caller: Caller = OWN, *, hangs_up_after_s: float | None = None) -> list[str]:
        """Dial the prefix and these digits; the clips that were heard whole, in their order."""
        return run_virtually(self._call(digits, caller, hangs_up_after_s))

    async def _call(self, digits: str, caller: Caller, hangs_up_after_s: float | None) -> list[str]:
        store = Store(self.database)
        clips = sounds(PHRASES[self.language])
        office = Office(
            WakeupConfig(), store, self.trust, {"alarms": "home"}, clips, PHRASES[self.language], self._now
        )
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
        try:
            await serve(office, call)
        except CallEnded:
            assert hangs_up_after_s is not None, "the call ended before its end"
        await call.hangup()
        await call.wait_ended()
        store.close()
        known = {**{name: clip for name, clip in clips.items() if name != "pause"}, "kept": kept_sign()}
        return clips_in(telephone.heard.tobytes(), known)

    def _now(self) -> datetime:
        return self.now_utc


Say = Callable[..., list[str]]
