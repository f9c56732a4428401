"""`denwa serve` at an exchange of the lab, configured as docs/exchange.md says."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from docs.pages import ROOT, blocks
from lab.asterisk.exchange import Transport
from lab.asterisk.running import RunningExchange
from lab.laboratory import Lab
from support.program import DENWA

PAGE = ROOT / "docs" / "exchange.md"


def configuration(
    lab: Lab, at: RunningExchange, folder: Path, more: str, address: str, transport: Transport
) -> str:
    """The page's last configuration, which sets `address`, for a fresh extension of this exchange."""
    connection = lab.connect(
        at, numbers=(("117", "clock"), ("186", "echo")), max_calls=100, transport=transport
    )
    text = blocks(PAGE, "toml")[-1].text
    for ours, theirs in {
        '"100.64.0.10"': f'"{at.address}"',
        '"100.64.0.20"': f'"{address or lab.fresh_address()}"',
        '"7000"': f'"{connection.request.extension}"',
    }.items():
        assert text.count(ours) == 1
        text = text.replace(ours, theirs)
    (folder / "denwa.toml").write_text(text + more.format(extension=connection.request.extension))
    (folder / "denwa.password").write_text(connection.extension.password + "\n")
    (folder / "denwa.password").chmod(0o600)
    return connection.request.extension


@contextlib.contextmanager
def serving(
    lab: Lab,
    at: RunningExchange,
    folder: Path,
    more: str = "",
    address: str = "",
    transport: Literal["udp", "tcp"] = "udp",
) -> Iterator[dict[str, str]]:
    """`denwa serve` in a folder, registered; the environment for further commands, EXTENSION in it."""
    chosen = Transport.TCP if transport == "tcp" else Transport.ANY
    extension = configuration(lab, at, folder, more, address, chosen)
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    environment["DENWA_EXCHANGES__HOME__TRANSPORT"] = transport
    with registered(lab, at, extension, folder, environment):
        yield environment | {"EXTENSION": extension}


@contextlib.contextmanager
def registered(
    lab: Lab, at: RunningExchange, extension: str, folder: Path, environment: dict[str, str]
) -> Iterator[subprocess.Popen[Any]]:
    """`denwa serve` in a folder that has its configuration, registered as the extension; it must end well."""
    with (
        (folder / "log").open("wb") as log,
        lab.popen([DENWA, "serve"], cwd=folder, env=environment, stdout=log, stderr=log) as process,
    ):
        try:
            at.wait_registered(extension)
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0, (folder / "log").read_text()
