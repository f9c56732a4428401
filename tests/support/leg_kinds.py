"""The ways to carry calls that the conformance suite is run on, by the name that tests show."""

from collections.abc import Callable

from support.far_end import LegKind
from support.loopback_exchange import LoopbackKind
from support.memory_exchange import MemoryKind

LEG_KINDS: dict[str, Callable[[], LegKind]] = {"loopback": LoopbackKind, "memory": MemoryKind}
