"""時報 117: the talking clock."""

from services.clock.service import ClockConfig, open_clock
from services.spec import ServiceSpec

spec = ServiceSpec("clock", "117", ClockConfig, "information", grace_s=1.0, open=open_clock)
