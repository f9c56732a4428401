"""`denwa alarm export` and `import`: what is taken is said, what is not is named, one line each."""

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from support.alarms import Night, wish

from denwa.alarm.permission import PROVING
from schedules.calendar_reader import LARGEST_BYTES, read_calendar
from schedules.rows import AlarmKind
from trust.answers import Reason
from trust.words import WORDS

pytestmark = pytest.mark.unit

EVENT = (
    "BEGIN:VEVENT\nUID:{uid}\nSUMMARY:{title}\nDTSTART;TZID=Asia/Tokyo:20991202T063000\n{more}END:VEVENT\n"
)


@pytest.fixture
def calendar(tmp_path: Path):
    """A file with these events."""

    def write(*events: str) -> str:
        file = tmp_path / "alarms.ics"
        text = "".join(("BEGIN:VCALENDAR\n", "VERSION:2.0\n", *events, "END:VCALENDAR\n"))
        file.write_text(text.replace("\n", "\r\n"), newline="")
        return str(file)

    return write


def event(uid: str, title: str = "", more: str = "X-DENWA-NUMBER:1001\n") -> str:
    return EVENT.format(uid=uid, title=title or uid, more=more)


def test_events_are_booked_and_what_cannot_be_is_named(alarm, calendar):
    file = calendar(
        event("a", "会社\u202e", "RRULE:FREQ=WEEKLY;BYDAY=WE\nX-DENWA-NUMBER:1001\n"),
        event("b", "mon\x1bthly", "RRULE:FREQ=MONTHLY\nX-DENWA-NUMBER:1001\n"),
        event("c", "nobody", ""),
        event("d", "police", "X-DENWA-NUMBER:110\n"),
        event("e", "long", f"X-DENWA-NUMBER:{'1' * 80}\n"),
        event("f", "past").replace("2099", "2020"),
        event("g", "far", "X-DENWA-NUMBER:390177\n"),
    )
    result = alarm("import", file)
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "alarm 1 booked: 会社\\u202e, Wed 2 Dec 2099, 06:30 Asia/Tokyo, Wed",
        "alarm 3 booked: far, Wed 2 Dec 2099, 06:30 Asia/Tokyo, once",
        PROVING.en.format(numbers="390177"),
        "2 taken, 5 refused",
    ]
    refused = result.stderr.splitlines()
    assert [line.split(": ")[1] for line in refused[:5]] == [
        "mon\\x1bthly",
        "nobody",
        "police",
        "long",
        "past",
    ]
    for line, says in zip(
        refused,
        ["FREQ=MONTHLY", "no number", "emergency number", "at most 79", "never ring", "--number"],
        strict=True,
    ):
        assert says in line


def test_in_japanese_each_reason_is_japanese(alarm, calendar):
    file = calendar(
        event("a", "monthly", "RRULE:FREQ=MONTHLY\nX-DENWA-NUMBER:1001\n"),
        event("b", "nobody", ""),
        event("c", "long", f"X-DENWA-NUMBER:{'1' * 80}\n"),
        event("d", "past").replace("2099", "2020"),
        event("e", "atlantis").replace("Asia/Tokyo", "Asia/Atlantis"),
        event("f", "police", "X-DENWA-NUMBER:110\n"),
    )
    result = alarm("import", file, "--lang", "ja")
    police = WORDS[Reason.EMERGENCY]
    assert result.stdout == "受け入れ 0 件、拒否 6 件\n"
    assert set(result.stderr.splitlines()) == {
        "予約できません: monthly: FREQ=MONTHLY で繰り返します。取り込めるのは DAILY と WEEKLY だけです",
        "予約できません: nobody: 呼び出す番号がありません",
        "予約できません: long: 番号は 79 桁までですが、80 桁あります",
        "予約できません: past: 鳴ることがありません。時刻が過ぎたか、どの日も飛ばすことになっています",
        "予約できません: atlantis: タイムゾーン 'Asia/Atlantis' は IANA のものではありません",
        f"予約できません: police: 110: {police.what.ja} → {police.remedy.ja}",
        "番号のない予定で呼び出す番号は、--number で指定してください",
    }


def test_in_japanese_what_is_no_calendar_is_told_so(alarm, tmp_path: Path):
    file = tmp_path / "x.ics"
    file.write_bytes(b"nonsense")
    assert "iCalendar ファイルではありません" in alarm("import", str(file), "--lang", "ja").stderr


