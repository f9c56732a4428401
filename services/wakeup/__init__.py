"""モーニングコール: booked from a rotary dial, rung until somebody is awake, never used against a stranger."""

from services.spec import ServiceSpec
from services.wakeup.card import card
from services.wakeup.config import WakeupConfig
from services.wakeup.service import open_wakeup
from trust import codes

spec = ServiceSpec(
    "wakeup",
    "7XXXX",
    WakeupConfig,
    "application",
    grace_s=2.0,
    open=open_wakeup,
    more_numbers=("7XXXXX", f"7{'Z' * codes.LENGTH}", f"7{'Z' * codes.LONG}"),
    card=card,
)
