"""What is recorded of a language's clips: who spoke them how, and the sum of each."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

NAME = "manifest.json"


@dataclass(frozen=True, slots=True)
class Entry:
    """One clip."""

    text: str
    samples: int
    """At 8000 Hz."""
    sha256: str
    """Of the mu-law octets."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """All clips of a language, by name."""

    language: str
    engine: str
    version: str
    voice: str
    parameters: str
    licence: str
    chain: str
    tools: str
    """The versions of what the chain computes with, and the kind of machine."""
    clips: Mapping[str, Entry]


def write(manifest: Manifest, folder: Path) -> None:
    """Write the manifest beside its clips."""
    text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1)
    (folder / NAME).write_text(text + "\n", encoding="utf-8")


def read(folder: Path) -> Manifest:
    """Read the manifest of a folder of clips."""
    fields = json.loads((folder / NAME).read_text(encoding="utf-8"))
    clips = {name: Entry(**entry) for name, entry in fields.pop("clips").items()}
    return Manifest(**fields, clips=clips)
