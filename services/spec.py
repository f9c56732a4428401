"""What a service is: one frozen declaration, found by the registry."""

import asyncio
from asyncio import TaskGroup
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import BaseModel

from exchange.media.broadcast import Broadcast, MediaClock
from exchange.sip.call import Call
from exchange.sip.dialler import Dialler
from services.card import NUMBERS_ALONE, Card
from trust.settings import TrustSettings

if TYPE_CHECKING:  # most commands need no database, and would wait for its import
    from store.store import Store

Handler = Callable[[Call], Awaitable[None]]
"""Takes one call from its first ring to its end, in a task of its own."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a service is given: its configuration, the language it speaks, and the rooms below it.

    `greatest_lead_samples`: so much earlier than at its own instant a broadcast's sample may leave for some caller.
    `exchange_of` has the exchange of each of our extensions; `trust` says who may be rung; `callers` tells who talks to
    us, our extension that was called and the caller's number. `opened` is set once calls can be placed.
    """

    config: BaseModel
    language: str
    dialler: Dialler
    store: "Store"
    media_clock: MediaClock
    open_broadcast: Callable[[], Broadcast]
    greatest_lead_samples: int = 0
    exchange_of: Mapping[str, str] = field(default_factory=dict)
    trust: TrustSettings = field(default_factory=TrustSettings)
    callers: Callable[[], Collection[tuple[str, str]]] = tuple
    opened: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True, slots=True)
class ServiceSpec:
    """A service's declaration.

    `name` is also its table in the configuration; `number`, and `more_numbers`, what it is dialled by when nothing is
    configured;
    `grace_s` lies between CallEnded and the cancellation of its handler, in seconds; `card` says what it does to
    whoever may dial it.
    """

    name: str
    number: str
    config: type[BaseModel]
    mantela_type: str
    grace_s: float
    open: Callable[[Context, TaskGroup], AbstractAsyncContextManager[Handler]]
    more_numbers: tuple[str, ...] = ()
    card: Card = NUMBERS_ALONE
