"""What the set-up says while it works, and how it runs a long command."""

from __future__ import annotations  # an older Python must get as far as saying so

import subprocess
import sys
import time
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path

LINES_KEPT = 25
"""How many of a failed command's last lines are shown."""
QUIET_S = 20.0
"""How often a command that runs long is mentioned where there is no terminal, in seconds."""


class SetupError(Exception):
    """The set-up cannot go on; the text says what is wrong and what to do."""


class CommandError(SetupError):
    """A command failed; `output` is what it said last."""

    def __init__(self, what: str, output: str) -> None:
        super().__init__(f"{what} failed. It said last:\n{output}")
        self.what = what
        self.output = output


def say(text: str) -> None:
    """One line of progress."""
    print(f"· {text}", file=sys.stderr, flush=True)


def watch(
    what: str,
    command: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    stdout: Path | None = None,
) -> None:
    """Run a command, show that it lives, keep all it says in a log file. Raises CommandError.

    `stdout` takes its standard output apart from the log.
    """
    say(f"{what} …")
    started_monotonic_s = time.monotonic()
    log.parent.mkdir(parents=True, exist_ok=True)
    last: deque[str] = deque(maxlen=LINES_KEPT)
    sink = stdout.open("wb") if stdout else None
    with (
        log.open("a", encoding="utf-8") as kept,
        subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=sink or subprocess.PIPE,
            stderr=subprocess.PIPE if sink else subprocess.STDOUT,
            env=env,
            text=True,
            errors="replace",
        ) as process,
    ):
        if sink:
            sink.close()
        spoken = process.stderr if sink else process.stdout
        assert spoken is not None  # noqa: S101 - one of them is a pipe
        ticker = Ticker(started_monotonic_s)
        for line in spoken:
            kept.write(line)
            last.append(line)
            ticker.tick(line)
        status = process.wait()
        ticker.wipe()
    took_s = time.monotonic() - started_monotonic_s
    if status:
        raise CommandError(what, "".join(last))
    if took_s >= 1:
        say(f"{what}: {took_s:.0f} s")


class Ticker:
    """Shows a command's last line in place on a terminal, else mentions it now and then."""

    def __init__(self, started_monotonic_s: float) -> None:
        self._started_monotonic_s = started_monotonic_s
        self._said_monotonic_s = started_monotonic_s
        self._terminal = sys.stderr.isatty()

    def tick(self, line: str) -> None:
        """Take note of a line that the command said."""
        now_monotonic_s = time.monotonic()
        text = f"  {now_monotonic_s - self._started_monotonic_s:4.0f} s  {line.strip()[:100]}"
        if self._terminal:
            print(f"\r\x1b[2K{text}", end="", file=sys.stderr, flush=True)
        elif now_monotonic_s - self._said_monotonic_s >= QUIET_S:
            self._said_monotonic_s = now_monotonic_s
            print(text, file=sys.stderr, flush=True)

    def wipe(self) -> None:
        """Leave the terminal's line empty."""
        if self._terminal:
            print("\r\x1b[2K", end="", file=sys.stderr, flush=True)
