"""The whole examination at a simulated exchange, which does what no exchange of the lab does."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.doctor_samples import show
from support.program import free_port
from support.registrar_steps import Accept, Status
from support.rtp_relay import HOST
from support.simulated_exchange import ExchangeHabits, RelayHabits, SimulatedExchange

from denwa.config.load import load
from denwa.doctor import ends, pair, self_call
from denwa.doctor.examination import Examination
from denwa.doctor.finding import Finding, Level
from services.registry import installed

pytestmark = [
    pytest.mark.native,
    pytest.mark.timeout(30, func_only=True),
    pytest.mark.usefixtures("line_eventfd"),
]

CONFIGURATION = """
[sip]
port = {own}
address = "{address}"
[exchanges.home]
host = "127.0.0.1"
port = {exchange}
{extensions}
"""
EXTENSION = """
[extensions.{name}]
exchange = "home"
user = "{user}"
password = "{password}"
[extensions.{name}.numbers]
"{number}" = "{service}"
"""


@dataclass
class Case:
    """An exchange, and denwa's configuration for it."""

    exchange: SimulatedExchange
    file: Path

    def configure(self, *extensions: tuple[str, str, str, str, str]) -> None:
        """Write extensions: name, user, password, number, service."""
        keys = ("name", "user", "password", "number", "service")
        text = "".join(EXTENSION.format(**dict(zip(keys, each, strict=True))) for each in extensions)
        own, exchange = free_port(), self.exchange.address[1]
        self.file.write_text(CONFIGURATION.format(own=own, address=HOST, exchange=exchange, extensions=text))
        self.file.chmod(0o600)

    def examine(self, habits: ExchangeHabits | None = None) -> dict[str, Finding]:
        """The findings but the clock's; of several of one check the last."""
        self.exchange.habits = habits or ExchangeHabits()
        findings: list[Finding] = []
        configuration = load(self.file, installed())
        asyncio.run(Examination(configuration, findings.append, lambda _: None).run())
        show(findings)
        assert not self.exchange.bindings("7000"), "the doctor's binding was left behind"
        return {each.check: each for each in findings if each.check not in {"clock", "leap seconds"}}


@pytest.fixture(autouse=True)
def less_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """On loopback nothing takes long."""
    monkeypatch.setattr(self_call, "LEAST_TALK_S", 0.2)


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with SimulatedExchange({"7000": "secret"}) as exchange:
        case = Case(exchange, tmp_path / "denwa.toml")
        case.configure(("services", "7000", "secret", "186", "echo"))
        yield case


def failed(found: dict[str, Finding]) -> list[str]:
    return [check for check, finding in found.items() if finding.level is Level.FAIL]


def test_a_plain_exchange_is_well(case: Case):
    found = case.examine()
    assert {check: each.level for check, each in found.items()} == dict.fromkeys(
        ("address", "registration", "sound", "codecs", "digits", "busy gate", "numbers"), Level.OK
    )
    assert case.exchange.dialled == ["186", "186", "7000"]
    assert case.exchange.calls_up == 0
    assert case.exchange.most_bindings == 1


@pytest.mark.parametrize(
    ("relay", "words"),
    [
        (RelayHabits(there=False), "one way only"),
        (RelayHabits(back=False), "one way only"),
        (RelayHabits(there=False, back=False), "No sound comes"),
        (RelayHabits(hushes=True), "but not the tone"),
    ],
    ids=["there", "back", "both", "hushed"],
)
def test_sound_that_does_not_arrive_is_found(case: Case, relay: RelayHabits, words: str):
    found = case.examine(ExchangeHabits(relay=relay))
    assert failed(found) == ["sound"]
    assert words in found["sound"].what.en
    assert ("digits" in found) is relay.hushes, "a key is tried only where packets flow"


def test_losses_are_counted(case: Case):
    found = case.examine(ExchangeHabits(relay=RelayHabits(lose_each=10)))
    assert failed(found) == []
    assert found["sound"].level is Level.WARN


def test_transcoding_is_seen_on_both_legs(case: Case):
    found = case.examine(ExchangeHabits(relay=RelayHabits(transcodes=True)))
    assert failed(found) == []
    assert found["sound"].level is Level.OK
    assert found["codecs"].level is Level.WARN
    assert "PCMU on the caller's leg, PCMA on the called one" in found["codecs"].what.en


