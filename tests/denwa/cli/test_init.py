"""`denwa init` asks, writes a configuration that holds, and never over another."""

import stat
from pathlib import Path

import pytest

from denwa.config.load import load
from services.registry import installed

pytestmark = pytest.mark.unit

FIVE = 'ja\npbx.example\n7000\nopen "sesame"\n117=clock 7XXXX=echo\n'


def test_five_answers_become_a_configuration_that_holds(denwa, tmp_path: Path):
    result = denwa("init", typed=FIVE)
    assert result.exit_code == 0, result.output
    configuration = load(tmp_path / "denwa.toml", installed())
    assert configuration.language == "ja"
    assert configuration.exchanges["home"].host == "pbx.example"
    extension = configuration.extensions["services"]
    assert (extension.user, dict(extension.numbers)) == ("7000", {"117": "clock", "7XXXX": "echo"})
    assert extension.password is not None
    assert extension.password.get_secret_value() == 'open "sesame"'
    assert configuration.warnings == ()


def test_the_password_goes_into_a_file_of_its_owners(denwa, tmp_path: Path):
    denwa("init", typed=FIVE)
    secret = tmp_path / "denwa.password"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert "sesame" not in (tmp_path / "denwa.toml").read_text()


def test_the_password_is_not_shown(denwa):
    assert "sesame" not in denwa("init", typed=FIVE).output


def test_without_an_exchange_two_answers_are_enough(denwa, tmp_path: Path):
    result = denwa("init", "sub/my.toml", typed="en\n\n")
    assert result.exit_code == 0, result.output
    configuration = load(tmp_path / "sub" / "my.toml", installed())
    assert (configuration.language, configuration.extensions) == ("en", {})
    assert list((tmp_path / "sub").iterdir()) == [tmp_path / "sub" / "my.toml"]


def test_empty_answers_take_the_defaults(denwa, tmp_path: Path):
    denwa("init", typed="\n192.0.2.10\n\nhush\n\n")
    extension = load(tmp_path / "denwa.toml", installed()).extensions["services"]
    assert extension.user == "7000"
    assert {"117": "clock", "186": "echo"}.items() <= dict(extension.numbers).items()


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("fr\n", "en\n\n"),
        ("ja\nno host at all\n", "\n"),
        ("ja\npbx\na b\n", "7000\nx\n\n"),
        ("ja\npbx\n7000\n\n", "x\n\n"),
        ("ja\npbx\n7000\nx\n117\n", "117=clock\n"),
        ("ja\npbx\n7000\nx\n117=clokc\n", "117=clock\n"),
        ("ja\npbx\n7000\nx\n11Q=clock\n", "117=clock\n"),
        ("ja\npbx\n7000\nx\n,\n", "117=clock\n"),
    ],
)
def test_a_wrong_answer_is_asked_for_again(denwa, tmp_path: Path, wrong: str, right: str):
    assert denwa("init", typed=wrong + right).exit_code == 0
    load(tmp_path / "denwa.toml", installed())


@pytest.mark.parametrize("existing", ["denwa.toml", "denwa.password"])
def test_nothing_that_is_there_is_written_over(denwa, tmp_path: Path, existing: str):
    (tmp_path / existing).write_text("mine")
    result = denwa("init", typed=FIVE)
    assert result.exit_code == 1
    assert existing in result.stderr
    assert (tmp_path / existing).read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == [existing]


def test_a_folder_that_cannot_be_made_is_told(denwa, tmp_path: Path):
    (tmp_path / "file").write_text("")
    result = denwa("init", "file/denwa.toml", typed=FIVE)
    assert result.exit_code == 1
    assert "file" in result.stderr


def test_an_end_of_input_stops_it_and_writes_nothing(denwa, tmp_path: Path):
    assert denwa("init", typed="ja\npbx\n").exit_code == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("en\npbx:5060\n\n", "without port"),
        ("en\npbx\na b\n7000\nx\n\n", "write the extension's number"),
        ("en\npbx\n7000\nx\n11Q=clock\n117=clock\n", "a range such as"),
        ("en\npbx\n7000\nx\n117=clok\n117=clock\n", "did you mean clock?"),
        ("en\npbx\n7000\nx\n117=radio\n117=clock\n", "there are: clock, echo"),
    ],
)
def test_a_wrong_answer_gets_its_remedy(denwa, typed: str, says: str):
    assert says in denwa("init", typed=typed).output


def test_the_next_commands_find_the_file(denwa, tmp_path: Path):
    assert "--config" not in denwa("init", typed=FIVE).output
    assert denwa("init", "my own.toml", typed=FIVE).output.count("--config 'my own.toml'") == 3
    assert sorted(path.name for path in tmp_path.glob("*.toml")) == ["denwa.toml", "my own.toml"]
