"""The commands are found by name, and each says what it is for."""

import importlib
import subprocess
from importlib.metadata import version

import pytest
import typer
from support.program import DENWA

from denwa.alarm.command import ACTIONS
from denwa.alarm.command import JAPANESE as ALARM_JAPANESE
from denwa.cli.app import COMMANDS, JAPANESE

pytestmark = pytest.mark.unit


def test_the_version_is_the_distributions(denwa):
    assert denwa("--version").output == f"denwa {version('denwa')}\n"


def test_all_commands_are_listed(denwa):
    output = denwa("--help").output
    assert all(name in output for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help(denwa, name: str):
    found = getattr(importlib.import_module(COMMANDS[name]), name)
    does = found.info.help if isinstance(found, typer.Typer) else found.__doc__.splitlines()[0]
    result = denwa(name, "--help")
    assert result.exit_code == 0
    assert does in result.output


@pytest.mark.parametrize("name", ACTIONS)
def test_each_command_of_the_alarms_has_help(denwa, name: str):
    module, _, function = ACTIONS[name].partition(":")
    does = getattr(importlib.import_module(module), function or name).__doc__.splitlines()[0]
    result = denwa("alarm", name, "--help")
    assert result.exit_code == 0
    assert does in result.output
    assert does in denwa("alarm", "--help").output


def test_each_command_says_in_japanese_what_it_does():
    assert JAPANESE.keys() == COMMANDS.keys(), "say in Japanese, in denwa/cli/app.py, what each command does"
    assert ALARM_JAPANESE.keys() == ACTIONS.keys()
    for words, said in ((("--help",), JAPANESE), (("alarm", "--help"), ALARM_JAPANESE)):
        done = subprocess.run(
            [DENWA, *words],
            capture_output=True,
            text=True,
            check=True,
            env={"LC_ALL": "ja_JP.UTF-8", "PATH": "/usr/bin", "COLUMNS": "120"},
        )
        assert all(says in done.stdout for says in said.values())


def test_an_unknown_command_is_refused_by_name(denwa):
    result = denwa("ring")
    assert result.exit_code == 2
    assert "ring" in result.output


def test_without_a_command_it_lists_them(denwa):
    assert "dialplan" in denwa().output


@pytest.mark.parametrize(("locale", "says"), [("ja_JP.UTF-8", "自作の電話網"), ("C.UTF-8", "self-built")])
def test_the_installed_program_speaks_the_terminals_language(locale: str, says: str):
    done = subprocess.run(
        [DENWA, "--help"],
        capture_output=True,
        text=True,
        check=True,
        env={"LC_ALL": locale, "PATH": "/usr/bin"},
    )
    assert says in done.stdout
