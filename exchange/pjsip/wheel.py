"""Packs the extension into the wheel denwa_pjsip (PEP 427: a zip with metadata), after trying it."""

import base64
import hashlib
import shutil
import sys
import sysconfig
import zipfile
from pathlib import Path

from exchange.pjsip import pin
from exchange.pjsip.report import step

PACKAGE = "denwa_pjsip"
TEMPLATE = pin.ROOM / "package"
SELF_TEST = TEMPLATE / "self_test.py"


def package_files() -> list[Path]:
    """The Python files that are packed beside the extension, sorted."""
    return sorted(TEMPLATE.glob("*"))


def pack(extension: Path, pjsua2: Path, key: str, work: Path) -> Path:
    """Lay the package out in `work`, try it in a process of its own, and return the wheel."""
    root = work / "root"
    package = root / PACKAGE
    package.mkdir(parents=True)
    for file in (
        extension,
        pjsua2,
        *(file for file in package_files() if file.is_file() and file != SELF_TEST),
    ):
        shutil.copy(file, package)
    step("self-test", [sys.executable, "-I", "-W", "error", str(SELF_TEST), str(root)], work)
    return _zip(root, key, work)


def _zip(root: Path, key: str, work: Path) -> Path:
    version = f"{pin.VERSION}+g{key}"  # the key in it: pip then sees that it is another
    python = f"cp{sys.version_info.major}{sys.version_info.minor}"
    tag = f"{python}-{python}-{sysconfig.get_platform().replace('-', '_').replace('.', '_')}"
    info = f"{PACKAGE}-{version}.dist-info"
    (root / info).mkdir()
    (root / info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: denwa-pjsip\nVersion: {version}\nLicense: GPL-2.0-or-later\n"
        "Summary: PJSIP as denwa builds it, with its packet line\nRequires-Dist: cffi\n"
    )
    (root / info / "WHEEL").write_text(
        f"Wheel-Version: 1.0\nGenerator: denwa\nRoot-Is-Purelib: false\nTag: {tag}\n"
    )
    files = [file for file in sorted(root.rglob("*")) if file.is_file()]
    record = "".join(f"{file.relative_to(root)},{_digest(file)},{file.stat().st_size}\n" for file in files)
    (root / info / "RECORD").write_text(record + f"{info}/RECORD,,\n")
    wheel = work / f"{PACKAGE}-{version}-{tag}.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in [*files, root / info / "RECORD"]:
            archive.write(file, str(file.relative_to(root)))
    return wheel


def _digest(file: Path) -> str:
    digest = hashlib.sha256(file.read_bytes()).digest()
    return "sha256=" + base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
