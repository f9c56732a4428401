"""PJSIP out of Debian's source package of Asterisk, whatever release this machine runs; needs no root.

apt works in a state of its own in our folder: it checks the index's signature, and the file's checksum by the index.
"""

import shutil
import subprocess
from pathlib import Path

from exchange.pjsip import pin
from exchange.pjsip.report import BuildError, say

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"


def fetch_component(suite: str, folder: Path) -> Path:
    """Download the component into `folder` and return the archive; BuildError when apt cannot."""
    if shutil.which("apt-get") is None:
        raise BuildError("no apt-get here")
    say(f"asking Debian's {suite} for the source package {pin.DEBIAN_PACKAGE}")
    apt = _private_apt(folder, suite)
    _run(["apt-get", *apt, "update"])
    listing = _run(["apt-get", *apt, "--print-uris", "--download-only", "source", pin.DEBIAN_PACKAGE])
    for line in listing.splitlines():
        if pin.DEBIAN_COMPONENT in line:
            uri, _name, _size, checksum = line.split()
            archive = folder / "debian.tar.xz"
            _run(["/usr/lib/apt/apt-helper", *apt, "download-file", uri.strip("'"), str(archive), checksum])
            return archive
    raise BuildError(f"its source package {pin.DEBIAN_PACKAGE} has no PJSIP")


def _private_apt(folder: Path, suite: str) -> list[str]:
    for name in ("lists/partial", "archives/partial", "none"):
        (folder / name).mkdir(parents=True)
    (folder / "status").touch()
    sources = folder / "sources.list"
    sources.write_text(f"deb-src [signed-by={KEYRING}] {_mirror()} {suite} main\n")
    settings = {
        "Dir::State": folder,
        "Dir::State::status": folder / "status",
        "Dir::State::Lists": folder / "lists",
        "Dir::Cache": folder,
        "Dir::Cache::archives": folder / "archives",
        "Dir::Etc::sourcelist": sources,
        "Dir::Etc::sourceparts": folder / "none",
        "APT::Sandbox::User": "",
        "Debug::NoLocking": 1,
        "Acquire::Languages": "none",
        "Acquire::Retries": 3,
    }
    return ["-q", *(word for name, value in settings.items() for word in ("-o", f"{name}={value}"))]


def _mirror() -> str:
    """The mirror that this machine's apt uses for Debian's main."""
    targets = _run(
        [
            "apt-get",
            "indextargets",
            "--format",
            "$(ORIGIN)|$(LABEL)|$(COMPONENT)|$(REPO_URI)",
            "Created-By: Packages",
        ]
    )
    for line in targets.splitlines():
        origin, label, component, uri = line.split("|", 3)
        if (origin, label, component) == ("Debian", "Debian", "main"):
            return uri
    raise BuildError("apt knows no Debian mirror here (apt-get update was never run?)")


def _run(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise BuildError(f"{command[0]} failed: {''.join(reason)}")
    return done.stdout
