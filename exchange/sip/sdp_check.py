"""Looks an SDP offer over before PJSIP negotiates it: what could harm is refused, and what we cannot speak.

PJSIP takes hostile SDP apart in C and resolves host names in its one thread, so nothing odd reaches it.
"""

import re
from dataclasses import dataclass, field
from ipaddress import AddressValueError, IPv4Address

BAD_REQUEST = 400
NOT_ACCEPTABLE = 488
LONGEST_SDP = 8000
"""Characters; PJSIP's binding hands out 8,192 bytes (PJSUA2_MAX_SDP_BUF_LEN) and an empty text beyond."""
LONGEST_LINE = 512
LONGEST_CONNECTION = 128
MOST_LINES = 400
MOST_MEDIA = 8
MOST_FORMATS = 32
MOST_ATTRIBUTES = 64
"""In one section; PJMEDIA_MAX_SDP_ATTR is 68."""
_FREE_TEXT = frozenset("si")
_TYPE = re.compile(r"[a-z]=")
_ORIGIN = re.compile(r"\S+ \d{1,20} \d{1,20} IN IP[46] \S+")
_MEDIA = re.compile(r"([!-~]+) (\d{1,5})(?:/\d{1,3})? ([!-~]+)((?: [!-~]+)+)")
_CONNECTION = re.compile(r"IN IP[46] [0-9A-Za-z.:/-]+")
_RTPMAP = re.compile(r"rtpmap:(\d{1,3}) +([^/ ]+)/(\d+)(?:/1)? *", re.IGNORECASE)
_STATIC = {"0": "PCMU", "8": "PCMA"}


@dataclass(frozen=True, slots=True)
class SdpVerdict:
    """Status 0 when the offer may be negotiated, else the SIP status (400, 488) to refuse it with."""

    status: int = 0
    reason: str = ""

    @property
    def ok(self) -> bool:
        """It may be negotiated."""
        return self.status == 0


@dataclass(slots=True)
class _Section:
    """The session, or one media description, as its lines are read."""

    kind: str = ""
    port: int = 0
    protocol: str = ""
    formats: tuple[str, ...] = ()
    connection: str = ""
    attributes: list[str] = field(default_factory=list)


class _Refused(Exception):  # noqa: N818 - carries the verdict
    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.verdict = SdpVerdict(status, reason)


def check_offer(text: str) -> SdpVerdict:
    """Whether an offer is sound SDP (RFC 8866) with an audio line that we can answer: RTP/AVP, PCMU or PCMA."""
    try:
        session, media = _read(_lines(text))
        _require_connections(session, media)
        if not any(_speaks_g711(line, line.connection or session.connection) for line in media):
            return SdpVerdict(NOT_ACCEPTABLE, "No PCMU or PCMA over RTP/AVP")
    except _Refused as refused:
        return refused.verdict
    return SdpVerdict()


def _lines(text: str) -> list[str]:
    if not text or len(text) > LONGEST_SDP:
        raise _Refused(BAD_REQUEST, "SDP Empty or Too Long")
    lines = text.replace("\r\n", "\n").rstrip("\n").split("\n")
    if len(lines) > MOST_LINES:
        raise _Refused(BAD_REQUEST, "SDP Has Too Many Lines")
    for line in lines:
        if len(line) > LONGEST_LINE:
            raise _Refused(BAD_REQUEST, "SDP Line Too Long")
        if not _TYPE.match(line):
            raise _Refused(BAD_REQUEST, "SDP Line Without Type")
        if not all(_may_stand(char, line[0]) for char in line):
            raise _Refused(BAD_REQUEST, "SDP Not Printable")
    return lines


def _may_stand(char: str, line_type: str) -> bool:
    """Printable ASCII and tabs; names of sessions and their descriptions may be in any script."""
    return " " <= char <= "~" or char == "\t" or (line_type in _FREE_TEXT and char > "\x9f")


def _read(lines: list[str]) -> tuple[_Section, list[_Section]]:
    types = [line[0] for line in lines]
    if lines[0] != "v=0" or types[1:3] != ["o", "s"] or types.count("v") + types.count("o") > 2:
        raise _Refused(BAD_REQUEST, "SDP Must Begin With v, o, s")
    if not _ORIGIN.fullmatch(lines[1][2:]):
        raise _Refused(BAD_REQUEST, "SDP Origin Malformed")
    if types.count("m") > MOST_MEDIA:
        raise _Refused(NOT_ACCEPTABLE, "Too Many Media")
    session = _Section()
    media: list[_Section] = []
    for line in lines[3:]:
        section = media[-1] if media else session
        value = line[2:]
        match line[0]:
            case "m":
                media.append(_read_media(value))
            case "c":
                _read_connection(section, value)
            case "a":
                section.attributes.append(value)
                if len(section.attributes) > MOST_ATTRIBUTES:
                    raise _Refused(BAD_REQUEST, "Too Many SDP Attributes")
    return session, media


def _read_media(value: str) -> _Section:
    match = _MEDIA.fullmatch(value)
    if match is None or int(match[2]) > 65535:
        raise _Refused(BAD_REQUEST, "SDP Media Line Malformed")
    formats = tuple(match[4].split())
    if len(formats) > MOST_FORMATS:
        raise _Refused(BAD_REQUEST, "Too Many Formats")
    return _Section(match[1].lower(), int(match[2]), match[3].upper(), formats)


def _read_connection(section: _Section, value: str) -> None:
    if section.connection:
        raise _Refused(BAD_REQUEST, "Two Connection Lines")
    if len(value) > LONGEST_CONNECTION or not _CONNECTION.fullmatch(value):
        raise _Refused(BAD_REQUEST, "SDP Connection Malformed")
    section.connection = value


def _require_connections(session: _Section, media: list[_Section]) -> None:
    """RFC 8866 5.7: each medium in use has a connection, its own or the session's."""
    if any(line.port and not (line.connection or session.connection) for line in media):
        raise _Refused(BAD_REQUEST, "SDP Connection Missing")


def _speaks_g711(line: _Section, connection: str) -> bool:
    if line.kind != "audio" or line.port == 0 or line.protocol != "RTP/AVP" or not _is_ipv4(connection):
        return False
    encodings = dict(_STATIC)
    for attribute in line.attributes:
        if match := _RTPMAP.fullmatch(attribute):
            encodings[match[1]] = match[2].upper() if match[3] == "8000" else ""
    return any(encodings.get(payload_type) in {"PCMU", "PCMA"} for payload_type in line.formats)


def _is_ipv4(connection: str) -> bool:
    """One host's address: no name, no multicast group; 0.0.0.0 is a hold of the old form."""
    try:
        return not IPv4Address(connection.removeprefix("IN IP4 ")).is_multicast
    except AddressValueError:
        return False
