"""Keeps a service open: what it needs between its calls lives as long as the program."""

import asyncio
from asyncio import Future, TaskGroup
from dataclasses import dataclass

import structlog
from structlog.contextvars import bound_contextvars

from services.spec import Context, Handler, ServiceSpec

log = structlog.get_logger()


class ServiceDied(Exception):  # noqa: N818 - an event
    """What a service keeps running between its calls has failed; its cause says why. The program must end."""

    def __init__(self, service: str) -> None:
        super().__init__(f"the service {service!r} has failed: see the log")
        self.service = service


@dataclass(frozen=True, slots=True)
class OpenService:
    """A service that takes calls; `grace_s` as in its ServiceSpec."""

    name: str
    handler: Handler
    grace_s: float


class _Closing(Exception):  # noqa: N818 - a state
    """Ends what a service still has running."""


async def _end_tasks() -> None:
    raise _Closing


async def keep_open(
    spec: ServiceSpec, context: Context, ready: Future[Handler], closing: asyncio.Event
) -> None:
    """Open a service, give its handler by `ready`, and close it with all its tasks once `closing` is set.

    Raises ServiceDied (in a group) when the service or a task of it failed.
    """
    with bound_contextvars(service=spec.name):
        try:
            async with TaskGroup() as tasks:
                async with spec.open(context, tasks) as handler:
                    ready.set_result(handler)
                    await closing.wait()
                tasks.create_task(_end_tasks())
        except* _Closing:
            pass
        except* Exception as group:
            log.exception("service_died")
            raise ServiceDied(spec.name) from group


def first_of(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The first exception of a group, however deep."""
    first = group.exceptions[0]
    return first_of(first) if isinstance(first, BaseExceptionGroup) else first
