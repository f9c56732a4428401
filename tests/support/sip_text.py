"""SIP messages as text, for test peers: read, written, and digest answers (RFC 3261, RFC 2617) reckoned."""

import hashlib
import re
from dataclasses import dataclass, field

COMPACT = {"f": "From", "t": "To", "i": "Call-ID", "m": "Contact", "v": "Via", "l": "Content-Length"}


@dataclass(slots=True)
class SipText:
    """A start line, header fields in their order, and a body."""

    start: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    @property
    def is_request(self) -> bool:
        return not self.start.startswith("SIP/2.0 ")

    @property
    def method(self) -> str:
        """The request's method, or the one that a response answers."""
        return self.start.split(" ")[0] if self.is_request else self.get("CSeq").split()[1]

    @property
    def uri(self) -> str:
        return self.start.split(" ")[1]

    @property
    def status(self) -> int:
        return int(self.start.split(" ")[1])

    def get(self, name: str) -> str:
        """The first field of that name, or ""."""
        return next(iter(self.all(name)), "")

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.fields if key.lower() == name.lower()]

    def encode(self) -> bytes:
        """As it goes on the wire, with its Content-Length."""
        lines = [self.start, *(f"{name}: {value}" for name, value in self.fields)]
        head = "\r\n".join([*lines, f"Content-Length: {len(self.body)}", "", ""])
        return head.encode("utf-8", "surrogateescape") + self.body

    @classmethod
    def decode(cls, data: bytes) -> "SipText":
        head, _, body = data.partition(b"\r\n\r\n")
        start, *lines = re.sub(r"\r\n[ \t]+", " ", head.decode("utf-8", "surrogateescape")).split("\r\n")
        fields = []
        for line in lines:
            name, _, value = line.partition(":")
            name = COMPACT.get(name.strip().lower(), name.strip())
            if name.lower() != "content-length":
                fields.append((name, value.strip()))
        return cls(start, fields, body)


def content_length(head: bytes) -> int:
    """The body's length that a message's head on TCP announces."""
    match = re.search(rb"\r\n(?:Content-Length|l)[ \t]*:[ \t]*(\d+)", head, re.IGNORECASE)
    return int(match[1]) if match else 0


class SipStream:
    """Cuts a TCP stream into messages (RFC 3261 18.3); CRLFs between them keep the connection alive."""

    def __init__(self) -> None:
        self._data = b""

    def feed(self, data: bytes) -> list[SipText]:
        self._data = (self._data + data).lstrip(b"\r\n")
        messages = []
        while (head_end := self._data.find(b"\r\n\r\n")) >= 0:
            end = head_end + 4 + content_length(self._data[:head_end])
            if len(self._data) < end:
                break
            messages.append(SipText.decode(self._data[:end]))
            self._data = self._data[end:].lstrip(b"\r\n")
        return messages


def response_to(
    request: SipText, status: int, reason: str, fields: list[tuple[str, str]] | None = None, *, tag: str = ""
) -> SipText:
    """A response with what RFC 3261 8.2.6 takes over from the request."""
    taken = [(name, value) for name, value in request.fields if name in {"Via", "From", "Call-ID", "CSeq"}]
    to = request.get("To")
    if tag and ";tag=" not in to:
        to += f";tag={tag}"
    return SipText(f"SIP/2.0 {status} {reason}", [*taken, ("To", to), *(fields or [])])


def parameters(value: str) -> dict[str, str]:
    """`Digest a="b", c=d` as a dictionary, names in small letters."""
    pairs = re.findall(r'([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))', value)
    return {name.lower(): quoted or plain for name, quoted, plain in pairs}


def digest_response(given: dict[str, str], *, method: str, password: str) -> str:
    """The MD5 digest that an Authorization with these parameters must hold (RFC 2617 3.2.2), qop auth or none."""
    secret = _md5(f"{given['username']}:{given['realm']}:{password}")
    request = _md5(f"{method}:{given['uri']}")
    middle = f"{given['nc']}:{given['cnonce']}:{given['qop']}:" if given.get("qop") else ""
    return _md5(f"{secret}:{given['nonce']}:{middle}{request}")


def uri_in(value: str) -> str:
    """The URI of a name-addr or addr-spec."""
    match = re.search(r"<([^>]*)>", value)
    return match[1] if match else value.split(";", maxsplit=1)[0].strip()


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
