"""`denwa alarm add` books what was asked for, says what it booked, and says what to do where it cannot."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from support.alarms import Night

from schedules.policy import DEFAULT
from schedules.rows import Alarm

pytestmark = pytest.mark.unit


def booked(alarm, number: int = 1) -> dict[str, object]:
    found: dict[str, object] = json.loads(alarm("show", str(number), "--json").output)
    return found


def test_it_says_what_it_booked(alarm):
    output = alarm("add", "1001", "06:30", "--date", "2099-12-02").output
    assert output == "Wed 2 Dec 2099, 06:30 Asia/Tokyo, rings 1001 by the exchange home; alarm 1\n"


def test_it_says_so_in_japanese(alarm):
    asked = ("add", "１００１", "６：３０", "--date", "2099-12-02", "--repeat", "mon,wed", "--lang", "ja")
    assert alarm(*asked).output == (
        "2099年12月2日(水) 06:30 Asia/Tokyo、以後 月・水、交換機 home で 1001 を呼び出します。アラーム 1\n"
    )


def test_an_alarm_has_all_that_was_asked_for(alarm):
    result = alarm(
        *(
            "add",
            "390-177",
            "0715",
            "--repeat",
            "workdays",
            "--date",
            "2099-12-05",
            "--zone",
            "Europe/Berlin",
        ),
        *("--message", "message_2", "--language", "en", "--title", "[b]会社", "--second", "1002"),
        *("--ring", "20", "--gap", "60", "--snooze", "120", "--snoozes", "1", "--check-after", "90"),
        *("--valid-for", "600", "--demand-acknowledgement"),
    )
    assert result.output.startswith("Mon 7 Dec 2099, 07:15 Europe/Berlin, then on workdays, rings 390177 by ")
    found = booked(alarm, 2)
    assert found["policy"] == {
        "ring_s": 20,
        "attempts": 3,  # as [wakeup] has it
        "gap_s": 60,
        "snooze_s": 120,
        "snoozes": 1,
        "check_after_s": 90,
        "validity_s": 600,
        "demands_acknowledgement": True,
        "escalate_to": "1002",
        "escalate_trunk": "",
    }
    assert {
        name: found[name] for name in ("number", "trunk", "message", "language", "title", "extension")
    } == {
        "number": "390177",
        "trunk": "SIP-TRUNK-B",
        "message": "message_2",
        "language": "en",
        "title": "[b]会社",
        "extension": "alarms",
    }
    assert found["booked_how"] == "command"


def test_a_number_that_is_not_proved_is_rung_first_to_prove_it(alarm):
    result = alarm("add", "390177", "06:30")
    assert "Not proved yet: 390177" in result.output
    alarm("add", "390177", "06:31")
    rows = [json.loads(line) for line in alarm("list", "--json").output.splitlines()]
    assert sorted(row["kind"] for row in rows) == ["proof", "wake", "wake"]


def test_in_minutes_it_rings_then(alarm, night: Night):
    before_utc = datetime.now(UTC)
    assert re.search(r"\d\d:\d\d(:\d\d)? Asia/Tokyo, rings 1001", alarm("add", "1001", "--in", "5").output)
    due_utc = night.next_utc(1)
    assert due_utc is not None
    assert timedelta(minutes=4, seconds=58) < due_utc - before_utc < timedelta(minutes=5, seconds=10)


def test_what_is_left_out_is_as_the_configuration_has_it(alarm, night: Night):
    alarm("add", "1001", "06:30")
    row = night.database.read(lambda session: session.get_one(Alarm, 1))
    assert (row.zone, row.language, row.policy) == ("Asia/Tokyo", "ja", {"attempts": 3})
    assert DEFAULT.attempts != 3


def test_a_time_that_the_clocks_skip_is_told(alarm):
    asked = ("add", "1001", "02:30", "--date", "2099-03-08", "--zone", "America/New_York")
    first, second = alarm(*asked).output.splitlines()
    assert first.startswith("Sun 8 Mar 2099, 03:30 America/New_York")
    assert "skip 02:30" in second


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (("1001", "06:60"), "write 06:30"),
        (("1001", "24:30"), "00:30 of the next date"),
        (("1001", "630"), "write 06:30"),
        (("1001",), "--in MINUTES"),
        (("1001", "06:30", "--in", "5"), "not both"),
        (("1001", "--in", "5", "--repeat", "daily"), "no --repeat"),
        (("1001", "06:30", "--date", "2020-01-01"), "is past. Give a later --date"),
        (("1001", "06:30", "--date", "2026-02-30"), "write 2026-12-02"),
        (("1001", "06:30", "--repeat", "often"), "write daily, workdays"),
        (("1001", "06:30", "--zone", "Asia/Tokio\x1b"), "IANA name such as Asia/Tokyo"),
        (("10x01", "06:30"), "use 0-9, * and #"),
        (("1001", "06:30", "--second", "\x1b"), "no number that can be rung"),
        (("1001", "06:30", "--trunk", "nowhere"), "Its trunks: SIP-TRUNK-B"),
        (("1001", "06:30", "--extension", "nobody"), "alarms (home) can ring"),
        (("1001", "06:30", "--exchange", "nowhere"), "alarms (home) can ring"),
        (("1001", "06:30", "--ring", "1"), "--ring is 1; it must be 5 to 300"),
        (("1001", "06:30", "--message", "hello"), "message_0, message_1"),
        (("1001", "06:30", "--title", "a\nb"), "--title: write at most 200"),
    ],
)
def test_what_cannot_be_booked_is_refused_with_what_to_do(alarm, night: Night, asked, says: str):
    result = alarm("add", *asked)
    assert result.exit_code == 2
    assert says in result.stderr
    assert "\x1b" not in result.stderr
    assert night.events() == []
    assert alarm("list", "--all", "--json").output == ""


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (("1001", "06:30", "--ring", "1"), "--ring が 1 です。5 から 300 までにしてください\n"),
        (
            ("10x01", "06:30"),
            "10x01 は呼び出せる番号ではありません: ダイヤルできない文字があります: 'x'（使えるのは 0-9、*、# です）\n",
        ),
        (("-", "06:30"), "- は呼び出せる番号ではありません: 数字が一つもありません\n"),
    ],
)
def test_it_refuses_in_japanese_too(alarm, asked, says: str):
    assert alarm("add", *asked, "--lang", "ja").stderr == says


@pytest.mark.parametrize("number", ["110", "8000"])
def test_who_may_never_be_rung_is_refused_and_nothing_is_kept(alarm, number: str):
    for asked in ((number,), ("1001", "--second", number)):
        result = alarm("add", asked[0], "06:30", *asked[1:])
        assert result.exit_code == 1
        assert f"{number}: It is" in result.stderr
        assert "→" in result.stderr
    assert alarm("list", "--all", "--json").output == ""


def test_of_several_extensions_one_is_to_be_named(alarm, empty_folder):
    file = empty_folder / "denwa.toml"
    more = '[exchanges.away]\nhost = "192.0.2.2"\n[extensions.other]\nexchange = "away"\nuser = "8000"\n'
    file.write_text(file.read_text() + more)
    result = alarm("add", "1001", "06:30")
    assert (result.exit_code, "--extension, one of: alarms (home), other (away)" in result.stderr) == (
        2,
        True,
    )
    assert "by the exchange away" in alarm("add", "1001", "06:30", "--exchange", "away").output
    assert "by the exchange home" in alarm("add", "1001", "06:30", "--extension", "alarms").output


def test_without_an_extension_nobody_can_be_rung(alarm, empty_folder):
    (empty_folder / "denwa.toml").unlink()
    result = alarm("add", "1001", "06:30")
    assert result.exit_code == 2
    assert "denwa init" in result.stderr or " init" in result.stderr


def test_the_help_names_the_table_that_counts_otherwise(alarm):
    """What stands in brackets could be taken for rich's own markup."""
    assert "[wakeup]" in alarm("add", "--help").output
