"""What a scripted SIP peer needs beside `SipMessage`: streams cut into messages, responses, digests checked."""

import hashlib
import re

from support.sip_message import SipMessage


def content_length(head: bytes) -> int:
    """The body's length that a message's head on TCP announces."""
    match = re.search(rb"\r\n(?:Content-Length|l)[ \t]*:[ \t]*(\d+)", head, re.IGNORECASE)
    return int(match[1]) if match else 0


class SipStream:
    """Cuts a TCP stream into messages (RFC 3261 18.3); CRLFs between them keep the connection alive."""

    def __init__(self) -> None:
        self._data = b""

    def feed(self, data: bytes) -> list[SipMessage]:
        self._data = (self._data + data).lstrip(b"\r\n")
        messages: list[SipMessage] = []
        while (head_end := self._data.find(b"\r\n\r\n")) >= 0:
            end = head_end + 4 + content_length(self._data[:head_end])
            if len(self._data) < end:
                break
            messages.append(SipMessage.parse(self._data[:end]))
            self._data = self._data[end:].lstrip(b"\r\n")
        return messages


def response_to(
    request: SipMessage, status: int, reason: str, *headers: tuple[str, str], tag: str = ""
) -> SipMessage:
    """A response with what RFC 3261 8.2.6 takes over from the request."""
    to = request.one("To")
    if tag and ";tag=" not in to:
        to += f";tag={tag}"
    taken = [("Via", via) for via in request.all("Via")]
    taken += [(name, request.one(name)) for name in ("From", "Call-ID", "CSeq")]
    return SipMessage(f"SIP/2.0 {status} {reason}", (*taken, ("To", to), *headers))


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
