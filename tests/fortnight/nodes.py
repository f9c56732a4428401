"""The real denwa as it serves the fortnight: started, killed, stopped and started again, with a stepped clock."""

import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

from fortnight.programs import command, environment
from support.many_alarms import write_configuration

ENDS_WITHIN_S = 30.0


class Node:
    """One program, in a folder and at an address of its own."""

    def __init__(
        self, folder: Path, exchange: str, own: str, database: str, clock: Mapping[str, str]
    ) -> None:
        folder.mkdir()
        store = f'[store]\nurl = "{database}"\n'
        write_configuration(folder, exchange=exchange, own=own, calls=800, more=store)
        self.address = own
        self._folder = folder
        self._environment = environment({**clock, "XDG_STATE_HOME": str(folder)})
        self._process: subprocess.Popen[bytes] | None = None
        self.is_stopped = False

    @property
    def is_up(self) -> bool:
        """It runs, and is not stopped."""
        return self._process is not None and self._process.poll() is None and not self.is_stopped

    @property
    def has_fallen(self) -> bool:
        """It ended by itself."""
        return self._process is not None and self._process.poll() not in {None, -signal.SIGKILL}

    def start(self) -> None:
        """Begin; it registers by itself."""
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command("short_leases", "serve"),
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def kill(self) -> None:
        """Let it die at once, as by kill -9."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self.is_stopped = False

    def stop(self) -> None:
        """SIGSTOP."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        self.is_stopped = True

    def resume(self) -> None:
        """SIGCONT."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)
        self.is_stopped = False

    def end(self) -> int:
        """In good order; its exit status."""
        assert self._process is not None
        self._process.terminate()
        try:
            return self._process.wait(ENDS_WITHIN_S)
        finally:
            self.kill()

    @property
    def log(self) -> str:
        """The end of what it logged, over all its lives."""
        return (self._folder / "log").read_text(errors="replace")[-6000:]
