"""The bench of the morning call measures what it says."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lab.asterisk.install import install_asterisk
from lab.namespace import Namespace

from bench import lateness, spool, wakeup
from bench.lateness import BenchError, Lateness, denwa_rings
from bench.stored import Stored, bookings_a_second, stored

pytestmark = pytest.mark.lab


@pytest.fixture
def namespace() -> Iterator[Namespace]:
    with Namespace() as namespace:
        yield namespace


def test_the_invites_of_the_real_denwa_are_timed(
    namespace: Namespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(lateness, "STARTS_S", 7.0)
    found = denwa_rings(namespace, tmp_path / "few", "few", [0.0] * 20)
    assert (found.who, found.rung, found.wanted) == ("denwa", 20, 20)
    assert -5 < min(found.late_ms) <= found.percentile_ms(99) < 2000


def test_the_call_files_of_a_real_asterisk_are_timed(
    namespace: Namespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """None before its time; half a second late, as the last file came half a second after a whole one."""
    monkeypatch.setattr(lateness, "STARTS_S", 6.0)
    found = spool.asterisk_rings(namespace, tmp_path / "a", install_asterisk(), "few", [0.0] * 5 + [1.0] * 5)
    assert found.who.startswith("Asterisk ")
    assert found.rung == 10
    assert 0 <= min(found.late_ms) <= found.percentile_ms(50) < 2500


def test_a_denwa_that_does_not_start_is_told_of_with_its_log(
    namespace: Namespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("support.many_alarms._CONFIGURATION", "[nonsense]")
    with pytest.raises(BenchError, match="nonsense"):
        denwa_rings(namespace, tmp_path / "none", "none", [0.0])


def test_bookings_are_counted(tmp_path: Path):
    assert bookings_a_second(tmp_path / "bookings", 5) > 1


def test_the_ticker_goes_by_indexes_and_the_memory_is_that_of_the_real_denwa(
    namespace: Namespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bench.stored.SETTLES_S", 0.1)
    found = stored(namespace, tmp_path / "some", 300)
    assert found.alarms == 300
    assert any("ix_occurrence_next_utc" in plan for plan in found.plans)
    assert not [plan for plan in found.plans if plan.startswith(("SCAN alarm", "SCAN occurrence"))]
    assert 30 < found.resident_mib < 1000


def test_each_wish_is_short_by_what_concerns_it(capsys: pytest.CaptureFixture[str]):
    few = Stored(1000, 1.0, frozenset({"SEARCH occurrence"}), 100.0)
    good = Lateness("denwa", "at once", 2, [1.0, 2.0])
    peer = Lateness("Asterisk 22", "at once", 2, [900.0])
    assert all(wish.met for wish in wakeup.wishes([good, peer], few, few))
    many = Stored(10**6, 2.1, frozenset({"SCAN occurrence"}), 126.0)
    late = Lateness("denwa", "at once", 3, [1.0, 251.0])
    assert not any(wish.met for wish in wakeup.wishes([late], few, many))
    wakeup.show([good, peer])
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["denwa", "at", "once", "2", "1.0", "2.0", "2.0"] in lines
    assert ["Asterisk", "22", "at", "once", "1", "900.0", "900.0", "900.0"] in lines


def test_files_come_into_the_spool_whole_with_their_times_and_the_last_at_half_a_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """By what it waits for: how long it is held up when it wakes is the machine's affair."""
    waits: list[tuple[int, float]] = []

    def sleep(seconds: float) -> None:
        waits.append((len(list((tmp_path / "outgoing").iterdir())), (time.time() + seconds) % 1))

    monkeypatch.setattr("bench.spool.time.sleep", sleep)
    for name in ("tmp", "outgoing"):
        (tmp_path / name).mkdir()
    begins_utc = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=60)
    spool.put_files(tmp_path, begins_utc, [0.0, 7.0])
    first, last = sorted((tmp_path / "outgoing").iterdir())
    assert first.name == f"wuc.{begins_utc.timestamp():.0f}.ext.2000000.call"
    assert "channel: Local/2000000@originate-skipvm\n" in first.read_text()
    assert last.stat().st_mtime - first.stat().st_mtime == 7
    assert waits == [(1, pytest.approx(spool.LAST_FILE_COMES_AT_S, abs=0.2))]
