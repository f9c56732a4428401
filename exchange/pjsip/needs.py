"""What the build takes from the machine, and the Debian packages that have it."""

import shutil
import sysconfig
from importlib.util import find_spec
from pathlib import Path

from exchange.pjsip.report import BuildError

PROGRAMS = {
    "gcc": "build-essential",
    "g++": "build-essential",
    "make": "build-essential",
    "patch": "patch",
    "swig": "swig",
    "xz": "xz-utils",
}


def missing_packages() -> list[str]:
    """Name the Debian packages that this build lacks, sorted."""
    missing = {package for program, package in PROGRAMS.items() if shutil.which(program) is None}
    if not Path("/usr/include/uuid/uuid.h").is_file():
        missing.add("uuid-dev")
    if not Path(sysconfig.get_path("include"), "Python.h").is_file():
        missing.add("python3-dev")
    return sorted(missing)


def check_packages() -> None:
    """Raise BuildError, with the command to type, when a Debian package is not here."""
    if missing := missing_packages():
        packages = " ".join(missing)
        raise BuildError(f"Debian packages are missing: {packages}\n  type: sudo apt-get install {packages}")


def check_python() -> None:
    """Raise BuildError when this Python lacks what every build takes."""
    if find_spec("cffi") is None:
        raise BuildError("this Python lacks cffi\n  type: python -m pip install cffi")
