"""A service of one function, for tests of what is around services."""

from asyncio import TaskGroup
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pydantic import BaseModel

from services.spec import Context, Handler, ServiceSpec

GRACE_S = 3.0


class NoConfig(BaseModel):
    """Nothing can be configured."""


def toy(handler: Handler, *, name: str = "toy", number: str = "199", grace_s: float = GRACE_S) -> ServiceSpec:
    """A service that does nothing between its calls."""

    @asynccontextmanager
    async def opened(context: Context, tasks: TaskGroup) -> AsyncIterator[Handler]:
        yield handler

    return ServiceSpec(name, number, NoConfig, "application", grace_s, opened)
