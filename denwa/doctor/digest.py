"""A digest answer to an exchange's challenge (RFC 2617, RFC 7616): MD5 or SHA-256, with or without `qop`."""

import hashlib
import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass

_PARAMETER = re.compile(r'([A-Za-z-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))')
_HASHES: dict[str, Callable[[bytes], str]] = {
    "MD5": lambda data: hashlib.md5(data, usedforsecurity=False).hexdigest(),
    "SHA-256": lambda data: hashlib.sha256(data).hexdigest(),
}


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be authorised: method and request URI."""

    method: str
    uri: str


def authorization(challenges: Iterable[str], request: Request, user: str, password: str) -> str | None:
    """The value of Authorization for the first challenge that we understand, None where there is none."""
    for challenge in challenges:
        scheme, _, rest = challenge.strip().partition(" ")
        given = {name.lower(): quoted or plain for name, quoted, plain in _PARAMETER.findall(rest)}
        algorithm = given.get("algorithm", "MD5").upper()
        if scheme.lower() == "digest" and algorithm in _HASHES and "nonce" in given:
            return _answer(given, algorithm, request, user, password)
    return None


def _answer(given: dict[str, str], algorithm: str, request: Request, user: str, password: str) -> str:
    hashed = _HASHES[algorithm]

    def of(*parts: str) -> str:
        return hashed(":".join(parts).encode("utf-8", "surrogateescape"))

    realm, nonce = given.get("realm", ""), given["nonce"]
    secret, what = of(user, realm, password), of(request.method, request.uri)
    fields = {"username": user, "realm": realm, "nonce": nonce, "uri": request.uri}
    bare = {"algorithm": algorithm}
    if "auth" in [each.strip() for each in given.get("qop", "").split(",")]:
        cnonce = secrets.token_hex(8)
        fields |= {"cnonce": cnonce, "response": of(secret, nonce, "00000001", cnonce, "auth", what)}
        bare |= {"qop": "auth", "nc": "00000001"}
    else:
        fields["response"] = of(secret, nonce, what)
    if "opaque" in given:
        fields["opaque"] = given["opaque"]
    said = [f'{name}="{value}"' for name, value in fields.items()]
    return "Digest " + ", ".join([*said, *(f"{name}={value}" for name, value in bare.items())])
