"""The card's words come from the configuration and the services."""

from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import BaseModel

from denwa.card.content import Page, pages, pulses
from denwa.config.load import load
from denwa.language import Language
from services.card import CardLine
from services.registry import installed
from services.spec import ServiceSpec

pytestmark = pytest.mark.unit

CONFIGURATION = """
[exchanges.home]
host = "192.0.2.10"
[extensions.services]
exchange = "home"
user = "7000"
password = "hush"
[extensions.services.numbers]
"7XXXX" = "echo"
"1177" = "clock"
"117" = "clock"
"""


def page(text: str, folder: Path, language: Language = "en", **services: ServiceSpec) -> Page:
    file = folder / "denwa.toml"
    file.write_text(text)
    known = installed() | services
    configuration = load(file, known)
    (made,) = pages(configuration, known, language, extensions=list(configuration.extensions))
    return made


@pytest.mark.parametrize(
    ("number", "count"), [("117", 9), ("186", 15), ("0", 10), ("*1", None), ("7X", None), ("7HHMM", None)]
)
def test_a_0_costs_ten_pulses_and_what_no_dial_has_none(number: str, count: int | None):
    assert pulses(number) == count


def test_numbers_go_before_ranges_and_each_says_what_it_does(tmp_path: Path):
    made = page(CONFIGURATION, tmp_path)
    assert [line.number for line in made.lines] == ["117", "1177", "7XXXX"]
    assert "time" in made.lines[0].does
    assert made.lines[0].pulses == "9 pulses"
    assert made.legend == "X: 0 to 9"
    assert "時報" in page(CONFIGURATION, tmp_path, "ja").lines[0].does


def test_callers_of_other_exchanges_dial_their_prefixes_first(tmp_path: Path):
    made = page(CONFIGURATION, tmp_path)
    assert made.title == "home"
    assert made.hints == (
        "[our prefix there] 117",
        "through another exchange: [its prefix] 0 [our prefix there] 117",
    )
    assert made.foot == "denwa, extension 7000 of home"


def test_without_an_exchange_the_default_numbers_are_dialled_at_this_machine(tmp_path: Path):
    made = page("[sip]\nport = 5070\n", tmp_path)
    assert [line.number for line in made.lines][:2] == ["117", "186"]
    assert made.hints == ("sip:117@127.0.0.1:5070",)


def test_a_service_may_have_lines_of_its_own(tmp_path: Path):
    def lines(numbers: tuple[str, ...], _: BaseModel) -> tuple[CardLine, ...]:
        assert numbers == ("7XXXX",)
        return CardLine("7HHMM", "A call at HH:MM", "HH 時 MM 分に呼び出し"), CardLine(
            "7*", "None", "取り消し"
        )

    made = page(CONFIGURATION, tmp_path, "ja", echo=replace(installed()["echo"], card=lines))
    assert [(line.number, line.does) for line in made.lines[-2:]] == [
        ("7HHMM", "HH 時 MM 分に呼び出し"),
        ("7*", "取り消し"),
    ]
    assert made.legend == ""


def test_a_service_that_says_nothing_of_itself_goes_by_its_name(tmp_path: Path):
    silent = ServiceSpec("echo", "186", *(getattr(installed()["echo"], name) for name in REQUIRED))
    assert page(CONFIGURATION, tmp_path, echo=silent).lines[-1].does == "echo"


REQUIRED = ("config", "mantela_type", "grace_s", "open")


@pytest.mark.parametrize("spec", installed().values(), ids=lambda spec: spec.name)
def test_each_of_our_services_says_in_both_languages_what_it_does(spec: ServiceSpec):
    lines = spec.card((spec.number, *spec.more_numbers), spec.config())
    assert lines
    assert all(line.number.startswith(spec.number[:1]) for line in lines)
    assert all(line.number and line.en.isascii() and line.en and not line.ja.isascii() for line in lines)


@pytest.mark.parametrize(
    ("numbers", "schemes"),
    [
        (
            '"7XXXX" = "wakeup"',
            ["7HHMM", "731MM", "732MM", *(f"73{code}" for code in (344, 511, 311, 322, 333, 411, 422))],
        ),
        ('"7XXXXX" = "wakeup"', ["7DHHMM"]),
        ('"8XXXX" = "wakeup"', []),
    ],
)
def test_the_morning_call_shows_what_its_numbers_reach(tmp_path: Path, numbers: str, schemes: list[str]):
    text = CONFIGURATION.replace('"7XXXX" = "echo"', numbers)
    assert [line.number for line in page(text, tmp_path).lines[2:]] == schemes
