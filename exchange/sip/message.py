"""Just enough of a SIP message to read what PJSIP does not hand out: request line and header fields.

PJSIP has parsed the message before; this reader never fails on what passed there, and gives "" for what
it cannot find. Bytes that are not UTF-8 come as surrogates and are replaced.
"""

import re
from dataclasses import dataclass, field

_COMPACT = {"f": "from", "t": "to", "i": "call-id", "m": "contact", "v": "via", "c": "content-type", "l": "content-length"}
_FIELD = re.compile(r"^([!-9;-~]+)[ \t]*:[ \t]*(.*)$", re.DOTALL)
_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")
_LONGEST = 65536


@dataclass(frozen=True, slots=True)
class SipMessage:
    """First line, header fields by lower-case name in their order, and the body."""

    first: str
    fields: dict[str, tuple[str, ...]] = field(default_factory=dict)
    body: str = ""

    @classmethod
    def parse(cls, text: str) -> "SipMessage":
        """Read a whole message as PJSIP printed it."""
        text = clean(text[:_LONGEST])
        head, _, body = text.replace("\r\n", "\n").replace("\r", "\n").partition("\n\n")
        unfolded = re.sub(r"\n[ \t]+", " ", head)
        lines = unfolded.split("\n")
        found: dict[str, tuple[str, ...]] = {}
        for line in lines[1:]:
            if match := _FIELD.match(line):
                name = match[1].lower()
                name = _COMPACT.get(name, name)
                found[name] = (*found.get(name, ()), match[2].strip())
        return cls(lines[0], found, body)

    def header(self, name: str) -> str:
        """The first field of that name, or ""."""
        values = self.fields.get(name.lower(), ())
        return values[0] if values else ""

    @property
    def request_uri(self) -> str:
        """The request URI, or "" of a response."""
        words = self.first.split(" ")
        return words[1] if len(words) == 3 and words[2].startswith("SIP/") else ""


def clean(text: str) -> str:
    """Replace the surrogates by which undecodable bytes travel through PJSIP's binding."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def unescape(user: str) -> str:
    """Undo %HH of RFC 3261 19.1.2; bytes that are not UTF-8 become U+FFFD."""
    raw = _ESCAPE.sub(lambda match: bytes([int(match[1], 16)]), user.encode("utf-8", "replace"))
    return raw.decode("utf-8", "replace")


def uri_user(uri: str) -> str:
    """The user part of a sip:, sips: or tel: URI without its parameters and password, unescaped; else ""."""
    scheme, colon, rest = uri.strip().partition(":")
    scheme = scheme.lower()
    if not colon or scheme not in {"sip", "sips", "tel"}:
        return ""
    if scheme == "tel":
        return unescape(rest.partition(";")[0])
    user, at, _ = rest.rpartition("@")
    if not at:
        return ""
    return unescape(user.partition(":")[0].partition(";")[0])


@dataclass(frozen=True, slots=True)
class NameAddress:
    """A From, To, P-Asserted-Identity or Contact field: display name, URI."""

    display: str
    uri: str

    @classmethod
    def parse(cls, value: str) -> "NameAddress":
        """Read name-addr or addr-spec (RFC 3261 25.1), also where quotes or brackets are broken."""
        value = value.strip()
        display = ""
        rest = value
        if value.startswith('"'):
            match = re.match(r'"((?:[^"\\]|\\.)*)"\s*', value, re.DOTALL)
            if match:
                display = re.sub(r"\\(.)", r"\1", match[1], flags=re.DOTALL)
                rest = value[match.end() :]
        opening = rest.find("<")
        if opening >= 0:
            if not display:
                display = rest[:opening].strip().strip('"')
            closing = rest.find(">", opening)
            return cls(display, rest[opening + 1 : closing if closing >= 0 else len(rest)].strip())
        return cls(display, rest.partition(";")[0].strip())
