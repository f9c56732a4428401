"""The Debian packages: which are missing, and how they come."""

from __future__ import annotations  # an older Python must get as far as saying so

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from setup.say import CommandError, SetupError, say, watch

LIST = Path(__file__).with_name("debian.txt")


@dataclass(frozen=True)
class Package:
    """A Debian package, when it is needed (run, python or test), and why."""

    name: str
    when: str
    why: str


def listed(path: Path = LIST) -> list[Package]:
    """All packages of the list."""
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [Package(*line.split(None, 2)) for line in lines if line and not line.startswith("#")]


def wanted(packages: list[Package], *, tests: bool, debians_python: bool) -> list[Package]:
    """The packages that are needed for running, or for running and testing."""
    when = {"run"} | ({"test"} if tests else set()) | ({"python"} if debians_python else set())
    return [package for package in packages if package.when in when]


def missing(packages: list[Package]) -> list[Package]:
    """Those that dpkg does not have installed."""
    names = [package.name for package in packages]
    query = ["dpkg-query", "-W", "-f", "${db:Status-Status} ${Package}\n", *names]
    said = subprocess.run(query, capture_output=True, text=True, check=False).stdout
    here = {line.split()[1] for line in said.splitlines() if line.startswith("installed ")}
    return [package for package in packages if package.name not in here]


def install(packages: list[Package], log: Path) -> None:
    """Install what is missing of these packages. Raises SetupError with what to do by hand."""
    if not shutil.which("dpkg-query"):
        say("this is no Debian: please see yourself to " + " ".join(package.name for package in packages))
        return
    lacking = missing(packages)
    if not lacking:
        return
    say("Debian packages that are missing:")
    for package in lacking:
        say(f"    {package.name:<16} {package.why}")
    names = [package.name for package in lacking]
    root = _as_root(names)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    # sudo drops the environment
    apt = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"]
    try:
        watch("apt-get update", [*apt, "update"], log=log, env=quiet)
    except CommandError:
        say("apt-get update failed; going on with the lists that are here")
    try:
        watch(
            f"apt-get install ({len(names)} packages)",
            [*apt, "install", "-y", "--no-install-recommends", *names],
            log=log,
            env=quiet,
        )
    except CommandError as error:
        raise SetupError(f"{error}\n{_remedy(error.output, names)}") from error


def _as_root(names: list[str]) -> list[str]:
    """The words before apt-get that make it root's."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo:
        asks = sys.stdin.isatty()
        if asks:
            say("asking sudo for root, for apt-get alone")
        if subprocess.run([sudo, "-v"] if asks else [sudo, "-n", "true"], check=False).returncode == 0:
            return [sudo, "-n"]
    raise SetupError(
        "these packages need root, and neither are you root nor does sudo work here.\n"
        f"Have them installed, then run make again:\n\n    apt-get install {' '.join(names)}\n"
    )


def _remedy(output: str, names: list[str]) -> str:
    """What to do about a failed apt-get."""
    by_hand = f"    apt-get install {' '.join(names)}"
    if "Could not get lock" in output or "is another process using it" in output:
        return "Another apt or dpkg is at work: wait until it is done, then run make again."
    if any(sign in output for sign in ("resolving", "Could not connect", "Failed to fetch")):
        return f"Debian's mirror cannot be reached. Is there Internet? When there is, run make again, or\n\n{by_hand}\n"
    if "Unable to locate" in output or "no installation candidate" in output:
        return "apt does not know a package. Debian 12 and 13 have them all: is `main` in your apt sources?"
    return f"Mend what apt says (try it by hand), then run make again:\n\n{by_hand}\n"
