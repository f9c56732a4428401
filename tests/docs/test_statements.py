"""Figures and names that the documents give are the code's."""

import re
from collections.abc import Iterable

import pytest
from docs.pages import ROOT

from denwa.cli.common import WRONG, WRONG_CONFIGURATION
from denwa.config.models import Limits
from denwa.heart import STALL_S
from denwa.masking import masked
from exchange.network.dialplan.lines import HEADER_CONTEXT
from exchange.sip.bridge import COMMANDS_WAITING
from exchange.sip.caller import Caller, CallerTrust
from exchange.sip.registration_policy import _SLOW_S
from exchange.sip.stack import StackConfig
from services.clock.producer import AHEAD_SAMPLES
from services.registry import installed
from trust import codes
from trust.allowed import EMERGENCY_NUMBERS, HOP_DEPTH
from trust.settings import TrustSettings

pytestmark = pytest.mark.unit

DOCS = ROOT / "docs"
LIMITS = Limits()
COUNTED = {4: "four"}
EVENTS = {
    "trust.proved",
    "trust.consented",
    "trust.revoked",
    "trust.code_locked",
    "trust.opted_out",
    "trust.opted_in",
    "trust.quota_refused",
}
SLOWEST_MINUTES = {11: ("eleven minutes", "11 分")}


def text_of(*names: str) -> str:
    return " ".join(" ".join((ROOT / name).read_text() for name in names).split())


def says(text: str, *wanted: str) -> None:
    missing = [each for each in wanted if each not in text]
    assert not missing, f"the documents do not say: {missing}"


def test_the_readmes_name_each_service_by_its_default_number_and_no_other_as_working():
    for page in ("README.md", "README.ja.md"):
        rows = re.findall(r"^\| (\d[\dX]+) \| `(\w+)` \|", (ROOT / page).read_text(), re.MULTILINE)
        assert dict(rows) == {spec.number: name for name, spec in installed().items()}
        says(text_of(page), "147", "122")


