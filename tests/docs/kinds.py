"""The kinds of command that documents may tell a reader to type, and how each is checked."""

import importlib.util
import re
import subprocess
from collections.abc import Callable

import typer.core
import typer.main
from docs.pages import ROOT, Command

from denwa.cli.app import COMMANDS, app
from exchange.network.dialplan import phrases
from timekeeping.trust import CHECK_SOURCES, INSTALL_CHRONY

INSTALLED_AT = "/opt/denwa"
"""Where systemd/README.md puts the program."""


def _denwa(command: Command) -> None:
    """It is a subcommand, and takes these arguments."""
    name, *arguments = command.words[1:]
    assert name in COMMANDS, f"denwa has no command {name}"
    if command.words[0] == "denwa" and not arguments:
        return  # a sentence that names the command; to type it takes its path
    group = typer.main.get_command(app)
    context = group.make_context("denwa", [name])
    found = group.get_command(context, name)  # type: ignore[attr-defined]
    if isinstance(found, typer.core.TyperGroup):
        action, *arguments = arguments
        found = found.get_command(context, action)
        assert found is not None, f"denwa {name} has no command {action}"
    try:
        found.make_context(name, arguments)
    except Exception as error:
        raise AssertionError(f"denwa {name} takes no {' '.join(arguments)}: {error}") from error


def _make(command: Command) -> None:
    """Each word is a target of the Makefile, by name or by pattern."""
    targets = re.findall(r"^([a-z%-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    for word in command.words[1:]:
        if "=" in word:
            continue
        patterns = [re.escape(target).replace("%", "[a-z-]+") for target in targets]
        assert any(re.fullmatch(pattern, word) for pattern in patterns), f"make has no target {word}"
        if word.startswith("bench-"):
            module = word.removeprefix("bench-").replace("-", "_")
            assert (ROOT / "bench" / f"{module}.py").is_file(), f"there is no bench/{module}.py"


def _python(command: Command) -> None:
    """The script or module is there; a program in the command line is Python."""
    match command.words[1:]:
        case ("-m", module, *_):
            assert importlib.util.find_spec(module), f"there is no module {module}"
        case ("-c", program, *_):
            compile(program, command.where, "exec")
        case (script, *_):
            assert (ROOT / script).is_file(), f"there is no {script}"


def _pytest(command: Command) -> None:
    """What is to be tested is there."""
    for word in command.words[1:]:
        assert word.startswith("-") or (ROOT / word).exists(), f"there is no {word}"


def _of_the_repository(command: Command) -> None:
    """What is copied or gone into is in the repository, or where it is installed."""
    source = command.words[1]
    assert source == INSTALLED_AT or (ROOT / source).exists(), f"there is no {source}"


def _systemd(command: Command) -> None:
    """The verbs and options are systemd's, the unit is ours."""
    known = subprocess.run([command.name, "--help"], capture_output=True, text=True, check=True).stdout
    words = [word for word in command.words[1:] if word not in {"denwa", "today"}]
    for word in words:
        assert re.search(rf"(^|\s){re.escape(word)}\b", known), f"{command.name} knows no {word}"


def _apt(command: Command) -> None:
    """What denwa's own messages tell to install."""
    assert " ".join(command.words) in INSTALL_CHRONY.en


def _chronyc(command: Command) -> None:
    """What denwa's own messages tell to look at."""
    assert " ".join(command.words) in f"{INSTALL_CHRONY.en} {CHECK_SOURCES.en}"


def _asterisk(command: Command) -> None:
    """What the dialplan text tells to type."""
    _, option, what = command.words
    assert f"asterisk {option} '{what}'" in phrases.RELOAD.en


def _git(command: Command) -> None:
    """A clone to where the unit expects the program; the address is the reader's to fill in."""
    assert command.words[1:] == ("clone", "REPOSITORY", INSTALLED_AT)


def _in_a_sandbox(command: Command) -> None:
    """Files below /etc/denwa, on which test_installing.py runs the whole block."""
    paths = [word for word in command.words if re.fullmatch(r"/[\w./-]+", word)]
    assert paths, f"{command.name} names no file"
    assert all(path.startswith("/etc/denwa") for path in paths)
    assert command.where.startswith("systemd/README.md")


KINDS: dict[str, Callable[[Command], None]] = {
    "denwa": _denwa,
    "make": _make,
    "python": _python,
    "python3": _python,
    "pytest": _pytest,
    "cp": _of_the_repository,
    "cd": _of_the_repository,
    "systemctl": _systemd,
    "journalctl": _systemd,
    "apt": _apt,
    "chronyc": _chronyc,
    "asterisk": _asterisk,
    "git": _git,
    "mkdir": _in_a_sandbox,
    "chmod": _in_a_sandbox,
    "mv": _in_a_sandbox,
    "sed": _in_a_sandbox,
}
"""By the program's name. A command of no kind fails its test, so that none stands in a document untried."""


def check(command: Command) -> None:
    """Check a command. Raises AssertionError."""
    assert command.name in KINDS, (
        f"{command.where}: nothing checks {command.name!r}; add its kind to {__name__.replace('.', '/')}.py"
    )
    KINDS[command.name](command)
