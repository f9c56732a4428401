"""What `denwa doctor` examines in the lab: a folder with a configuration for a fresh extension, and its findings."""

import contextlib
import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lab.asterisk.exchange import Connection
from lab.asterisk.running import RunningExchange
from lab.laboratory import Lab
from lab.serving import registered
from support.program import DENWA

NUMBERS = (("117", "clock"), ("186", "echo"))
SIMULATED_CHRONYC = """#!/bin/sh
echo "C0000201,192.0.2.1,2,1,0.000010,0.000010,0.000010,1.0,0.1,0.1,0.001,0.001,64.0,Normal"
"""
"""A clock that is right: the machine that tests run on may have any."""


@dataclass
class Diagnosis:
    """What the doctor found, and its exit status."""

    status: int
    ok: bool
    findings: list[dict[str, Any]]
    extension: str

    def of(self, check: str) -> dict[str, Any]:
        """The one finding of a check."""
        found = [each for each in self.findings if each["check"] == check]
        assert len(found) == 1, f"{len(found)} findings of {check}: {self.findings}"
        return found[0]

    @property
    def levels(self) -> dict[str, str]:
        """Each check's level."""
        return {each["check"]: each["level"] for each in self.findings}

    @property
    def failed(self) -> list[str]:
        """The checks with something to mend."""
        return [each["check"] for each in self.findings if each["level"] == "fail"]


@dataclass
class Patient:
    """denwa in a folder, connected to an exchange of the lab; `settings` go over what is right."""

    lab: Lab
    at: RunningExchange
    folder: Path
    connection: Connection
    address: str
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def extension(self) -> str:
        """Its SIP user."""
        return self.connection.request.extension

    def write(self, **changes: str) -> None:
        """Write its configuration: `host`, `port`, `transport`, `address`, `user`, `password`, `numbers`."""
        self.settings |= changes
        given = self.settings
        numbers = given.get("numbers", "\n".join(f'"{number}" = "{service}"' for number, service in NUMBERS))
        (self.folder / "denwa.toml").write_text(
            f"""[limits]
calls = {given.get("calls", "20")}
[exchanges.home]
host = "{given.get("host", self.at.address)}"
port = {given.get("port", "5060")}
transport = "{given.get("transport", "udp")}"
address = "{given.get("address", self.address)}"
[extensions.services]
exchange = "home"
user = "{given.get("user", self.extension)}"
password_file = "denwa.password"
[extensions.services.numbers]
{numbers}
"""
        )
        secret = self.folder / "denwa.password"
        secret.write_text(given.get("password", self.connection.extension.password) + "\n")
        secret.chmod(0o600)
        chronyc = self.folder / "chronyc"
        chronyc.write_text(SIMULATED_CHRONYC)
        chronyc.chmod(0o755)

    @property
    def environment(self) -> dict[str, str]:
        """For its commands."""
        path = f"{self.folder}:{os.environ['PATH']}"
        return {"PATH": path, "HOME": str(self.folder), "LC_ALL": "C.UTF-8"}

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """`denwa doctor` with these arguments."""
        finished: subprocess.CompletedProcess[str] = self.lab.run(
            [DENWA, "doctor", *arguments],
            cwd=self.folder,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            timeout=40,
            check=False,
        )
        return finished

    def examine(self) -> Diagnosis:
        """What the doctor finds."""
        return examine([self])[0]

    def served(self) -> contextlib.AbstractContextManager[subprocess.Popen[Any]]:
        """`denwa serve` runs, registered."""
        return registered(self.lab, self.at, self.extension, self.folder, self.environment)

    def endpoint(self, *options: str) -> None:
        """Add options to the extension's endpoint at the exchange, as an operator pastes them."""
        with (self.at.folder / "etc/pjsip.conf").open("a") as file:
            lines = "".join(f"{option}\n" for option in options if option != "[endpoint]")
            file.write(f"[{self.extension}](+type=endpoint)\n{lines}")
        self.at.cli("module reload res_pjsip.so")


def examine(patients: Sequence[Patient]) -> list[Diagnosis]:
    """Examine several, each at an exchange of its own, at once."""
    started = [
        each.lab.popen(
            [DENWA, "doctor", "--json"],
            cwd=each.folder,
            env=each.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for each in patients
    ]
    diagnoses = []
    for each, process in zip(patients, started, strict=True):
        said, complaint = process.communicate(timeout=80)
        assert not complaint
        found = json.loads(said)
        diagnoses.append(Diagnosis(process.returncode, found["ok"], found["findings"], each.extension))
    return diagnoses


def connect(lab: Lab, at: RunningExchange, **wishes: Any) -> Connection:
    """A fresh extension for a patient; `wishes` are those of `lab.connect`."""
    return lab.connect(at, **({"numbers": NUMBERS, "max_calls": 20} | wishes))


def patient(
    lab: Lab, at: RunningExchange, folder: Path, *, connection: Connection | None = None, **wishes: Any
) -> Patient:
    """A healthy one, in this folder; with a fresh extension (`wishes` as `connect` has them) or a given one."""
    folder.mkdir(exist_ok=True)
    made = Patient(lab, at, folder, connection or connect(lab, at, **wishes), lab.fresh_address())
    made.write()
    return made
