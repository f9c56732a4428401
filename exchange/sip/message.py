"""Just enough of a SIP message to read what PJSIP does not hand out: request line and header fields.

PJSIP has parsed the message before; this reader never fails on what passed there, and gives "" for what
it cannot find.
"""

import re
from dataclasses import dataclass, field

_COMPACT = {
    "c": "content-type",
    "e": "content-encoding",
    "f": "from",
    "i": "call-id",
    "k": "supported",
    "l": "content-length",
    "m": "contact",
    "s": "subject",
    "t": "to",
    "v": "via",
    "x": "session-expires",
}
"""RFC 3261 7.3.3, and RFC 4028 for x."""

_FIELD = re.compile(r"([!-9;-~]+)[ \t]*:[ \t]*(.*)", re.DOTALL)
_FOLD = re.compile(r"\n[ \t]+")
_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"\s*', re.DOTALL)
_QUOTED_PAIR = re.compile(r"\\(.)", re.DOTALL)
_BOUNDARY = re.compile(r'multipart/.*;\s*boundary=(?:"([^"]+)"|([^\s;]+))', re.IGNORECASE)
_NO_BYTE = re.compile("[\ud800-\udc7f\udd00-\udfff]")
_TEL_SEPARATORS = str.maketrans("", "", "-.()")
"""Visual separators of a tel: number (RFC 3966 5.1.1)."""
_LONGEST = 65536


@dataclass(frozen=True, slots=True)
class SipMessage:
    """First line, header fields by lower-case name in their order, and the body."""

    first: str
    fields: dict[str, tuple[str, ...]] = field(default_factory=dict)
    body: str = ""

    @classmethod
    def parse(cls, text: str) -> "SipMessage":
        """Read a whole message as PJSIP printed it, of at most 65,536 characters; the rest is cut off."""
        text = text[:_LONGEST].replace("\r\n", "\n").replace("\r", "\n")
        head, _, body = text.partition("\n\n")
        lines = [clean(line) for line in _FOLD.sub(" ", head).split("\n")]
        found: dict[str, tuple[str, ...]] = {}
        for line in lines[1:]:
            if match := _FIELD.fullmatch(line):
                name = match[1].lower()
                name = _COMPACT.get(name, name)
                found[name] = (*found.get(name, ()), match[2].strip())
        return cls(lines[0], found, clean(body))

    def header(self, name: str) -> str:
        """The first field of that name, or ""."""
        values = self.fields.get(name.lower(), ())
        return values[0] if values else ""

    @property
    def request_uri(self) -> str:
        """The request URI, or "" of a response."""
        words = self.first.split(" ")
        return words[1] if len(words) == 3 and words[2].startswith("SIP/") else ""

    def sdp(self) -> str:
        """The session description: the body, or the part of a multipart body (RFC 2046 5.1) that is one; "" without."""
        boundary = _BOUNDARY.search(self.header("content-type"))
        if boundary is None:
            return self.body
        for part in self.body.split(f"--{boundary[1] or boundary[2]}"):
            head, _, description = part.partition("\n\n")
            if "application/sdp" in head.lower():
                return description
        return ""


def clean(text: str) -> str:
    """Real text from PJSIP's binding, which passes bytes that are not UTF-8 as surrogates.

    Such bytes are read as Shift_JIS, as older telephones in Japan send, where all of the text can be that;
    else each becomes U+FFFD.
    """
    octets = _NO_BYTE.sub("\N{REPLACEMENT CHARACTER}", text).encode("utf-8", "surrogateescape")
    for encoding in ("utf-8", "cp932"):
        try:
            return octets.decode(encoding)
        except UnicodeDecodeError:
            continue
    return octets.decode("utf-8", "replace")


def unescape(user: str) -> str:
    """Undo %HH of RFC 3261 19.1.2; bytes that are not text become as in `clean`."""
    octets = user.encode("utf-8", "replace")
    raw = _ESCAPE.sub(lambda match: bytes([int(match[1], 16)]), octets)
    return clean(raw.decode("utf-8", "surrogateescape"))


def uri_user(uri: str) -> str:
    """The user part of a sip:, sips: or tel: URI without its parameters and password, unescaped; else ""."""
    scheme, colon, rest = uri.strip().partition(":")
    scheme = scheme.lower()
    if not colon or scheme not in {"sip", "sips", "tel"}:
        return ""
    if scheme == "tel":
        return unescape(rest.partition(";")[0]).translate(_TEL_SEPARATORS)
    user, _, _ = rest.rpartition("@")
    return unescape(user.partition(":")[0].partition(";")[0])


def uri_host(uri: str) -> str:
    """The host of a sip: or sips: URI without its port, lower case; else ""."""
    scheme, _, rest = uri.strip().partition(":")
    if scheme.lower() not in {"sip", "sips"}:
        return ""
    host = rest.rpartition("@")[2].partition(";")[0].partition("?")[0].strip().lower()
    if host.startswith("["):
        return host.partition("]")[0].removeprefix("[")
    return host.partition(":")[0]


@dataclass(frozen=True, slots=True)
class NameAddress:
    """A From, To, P-Asserted-Identity or Contact field: display name, URI."""

    display: str
    uri: str

    @classmethod
    def parse(cls, value: str) -> "NameAddress":
        """Read name-addr or addr-spec (RFC 3261 25.1), also where quotes or brackets are broken.

        Of several addresses in one field, the first.
        """
        rest = value.strip()
        display = ""
        if quoted := _QUOTED.match(rest):
            display = _QUOTED_PAIR.sub(r"\1", quoted[1]).strip()
            rest = rest[quoted.end() :]
        before, bracket, after = rest.partition("<")
        if bracket:
            return cls(display or before.strip().strip('"').strip(), after.partition(">")[0].strip())
        return cls(display, rest.partition(";")[0].partition(",")[0].strip())