def test_what_names_no_number_rings_the_one_that_is_given_and_known_events_change(
    alarm, calendar, night: Night
):
    file = calendar(event("a", more=""))
    result = alarm("import", file, "--number", "1-002")
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, "1 taken, 0 refused")
    assert "unchanged: a" in alarm("import", file).output
    moved = Path(file).read_text().replace("T063000", "T070000")
    Path(file).write_text(moved)
    assert "alarm 1 changed: a, Wed 2 Dec 2099, 07:00" in alarm("import", file).output
    shown = json.loads(alarm("list", "--json").output)
    assert (shown["number"], shown["civil_time"], shown["policy"]["attempts"]) == ("1002", "07:00:00", 3)
    alarm("cancel", "1")
    assert "left cancelled" in alarm("import", file).output


def test_what_is_refused_counts_against_no_quota(alarm, calendar, empty_folder):
    (empty_folder / "denwa.toml").write_text(
        (empty_folder / "denwa.toml").read_text() + "[trust]\nin_all = [2, 2]\n"
    )
    past = [event(str(n)).replace("2099", "2020") for n in range(5)]
    result = alarm("import", calendar(*past, *(event(f"new {n}") for n in range(3))))
    assert result.stdout.splitlines()[-1] == "2 taken, 6 refused"
    assert "in_all in [trust]" in result.stderr


def test_more_events_than_one_transaction_takes_are_all_booked(
    alarm, calendar, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("denwa.alarm.importing.AT_ONCE", 3)
    result = alarm("import", calendar(*(event(str(n)) for n in range(8))))
    assert result.stdout.splitlines()[-1] == "8 taken, 0 refused"
    assert len(alarm("list", "--json").output.splitlines()) == 8


def test_what_is_no_calendar_or_too_long_is_told(alarm, tmp_path: Path):
    file = tmp_path / "x.ics"
    for data, says in ((b"\x1b[31m", "no iCalendar file"), (b"x" * (LARGEST_BYTES + 1), "longer than")):
        file.write_bytes(data)
        result = alarm("import", str(file))
        assert (result.exit_code, says in result.stderr, "\x1b" in result.stderr) == (1, True, False)
    result = alarm("import", str(tmp_path / "none.ics"))
    assert (result.exit_code, "No such file" in result.stderr) == (1, True)


def test_what_is_exported_is_imported_again_unchanged(alarm, night: Night, tmp_path: Path):
    night.book(wish(recurrence="workdays"))
    night.book(wish("1002", zone="Europe/Berlin", recurrence="daily"))
    night.cancel(night.book(wish("1003")))
    night.book(replace(wish("1004"), kind=AlarmKind.PROOF))
    file = tmp_path / "out.ics"
    assert alarm("export", str(file)).output == f"2 alarms are in {file}\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert {each.number for each in read_calendar(file.read_bytes()).alarms} == {"1001", "1002"}
    result = alarm("import", str(file))
    assert sorted(line.split(":")[0] for line in result.stdout.splitlines()) == [
        "2 taken, 0 refused",
        "alarm 1 unchanged",
        "alarm 2 unchanged",
    ]
    again = alarm("export", str(file))
    assert (again.exit_code, "is there already" in again.stderr) == (1, True)


def test_without_a_file_it_is_printed(alarm, night: Night):
    night.book(wish())
    result = alarm("export")
    assert [each.number for each in read_calendar(result.stdout_bytes).alarms] == ["1001"]
    assert read_calendar(alarm("export").stdout_bytes).refused == ()


def test_an_alarm_that_no_calendar_can_hold_is_named_and_left_out(alarm, night: Night):
    night.book(replace(wish(), title="a\x1bb"))
    result = alarm("export")
    assert result.exit_code == 1
    assert "Alarm 1 is left out: its message has a control character" in result.stderr
    assert alarm("export", "--lang", "ja").stderr == "アラーム 1 は書き出せません: 名前に制御文字があります\n"


def test_where_it_cannot_write_it_says_so(alarm, tmp_path: Path):
    result = alarm("export", str(tmp_path / "none" / "x.ics"))
    assert (result.exit_code, "cannot be written: No such file" in result.stderr) == (1, True)


def test_it_is_the_same_on_a_shared_database(
    alarm, calendar, postgres_url: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DENWA_STORE__URL", postgres_url)
    alarm("add", "1001", "06:30")
    result = alarm("import", calendar(event("a"), event("b").replace("2099", "2020"), event("c")))
    assert result.stdout.splitlines()[-1] == "2 taken, 1 refused"
    alarm("cancel", "1", "--once")
    assert [json.loads(line)["id"] for line in alarm("list", "--json").output.splitlines()] == [2, 3]
    assert "alarm ended" in alarm("history", "1").output
