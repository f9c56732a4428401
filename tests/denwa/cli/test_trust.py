"""`denwa trust` shows and changes whom denwa may ring, also while another process has the database open."""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.databases import sqlite_template
from support.trusted import FAR, OWN, RULES, call_for_proof, prove

from store.database import Database
from trust import codes, consents, opt_outs
from trust.answers import Granted, Purpose, Reason, Refused
from trust.gate import may_ring
from trust.rows import By
from trust.settings import TrustSettings

pytestmark = pytest.mark.unit

__all__ = ["sqlite_template"]

CONFIGURATION = """
[exchanges.home]
host = "192.0.2.10"
trunks = { B = "390", C = "510" }
[extensions.services]
exchange = "home"
user = "7000"
"""
"""Without the password, which whoever changes this need not be able to read."""
SETTINGS = TrustSettings({"home": RULES})


@pytest.fixture(autouse=True)
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A configuration in the working folder, and a place for the database."""
    (tmp_path / "denwa.toml").write_text(CONFIGURATION)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def serving(tmp_path: Path, sqlite_template: Path) -> Iterator[Database]:
    """The database as a running denwa has it open."""
    file = tmp_path / "state" / "denwa" / "denwa.db"
    file.parent.mkdir(parents=True)
    shutil.copyfile(sqlite_template, file)
    database = Database.open(f"sqlite:///{file}")
    yield database
    database.close()


def now() -> datetime:
    return datetime.now(UTC)


def test_where_nothing_is_known_it_says_so_and_makes_no_database(denwa, tmp_path: Path):
    assert denwa("trust", "list", "--lang", "en").output == (
        "No number is proved, waits for a proof or is opted out.\n"
    )
    assert denwa("trust", "list", "--json").output == ""
    assert not (tmp_path / "state").exists()


def test_the_list_shows_proofs_codes_and_opt_outs(denwa, serving: Database):
    serving.write(prove, FAR, now() - timedelta(days=200))
    second = FAR.__class__("home", "services", "3902002", "B")
    serving.write(call_for_proof, second, now())
    serving.write(opt_outs.opt_out, SETTINGS, OWN, By.TELEPHONE, now())
    output = denwa("trust", "list", "--lang", "en").output
    assert [line.split()[0] for line in output.splitlines()[4:] if line.strip()] == [
        OWN.number,
        FAR.number,
        second.number,
    ]
    assert output.startswith("Times are local")
    assert "asked by the telephone" in output
    assert "proof ended" in output
    assert "code spoken, not confirmed" in output
    assert "確認の期限切れ" in denwa("trust", "list", "--lang", "ja").output
    code = serving.write(codes.issue, SETTINGS, second, now())
    assert code not in denwa("trust", "list", "--json").output


def test_programs_get_one_object_a_number(denwa, serving: Database):
    at_utc = now()
    serving.write(prove, FAR, at_utc)
    (line,) = denwa("trust", "list", "--json").output.splitlines()
    assert json.loads(line) == {
        "number": FAR.number,
        "exchange": "home",
        "trunk": "B",
        "state": "proved",
        "since_utc": at_utc.isoformat(),
        "until_utc": (at_utc + timedelta(days=180)).isoformat(),
        "other": None,
    }


def test_the_list_says_whose_second_number_a_telephone_is_until_its_proof_is_revoked(
    denwa, serving: Database
):
    serving.write(prove, FAR, now())
    serving.write(consents.give, FAR, "3902002", now())
    assert "second number of 3902002" in denwa("trust", "list", "--lang", "en").output
    assert "3902002 の二つめの番号" in denwa("trust", "list", "--lang", "ja").output
    assert [json.loads(line)["other"] for line in denwa("trust", "list", "--json").output.splitlines()] == [
        "3902002",
        None,
    ]
    denwa("trust", "revoke", FAR.number)
    assert denwa("trust", "list", "--json").output == ""


def test_a_locked_code_is_shown(denwa, serving: Database):
    serving.write(call_for_proof, FAR, now())
    for _ in range(codes.MOST_WRONG_TRIES[codes.LENGTH]):
        serving.write(codes.confirm_by_dialling, FAR, "0", now())
    assert "code locked" in denwa("trust", "list", "--lang", "en").output


def test_what_the_operator_changes_holds_in_the_running_denwa_at_once(denwa, serving: Database):
    def ring() -> object:
        return serving.write(may_ring, SETTINGS, FAR, Purpose.WANTED, now())

    serving.write(prove, FAR, now())
    assert ring() == Granted()
    assert "not rung again" in denwa("trust", "optout", "390-1001", "--lang", "en").output
    assert ring() == Refused(Reason.OPTED_OUT, None, "home", "B")
    assert "never rung (operator)" in denwa("trust", "list", "--lang", "en").output
    denwa("trust", "optin", "390-1001")
    assert ring() == Granted()
    assert "no longer proved" in denwa("trust", "revoke", "3901001", "--lang", "en").output
    assert ring() == Refused(Reason.UNPROVED)


def test_a_number_that_is_not_proved_cannot_be_revoked(denwa):
    result = denwa("trust", "revoke", "3901001", "--lang", "en")
    assert result.exit_code == 1
    assert result.stderr == "3901001 is not proved at home.\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["optout"], "denwa trust optout NUMBER"),
        (["optout", "alice"], "cannot be dialled"),
        (["revoke", "1001", "--exchange", "away"], "one of: home"),
        (["paint", "1001"], "paint"),
    ],
)
def test_a_wrong_command_line_is_refused(denwa, arguments: list[str], says: str):
    result = denwa("trust", *arguments, "--lang", "en")
    assert result.exit_code == 2
    assert says in result.stderr


def test_what_cannot_be_dialled_is_told_in_japanese_too(denwa):
    assert "ダイヤルできない文字があります" in denwa("trust", "optout", "alice", "--lang", "ja").stderr


def test_with_several_exchanges_it_asks_which(denwa, tmp_path: Path):
    text = CONFIGURATION + '[exchanges.away]\nhost = "192.0.2.11"\n'
    (tmp_path / "denwa.toml").write_text(text)
    assert "one of: home, away" in denwa("trust", "optout", "1001", "--lang", "en").stderr
    assert denwa("trust", "optout", "1001", "--exchange", "away").exit_code == 0
    (line,) = denwa("trust", "list", "--json").output.splitlines()
    assert json.loads(line)["exchange"] == "away"


def test_without_an_exchange_there_is_nobody_to_ring(denwa, tmp_path: Path):
    (tmp_path / "denwa.toml").write_text("")
    assert denwa("trust", "optout", "1001").exit_code == 2


def test_a_database_that_cannot_be_had_is_told(denwa, tmp_path: Path):
    (tmp_path / "state").write_text("a file in the folder's place")
    result = denwa("trust", "optout", "1001")
    assert result.exit_code == 1
    assert str(tmp_path / "state") in result.stderr
