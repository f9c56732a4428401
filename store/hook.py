"""A program of the operator's that is run for each event, without a shell."""

import asyncio
import json
import os
import signal
from asyncio.subprocess import STDOUT, Process
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Self

from store.deliveries import Told
from store.delivery import DeliveryFailed

LIMIT_S = 30.0
"""How long it may take; then it is killed with its children."""
OUTPUT_KEPT = 2000
"""How much of the end of its output is kept, in bytes."""
EVENT_VARIABLE = "DENWA_EVENT"
_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TZ")
"""What it gets of our environment; the rest may hold passwords."""


class Hook:
    """Fulfils `store.delivery.Subscriber`: the event is JSON on its standard input, its kind in DENWA_EVENT."""

    name = "exec"

    def __init__(self, command: Sequence[str], limit_s: float = LIMIT_S) -> None:
        self._command = command
        self._limit_s = limit_s

    async def deliver(self, told: Told) -> None:
        """Run it to its end.

        Raises:
            DeliveryFailed: it could not be started, ended with another status than 0, or took too long.
        """
        with _input(told) as source, _Output() as output:
            try:
                process = await asyncio.create_subprocess_exec(
                    *self._command,
                    stdin=source,
                    stdout=output.sink,
                    stderr=STDOUT,
                    env=_environment(told),
                    start_new_session=True,
                )
            except OSError as error:
                raise DeliveryFailed(f"{self._command[0]} cannot be started: {error.strerror}") from error
            try:
                async with asyncio.timeout(self._limit_s):
                    status = await process.wait()
            except TimeoutError:
                raise DeliveryFailed(f"took longer than {self._limit_s:g} s{output.quoted()}") from None
            finally:
                await _kill(process)
            if status:
                raise DeliveryFailed(f"exit status {status}{output.quoted()}")


class _Output:
    """Takes what is written to `sink` and keeps its end, however much it is and whoever still has it open."""

    def __init__(self) -> None:
        self._source, self.sink = os.pipe()
        os.set_blocking(self._source, False)
        self._kept = b""
        self._loop = asyncio.get_running_loop()

    def __enter__(self) -> Self:
        self._loop.add_reader(self._source, self._read)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.remove_reader(self._source)
        os.close(self._source)
        os.close(self.sink)

    def quoted(self) -> str:
        """What was said, to be put behind a reason."""
        self._read()
        said = self._kept.decode("utf-8", "replace").strip()
        return f": {said}" if said else ""

    def _read(self) -> None:
        with suppress(BlockingIOError):
            self._kept = (self._kept + os.read(self._source, 1 << 16))[-OUTPUT_KEPT:]


@contextmanager
def _input(told: Told) -> Iterator[int]:
    """A descriptor from which the event is read; a file in memory, which waits for nobody who does not read."""
    event = {
        "id": told.id,
        "event": told.kind,
        "happened_utc": told.happened_utc.isoformat(),
        "facts": told.facts,
    }
    descriptor = os.memfd_create("event")
    try:
        os.write(descriptor, json.dumps(event).encode() + b"\n")
        os.lseek(descriptor, 0, os.SEEK_SET)
        yield descriptor
    finally:
        os.close(descriptor)


def _environment(told: Told) -> dict[str, str]:
    passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return passed_on | {EVENT_VARIABLE: told.kind}


async def _kill(process: Process) -> None:
    """End it with its children, unless it has ended by itself."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
