"""The one place where asyncio (T1) and the SIP owner thread (T2) meet.

T1 hands T2 functions to run and awaits their results; T2 hands T1 functions to call soon. T2 never waits for
T1. All PJSIP objects are born, used and destroyed by functions that run here.
"""

import asyncio
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")
COMMANDS_WAITING = 4096


class BridgeFull(Exception):  # noqa: N818 - a state
    """4,096 commands wait for the SIP thread: take no new call (503)."""


class BridgeClosed(Exception):  # noqa: N818 - a state
    """The SIP thread has ended."""


class _Command(NamedTuple):
    """What is to run on the SIP thread, when, and who awaits it."""

    at_monotonic_s: float
    command: Callable[[], Any]
    future: asyncio.Future[Any]


class _Done(NamedTuple):
    """A command that has run: who awaits it, and what came of it."""

    future: asyncio.Future[Any]
    result: Any
    error: BaseException | None


def _hand_over(done: Iterable[_Done]) -> None:
    """Give results to those who still await them (T1)."""
    for future, result, error in done:
        if future.done():
            continue
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)


class Bridge:
    """Runs `pump` again and again in a thread of its own, and between two pumps what the event loop asks for.

    `start` runs first in that thread, `finish` last. `pump` may take at most 10 ms when nothing happens.
    """

    def __init__(
        self, *, start: Callable[[], None], pump: Callable[[], None], finish: Callable[[], None]
    ) -> None:
        self._start = start
        self._pump = pump
        self._finish = finish
        self._loop = asyncio.get_running_loop()
        self._commands: queue.SimpleQueue[_Command] = queue.SimpleQueue()
        self._later: list[_Command] = []
        """Whose instant has not come (T2)."""
        self._hangups: deque[Callable[[], None]] = deque()
        self._stopping = threading.Event()
        self._beat_monotonic_s = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="sip-owner")
        self.died: asyncio.Future[None] = self._loop.create_future()
        """Done when the thread ended; holds the exception that ended it, if one did."""

    async def open(self) -> None:
        """Start the thread; raises what `start` raised."""
        self._thread.start()
        await self.run(lambda: None)

    async def close(self) -> None:
        """Finish what is queued, run `finish`, end the thread."""
        self._stopping.set()
        await asyncio.shield(asyncio.wait([self.died]))
        self._thread.join()

    async def run(self, command: Callable[[], T], *, at_monotonic_s: float = 0.0) -> T:
        """Run a command on the SIP thread, not before an instant, and give its result or raise its exception.

        Cancelled before it has begun, it is never run. Raises BridgeFull, and BridgeClosed after the end.
        """
        if threading.current_thread() is self._thread:
            msg = "a command was sent to the SIP thread from the SIP thread: call the function itself"
            raise RuntimeError(msg)
        if self.died.done():
            raise BridgeClosed
        if self._commands.qsize() + len(self._later) >= COMMANDS_WAITING:
            raise BridgeFull
        future: asyncio.Future[T] = self._loop.create_future()
        self._commands.put(_Command(at_monotonic_s, command, future))
        return await future

    def hang_up(self, command: Callable[[], None]) -> None:
        """Run a command before all others, however long their queue; nobody waits for it."""
        self._hangups.append(command)

    def post(self, callback: Callable[..., None], *args: object) -> None:
        """From the SIP thread: call a function on the event loop soon; lost only when the loop is closed."""
        try:
            self._loop.call_soon_threadsafe(callback, *args)
        except RuntimeError:
            if not self._loop.is_closed():
                raise

    def stalled_s(self) -> float:
        """Seconds since the SIP thread last came round, or had done a command. Raises what ended the thread, if something did."""
        if self.died.done():
            self.died.result()
        return time.monotonic() - self._beat_monotonic_s

    # -- on the SIP thread --

    def _run(self) -> None:
        error: BaseException | None = None
        try:
            self._start()
            while not self._stopping.is_set():
                self._turn()
            self._turn()
        except BaseException as caught:  # noqa: BLE001 - the thread's death is told to the loop
            error = caught
        try:
            self._finish()
        except BaseException as caught:  # noqa: BLE001 - as above
            error = error or caught
        self.post(self._end, error)

    def _turn(self) -> None:
        self._end_calls()
        due, done = self._due(), []
        try:
            while due:
                done.append(self._do(due.popleft()))
                self._end_calls()
                self._beat_monotonic_s = time.monotonic()  # a thousand calls at once are no standstill
        finally:
            self._later += due  # none, unless the thread dies
            if done:
                # together: else the loop would contend for the interpreter's lock with the commands that follow
                self.post(_hand_over, done)
        self._pump()
        self._beat_monotonic_s = time.monotonic()

    def _do(self, each: _Command) -> _Done:
        """Carry out a command, unless nobody wants it any more."""
        if each.future.cancelled():
            return _Done(each.future, None, None)
        try:
            return _Done(each.future, each.command(), None)
        except Exception as error:  # noqa: BLE001 - belongs to who awaits it
            return _Done(each.future, None, error)

    def _due(self) -> deque[_Command]:
        """Take the commands whose instant has come."""
        waiting = self._later + [self._commands.get() for _ in range(self._commands.qsize())]
        now_monotonic_s = time.monotonic()
        due = deque(each for each in waiting if each.at_monotonic_s <= now_monotonic_s)
        self._later = [each for each in waiting if each.at_monotonic_s > now_monotonic_s]
        return due

    def _end_calls(self) -> None:
        while self._hangups:
            self._hangups.popleft()()

    def _end(self, error: BaseException | None) -> None:
        left = self._later
        while not self._commands.empty():
            left.append(self._commands.get())
        _hand_over(_Done(each.future, None, error or BridgeClosed()) for each in left)
        if error is not None:
            self.died.set_exception(error)
            self.died.exception()
        else:
            self.died.set_result(None)
