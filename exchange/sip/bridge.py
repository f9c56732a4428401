"""The one place where asyncio (T1) and the SIP owner thread (T2) meet.

T1 hands T2 functions to run and awaits their results; T2 hands T1 functions to call soon. T2 never waits for
T1. All PJSIP objects are born, used and destroyed by functions that run here.
"""

import asyncio
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")
COMMANDS_WAITING = 4096


class BridgeFull(Exception):  # noqa: N818 - a state
    """4,096 commands wait for the SIP thread: take no new call (503)."""


class BridgeClosed(Exception):  # noqa: N818 - a state
    """The SIP thread has ended."""


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
        self._commands: queue.SimpleQueue[tuple[Callable[[], Any], Future[Any]]] = queue.SimpleQueue()
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

    async def run(self, command: Callable[[], T]) -> T:
        """Run a command on the SIP thread and give its result or raise its exception.

        Raises BridgeFull, and BridgeClosed after the end.
        """
        if threading.current_thread() is self._thread:
            msg = "a command was sent to the SIP thread from the SIP thread: call the function itself"
            raise RuntimeError(msg)
        if self.died.done():
            raise BridgeClosed
        if self._commands.qsize() >= COMMANDS_WAITING:
            raise BridgeFull
        future: Future[T] = Future()
        self._commands.put((command, future))
        return await asyncio.wrap_future(future)

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
        """Seconds since the SIP thread last came round. Raises what ended the thread, if something did."""
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
        while self._hangups:
            self._hangups.popleft()()
        for _ in range(self._commands.qsize()):
            command, future = self._commands.get()
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(command())
                except Exception as error:  # noqa: BLE001 - belongs to who awaits it
                    future.set_exception(error)
            while self._hangups:
                self._hangups.popleft()()
        self._pump()
        self._beat_monotonic_s = time.monotonic()

    def _end(self, error: BaseException | None) -> None:
        while not self._commands.empty():
            self._commands.get()[1].set_exception(error or BridgeClosed())
        if error is not None:
            self.died.set_exception(error)
            self.died.exception()
        else:
            self.died.set_result(None)