def test_a_key_that_comes_twice_is_found(case: Case):
    found = case.examine(ExchangeHabits(relay=RelayHabits(doubles_keys=True)))
    assert failed(found) == ["digits"]
    assert "arrives as 55" in found["digits"].what.en


def test_a_key_that_never_comes_is_found(case: Case):
    """Without telephone-event it goes out by SIP INFO, which this exchange takes and keeps."""
    found = case.examine(ExchangeHabits(events=False))
    assert failed(found) == ["digits"]
    assert "does not arrive" in found["digits"].what.en


def test_an_exchange_that_takes_the_call_itself_is_found(case: Case, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pair, "ARRIVAL_S", 0.5)  # none of its calls arrives
    found = case.examine(ExchangeHabits(answers_itself=frozenset({"186", "7000"})))
    assert failed(found) == ["numbers"]
    assert "itself takes the call" in found["numbers"].what.en
    assert found["sound"].level is found["busy gate"].level is Level.NOTE


def test_sound_is_tried_by_the_own_number_where_the_others_were_not_pasted(case: Case):
    found = case.examine(
        ExchangeHabits(refuses=lambda number, _: (404, "Not Found") if number == "186" else None)
    )
    assert failed(found) == ["numbers"]
    assert "404 Not Found" in found["numbers"].what.en
    assert found["sound"].level is found["digits"].level is Level.OK


def busy_from(calls: int, *numbers: str) -> Callable[[str, int], tuple[int, str] | None]:
    return lambda number, up: (486, "Busy Here") if number in numbers and up >= calls else None


@pytest.mark.parametrize("numbers", [("7000",), ("186",)])
def test_a_gate_before_any_number_is_found(case: Case, numbers: tuple[str, ...]):
    found = case.examine(ExchangeHabits(refuses=busy_from(1, *numbers)))
    assert failed(found) == ["busy gate"]
    assert f"whoever calls {numbers[0]} while" in found["busy gate"].what.en


def test_a_gate_that_is_closed_from_the_start_is_no_sound(case: Case):
    found = case.examine(ExchangeHabits(refuses=busy_from(0, "186", "7000")))
    assert failed(found) == ["busy gate", "numbers"]
    assert found["sound"].level is Level.NOTE


def test_an_exchange_that_has_no_number_for_the_extension_leaves_the_gate_open_to_question(case: Case):
    found = case.examine(
        ExchangeHabits(refuses=lambda number, _: (404, "Not Found") if number == "7000" else None)
    )
    assert failed(found) == []
    assert found["busy gate"].level is Level.NOTE


def test_codecs_that_are_refused_are_all_that_is_said(case: Case):
    found = case.examine(ExchangeHabits(refuses=lambda *_: (488, "Not Acceptable Here")))
    assert failed(found) == ["codecs"]
    assert "numbers" not in found


def test_a_call_that_is_cut_off_is_found(case: Case):
    found = case.examine(ExchangeHabits(cuts_off=True))
    assert {"sound"} <= set(failed(found)) <= {"sound", "numbers"}
    assert "ended the call" in found["sound"].what.en


def test_an_answer_that_is_not_passed_on_is_found(case: Case, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(ends, "RING_S", 0.5)
    found = case.examine(ExchangeHabits(never_answers=True))
    assert failed(found)


def test_a_registration_that_is_refused_after_the_question_is_found(case: Case):
    case.exchange.script = [Accept(), Accept(), Status(503, "Maintenance")]
    found = case.examine()
    assert failed(found) == ["registration"]
    assert "503 Maintenance" in found["registration"].what.en


def test_after_a_refusal_no_other_password_is_tried_at_the_exchange(case: Case):
    case.configure(("first", "7001", "wrong", "117", "clock"), ("services", "7000", "secret", "186", "echo"))
    found = case.examine()
    assert case.exchange.bad_passwords == 1
    assert found["registration"].level is Level.NOTE
    assert found["registration"].subject == "services"
    assert case.exchange.dialled == []


def test_a_contact_elsewhere_is_left_alone_and_not_called(case: Case):
    case.exchange.bind("7000", "sip:7000@192.0.2.33:5060")
    with pytest.raises(AssertionError, match="left behind"):
        case.examine()
    assert case.exchange.dialled == []
    assert [each.contact for each in case.exchange.bindings("7000")] == ["sip:7000@192.0.2.33:5060"]
