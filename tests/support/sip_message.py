"""SIP messages as a bare test agent reads and writes them: start line, headers in order, body."""

import hashlib
import re
from dataclasses import dataclass
from typing import Self

_COMPACT = {
    "i": "call-id",
    "f": "from",
    "t": "to",
    "v": "via",
    "m": "contact",
    "l": "content-length",
    "c": "content-type",
}


@dataclass(frozen=True, slots=True)
class SipMessage:
    """A request or response.

    Attributes:
        start_line: as sent.
        headers: names (as sent) and values, in order.
        body: as sent.
    """

    start_line: str
    headers: tuple[tuple[str, str], ...]
    body: str = ""

    @classmethod
    def parse(cls, octets: bytes) -> Self:
        """Read a whole message; folded lines are joined."""
        head, _, body = octets.decode("utf-8", "surrogateescape").partition("\r\n\r\n")
        start_line, *lines = re.sub(r"\r\n[ \t]+", " ", head).split("\r\n")
        pairs = (line.partition(":") for line in lines)
        return cls(start_line, tuple((name.strip(), value.strip()) for name, _, value in pairs), body)

    def encode(self) -> bytes:
        """The message as it goes out, with its Content-Length."""
        length = len(self.body.encode("utf-8", "surrogateescape"))
        lines = [f"{name}: {value}" for name, value in (*self.headers, ("Content-Length", str(length)))]
        return "\r\n".join([self.start_line, *lines, "", self.body]).encode("utf-8", "surrogateescape")

    @property
    def method(self) -> str:
        """Of a request; empty for a response."""
        return "" if self.status else self.start_line.split(" ", 1)[0]

    @property
    def uri(self) -> str:
        """The request URI."""
        return self.start_line.split(" ")[1]

    @property
    def status(self) -> int:
        """Of a response; 0 for a request."""
        return int(self.start_line.split(" ")[1]) if self.start_line.startswith("SIP/2.0 ") else 0

    def all(self, name: str) -> list[str]:
        """The values of a header, topmost first."""
        wanted = name.lower()
        return [
            value for given, value in self.headers if _COMPACT.get(given.lower(), given.lower()) == wanted
        ]

    def one(self, name: str) -> str:
        """The first value of a header; empty if there is none."""
        return next(iter(self.all(name)), "")


def digest_authorization(challenge: str, method: str, uri: str, user: str, password: str) -> str:
    """The Authorization that answers a WWW-Authenticate (RFC 2617, MD5; with qop=auth where offered)."""
    asked = dict(re.findall(r'(\w+)="?([^",]*)"?', challenge.removeprefix("Digest ")))
    ha1 = _md5(f"{user}:{asked['realm']}:{password}")
    ha2 = _md5(f"{method}:{uri}")
    fields = {"username": user, "realm": asked["realm"], "nonce": asked["nonce"], "uri": uri}
    plain = {"algorithm": "MD5"}
    if "auth" in asked.get("qop", "").split(","):
        plain |= {"qop": "auth", "nc": "00000001"}
        fields["cnonce"] = "c0ffee"
        response = _md5(f"{ha1}:{asked['nonce']}:00000001:c0ffee:auth:{ha2}")
    else:
        response = _md5(f"{ha1}:{asked['nonce']}:{ha2}")
    if "opaque" in asked:
        fields["opaque"] = asked["opaque"]
    quoted = [f'{name}="{value}"' for name, value in (fields | {"response": response}).items()]
    return "Digest " + ", ".join([*quoted, *(f"{name}={value}" for name, value in plain.items())])


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
