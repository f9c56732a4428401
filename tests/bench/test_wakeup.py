"""The bench of the morning call measures what it says."""

from pathlib import Path

import pytest

from bench import wakeup

pytestmark = pytest.mark.native


def test_the_invites_of_the_real_denwa_are_timed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(wakeup, "STARTS_S", 5.0)
    found = wakeup.lateness(tmp_path / "few", "few", [0.0] * 20)
    assert found.rung == 20
    assert -5 < min(found.late_ms) <= found.p99_ms < 2000


def test_bookings_are_counted(tmp_path: Path):
    assert wakeup.bookings_a_second(tmp_path / "bookings", 5) > 1


def test_the_question_for_the_next_alarm_goes_by_its_index(tmp_path: Path):
    found = wakeup.stored(tmp_path / "some", 300)
    assert found.alarms == 300
    assert "ix_occurrence_next_utc" in found.plan
    assert "SCAN" not in found.plan
