"""What a service is: one frozen declaration, found by the registry."""

from asyncio import TaskGroup
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import BaseModel

from exchange.media.broadcast import Broadcast, MediaClock
from exchange.sip.call import Call
from exchange.sip.dialler import Dialler

if TYPE_CHECKING:  # most commands need no database, and would wait for its import
    from store.store import Store

Handler = Callable[[Call], Awaitable[None]]
"""Takes one call from its first ring to its end, in a task of its own."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a service is given: its configuration, the language it speaks, and the rooms below it.

    `greatest_lead_samples`: so much earlier than at its own instant a broadcast's sample may leave for some caller.
    """

    config: BaseModel
    language: str
    dialler: Dialler
    store: "Store"
    media_clock: MediaClock
    open_broadcast: Callable[[], Broadcast]
    greatest_lead_samples: int = 0


@dataclass(frozen=True, slots=True)
class ServiceSpec:
    """A service's declaration.

    `name` is also its table in the configuration; `number` is what it is dialled by when nothing is configured;
    `grace_s` lies between CallEnded and the cancellation of its handler, in seconds.
    """

    name: str
    number: str
    config: type[BaseModel]
    mantela_type: str
    grace_s: float
    open: Callable[[Context, TaskGroup], AbstractAsyncContextManager[Handler]]
