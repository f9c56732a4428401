"""Hides who called, in logs that anybody on duty may read."""

import re
from collections.abc import Mapping

from exchange.sip.caller import Caller

NUMBER_KEYS = frozenset({"caller", "caller_number", "callee", "number", "did"})
"""Fields that hold a person's number."""
NAME_KEYS = frozenset({"caller_name", "display_name"})
"""Fields that hold a person's name."""
ADDRESS_KEYS = frozenset({"from", "to", "contact", "uri", "request_uri", "p_asserted_identity"})
"""Fields in which a SIP or tel address stands, with its display name or without."""

_URI_USER = re.compile(r"\b(sips?|tel):([^@;>\s]*)", re.IGNORECASE)


def mask_number(number: str) -> str:
    """A number with its last digits hidden: two of a short one, four of a long one; what is before tells the exchange."""
    hidden = min(len(number), max(2, min(4, len(number) // 2)))
    return number[: len(number) - hidden] + "*" * hidden


def mask_name(name: str) -> str:
    """A display name's first character; the rest hidden, its length too."""
    return f"{name[:1]}***" if name else ""


def mask_uris(text: str) -> str:
    """A text in which the user part of each SIP or tel URI is masked."""
    return _URI_USER.sub(lambda match: f"{match[1]}:{mask_number(match[2])}", text)


def mask_address(text: str) -> str:
    """A From or To as SIP writes it, its display name masked too."""
    display, opening, uri = text.partition("<")
    name = mask_name(display.strip(' "'))
    return mask_uris(f"{name} <{uri}" if opening and name else text)


def masked(fields: Mapping[str, object]) -> dict[str, object]:
    """The fields of a log line with everything masked that says who called."""
    return {key: _masked(key.lower(), value) for key, value in fields.items()}


def _masked(key: str, value: object) -> object:
    if isinstance(value, Caller):
        peer = f" by {value.peer}" if value.peer else ""
        return f"{mask_number(value.number) or 'withheld'}{peer} ({value.trust.value})"
    if key in NUMBER_KEYS:
        return mask_number(str(value))
    if key in NAME_KEYS:
        return mask_name(str(value))
    return mask_address(str(value)) if key in ADDRESS_KEYS else value
