"""Makes text from the network fit for a log or a terminal: whatever it holds, it stays on its line and shows itself."""

import math
from collections.abc import Mapping

LONGEST_TEXT = 400
"""The most characters of one text that are shown."""
MOST_ITEMS = 32
"""The most items of one container that are shown."""
DEEPEST = 4
"""How deep containers are shown."""

_SPACES = frozenset(" \u3000")

Plain = str | int | float | bool | None | list["Plain"] | dict[str, "Plain"]
"""What JSON can hold."""


def harmless(text: str, longest: int = LONGEST_TEXT) -> str:
    """The text without control, format (bidi among them), private and unassigned characters: these are spelt out.

    A longer text is cut, and says by how much.
    """
    shown = "".join(_spelt(char) for char in text[:longest])
    return shown if len(text) <= longest else f"{shown}…(+{len(text) - longest})"


def plain(value: object, depth: int = DEEPEST) -> Plain:  # noqa: PLR0911 - one return a type
    """Any value as JSON can hold it, its texts harmless, its size bounded."""
    match value:
        case None | bool():
            return value
        case str():
            return harmless(value)
        case int():
            return value if abs(value) < 1 << 63 else harmless(hex(value))
        case float():
            return value if math.isfinite(value) else str(value)
        case bytes() | bytearray() | memoryview():
            return harmless(bytes(value[: LONGEST_TEXT + 1]).decode("utf-8", "backslashreplace"))
        case Mapping() if depth:
            return {
                harmless(str(key)): plain(inner, depth - 1) for key, inner in list(value.items())[:MOST_ITEMS]
            }
        case list() | tuple() | set() | frozenset() if depth:
            return [plain(inner, depth - 1) for inner in list(value)[:MOST_ITEMS]]
    return harmless(_described(value))


def _described(value: object) -> str:
    try:
        return str(value)
    except Exception as error:  # noqa: BLE001 - a log line must come out whatever is logged
        return f"<{type(value).__name__}, which cannot be shown: {type(error).__name__}>"


def _spelt(char: str) -> str:
    if char.isprintable() or char in _SPACES:
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
