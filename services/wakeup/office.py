"""What every part of the desk needs: where alarms are, who may be rung, how one speaks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from audio.clip import Clip
from exchange.sip.call import Call
from services.wakeup.config import WakeupConfig
from services.wakeup.phrases import Names, Phrases
from store.store import Store
from trust.settings import TrustSettings


@dataclass(frozen=True, slots=True)
class Office:
    """The service's belongings.

    Attributes:
        config: the table [wakeup].
        store: where alarms are.
        trust: who may be rung.
        exchange_of: each of our extensions' exchange.
        clips: by name, in the language that callers hear.
        phrases: of that language.
        now_utc: the time.
    """

    config: WakeupConfig
    store: Store
    trust: TrustSettings
    exchange_of: Mapping[str, str]
    clips: Mapping[str, Clip]
    phrases: Phrases
    now_utc: Callable[[], datetime]

    @property
    def zone(self) -> ZoneInfo:
        """In whose civil time alarms are booked."""
        return ZoneInfo(self.config.zone)

    def today(self) -> date:
        """The date there."""
        return self.now_utc().astimezone(self.zone).date()

    async def say(self, call: Call, names: Names) -> None:
        """Say clips to the end. Raises CallEnded."""
        await call.play(*(self.clips[name] for name in names))
