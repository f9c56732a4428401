"""The examination beside a running `denwa serve`, at a simulated exchange that does odd things to its calls."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.doctor_samples import configuration_of, show
from support.program import DENWA, free_port
from support.simulated_exchange import ExchangeHabits, RelayHabits, SimulatedExchange

from denwa.config.load import load
from denwa.doctor import live
from denwa.doctor.examination import Examination
from denwa.doctor.finding import Finding, Level
from services.registry import installed

pytestmark = [
    pytest.mark.native,
    pytest.mark.timeout(30, func_only=True),
    pytest.mark.usefixtures("line_eventfd"),
]

BOTH = {"117": "clock", "186": "echo"}


class Served:
    """A running denwa, its exchange, and examinations beside it."""

    def __init__(self, folder: Path, exchange: SimulatedExchange) -> None:
        self.folder = folder
        self.exchange = exchange
        self._port = free_port()

    def write(self, name: str, numbers: dict[str, str]) -> Path:
        """A configuration with these numbers; all else is the same, and so is denwa's contact."""
        file = self.folder / name
        file.write_text(configuration_of(self._port, self.exchange.address[1], numbers))
        file.chmod(0o600)
        return file

    def examine(self, habits: ExchangeHabits, numbers: dict[str, str] | None = None) -> dict[str, Finding]:
        """The findings of the calls, by check."""
        self.exchange.habits = habits
        self.exchange.dialled.clear()
        bound = [each.contact for each in self.exchange.bindings("7000")]
        findings: list[Finding] = []
        configuration = load(self.write("doctor.toml", numbers or BOTH), installed())
        asyncio.run(Examination(configuration, findings.append, lambda _: None).run())
        self.exchange.forget_calls()
        assert [each.contact for each in self.exchange.bindings("7000")] == bound
        show(findings)
        checks = ("registration", "port", "sound", "codecs", "digits", "busy gate", "numbers")
        return {each.check: each for each in findings if each.check in checks}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    with SimulatedExchange({"7000": "secret"}) as exchange:
        served = Served(folder, exchange)
        with (
            (folder / "log").open("wb") as log,
            subprocess.Popen(
                [DENWA, "serve", "--config", served.write("serve.toml", BOTH)],
                cwd=folder,
                env={"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8"},
                stdout=log,
                stderr=log,
            ) as process,
        ):
            exchange.wait_for(lambda: exchange.bindings("7000"))
            yield served
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0, (folder / "log").read_text()


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that these tests wait for takes long; the echo's greeting does, and they do not wait for its end."""
    monkeypatch.setattr(live, "ECHO_S", 1.5)
    monkeypatch.setattr(live, "HEAR_S", 1.5)


def failed(found: dict[str, Finding]) -> list[str]:
    return [check for check, finding in found.items() if finding.level is Level.FAIL]


def test_a_key_that_arrives_twice_is_heard_named_twice_and_all_else_is_well(served: Served):
    found = served.examine(ExchangeHabits(relay=RelayHabits(doubles_keys=True)))
    assert failed(found) == ["digits"]
    assert "2 times" in found["digits"].what.en
    for check in ("registration", "numbers", "sound", "codecs", "busy gate"):
        assert found[check].level is Level.OK
    assert "gives back what it hears" in found["sound"].what.en
    assert served.exchange.dialled == ["186", "186", "7000"]
    assert served.exchange.most_bindings == 1


@pytest.mark.usefixtures("brief")
class TestInBrief:
    def test_a_service_that_is_heard_and_does_not_hear_is_found(self, served: Served):
        found = served.examine(ExchangeHabits(relay=RelayHabits(there=False)))
        assert failed(found) == ["sound"]
        assert "does not hear us" in found["sound"].what.en
        assert "digits" not in found

    def test_a_service_that_is_not_heard_is_found(self, served: Served, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(live, "NO_PACKETS_S", 0.5)
        found = served.examine(ExchangeHabits(relay=RelayHabits(back=False)))
        assert failed(found) == ["sound"]
        assert "No sound comes" in found["sound"].what.en

    def test_a_clock_that_is_silent_is_found(self, served: Served):
        found = served.examine(ExchangeHabits(relay=RelayHabits(hushes=True)), {"117": "clock"})
        assert failed(found) == ["sound"]
        assert "nothing is heard" in found["sound"].what.en

    def test_of_a_clock_one_direction_stays_open_to_question(
        self, served: Served, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr(live, "HEAR_S", 3.0)  # no pause of the clock is as long
        found = served.examine(ExchangeHabits(), {"117": "clock"})
        assert failed(found) == []
        assert found["sound"].level is Level.NOTE
        assert "digits" not in found

    @pytest.mark.parametrize("number", ["117", "7000"])
    def test_a_closed_gate_is_found(self, served: Served, number: str):
        habits = ExchangeHabits(
            refuses=lambda dialled, up: (486, "Busy Here") if dialled == number and up else None
        )
        found = served.examine(habits, {"117": "clock"})
        assert "busy gate" in failed(found)
        assert f"whoever calls {number} while" in found["busy gate"].what.en

    def test_denwas_own_limit_is_not_taken_for_the_exchanges(self, served: Served):
        """The doctor's configuration allows one call, so it does not try a second one to the same number."""
        file = served.write("doctor.toml", {"117": "clock"})
        served.exchange.habits = ExchangeHabits()
        served.exchange.dialled.clear()
        file.write_text("[limits.services]\nclock = 1\n" + file.read_text())
        asyncio.run(Examination(load(file, installed()), lambda _: None, lambda _: None).run())
        served.exchange.forget_calls()
        assert served.exchange.dialled == ["117", "7000"]

    def test_a_number_that_the_exchange_does_not_know_is_found(self, served: Served):
        found = served.examine(ExchangeHabits(refuses=lambda *_: (404, "Not Found")))
        assert failed(found) == ["numbers"]
        assert "sound" not in found

    def test_an_exchange_that_takes_its_own_number_itself_leaves_the_gate_open_to_question(
        self, served: Served
    ):
        habits = ExchangeHabits(answers_itself=frozenset({"7000"}))
        found = served.examine(habits, {"117": "clock"})
        assert found["busy gate"].level is Level.NOTE

    def test_with_ranges_alone_the_extensions_own_number_is_dialled(self, served: Served):
        found = served.examine(ExchangeHabits(), {"7XXXX": "clock"})
        assert served.exchange.dialled == ["7000"]
        assert found["busy gate"].level is Level.OK
