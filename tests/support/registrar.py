"""A SIP registrar for tests that behaves as its script says: UDP and TCP on one port, digest MD5.

    with ScriptedRegistrar({"7000": "secret"}) as registrar:
        registrar.script = [TooBrief(300), Silence(), Status(503, retry_after_s=5)]
        ...
        registrar.wait_for(lambda: registrar.bindings("7000"))
        assert registrar.most_bindings == 1

Each REGISTER takes the next step of the script; when there is none, a real registrar's behaviour follows:
challenge, check, bind.
"""

import secrets
import time
from dataclasses import dataclass

from support.registrar_steps import (
    Accept,
    Held,
    NewNonce,
    Silence,
    Status,
    Step,
    TooBrief,
    TwoChallenges,
    WrongPassword,
)
from support.sip_message import SipMessage
from support.sip_server import PATIENCE_S, Peer, SipServer, Transaction, branch
from support.sip_text import digest_response, parameters, response_to, uri_in

REALM = "test"


@dataclass(frozen=True, slots=True)
class Binding:
    """A contact of a user, until when it is kept, and where its REGISTER came from."""

    contact: str
    until_monotonic_s: float
    expires_s: int
    peer: Peer


@dataclass(frozen=True, slots=True)
class Seen:
    """A REGISTER that was not a retransmission, and when it came."""

    message: SipMessage
    at_monotonic_s: float


class ScriptedRegistrar(SipServer):
    """See the module. `users` maps user names to passwords.

    Attributes:
        script: the steps that the coming REGISTERs take, one each.
        always: the step of every REGISTER when the script is at its end.
        seen: the REGISTERs, without retransmissions.
        bad_passwords: REGISTERs with credentials that were wrong or were said to be.
        most_bindings: the most live bindings that any user ever had at once.
    """

    def __init__(self, users: dict[str, str], address: str = "127.0.0.1", port: int = 0) -> None:
        super().__init__(address, port)
        self.users = users
        self.script: list[Step] = []
        self.always: Step = Accept()
        self.seen: list[Seen] = []
        self.bad_passwords = 0
        self.most_bindings = 0
        self._bindings: dict[str, dict[str, Binding]] = {}
        self._nonces: set[str] = set()
        self._answered: dict[tuple[str, str], bytes] = {}

    def bindings(self, user: str) -> list[Binding]:
        """The live bindings of a user."""
        with self._changed:
            return self._live(user)

    def forget_nonces(self) -> None:
        """Challenge whoever comes next anew, as an exchange that was restarted does."""
        with self._changed:
            self._nonces.clear()

    def options(self, binding: Binding) -> SipMessage:
        """Qualify a contact, as exchanges do; the final response."""
        return self.wait_final(
            self.send(self.new_request("OPTIONS", binding.contact, binding.peer), binding.peer)
        )

    def invite(
        self,
        binding: Binding,
        *,
        number: str | None = None,
        sdp: str = "",
        headers: tuple[tuple[str, str], ...] = (),
    ) -> Transaction:
        """Call a contact; `number` takes the place of its user, as in a range `Dial`."""
        uri = binding.contact if number is None else _with_user(binding.contact, number)
        return self.call(uri, binding.peer, sdp=sdp, headers=headers)

    def answer(self, request: SipMessage, peer: Peer) -> bytes:
        """Take the next step for a REGISTER; for a retransmission, give the same answer again."""
        if request.method != "REGISTER":
            return super().answer(request, peer)
        key = (branch(request), request.one("CSeq"))
        if key not in self._answered:
            self.seen.append(Seen(request, time.monotonic()))
            step = self.script.pop(0) if self.script else self.always
            answer = self._answer(request, step, peer)
            self._answered[key] = answer.encode() if answer else b""
        return self._answered[key]

    def _answer(self, request: SipMessage, step: Step, peer: Peer) -> SipMessage | None:  # noqa: PLR0911 - one for each step
        match step:
            case Silence():
                return None
            case Status(status, reason, retry_after_s):
                headers = [("Retry-After", str(retry_after_s))] if retry_after_s is not None else []
                return response_to(request, status, reason, *headers, tag="registrar")
            case TooBrief(min_expires_s) if 0 < _asked_expires_s(request) < min_expires_s:
                header = ("Min-Expires", str(min_expires_s))
                return response_to(request, 423, "Interval Too Brief", header, tag="registrar")
            case NewNonce():
                return self._challenge(request)
            case TwoChallenges():
                strange = f'Digest realm="{REALM}", nonce="{secrets.token_hex(8)}", algorithm=SHA-512-256, qop="auth"'
                return self._challenge(request, strange)
            case WrongPassword():
                self.bad_passwords += bool(request.one("Authorization"))
                return self._challenge(request)
            case Held(released):
                released.wait(PATIENCE_S)
                return self._accept(request, peer, None)
            case Accept(expires_s):
                return self._accept(request, peer, expires_s)
            case _:
                return self._accept(request, peer, None)

    def _challenge(self, request: SipMessage, *before: str) -> SipMessage:
        nonce = secrets.token_hex(16)
        self._nonces.add(nonce)
        own = f'Digest realm="{REALM}", nonce="{nonce}", algorithm=MD5, qop="auth"'
        headers = [("WWW-Authenticate", challenge) for challenge in (*before, own)]
        return response_to(request, 401, "Unauthorized", *headers, tag="registrar")

    def _accept(self, request: SipMessage, peer: Peer, granted_s: int | None) -> SipMessage:
        given = parameters(request.one("Authorization"))
        if given.get("nonce") not in self._nonces:
            return self._challenge(request)
        user = given.get("username", "")
        password = self.users.get(user)
        right = password is not None and given.get("response") == digest_response(
            given, method="REGISTER", password=password
        )
        if not right:
            self.bad_passwords += 1
            return self._challenge(request)
        asked_s = _asked_expires_s(request)
        self._bind(user, request, peer, 0 if asked_s == 0 else granted_s or asked_s)
        contacts = [
            ("Contact", f"<{binding.contact}>;expires={binding.expires_s}") for binding in self._live(user)
        ]
        return response_to(request, 200, "OK", *contacts, tag="registrar")

    def _bind(self, user: str, request: SipMessage, peer: Peer, expires_s: int) -> None:
        bound = self._bindings.setdefault(user, {})
        contact = request.one("Contact")
        if contact == "*":
            bound.clear()
        elif expires_s == 0:
            bound.pop(uri_in(contact), None)
        else:
            uri = uri_in(contact)
            bound[uri] = Binding(uri, time.monotonic() + expires_s, expires_s, peer)
        self.most_bindings = max(self.most_bindings, len(self._live(user)))

    def _live(self, user: str) -> list[Binding]:
        now_monotonic_s = time.monotonic()
        return [
            binding
            for binding in self._bindings.get(user, {}).values()
            if binding.until_monotonic_s > now_monotonic_s
        ]


def _asked_expires_s(request: SipMessage) -> int:
    """The contact's own parameter goes before the Expires field (RFC 3261 10.2.1.1)."""
    after_uri = request.one("Contact").rpartition(">")[2]
    own = parameters(after_uri.replace(";", ",")).get("expires")
    return int(own or request.one("Expires") or 3600)


def _with_user(uri: str, user: str) -> str:
    scheme, _, rest = uri.partition(":")
    return f"{scheme}:{user}@{rest.rpartition('@')[2]}"
