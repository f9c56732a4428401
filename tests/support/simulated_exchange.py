"""An exchange in a thread, for behaviour that no Asterisk of the lab shows: it registers one extension and calls it back.

Each INVITE becomes one to the extension's contact, with the digits dialled as its user, and the sound goes through an
`RtpRelay`. UDP only; it challenges REGISTER alone.
"""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from support.doctor_samples import QueriedRegistrar
from support.rtp_relay import HOST, RelayHabits, RtpRelay
from support.sip_message import SipMessage
from support.sip_server import Peer, Transaction
from support.sip_text import response_to, uri_in

Refusal = tuple[int, str]
SDP = ("Content-Type", "application/sdp")


@dataclass(frozen=True, slots=True)
class ExchangeHabits:
    """What it does with calls.

    `refuses`: given the number dialled and how many calls are up, a status and reason, or None to pass it on.
    `answers_itself`: these numbers. `never_answers`: what the called end says is not passed on. `events`: it speaks
    telephone-event. `cuts_off`: it ends a call as soon as it is up.
    """

    refuses: Callable[[str, int], Refusal | None] = lambda _number, _up: None
    answers_itself: frozenset[str] = frozenset()
    never_answers: bool = False
    events: bool = True
    cuts_off: bool = False
    relay: RelayHabits = field(default_factory=RelayHabits)


@dataclass(slots=True)
class _Bridged:
    """One call: the INVITE that came, and ours to the contact."""

    invite: SipMessage
    peer: Peer
    relay: RtpRelay
    tag: str
    called: Transaction | None = None
    answered: bool = False
    over: bool = False


