"""時報 117: the talking clock."""

from services.card import each_number
from services.clock.service import ClockConfig, open_clock
from services.spec import ServiceSpec

spec = ServiceSpec(
    "clock",
    "117",
    ClockConfig,
    "information",
    grace_s=1.0,
    open=open_clock,
    card=each_number("The time, to the second", "時報。時刻を秒まで知らせます"),
)
