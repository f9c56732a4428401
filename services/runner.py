"""Runs every call's handler in a task of its own: one call may fail, the program goes on.

What ends a call, and what then happens to its handler:
- the far end or the network: CallEnded from every await, cancellation `grace_s` later;
- the handler returned: we hang up;
- the handler failed: 500 before the answer, BYE after it, and a log line;
- the program ends: the handler is cancelled, and may use the call for `grace_s` more.
"""

import asyncio
from asyncio import CancelledError, Future, Task, TaskGroup
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime

import structlog
from structlog.contextvars import bound_contextvars

from exchange.sip.call import Call, CallEnded
from exchange.sip.caller import Caller
from exchange.sip.leg import Leg
from services.call_notes import NoNotes, Notes, completed, note_of
from services.opening import OpenService, ServiceDied, first_of, keep_open
from services.spec import Context, Handler, ServiceSpec

SERVER_ERROR = 500
SHUTTING_DOWN = 503
GOODBYE_S = 2.0
"""How long the far ends have to agree to our BYE when the program ends, in seconds."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class IncomingCall:
    """A call that was routed to a service and has had no answer yet.

    `extension` is the one it came by, "" without an exchange; `lead_samples` is its lead.
    """

    leg: Leg
    service: str
    dialled: str
    caller: Caller
    call_id: str
    extension: str = ""
    lead_samples: int = 0


@dataclass(frozen=True, slots=True)
class _Running:
    call: Call
    service: OpenService
    extension: str


class Runner:
    """Takes calls for the open services. Made by `open_runner`; belongs to its event loop."""

    def __init__(self, services: Mapping[str, OpenService], tasks: TaskGroup, notes: Notes) -> None:
        self._services = services
        self._tasks = tasks
        self._notes = notes
        self._running: dict[Task[None], _Running] = {}
        self._in_handler: set[Task[None]] = set()
        self._refusing = False

    def take(self, incoming: IncomingCall) -> None:
        """Start a call's handler; returns at once. While the program ends, the call gets 503."""
        # the call listens from now on: its CANCEL may be the next thing that the leg reports
        call = Call(
            incoming.leg,
            call_id=incoming.call_id,
            dialled=incoming.dialled,
            caller=incoming.caller,
            direction="in",
            extension=incoming.extension,
            lead_samples=incoming.lead_samples,
        )
        running = _Running(call, self._services[incoming.service], incoming.extension)
        task = self._tasks.create_task(self._run(running), name=f"call {call.call_id}")
        self._running[task] = running
        task.add_done_callback(self._running.pop)

    def calls(self) -> Counter[str]:
        """How many calls each service has, those included that are just ending."""
        return Counter(running.service.name for running in self._running.values())

    def callers(self) -> set[tuple[str, str]]:
        """Who talks to us: our extension that was called, and the caller's number."""
        return {(running.extension, running.call.caller.number) for running in self._running.values()}

    async def close(self) -> None:
        """Refuse new calls, cancel the handlers, and after their grace end every call that is left."""
        self._refusing = True
        for task in self._running:
            if task in self._in_handler:
                task.cancel()
        await self._wait_for_calls(max((each.service.grace_s for each in self._running.values()), default=0))
        for running in list(self._running.values()):
            await running.call.drop(SHUTTING_DOWN, "Shutting Down")
        await self._wait_for_calls(GOODBYE_S)
        for task, running in self._running.items():
            log.error("call_left", service=running.service.name, call_id=running.call.call_id)
            task.cancel()

    async def _wait_for_calls(self, timeout_s: float) -> None:
        if self._running:
            await asyncio.wait(self._running, timeout=timeout_s)

    async def _run(self, running: _Running) -> None:
        call = running.call
        with bound_contextvars(call_id=call.call_id, service=running.service.name):
            log.info("call_came", dialled=call.dialled, caller=call.caller)
            note = note_of(call, running.service.name, running.extension, datetime.now(UTC))
            self._notes.save(note)
            try:
                await self._serve(running)
            except Exception:
                log.exception("call_failed")
                await call.hangup()
            end = await call.wait_ended()
            report = call.rtp()
            log.info(
                "call_ended",
                by=end.by.value,
                status=end.status,
                reason=end.reason,
                seconds=round(call.seconds, 1),
                digits_lost=call.digits_lost,
                rtp=asdict(replace(report, silent_s=round(report.silent_s, 2))) if report else None,
            )
            self._notes.save(completed(note, call, end, datetime.now(UTC)))

    async def _serve(self, running: _Running) -> None:
        """Let the handler have its call, and see to it that the call ends after it."""
        call = running.call
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine of a task
        if self._refusing:
            await call.drop(SHUTTING_DOWN, "Shutting Down")
            return
        self._in_handler.add(task)
        try:
            await _handle(running)
        except CancelledError:
            if not task.cancelling():
                log.exception("handler_failed")
                await call.drop(SERVER_ERROR)
                return
            task.uncancel()
            await call.drop(SHUTTING_DOWN, "Shutting Down")
        except Exception as error:
            if call.end is None or not _is_end(error):
                log.exception("handler_failed")
                await call.drop(SERVER_ERROR)
        else:
            await call.hangup()
        finally:
            self._in_handler.discard(task)


async def _handle(running: _Running) -> None:
    """Run the handler; cancel it when it stays for longer than its grace after the end of the call."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(None) as patience:
            with running.call.when_ended(
                lambda: patience.reschedule(loop.time() + running.service.grace_s),
            ):
                await running.service.handler(running.call)
    except TimeoutError:
        if not patience.expired():
            raise
        log.warning("handler_overstayed", grace_s=running.service.grace_s)


def _is_end(error: Exception) -> bool:
    if isinstance(error, ExceptionGroup):
        return all(_is_end(each) for each in error.exceptions)
    return isinstance(error, CallEnded)


@asynccontextmanager
async def open_runner(
    services: Iterable[tuple[ServiceSpec, Context]], notes: Notes | None = None
) -> AsyncIterator[Runner]:
    """Open the services, one after the other, and take calls for them while in the scope; `notes` keeps who called.

    At the end of the scope the calls are ended first, then the services closed.

    Raises:
        ServiceDied: a service failed between its calls; the body of the scope is cancelled then.
    """
    closing = asyncio.Event()
    failure: Exception | None = None
    try:
        async with TaskGroup() as keepers:
            opened: dict[str, OpenService] = {}
            for spec, context in services:
                ready: Future[Handler] = asyncio.get_running_loop().create_future()
                keepers.create_task(keep_open(spec, context, ready, closing), name=f"service {spec.name}")
                opened[spec.name] = OpenService(spec.name, await ready, spec.grace_s)
            async with TaskGroup() as calls:
                runner = Runner(opened, calls, notes or NoNotes())
                try:
                    yield runner
                except Exception as error:  # noqa: BLE001 - raised again below, when all is closed
                    failure = error
                finally:
                    await runner.close()
            closing.set()
    except BaseExceptionGroup as group:
        died = group.subgroup(ServiceDied)
        if died is None:
            raise
        raise first_of(died) from None
    if failure is not None:
        raise failure
