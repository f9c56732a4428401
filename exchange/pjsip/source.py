"""PJSIP's source: from a file or folder, from upstream, or from Debian's source package; verified by content."""

import hashlib
import os
import shutil
import subprocess
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from exchange.pjsip import pin
from exchange.pjsip.debian import fetch_component
from exchange.pjsip.report import BuildError, say


def obtain(tree: Path) -> None:
    """Unpack the pinned source into the new folder `tree`.

    The first of these that is to be had, and is right: PJSIP_SOURCE (an archive or a folder; then only that),
    the upstream release, Debian's suites.

    Raises:
        BuildError: none of them was.
    """
    if given := os.environ.get("PJSIP_SOURCE"):
        _from_given(Path(given), tree)
        verify(tree)
        return
    for name, fetch in _ways():
        shutil.rmtree(tree, ignore_errors=True)
        tree.mkdir()
        try:
            with tempfile.TemporaryDirectory(dir=tree.parent) as folder:
                _unpack(fetch(Path(folder)), tree)
            verify(tree)
        except (BuildError, OSError) as error:
            say(f"{name}: {error}")
        else:
            return
    raise BuildError(
        f"no source of PJSIP {pin.VERSION} is to be had (is there Internet, or a Debian mirror?)\n"
        f"  fetch {pin.UPSTREAM} elsewhere and set PJSIP_SOURCE to the file"
    )


def verify(tree: Path) -> None:
    """Raise BuildError unless the folder holds the pinned release, unpatched, file for file."""
    if code_digest(tree) != pin.CODE_DIGEST or build_digest(tree) != pin.BUILD_DIGEST:
        raise BuildError(f"the source's content is not that of PJSIP {pin.VERSION}: its digest is another")


def code_digest(tree: Path) -> str:
    """Digest of all compiled files: sha256 over sha256sum's lines, in the order of their bytes."""
    names = [
        str(file.relative_to(tree))
        for folder in pin.CODE_FOLDERS
        for file in (tree / folder).rglob("*")
        if file.suffix in pin.CODE_SUFFIXES and file.name not in pin.NOT_EVERYWHERE and file.is_file()
    ]
    digest = hashlib.sha256()
    for name in sorted(names, key=os.fsencode):
        of_file = hashlib.sha256((tree / name).read_bytes()).hexdigest()
        digest.update(f"{of_file}  {name}\n".encode())
    return digest.hexdigest()


def build_digest(tree: Path) -> str:
    """Digest of the files that steer the build."""
    digest = hashlib.sha256()
    for name in pin.BUILD_FILES:
        file = tree / name
        digest.update(file.read_bytes() if file.is_file() else b"")
    return digest.hexdigest()


def _ways() -> Iterator[tuple[str, Callable[[Path], Path]]]:
    yield f"upstream's release {pin.VERSION}", _from_upstream
    for suite in pin.DEBIAN_SUITES:
        yield f"Debian's {suite}", partial(fetch_component, suite)


def _from_given(given: Path, tree: Path) -> None:
    if given.is_dir():
        shutil.copytree(given, tree, symlinks=True)
    elif given.is_file():
        tree.mkdir()
        _unpack(given, tree)
    else:
        raise BuildError(f"PJSIP_SOURCE={given}: there is no such file or folder")


def _from_upstream(folder: Path) -> Path:
    say(f"taking {pin.UPSTREAM}")
    archive = folder / "upstream.tar.gz"
    with (
        urllib.request.urlopen(pin.UPSTREAM, timeout=20) as answer,  # noqa: S310 - our own constant
        archive.open("wb") as file,
    ):
        shutil.copyfileobj(answer, file)
    return archive


def _unpack(archive: Path, tree: Path) -> None:
    # tar, not tarfile: it takes every compression, and drops the archive's own first folder
    command = ["tar", "-x", "--no-same-owner", "--strip-components=1", "-C", str(tree), "-f", str(archive)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BuildError(f"{archive.name} cannot be unpacked: {done.stderr.strip()[-200:]}")
