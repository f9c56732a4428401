"""Where what was built is kept: a folder outside the clone, one entry a hash of all that went in."""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path


def cache_folder() -> Path:
    """Return DENWA_CACHE, else denwa's folder in the XDG cache; it is made when it is not there."""
    chosen = os.environ.get("DENWA_CACHE")
    folder = (
        Path(chosen) if chosen else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "denwa"
    )
    folder.mkdir(parents=True, exist_ok=True)
    return folder.resolve()


def key_of(facts: Iterable[str], files: Iterable[Path]) -> str:
    """Hash texts and files' names and contents to 16 hexadecimal digits."""
    digest = hashlib.sha256()
    for fact in facts:
        digest.update(fact.encode() + b"\0")
    for file in files:
        digest.update(f"{file.name}\0{file.stat().st_size}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def keep_newest(folder: Path, pattern: str, count: int) -> None:
    """Forget all entries of this name pattern but the newest `count`; the cache must be locked."""
    entries = sorted(folder.glob(pattern), key=lambda entry: entry.stat().st_mtime, reverse=True)
    for old in entries[count:]:
        shutil.rmtree(old)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Let one build at a time work in this cache; a second waits."""
    with (folder / ".pjsip.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
