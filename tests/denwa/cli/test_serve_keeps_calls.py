"""The installed program keeps its calls, over kill -9 too, and says what to do where it cannot."""

import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import text
from support.calls import HOUR, record
from support.kept_calls import await_calls, database_file, kept_calls
from support.scripted_caller import ScriptedCaller
from support.served_program import ServedProgram

from store.call_records import save_calls
from store.database import Database
from store.migrate import migrate

pytestmark = pytest.mark.native


@contextmanager
def up(program: ServedProgram) -> Iterator[ScriptedCaller]:
    """A call of 186 that is answered."""
    with ScriptedCaller(program.address, "186", caller="4711") as caller:
        cseq = caller.request("INVITE", caller.sdp())
        assert caller.response(cseq).status == 200
        caller.request("ACK", cseq=cseq)
        yield caller


def test_calls_are_kept_over_kill_9_and_no_second_program_closes_the_firsts(tmp_path: Path):
    program = ServedProgram(tmp_path)
    try:
        with up(program) as caller:
            (row,) = await_calls(tmp_path, len)
            assert (row.service, row.dialled, row.caller, row.ended_utc) == ("echo", "186", "4711", None)
            cseq = caller.request("BYE")
            assert caller.response(cseq).status == 200
        (over,) = await_calls(tmp_path, lambda rows: rows[0].ended_utc)
        with up(program):
            await_calls(tmp_path, lambda rows: len(rows) == 2)
            with pytest.raises(RuntimeError, match="another denwa runs with the database"):
                ServedProgram(tmp_path)
            assert kept_calls(tmp_path)[1].ended_utc is None
    finally:
        program.kill()
    assert over.began_utc <= over.answered_utc <= over.ended_utc  # type: ignore[operator]
    assert (over.ended_by, over.sip_status, over.direction, over.rtp_law) == ("far end", 0, "in", "PCMU")
    assert over.call_id
    assert kept_calls(tmp_path)[1].ended_utc is None
    with ServedProgram(tmp_path) as again:
        await_calls(tmp_path, lambda rows: rows[1].ended_utc)
        with up(again) as caller:
            again.signal(signal.SIGTERM)
            caller.respond(caller.expect("BYE", timeout_s=10), 200)
            again.wait()
    assert [row.ended_by for row in kept_calls(tmp_path)] == ["far end", "broken off", "us"]


def test_nothing_is_kept_where_that_is_asked_for_and_what_was_is_deleted(tmp_path: Path):
    file = tmp_path / "denwa.db"
    database = Database.open(f"sqlite:///{file}")
    migrate(database)
    database.write(save_calls, "node", [replace(record(), began_utc=datetime.now(UTC) - HOUR)])
    database.close()
    nothing = {"DENWA_STORE__KEEP_CALLS_DAYS": "0", "DENWA_STORE__URL": "sqlite:///denwa.db"}
    with ServedProgram(tmp_path, nothing) as program, up(program):
        await_calls(tmp_path, lambda rows: not rows, file)
    assert kept_calls(tmp_path, file) == []


Stop = Callable[..., tuple[int, str]]


@pytest.fixture
def failed(denwa: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> Stop:
    """The exit status of a serve that cannot have its database, and what it says."""

    def serve(language: str = "en", url: str = "") -> tuple[int, str]:
        monkeypatch.setattr("denwa.cli.common.LANGUAGE", language)
        if url:
            monkeypatch.setenv("DENWA_STORE__URL", url)
        result = denwa("serve")
        assert "Traceback" not in result.output
        return result.exit_code, result.output

    return serve


@pytest.mark.parametrize(
    ("language", "says"), [("en", "Let denwa write there"), ("ja", "そこに書けるように")]
)
def test_where_it_may_not_write_it_gives_the_line_to_paste(
    failed: Stop, tmp_path: Path, language: str, says: str
):
    (tmp_path / "home").write_text("no folder")
    status, said = failed(language)
    assert status == 1
    assert str(database_file(tmp_path / "home")) in said
    assert says in said
    assert "    DENWA_STORE__URL=sqlite:///denwa.db " in said


@pytest.mark.parametrize(("language", "says"), [("en", "End what holds it"), ("ja", "別のプログラム")])
def test_a_database_that_another_program_holds_is_told(
    failed: Stop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, says: str
):
    monkeypatch.setattr("store.database.LOCK_TIMEOUT_S", 0.05)
    with closing(sqlite3.connect(tmp_path / "held.db", isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        status, said = failed(language, f"sqlite:///{tmp_path}/held.db")
    assert status == 1
    assert says in said


def test_a_database_of_a_newer_denwa_is_left_alone_with_status_2(failed: Stop, tmp_path: Path):
    url = f"sqlite:///{tmp_path}/denwa.db"
    database = Database.open(url)
    migrate(database)
    database.write(lambda session: session.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    database.close()
    status, said = failed(url=url)
    assert status == 2
    assert "newer denwa" in said


def test_a_server_that_is_away_is_told_without_its_password(failed: Stop, tmp_path: Path):
    status, said = failed(url=f"postgresql://u:geheim@/denwa?host={tmp_path}")
    assert status == 1
    assert "cannot be had" in said
    assert "geheim" not in said


def test_a_url_that_names_no_database_is_an_error_of_the_configuration(failed: Stop):
    status, said = failed(url="mysql://u:geheim@host/x")
    assert status == 2
    assert "$DENWA_STORE__URL" in said
    assert "postgresql://USER:PASSWORD@HOST/NAME" in said
    assert "geheim" not in said
