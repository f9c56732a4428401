"""`denwa serve` registering at a real Asterisk, which is restarted, slow, strict or not there at all."""

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import pytest
from lab.asterisk.exchange import Connection
from lab.asterisk.running import RunningExchange
from lab.laboratory import Lab
from support.program import DENWA

from exchange.sip.registration_policy import RETRY_INTERVAL_S

pytestmark = [pytest.mark.lab, pytest.mark.timeout(60, func_only=True)]

GRANTED_S = 5
"""The exchange grants this instead of a minute or more, so that a test sees several refreshes."""
COUNTED = re.compile(
    r"Request 'REGISTER' from '<sip:(?P<user>\d+)@[^']*' failed for '[0-9.]+:\d+' \(callid: [^)]*\) - "
    r"(No matching endpoint found|Failed to authenticate)\s*$"
)
"""What fail2ban's filter counts of Asterisk's notices."""
FAIL2BAN_STRIKES_AT = 5


class Program:
    """`denwa serve` for one extension, in a folder and at an address of its own; killed at the end, if it still runs."""

    def __init__(
        self,
        lab: Lab,
        at: RunningExchange,
        folder: Path,
        user: str,
        password: str,
        transport: str = "udp",
        **environment: str,
    ) -> None:
        self._lab = lab
        self._folder = folder
        self._environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8"}
        self._environment |= {"DENWA_LOG__FORMAT": "json"} | environment
        self._process: subprocess.Popen[Any] | None = None
        folder.mkdir(exist_ok=True)
        (folder / "denwa.toml").write_text(
            f'[sip]\naddress = "{lab.fresh_address()}"\n'
            f'[exchanges.home]\nhost = "{at.address}"\ntransport = "{transport}"\n'
            f'[extensions.clock]\nexchange = "home"\nuser = "{user}"\npassword_file = "password"\n'
        )
        (folder / "password").write_text(password + "\n")
        (folder / "password").chmod(0o600)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start it; returns at once."""
        with (self._folder / "log").open("ab") as log:
            self._process = self._lab.popen(
                [DENWA, "serve"],
                cwd=self._folder,
                env=self._environment,
                stdout=subprocess.DEVNULL,
                stderr=log,
            )

    def kill(self) -> None:
        """Kill -9."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def terminate(self) -> int:
        """SIGTERM, and its exit status."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(15)

    @property
    def runs(self) -> bool:
        """Whether its process is there."""
        return self._process is not None and self._process.poll() is None

    def said(self, event: str) -> list[dict[str, Any]]:
        """The lines of its log of this event."""
        whole, _, _ = (self._folder / "log").read_text().rpartition("\n")
        lines = (json.loads(line) for line in whole.splitlines() if line.startswith("{"))
        return [line for line in lines if line["event"] == event]

    def problem(self, timeout_s: float = 10) -> dict[str, Any]:
        """The first problem of its extension."""
        seconds_until(lambda: self.said("extension_problem"), timeout_s)
        return self.said("extension_problem")[0]


def seconds_until(condition: Callable[[], object], timeout_s: float) -> float:
    """How long it took until this was so; fails when it was not in time."""
    start_monotonic_s = time.monotonic()
    while not condition():
        assert time.monotonic() - start_monotonic_s < timeout_s, f"not within {timeout_s} s"
        time.sleep(0.02)
    return time.monotonic() - start_monotonic_s


def seconds_until_registered(at: RunningExchange, connection: Connection, timeout_s: float = 10) -> float:
    return seconds_until(lambda: at.contacts(connection.request.extension), timeout_s)


def program(lab: Lab, folder: Path, connection: Connection, transport: str = "udp", **how: str) -> Program:
    account = connection.extension
    return Program(lab, lab.c, folder, account.number, account.password, transport, **how)


def failures_counted(at: RunningExchange, user: str) -> int:
    """How many of the lines that fail2ban counts Asterisk has written of a user."""
    lines = (at.folder / "log/full").read_text(errors="replace").splitlines()
    found = (COUNTED.search(line) for line in lines)
    return sum(match is not None and match["user"] == user for match in found)


@contextmanager
def pjsip_conf(at: RunningExchange, pattern: str, instead: str) -> Iterator[None]:
    """Its pjsip.conf, changed at one place, for a while."""
    file = at.folder / "etc/pjsip.conf"
    before = file.read_text()
    changed, times = re.subn(pattern, instead, before)
    assert times == 1
    try:
        file.write_text(changed)
        at.cli("module reload res_pjsip.so")
        yield
    finally:
        file.write_text(before)
        at.cli("module reload res_pjsip.so")


@contextmanager
def granting_little(at: RunningExchange, connection: Connection) -> Iterator[None]:
    """The exchange grants `GRANTED_S`, whatever is asked for."""
    heading = f"[{connection.request.extension}](aor-common)\n"
    little = f"{heading}minimum_expiration = 1\nmaximum_expiration = {GRANTED_S}\n"
    with pjsip_conf(at, re.escape(heading), little):
        yield


def forget_bindings(at: RunningExchange) -> None:
    """Remove the database of an exchange that is down: who was registered, too."""
    (at.folder / "db/astdb.sqlite3").unlink()


@pytest.fixture
def back_again(lab: Lab) -> Iterator[RunningExchange]:
    """C, to be killed; after the test it runs."""
    yield lab.c
    try:
        lab.c.wait_booted(1)
    except Exception:  # noqa: BLE001 - whatever is wrong with it, the next test gets a new one
        lab.c.restart()


transports = pytest.mark.parametrize("transport", ["udp", "tcp"])


@transports
def test_one_binding_from_start_to_end(lab: Lab, tmp_path: Path, transport: str):
    """SIGTERM takes it back; kill -9 leaves it, and the next life takes its place."""
    connection = lab.connect(lab.c)
    user = connection.request.extension
    with program(lab, tmp_path, connection, transport) as service:
        first_s = seconds_until_registered(lab.c, connection)
        contacts = lab.c.contacts(user)
        assert len(contacts) == 1
        assert ("transport=tcp" in contacts[0].lower()) == (transport == "tcp")
        for lives in (2, 3):
            service.kill()
            service.start()
            seconds_until(lambda wanted=lives: len(service.said("extension_registered")) == wanted, 10)
            assert len(lab.c.contacts(user)) == 1
        assert service.terminate() == 0
        assert lab.c.contacts(user) == []
        assert service.said("extension_problem") == []
    print(f"\n{transport}: registered {first_s:.1f} s after the start of the process")
    assert failures_counted(lab.c, user) == 0


@pytest.mark.parametrize(
    ("user", "language", "remedy"),
    [
        ("", "C.UTF-8", "Compare extensions.clock.password_file and extensions.clock.user with"),
        ("3999", "ja_JP.UTF-8", "extensions.clock.password_file と extensions.clock.user を交換機"),
    ],
    ids=["wrong password", "unknown extension, told in Japanese"],
)
def test_a_wrong_password_is_said_once_and_fail2ban_does_not_strike(
    lab: Lab, tmp_path: Path, user: str, language: str, remedy: str
):
    """To Asterisk an unknown extension is the same, but for three failures in its log instead of one."""
    account = lab.connect(lab.c).extension
    user = user or account.number
    before = failures_counted(lab.c, user)
    with Program(lab, lab.c, tmp_path, user, "wrong", LC_ALL=language) as service:
        problem = service.problem()
        time.sleep(2)
        assert service.runs, "whoever starts it again at once would be banned"
        assert len(service.said("extension_problem")) == 1
        assert service.terminate() == 0
    counted = failures_counted(lab.c, user) - before
    print(f"\n{counted} failures for fail2ban to count, of {user}")
    assert 0 < counted < FAIL2BAN_STRIKES_AT
    assert problem["fields"] == ["extensions.clock.password_file", "extensions.clock.user"]
    assert f"'{user}'" in problem["what"]
    assert remedy in problem["remedy"]


@transports
def test_an_exchange_that_starts_later_has_us_within_an_interval(
    lab: Lab, tmp_path: Path, back_again: RunningExchange, transport: str
):
    connection = lab.connect(back_again)
    back_again.kill()
    with program(lab, tmp_path, connection, transport) as service:
        seconds_until(lambda: service.said("ready"), 10)
        time.sleep(2)
        back_again.start()
        back_again.wait_booted()
        back_s = seconds_until_registered(back_again, connection, RETRY_INTERVAL_S)
        assert service.terminate() == 0
        said = [line["what"] for line in service.said("extension_problem")]
        assert len(said) == len(set(said)), "a trouble was said twice"
    print(f"\n{transport}: registered {back_s:.1f} s after the exchange had booted")


@pytest.mark.parametrize("away_s", [0.0, 5.0], ids=["a restart", "five seconds"])
def test_an_exchange_that_forgot_us_has_us_again_within_an_interval(
    lab: Lab, tmp_path: Path, back_again: RunningExchange, away_s: float
):
    """After a restart at once we believe that we are registered: the next refresh mends it."""
    connection = lab.connect(back_again)
    with granting_little(back_again, connection), program(lab, tmp_path, connection) as service:
        seconds_until_registered(back_again, connection)
        back_again.kill()
        forget_bindings(back_again)
        time.sleep(away_s)
        back_again.start()
        back_again.wait_booted()
        allowed_s = GRANTED_S if away_s == 0 else RETRY_INTERVAL_S
        back_s = seconds_until_registered(back_again, connection, allowed_s + 0.5)
        assert len(back_again.contacts(connection.request.extension)) == 1
        assert service.terminate() == 0
    print(f"\naway {away_s:.0f} s: registered again {back_s:.1f} s after the exchange had booted")


def test_by_tcp_a_restart_is_noticed_by_the_connection(lab: Lab, tmp_path: Path, back_again: RunningExchange):
    """Asterisk keeps no binding that came by TCP; two minutes are granted, and not waited for."""
    connection = lab.connect(back_again)
    with program(lab, tmp_path, connection, "tcp") as service:
        seconds_until_registered(back_again, connection)
        back_again.restart()
        back_s = seconds_until_registered(back_again, connection, RETRY_INTERVAL_S)
        assert service.terminate() == 0
    print(f"\ntcp: registered again {back_s:.1f} s after the exchange had booted")


def test_an_extension_that_is_made_later_is_registered_then(lab: Lab, tmp_path: Path):
    """404 meanwhile; nothing for fail2ban to count, so it is tried again as if the exchange were away."""
    connection = lab.connect(lab.c)
    user = connection.request.extension
    with program(lab, tmp_path, connection) as service:
        with pjsip_conf(lab.c, rf"\[{user}\]\(aor-common\)", "[9876](aor-common)"):
            if service.said("extension_problem") == []:
                service.kill()
                service.start()
            problem = service.problem()
            time.sleep(2)
        back_s = seconds_until_registered(lab.c, connection)
        assert service.terminate() == 0
        assert len(service.said("extension_well_again")) == 1
    assert problem["fields"][0] == "extensions.clock.user"
    assert "404" in problem["what"]
    assert failures_counted(lab.c, user) == 0
    print(f"\nregistered {back_s:.1f} s after the extension was made")
