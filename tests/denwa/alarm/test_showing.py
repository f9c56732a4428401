"""What is booked and what was done is shown to people and to programs, and cancelled."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import update
from support.alarms import HALF_PAST_SIX_UTC, Night, wish
from support.kept_calls import database_file

from denwa.alarm.words import KINDS, MEANS, OUTCOMES, PURPOSES, STATES
from schedules.outcomes import Outcome, Purpose
from schedules.policy import Policy
from schedules.rows import Alarm as Row
from schedules.rows import AlarmKind, BookedHow
from schedules.states import StateName

pytestmark = pytest.mark.unit

Alarm = Callable[..., Result]
HOSTILE = "[red]x[/red]\x1b[31m\r\n 9 Wed\u202e"


def lines(result: Result, word: str) -> list[str]:
    return [line for line in result.output.splitlines() if word in line]


def objects(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.output.splitlines()]


def rung(night: Night, outcome: Outcome, policy: Policy | None = None) -> int:
    """An alarm that rang once, with what came of it; its number."""
    alarm_id = night.book(wish(policy=policy or Policy()))
    night.now_utc = HALF_PAST_SIX_UTC
    [ring] = night.claim()
    night.wait(45)
    night.finish(ring, outcome)
    return alarm_id


def test_the_next_one_is_first_on_its_own_wall_clock(alarm: Alarm, night: Night):
    night.book(wish("1001", recurrence="workdays"))
    night.book(wish("1002", time(22), zone="Europe/Berlin", trunk="SIP-TRUNK-B"))
    first, second = lines(alarm("list"), " 2026, ")
    assert first.split() == [
        "2",
        "Tue",
        "1",
        "Dec",
        "2026,",
        "22:00",
        "Europe/Berlin",
        "once",
        "morning",
        "call",
        "1002",
        "by",
        "SIP-TRUNK-B",
        "home",
        "booked",
    ]
    assert second.split() == [
        "1",
        "Wed",
        "2",
        "Dec",
        "2026,",
        "06:30",
        "Asia/Tokyo",
        "on",
        "workdays",
        "morning",
        "call",
        "1001",
        "home",
        "booked",
    ]


def test_it_is_said_in_japanese_too(alarm: Alarm, night: Night):
    night.book(wish(recurrence="mon,sat"))
    (line,) = lines(alarm("list", "--lang", "ja"), "2026年")
    assert "2026年12月5日(土) 06:30 Asia/Tokyo" in line
    assert "月・土" in line
    assert "予約" in line


def test_those_that_are_over_are_shown_when_asked_for(alarm: Alarm, night: Night):
    rung(night, Outcome.ACKNOWLEDGED)
    night.cancel(night.book(wish()))
    night.book(wish())
    assert [row["id"] for row in objects(alarm("list", "--json"))] == [3]
    assert [row["id"] for row in objects(alarm("list", "--all", "--json"))] == [1, 2, 3]
    assert [line.split()[-1] for line in lines(alarm("list", "--all"), "Asia/Tokyo")] == [
        "acknowledged",
        "cancelled",
        "booked",
    ]


def test_a_title_can_neither_forge_a_line_nor_colour_one(alarm: Alarm, night: Night):
    night.book(replace(wish(), title=HOSTILE, booked_by=HOSTILE))
    for command in (("list",), ("show", "1"), ("history",), ("list", "--json"), ("cancel", "1")):
        output = alarm(*command).output
        assert not {"\x1b", "\u202e", "\r"} & set(output), command
    assert len(lines(alarm("list", "--all"), " 9 Wed")) == 1
    assert "[red]x[/red]\\x1b[31m\\x0d\\x0a" in alarm("list", "--all").output


def test_one_is_shown_whole(alarm: Alarm, night: Night):
    policy = Policy(attempts=2, escalate_to="1009", demands_acknowledgement=True)
    night.book(replace(wish(recurrence="holidays", policy=policy), skipped=frozenset({date(2026, 12, 5)})))
    night.now_utc = HALF_PAST_SIX_UTC
    output = " ".join(alarm("show", "1").output.split())
    assert "1001 by the exchange home, from alarms" in output
    assert "skips Sat 5 Dec 2026 next Sun 6 Dec 2026, 06:30 Asia/Tokyo next Sat 12 Dec 2026, 06:30" in output
    assert output.count(" next ") == 5
    assert "2 attempts of 45 s" in output
    assert "a key or a call back is demanded" in output
    assert "then rings 1009" in output
    assert "by 1001 (dialled digits)" in output
    (shown,) = objects(alarm("show", "1", "--json"))
    assert shown["next_utc"][0] == "2026-12-05T21:30:00+00:00"  # type: ignore[index]
    assert shown["skipped"] == ["2026-12-05"]


def test_its_attempts_are_shown_with_their_outcomes(alarm: Alarm, night: Night):
    rung(night, Outcome.NO_ANSWER)
    (line,) = lines(alarm("show", "1"), "no answer")
    assert line.split() == [
        "2026-12-02",
        "06:30:00",
        "2026-12-02",
        "06:30:45",
        "1001",
        "wake",
        "no",
        "answer",
    ]
    (shown,) = objects(alarm("show", "1", "--json"))
    [attempt] = shown["attempts"]  # type: ignore[misc]
    assert attempt["outcome"] == "no answer"
    assert "code" not in attempt


def test_the_history_has_each_step_in_local_time_and_each_attempts_outcome(alarm: Alarm, night: Night):
    rung(night, Outcome.NO_ANSWER, Policy(attempts=1))
    result = alarm("history", "1")
    assert "JST (UTC+09:00)" in result.output
    assert [line.split() for line in lines(result, "2026-12-0")] == [
        ["2026-12-01", "23:00:00", "1", "1001", "booked", "2026-12-02", "06:30:00", "booked"],
        ["2026-12-02", "06:30:00", "1", "1001", "rings", "wake:", "no", "answer"],
        ["2026-12-02", "06:30:45", "1", "1001", "missed", "no", "answer"],
        [
            "2026-12-02",
            "06:30:45",
            "1",
            "1001",
            "alarm",
            "ended",
            "its",
            "last",
            "occurrence",
            "has",
            "ended",
        ],
    ]
    japanese = alarm("history", "--lang", "ja").output
    assert all(word in japanese for word in ("起床: 応答なし", "アラーム終了", "最後の一回が終了"))


def test_an_alarm_whose_zone_is_not_known_here_is_shown_in_the_usual_one_and_can_be_cancelled(
    alarm: Alarm, night: Night
):
    """It rings at its instant, so that it must not stand in the way of all others in the list."""
    booked = night.book(wish(recurrence="daily"))
    night.database.write(lambda session: session.execute(update(Row).values(zone="Mars/Olympus")))
    assert "06:30 Asia/Tokyo" in alarm("list").output
    shown = alarm("show", str(booked)).output
    assert "06:30 Asia/Tokyo" in shown
    assert "Mars/Olympus" in shown
    assert "Asia/Tokyo" in alarm("cancel", str(booked)).output


def test_the_history_says_why_an_alarm_cannot_go_on(alarm: Alarm, night: Night):
    night.book(wish(recurrence="daily"))
    night.database.write(lambda session: session.execute(update(Row).values(zone="Mars/Olympus")))
    night.now_utc = HALF_PAST_SIX_UTC
    [ring] = night.claim()
    night.finish(ring, Outcome.ACKNOWLEDGED)
    assert "its time zone or recurrence is not known here" in alarm("history").output
    assert "タイムゾーンか繰り返しが、ここでは不明" in alarm("history", "--lang", "ja").output


def test_the_history_is_of_one_alarm_or_of_all_and_as_long_as_asked_for(alarm: Alarm, night: Night):
    for _ in range(12):
        night.cancel(night.book(wish()))
    assert len(objects(alarm("history", "--json"))) == 20
    assert [step["alarm_id"] for step in objects(alarm("history", "--json", "--last", "4"))] == [
        11,
        12,
        12,
        12,
    ]
    assert [step["new_state"] for step in objects(alarm("history", "5", "--json"))] == [
        "booked",
        "cancelled",
        "cancelled",
    ]
    assert "Nothing was done" in alarm("history", "99").output


def test_every_name_has_words():
    assert OUTCOMES.keys() == set(Outcome)
    assert STATES.keys() == set(StateName)
    assert (PURPOSES.keys(), KINDS.keys(), MEANS.keys()) == (set(Purpose), set(AlarmKind), set(BookedHow))


def test_a_cancelled_alarm_rings_no_more(alarm: Alarm, night: Night):
    night.book(wish(recurrence="daily"))
    result = alarm("cancel", "1")
    assert (
        "Alarm 1 is cancelled; it would have rung 1001 on Wed 2 Dec 2026, 06:30 Asia/Tokyo" in result.output
    )
    assert (night.alarm_state(1), night.state(1)) == ("cancelled", "cancelled")
    again = alarm("cancel", "1")
    assert (again.exit_code, again.stderr) == (1, "Alarm 1 is over already\n")


def test_once_cancels_the_next_time_alone(alarm: Alarm, night: Night):
    night.book(wish(recurrence="daily"))
    assert (
        "leaves out Wed 2 Dec 2026, 06:30 Asia/Tokyo; next: Thu 3 Dec"
        in alarm("cancel", "1", "--once").output
    )
    assert night.occurrences(1) == [("cancelled", None), ("booked", HALF_PAST_SIX_UTC.replace(day=2))]
    night.book(wish())
    assert "never, that was its last" in alarm("cancel", "2", "--once").output
    assert night.alarm_state(2) == "ended"


def test_a_call_that_is_under_way_ends(alarm: Alarm, night: Night):
    night.book(wish())
    night.now_utc = HALF_PAST_SIX_UTC
    night.claim()
    assert "1" in lines(alarm("history"), "under way")[0]
    assert "call that is under way ends" in alarm("cancel", "1").output
    assert night.outcomes(1) == ["cancelled"]


def test_who_cancelled_is_in_the_history(alarm: Alarm, night: Night, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LOGNAME", "yoko")
    night.book(wish())
    alarm("cancel", "1")
    assert "cancelled by yoko" in alarm("history").output


@pytest.mark.parametrize("command", [("show", "7"), ("cancel", "7"), ("cancel", "7", "--once")])
def test_an_alarm_that_does_not_exist_is_told(alarm: Alarm, command: tuple[str, ...]):
    result = alarm(*command)
    assert (result.exit_code, "There is no alarm 7" in result.stderr) == (1, True)


def test_without_a_database_there_are_none_and_none_is_made(alarm: Alarm, empty_folder: Path):
    file = database_file(empty_folder / "home")
    file.unlink()
    assert "No alarm is booked" in alarm("list").output
    assert alarm("history", "--json").output == ""
    assert alarm("show", "1").exit_code == 1
    assert not file.exists()


@pytest.mark.parametrize("command", [("list",), ("add", "1001", "06:30"), ("cancel", "1")])
def test_a_server_that_is_away_is_told_without_its_password(
    alarm: Alarm, empty_folder: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
):
    monkeypatch.setenv("DENWA_STORE__URL", f"postgresql://u:geheim@/x?host={empty_folder}")
    result = alarm(*command)
    assert result.exit_code == 1
    assert "cannot be had" in result.stderr
    assert "geheim" not in result.output + result.stderr