class SimulatedExchange(QueriedRegistrar):
    """See the module; `habits` may be changed between calls."""

    def __init__(self, users: dict[str, str]) -> None:
        super().__init__(users)
        self.habits = ExchangeHabits()
        self.dialled: list[str] = []
        """Numbers in the order that they were dialled."""
        self._bridged: dict[str, _Bridged] = {}

    def __exit__(self, *exception: object) -> None:
        super().__exit__(*exception)
        self.forget_calls()

    def forget_calls(self) -> None:
        """Close all calls' sockets; nobody may be calling."""
        with self._changed:
            bridged = list(self._bridged.values())
            self._bridged.clear()
        for each in bridged:
            each.relay.close()

    @property
    def calls_up(self) -> int:
        """Calls that were answered and not ended."""
        return sum(each.answered and not each.over for each in self._bridged.values())

    def answer(self, request: SipMessage, peer: Peer) -> bytes:
        """Take part in both legs of each call."""
        match request.method:
            case "REGISTER":
                return super().answer(request, peer)
            case "INVITE":
                return self._invited(request, peer)
            case "ACK":
                return b""
            case "CANCEL":
                self._cancelled(request)
            case "BYE":
                self._ended(request)
        return response_to(request, 200, "OK").encode()

    def _take(self, message: SipMessage, peer: Peer) -> None:
        super()._take(message, peer)
        with self._changed:
            for bridged in list(self._bridged.values()):
                self._carry_on(bridged)
            self._changed.notify_all()

    def _invited(self, request: SipMessage, peer: Peer) -> bytes:
        call_id = request.one("Call-ID")
        if call_id in self._bridged:
            return b""
        number = request.uri.partition(":")[2].partition("@")[0]
        self.dialled.append(number)
        if refusal := self.habits.refuses(number, self.calls_up):
            return response_to(request, *refusal, tag=secrets.token_hex(4)).encode()
        bridged = _Bridged(request, peer, RtpRelay(self.habits.relay), secrets.token_hex(4))
        self._bridged[call_id] = bridged
        bridged.relay.leads_to(0, _media_address(request.body))
        if number in self.habits.answers_itself:
            bridged.answered = True
            return self._accepted(bridged, request.body).encode()
        (binding, *_) = self._live(next(iter(self.users)))
        offer = self._description(request.body, bridged.relay.ports[1], law=8)
        uri = re.sub(r"sip:[^@]*@", f"sip:{number}@", binding.contact)
        bridged.called = self.call(uri, binding.peer, sdp=offer)
        return response_to(request, 100, "Trying").encode()

    def _carry_on(self, bridged: _Bridged) -> None:
        """Pass on what the called end said."""
        if bridged.called is None or bridged.called.final is None or bridged.answered or bridged.over:
            return
        final = bridged.called.final
        self.send(self._in_dialog("ACK", bridged.called, final), bridged.peer)
        if final.status >= 300:
            bridged.over = True
            refusal = response_to(bridged.invite, final.status, "Refused", tag=bridged.tag)
            self._write(refusal.encode(), bridged.peer)
            return
        bridged.answered = True
        bridged.relay.leads_to(1, _media_address(final.body))
        if self.habits.never_answers:
            return
        self._write(self._accepted(bridged, final.body).encode(), bridged.peer)
        if self.habits.cuts_off:
            self._hang_up(bridged)

    def _accepted(self, bridged: _Bridged, description: str) -> SipMessage:
        contact = ("Contact", "<sip:{}:{}>".format(*self.address))
        accepted = response_to(bridged.invite, 200, "OK", contact, SDP, tag=bridged.tag)
        body = self._description(description, bridged.relay.ports[0], law=0)
        return SipMessage(accepted.start_line, accepted.headers, body)

    def _ended(self, request: SipMessage) -> None:
        """A BYE of either end ends both."""
        for bridged in self._bridged.values():
            called = bridged.called.request.one("Call-ID") if bridged.called else ""
            if request.one("Call-ID") in {bridged.invite.one("Call-ID"), called} and not bridged.over:
                bridged.over = True
                if request.one("Call-ID") == called:
                    self._bye_to_caller(bridged)
                else:
                    self._bye_to_called(bridged)

    def _cancelled(self, request: SipMessage) -> None:
        bridged = self._bridged.get(request.one("Call-ID"))
        if bridged is None:
            return
        bridged.over = True
        terminated = response_to(bridged.invite, 487, "Request Terminated", tag=bridged.tag)
        self._write(terminated.encode(), bridged.peer)
        self._bye_to_called(bridged)

    def _hang_up(self, bridged: _Bridged) -> None:
        bridged.over = True
        self._bye_to_caller(bridged)
        self._bye_to_called(bridged)

    def _bye_to_called(self, bridged: _Bridged) -> None:
        if bridged.called is not None and bridged.called.final is not None:
            self.send(self._in_dialog("BYE", bridged.called, bridged.called.final), bridged.peer)

    def _bye_to_caller(self, bridged: _Bridged) -> None:
        invite = bridged.invite
        uri = uri_in(invite.one("Contact"))
        bye = self.new_request("BYE", uri, bridged.peer)
        dialog = {
            "From": f"{invite.one('To')};tag={bridged.tag}",
            "To": invite.one("From"),
            "Call-ID": invite.one("Call-ID"),
        }
        headers = tuple((name, dialog.get(name, value)) for name, value in bye.headers)
        self.send(SipMessage(bye.start_line, headers), bridged.peer)

    def _description(self, description: str, port: int, *, law: int) -> str:
        """The same, led to the relay; with one law alone where the relay transcodes."""
        text = re.sub(r"c=IN IP4 \S+", f"c=IN IP4 {HOST}", description)
        media = re.search(r"m=audio \d+ RTP/AVP ([\d ]+)", text)
        assert media, description
        events = set(re.findall(r"a=rtpmap:(\d+) telephone-event/8000", text))
        formats = [each for each in media[1].split() if each not in events]
        if self.habits.relay.transcodes:
            formats = [str(law)]
        if self.habits.events:
            formats += sorted(events)
        else:
            text = re.sub(r"a=(rtpmap:\d+ telephone-event|fmtp:\d+ 0-1).*\r\n", "", text)
        return text.replace(media[0], f"m=audio {port} RTP/AVP {' '.join(formats)}")


def _media_address(description: str) -> tuple[str, int]:
    """Where an end wants its RTP."""
    host = re.search(r"c=IN IP4 (\S+)", description)
    port = re.search(r"m=audio (\d+)", description)
    assert host, description
    assert port, description
    return host[1], int(port[1])
