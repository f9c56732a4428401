"""Every module that declares rows, imported, so that the metadata is whole."""

import importlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("store", "schedules", "trust")


def all_rows() -> list[str]:
    """Import each module of the rooms that declares a table; their names."""
    declaring = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for room in ROOMS
        for path in sorted((ROOT / room).rglob("*.py"))
        if "__tablename__" in path.read_text()
    ]
    for name in declaring:
        importlib.import_module(name)
    return declaring
