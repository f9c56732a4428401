"""What denwa printed, put where it says: the lab's exchanges are made with that very text."""

from collections.abc import Iterable

from lab.asterisk.exchange import Connection, Exchange

from exchange.network.dialplan import PASSWORD_PLACEHOLDER, Flavour, Language, Place, dialplan_sections


def _texts(connection: Connection, flavour: Flavour, *places: Place) -> list[str]:
    sections = dialplan_sections(connection.request, flavour, Language.ENGLISH)
    return [section.text for section in sections if section.place in places]


def additional_parameters(connection: Connection) -> dict[str, str]:
    """MikoPBX: the options of [endpoint] in the extension's additional parameters."""
    if not connection.busy_gate_open:
        return {}
    (text,) = _texts(connection, Flavour.MIKOPBX, Place.EXTENSION)
    heading, *lines = text.splitlines()
    assert heading == "[endpoint]"
    return _options(lines)


def pasted_dialplan(connection: Connection) -> str:
    """MikoPBX: what is appended to extensions.conf."""
    return "".join(_texts(connection, Flavour.MIKOPBX, Place.NUMBERS, Place.CONTEXTS, Place.HOP))


def hop_is_pasted(connection: Connection) -> bool:
    """MikoPBX: whether there are lines for the hop, for which its own application is to be deleted."""
    return bool(_texts(connection, Flavour.MIKOPBX, Place.HOP))


def pasted_extension(connection: Connection, exchange: Exchange) -> str:
    """Plain Asterisk: the extension's definition with its password, and the lab's media address."""
    (text,) = _texts(connection, Flavour.ASTERISK, Place.EXTENSION)
    address = f"media_address = {exchange.address}\nbind_rtp_to_media_address = yes\n"
    return text.replace(PASSWORD_PLACEHOLDER, connection.extension.password).replace(
        "type = endpoint\n", f"type = endpoint\n{address}"
    )


def pasted_numbers(connection: Connection) -> str:
    """Plain Asterisk: the lines in the shared context."""
    return "".join(_texts(connection, Flavour.ASTERISK, Place.NUMBERS))


def pasted_hop(connection: Connection) -> str:
    """Plain Asterisk: hop.conf."""
    return "".join(_texts(connection, Flavour.ASTERISK, Place.HOP))


def pasted_contexts(connection: Connection) -> str:
    """Plain Asterisk: the contexts of their own."""
    return "".join(_texts(connection, Flavour.ASTERISK, Place.CONTEXTS))


def trunk_parameters(connections: Iterable[Connection], endpoint: str) -> dict[str, str]:
    """Plain Asterisk: what was pasted into this trunk's endpoint."""
    return _options(
        line
        for connection in connections
        for text in _texts(connection, Flavour.ASTERISK, Place.TRUNK)
        for line in text.splitlines()
        if line == f"context = {endpoint}-incoming"
    )


def _options(lines: Iterable[str]) -> dict[str, str]:
    return {name.strip(): value.strip() for name, _, value in (line.partition("=") for line in lines)}
