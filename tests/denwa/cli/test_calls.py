"""`denwa calls` shows what was kept, to people and to programs, and changes nothing."""

import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from support.calls import HOUR, NOON_UTC, ended, record
from support.kept_calls import database_file

from store.call_records import CallRecord, save_calls
from store.database import Database
from store.migrate import migrate

pytestmark = pytest.mark.unit

Keep = Callable[..., None]
Zone = Callable[[str], None]


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Zone]:
    """Set this machine's time zone."""

    def choose(name: str) -> None:
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield choose
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def file(tmp_path: Path, zone: Zone) -> Path:
    """Where the database is, or would be; the machine is in Japan."""
    zone("Asia/Tokyo")
    return database_file(tmp_path / "home")


@pytest.fixture
def keep(file: Path) -> Keep:
    """Have calls kept."""

    def kept(*calls: CallRecord) -> None:
        database = Database.open(f"sqlite:///{file}")
        migrate(database)
        database.write(save_calls, "node", calls)
        database.close()

    return kept


def lines(output: str, word: str) -> list[str]:
    return [line for line in output.splitlines() if word in line]


def test_the_newest_is_last_in_local_time_and_numbers_are_whole(denwa, keep: Keep):
    old = replace(ended(record()), answered_utc=NOON_UTC + timedelta(seconds=2), caller="0312345678")
    keep(replace(record("clock"), dialled="117", began_utc=NOON_UTC + HOUR), old)
    output = denwa("calls", "--lang", "en").output
    assert "JST (UTC+09:00)" in output
    first, second = lines(output, "2026-12-01")
    assert first.split()[:7] == ["2026-12-01", "21:00:00", "0:58", "in", "echo", "186", "0312345678"]
    assert "far end" in first
    assert "(up)" in second
    assert second.split()[:5] == ["2026-12-01", "22:00:00", "in", "clock", "117"]


def test_it_is_said_in_japanese_too(denwa, keep: Keep):
    keep(replace(ended(record()), ended_by="us", sip_status=486, reason="Busy Here", caller=""))
    output = denwa("calls", "--lang", "ja").output
    (line,) = lines(output, "2026-12-01")
    assert "着信" in line
    assert "非通知" in line
    assert "こちら: 486 Busy Here" in line
    assert "ダイヤル" in output


def test_the_network_can_neither_forge_a_line_nor_colour_one(denwa, keep: Keep):
    hostile = "[red]x[/red]\x1b[31m\r\n2026-12-01 x\u202e"
    keep(replace(ended(record()), caller=hostile, peer=hostile, ended_by="network", sip_status=500))
    output = denwa("calls").output
    assert len([line for line in output.splitlines() if line.startswith(" 2026-12-01")]) == 1
    assert "[red]x[/red]\\x1b[31m\\x0d\\x0a" in output
    assert not {"\x1b", "\u202e", "\r"} & set(output)
    assert not {"\x1b", "\u202e", "\r"} & set(denwa("calls", "--json").output)


def test_programs_get_one_object_a_line_with_times_in_utc(denwa, keep: Keep):
    keep(record(), replace(ended(record()), rtp_received=7, rtp_law="PCMU"))
    found = [json.loads(line) for line in denwa("calls", "--json").output.splitlines()]
    (over,) = [call for call in found if call["ended_by"]]
    assert len(found) == 2
    assert (over["began_utc"], over["ended_utc"]) == (
        "2026-12-01T12:00:00+00:00",
        "2026-12-01T12:01:00+00:00",
    )
    assert (over["node"], over["caller"], over["rtp_received"], over["answered_utc"]) == (
        "node",
        "1001",
        7,
        None,
    )


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ([], [5, 6, 7, 8, 9, *range(10, 25)]),
        (["--last", "2"], [23, 24]),
        (["--since", "2026-12-02"], list(range(3, 25))),
        (["--since", "2026-12-02T10:00"], list(range(13, 25))),
        (["--since", "2026-12-02T10:00+00:00"], [22, 23, 24]),
        (["--since", "2026-12-02", "--last", "1"], [24]),
        (["--service", "clock"], [24]),
        (["--service", "nothing"], []),
        (["--since", "2027-01-01"], []),
    ],
)
def test_as_many_are_shown_as_are_asked_for(denwa, keep: Keep, asked: list[str], shown: list[int]):
    keep(
        *(
            replace(record("clock" if n == 24 else "echo"), began_utc=NOON_UTC + n * HOUR, dialled=f"{n}")
            for n in range(25)
        )
    )
    found = [json.loads(line)["dialled"] for line in denwa("calls", "--json", *asked).output.splitlines()]
    assert found == [str(n) for n in shown]


def test_a_time_of_another_offset_says_its_own(denwa, keep: Keep, zone: Zone):
    keep(record(), replace(record(), began_utc=NOON_UTC - 4000 * HOUR))
    zone("Europe/Berlin")
    summer, winter = lines(denwa("calls", "--lang", "en").output, "2026-")
    marked = [" +02:00" in summer, " +01:00" in winter]
    assert sum(marked) == 1, "one of the two is not the offset of today, which the head says"


@pytest.mark.parametrize("wrong", ["yesterday", "2026-13-01", " ", "0001-01-01", "9999-12-31T23:59-23:59"])
@pytest.mark.usefixtures("file")
def test_what_is_no_time_is_refused(denwa, wrong: str):
    result = denwa("calls", "--since", wrong)
    assert result.exit_code == 2
    assert "2026-11-01" in result.stderr


def test_it_reads_beside_a_program_that_writes(denwa, keep: Keep, file: Path):
    keep(record())
    with closing(sqlite3.connect(file, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        assert "186" in denwa("calls").output


def test_without_a_database_there_are_none_and_none_is_made(denwa, file: Path):
    result = denwa("calls", "--lang", "en")
    assert result.exit_code == 0
    assert f"No such calls are kept in sqlite:///{file}" in result.output
    assert denwa("calls", "--json").output == ""
    assert not file.exists()


def test_a_database_without_any_table_has_none(denwa, file: Path):
    file.parent.mkdir(parents=True)
    file.touch()
    assert denwa("calls").exit_code == 0


def test_a_server_that_is_away_is_told_without_its_password(
    denwa, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DENWA_STORE__URL", f"postgresql://u:geheim@/x?host={tmp_path}")
    result = denwa("calls")
    assert result.exit_code == 1
    assert "cannot be had" in result.stderr
    assert "geheim" not in result.output + result.stderr


def test_the_services_passwords_are_not_needed(denwa, keep: Keep, tmp_path: Path):
    keep(record())
    (tmp_path / "denwa.toml").write_text(
        '[exchanges.home]\nhost = "192.0.2.1"\n[extensions.s]\nexchange = "home"\nuser = "7000"\n'
    )
    assert "186" in denwa("calls").output