def test_a_wrong_password_is_tried_again_as_slowly_as_written():
    english, japanese = SLOWEST_MINUTES[int(_SLOW_S[0] // 60)]
    says(text_of("docs/exchange.md"), english)
    says(text_of("docs/ja/exchange.md"), japanese)


def test_the_busy_gate_is_opened_for_as_many_calls_as_denwa_takes():
    for page in ("docs/exchange.md", "docs/ja/exchange.md"):
        says(text_of(page), f"device_state_busy_at = {LIMITS.calls}", HEADER_CONTEXT)


def test_running_md_gives_priority_statuses_and_patience_of_the_code():
    running = text_of("docs/running.md")
    priority = StackConfig().realtime_priority
    says(running, f"priority {priority} and {priority - 1}", f"LimitRTPRIO={priority}", f"rtprio {priority}")
    says(
        running, "0: it was asked to end", f"{WRONG}: it failed", f"{WRONG_CONFIGURATION}: the configuration"
    )
    assert STALL_S == 2
    says(running, "two seconds")


def callers() -> Iterable[tuple[Caller, str]]:
    yield Caller("telephone"), "(claim)"
    yield Caller("1001", trust=CallerTrust.OWN_EXCHANGE), "own exchange"
    yield Caller("1001", peer="TRUNK", trust=CallerTrust.NEIGHBOUR), "by TRUNK (neighbour)"


@pytest.mark.parametrize(("caller", "written"), list(callers()), ids=lambda value: str(value)[:20])
def test_running_md_shows_callers_as_the_log_does(caller: Caller, written: str):
    shown = str(masked({"caller": caller})["caller"])
    assert written in shown
    says(text_of("docs/running.md"), written)


def test_running_md_shows_a_masked_number_as_the_log_does():
    says(text_of("docs/running.md"), f'caller="{masked({"caller": Caller("telephone")})["caller"]}"')


def test_architecture_md_gives_the_bounds_of_the_code():
    page = text_of("docs/architecture.md")
    says(page, f"{COMMANDS_WAITING:,} commands wait")
    assert AHEAD_SAMPLES == 3 * 8000
    says(page, "three seconds ahead")


def test_trust_md_gives_the_figures_of_the_code():
    settings = TrustSettings()
    pages = {"en": text_of("docs/trust.md"), "ja": text_of("docs/ja/trust.md")}
    says(pages["en"], f"through more than {COUNTED[HOP_DEPTH]} exchanges", "twelve digits", "13.8 billion")
    says(pages["en"], f"for {settings.proof_days} days", "digits from 1 to 7 only", "five wrong ones")
    says(pages["en"], "sixteen digits", "30,000 wrong ones", "one of 33 trillion", "7:00 until 22:00")
    says(
        pages["ja"],
        f"{settings.proof_days} 日間",
        "12 桁",
        "16 桁",
        "1〜7",
        "138 億",
        "33 兆",
        "5 回",
        "3 万回",
        "7 時から 22 時",
    )
    assert (codes.LENGTH, codes.LONG, codes.DIGITS) == (12, 16, "1234567")
    assert codes.MOST_WRONG_TRIES == {12: 5, 16: 30_000}
    assert (round(7**12 / 1e9, 1), round(7**16 / 1e12)) == (13.8, 33)
    assert settings.proving_hours == (7, 22)
    chances = [int(7**length / most) for length, most in codes.MOST_WRONG_TRIES.items()]
    assert [each // 10**6 for each in chances] == [2_768, 1_107]
    says(pages["en"], *(f"1 : {each // 10**6:,},000,000" for each in chances))
    for chance, by_half_year, by_year in zip(
        chances, ("15,300,000", "6,100,000"), ("7,500,000", "3,000,000"), strict=True
    ):
        says(pages["en"], f"1 : {by_half_year}", f"1 : {by_year}")
        assert chance / 180 > int(by_half_year.replace(",", ""))
        assert chance / 365 > int(by_year.replace(",", "")) > 1_000_000
    for page in pages.values():
        says(page, "24", *(f"`{kind}`" for kind in EVENTS), *EMERGENCY_NUMBERS)


def test_every_event_of_trust_is_in_its_page():
    sources = "".join(path.read_text() for path in (ROOT / "trust").glob("*.py"))
    assert set(re.findall(r'"(trust\.\w+)"', sources)) == EVENTS


def test_architecture_md_names_modules_that_exist():
    page = (DOCS / "architecture.md").read_text()
    for path in re.findall(
        r"`((?:audio|timekeeping|store|exchange|schedules|trust|services|denwa|systemd|setup|tests)/[\w/.]*)`",
        page,
    ):
        assert (ROOT / path).exists(), path


def test_the_picture_names_modules_that_exist():
    picture = (DOCS / "pictures" / "call.svg").read_text()
    for room, names in {
        "exchange/sip": ("source_filter", "sdp_check", "routing", "wire_call", "wire_leg"),
        "exchange/media": (
            "adapter",
            "stream",
            "sender",
            "credit",
            "broadcast",
            "listeners",
            "source",
            "timeline",
        ),
        "services": ("runner",),
        "services/clock": ("producer",),
    }.items():
        for name in names:
            assert name in picture
            assert list((ROOT / room).glob(f"{name}.*")), f"{room}/{name}"


@pytest.mark.parametrize(
    "folder", ["audio", "timekeeping", "exchange", "schedules", "trust", "services", "denwa"]
)
def test_a_rooms_page_names_only_what_is_in_it(folder: str):
    page = (ROOT / folder / "README.md").read_text()
    rows = [line.split("|")[1] for line in page.splitlines() if line.startswith(("| `", "| [`"))]
    named = {name.rstrip("/") for row in rows for name in re.findall(r"`([\w./]+)`", row)}
    assert named
    assert named <= {path.name for path in (ROOT / folder).iterdir()}
