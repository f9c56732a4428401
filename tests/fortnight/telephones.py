"""A simulated exchange with hundreds of simulated telephones: it lets them ring, and writes down all that it sees of SIP.

`python -m fortnight.telephones ADDRESS SEED DATABASE LOG`. On stdin, `died ADDRESS UTC_S` or `stopped ADDRESS UTC_S`: the program
that has this address is gone, and so its calls are kept as an exchange keeps a call whose caller is silent, and no longer,
unless `back ADDRESS` says that what was stopped goes on. On stdout, after each `calls`: how many are up whose caller lives.

The log has a JSON object a line, each with `utc_s` by the stepped clock. The code that a sleeper dials back is read from
the database, in place of being heard; nothing else is.
"""

import heapq
import itertools
import json
import os
import secrets
import select
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fortnight.habits import REFUSALS, Deed, Sleeper
from sqlalchemy import select as select_rows
from support.sip_message import SipMessage
from support.sip_text import response_to, uri_in

from schedules.rows import Attempt
from services.wakeup.dialled import ACKNOWLEDGES
from store.database import Database

PORT = 5060
KEPT_S = 30.0
"""How long an exchange keeps an answered call without sound, and lets ring one whose caller is gone: rtptimeout's usual value."""
T1_S, T2_S = 0.5, 4.0
LIFTED_AFTER_S = 0.5
EARLY_S = 9.0
"""So long after lifting it a sleepy one hangs up: our words have begun."""
PRESSES_FROM_S, PRESSES_EACH_S = 12.0, 1.5
DIALS_AFTER_S = 1.5
UNANSWERED_S = 10.0


@dataclass
class Dialog:
    """A call, from its INVITE to its end."""

    number: str
    invite: SipMessage
    peer: tuple[str, int]
    tag: str
    answered: bool = False
    acknowledged: bool = False
    ended: bool = False
    ends_utc_s: float | None = None
    """When the exchange gives it up, its caller being silent."""
    is_orphan: bool = False
    last: bytes = b""
    """The last response to the INVITE, for when it comes again."""

    @property
    def call_id(self) -> str:
        """Its Call-ID."""
        return self.invite.one("Call-ID")


class Telephones:
    """All of them, and the exchange between; one thread."""

    def __init__(self, address: str, seed: int, database: Database, log: Path) -> None:
        self._address = address
        self._seed = seed
        self._database = database
        self._log = log.open("w", buffering=1)
        self._socket = _socket(address, PORT)
        self._sink = _socket(address, 0, receive_buffer=1)
        self._dialogs: dict[str, Dialog] = {}
        self._up: dict[str, Dialog] = {}
        self._rung: Counter[str] = Counter()
        self._contacts: dict[str, tuple[str, int]] = {}
        self._later: list[tuple[float, int, Callable[[], None]]] = []
        self._unread = ""
        self._order = itertools.count()
        self._cseq = itertools.count(1)

    def run(self) -> None:
        """Serve until stdin ends."""
        while True:
            now_s = time.monotonic()
            while self._later and self._later[0][0] <= now_s:
                heapq.heappop(self._later)[2]()
            self._end_abandoned()
            wait_s = min(0.2, self._later[0][0] - now_s) if self._later else 0.2
            ready = select.select([self._socket, sys.stdin], [], [], max(0.0, wait_s))[0]
            if self._socket in ready:
                self._drain()
            if sys.stdin in ready and not self._listen():
                return

    def _listen(self) -> bool:
        octets = os.read(sys.stdin.fileno(), 65_536)
        *lines, self._unread = (self._unread + octets.decode()).split("\n")
        for line in lines:
            self._command(line.split())
        return bool(octets)

    def _command(self, words: list[str]) -> None:
        match words:
            case ["died" | "stopped" as how, address, utc_s]:
                self._log_line("gone", node=address, utc_s=float(utc_s))
                self._lose(address, float(utc_s), for_ever=how == "died")
            case ["back", address]:
                self._find(address)
            case ["calls"]:
                live = sum(each.ends_utc_s is None for each in self._up.values())
                print(live, flush=True)

    def _drain(self) -> None:
        for _ in range(500):
            try:
                octets, peer = self._socket.recvfrom(65_535)
            except BlockingIOError:
                return
            self._take(SipMessage.parse(octets), peer)

    def _take(self, message: SipMessage, peer: tuple[str, int]) -> None:
        call_id = message.one("Call-ID")
        dialog = self._dialogs.get(call_id)
        match message.method:
            case "":
                self._take_response(message, dialog)
            case "REGISTER":
                self._contacts[peer[0]] = peer
                self._respond(
                    message, peer, 200, "OK", ("Contact", message.one("Contact")), ("Expires", "120")
                )
            case "INVITE" if dialog is None:
                self._ring(message, peer)
            case "INVITE" if dialog is not None:
                self._socket.sendto(dialog.last, peer)
            case "ACK":
                if dialog is not None:
                    dialog.acknowledged = True
            case method:
                self._respond(message, peer, 200, "OK")
                if dialog is not None and not dialog.ended:
                    self._take_end(method, dialog)

    def _take_end(self, method: str, dialog: Dialog) -> None:
        if method == "CANCEL" and not dialog.answered:
            self._answer(dialog, 487, "Request Terminated")
            self._end(dialog, "denwa")
        elif method == "BYE":
            self._end(dialog, "denwa")

    # -- what a telephone does --

    def _ring(self, invite: SipMessage, peer: tuple[str, int]) -> None:
        number = invite.uri.removeprefix("sip:").partition("@")[0]
        dialog = Dialog(number, invite, peer, secrets.token_hex(4))
        in_use = any(each.number == number for each in self._up.values())
        deed = Deed.BUSY if in_use else Sleeper(self._seed, number).deed(self._rung[number])
        self._rung[number] += 1
        self._begin(dialog)
        self._write("invite", dialog, node=peer[0], deed=deed)
        if deed in REFUSALS:
            status, reason = REFUSALS[deed]
            self._answer(dialog, status, reason)
            self._end(dialog, f"refusal {status}")
            return
        self._answer(dialog, 180, "Ringing")
        if deed is not Deed.NOT_LIFTED:
            self._after(LIFTED_AFTER_S, dialog, lambda: self._lift(dialog, deed))

    def _lift(self, dialog: Dialog, deed: Deed) -> None:
        dialog.answered = True
        self._answer(dialog, 200, "OK", self._sdp())
        self._repeat(dialog, T1_S)
        self._write("answered", dialog)
        if deed is Deed.DROPPED:
            self._after(1.0, dialog, lambda: self._hang_up(dialog))
        elif deed is Deed.HANGS_UP:
            self._after(EARLY_S, dialog, lambda: self._hang_up(dialog))
        elif deed is Deed.PRESSES:
            self._after(PRESSES_FROM_S, dialog, lambda: self._press(dialog))
        else:
            self._after(EARLY_S, dialog, lambda: self._dial_back(dialog))

    def _repeat(self, dialog: Dialog, after_s: float) -> None:
        """Say it again until it is acknowledged (RFC 3261, 13.3.1.4)."""

        def again() -> None:
            if not dialog.acknowledged and not dialog.ended:
                self._socket.sendto(dialog.last, dialog.peer)
                self._repeat(dialog, min(2 * after_s, T2_S))

        self._at(time.monotonic() + after_s, again)

    def _press(self, dialog: Dialog) -> None:
        self._write("digit", dialog)
        body = "Signal=1\r\nDuration=160\r\n"
        self._request("INFO", dialog, ("Content-Type", "application/dtmf-relay"), body=body)
        self._after(PRESSES_EACH_S, dialog, lambda: self._press(dialog))

    def _hang_up(self, dialog: Dialog) -> None:
        self._request("BYE", dialog)
        self._end(dialog, "sleeper")

    def _dial_back(self, dialog: Dialog) -> None:
        self._hang_up(dialog)
        self._at(time.monotonic() + DIALS_AFTER_S, lambda: self._dial_code(dialog))

    def _dial_code(self, rung: Dialog) -> None:
        node = self._contacts.get(rung.peer[0])
        code = self._database.read(
            lambda session: session.scalar(
                select_rows(Attempt.code)
                .where(Attempt.number == rung.number)
                .order_by(Attempt.id.desc())
                .limit(1)
            )
        )
        if node is None or code is None:
            return
        uri = f"sip:7{ACKNOWLEDGES}{code}@{node[0]}:{node[1]}"
        tag, call_id = secrets.token_hex(4), f"back-{secrets.token_hex(8)}"
        headers = (
            self._via(),
            ("Max-Forwards", "70"),
            ("From", f"<sip:{rung.number}@{self._address}>;tag={tag}"),
            ("To", f"<{uri}>"),
            ("Call-ID", call_id),
            ("CSeq", "1 INVITE"),
            ("Contact", f"<sip:{rung.number}@{self._address}:{PORT}>"),
            ("Content-Type", "application/sdp"),
        )
        invite = SipMessage(f"INVITE {uri} SIP/2.0", headers, self._sdp())
        dialog = Dialog(rung.number, invite, node, tag)
        self._begin(dialog)
        self._write("dials back", dialog, node=node[0])
        self._socket.sendto(invite.encode(), node)
        self._after(UNANSWERED_S, dialog, lambda: self._give_up(dialog))

    def _give_up(self, dialog: Dialog) -> None:
        if not dialog.answered:
            self._end(dialog, "sleeper")

    def _take_response(self, response: SipMessage, dialog: Dialog | None) -> None:
        if dialog is None or response.status < 200 or not response.one("CSeq").endswith("INVITE"):
            return
        first = dialog.invite
        ok = response.status < 300
        dialog.answered |= ok
        uri = uri_in(response.one("Contact")) if ok else first.uri
        via = self._via() if ok else ("Via", first.one("Via"))
        kept = [("From", first.one("From")), ("To", response.one("To")), ("Call-ID", dialog.call_id)]
        ack = (via, ("Max-Forwards", "70"), *kept, ("CSeq", "1 ACK"))
        self._socket.sendto(SipMessage(f"ACK {uri} SIP/2.0", ack).encode(), dialog.peer)
        if not ok and not dialog.ended:
            self._end(dialog, f"refusal {response.status}")

    # -- calls whose caller is gone --

    def _lose(self, address: str, utc_s: float, *, for_ever: bool) -> None:
        ends_utc_s = utc_s + KEPT_S
        for dialog in self._up.values():
            if dialog.peer[0] == address:
                dialog.is_orphan |= for_ever
                dialog.ends_utc_s = dialog.ends_utc_s or ends_utc_s

    def _find(self, address: str) -> None:
        for dialog in self._up.values():
            if dialog.peer[0] == address and not dialog.is_orphan:
                dialog.ends_utc_s = None

    def _end_abandoned(self) -> None:
        now_utc_s = time.time()
        for dialog in list(self._up.values()):
            if dialog.ends_utc_s is not None and now_utc_s >= dialog.ends_utc_s:
                if dialog.answered:
                    self._request("BYE", dialog)
                else:
                    self._answer(dialog, 480, "Temporarily Unavailable")
                self._end(dialog, "exchange", utc_s=dialog.ends_utc_s)

    # -- SIP --

    def _begin(self, dialog: Dialog) -> None:
        self._dialogs[dialog.call_id] = self._up[dialog.call_id] = dialog

    def _end(self, dialog: Dialog, by: str, utc_s: float | None = None) -> None:
        dialog.ended = True
        del self._up[dialog.call_id]
        self._write("ended", dialog, by=by, **({} if utc_s is None else {"utc_s": utc_s}))

    def _after(self, seconds: float, dialog: Dialog, do: Callable[[], None]) -> None:
        """Later, unless the call is over by then; not while its caller is gone."""

        def unless_over() -> None:
            if dialog.ended:
                return
            if dialog.ends_utc_s is not None:
                self._after(1.0, dialog, do)
            else:
                do()

        self._at(time.monotonic() + seconds, unless_over)

    def _at(self, monotonic_s: float, do: Callable[[], None]) -> None:
        heapq.heappush(self._later, (monotonic_s, next(self._order), do))

    def _answer(self, dialog: Dialog, status: int, reason: str, sdp: str = "") -> None:
        headers = [("Contact", f"<sip:{dialog.number}@{self._address}:{PORT}>")]
        headers += [("Content-Type", "application/sdp")] if sdp else []
        response = response_to(dialog.invite, status, reason, *headers, tag=dialog.tag)
        dialog.last = SipMessage(response.start_line, response.headers, sdp).encode()
        self._socket.sendto(dialog.last, dialog.peer)

    def _respond(
        self, request: SipMessage, peer: tuple[str, int], status: int, reason: str, *headers: tuple[str, str]
    ) -> None:
        self._socket.sendto(response_to(request, status, reason, *headers, tag="exchange").encode(), peer)

    def _request(self, method: str, dialog: Dialog, *headers: tuple[str, str], body: str = "") -> None:
        invite = dialog.invite
        own = f"{invite.one('To')};tag={dialog.tag}"
        request = SipMessage(
            f"{method} {uri_in(invite.one('Contact'))} SIP/2.0",
            (
                self._via(),
                ("Max-Forwards", "70"),
                ("From", own),
                ("To", invite.one("From")),
                ("Call-ID", dialog.call_id),
                ("CSeq", f"{next(self._cseq)} {method}"),
                *headers,
            ),
            body,
        )
        self._socket.sendto(request.encode(), dialog.peer)

    def _via(self) -> tuple[str, str]:
        return "Via", f"SIP/2.0/UDP {self._address}:{PORT};branch=z9hG4bK{secrets.token_hex(8)}"

    def _sdp(self) -> str:
        """PCMU, to a port where all is received and nothing is kept."""
        port = self._sink.getsockname()[1]
        return (
            f"v=0\r\no=- 1 1 IN IP4 {self._address}\r\ns=-\r\nc=IN IP4 {self._address}\r\nt=0 0\r\n"
            f"m=audio {port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=ptime:20\r\n"
        )

    def _write(self, event: str, dialog: Dialog, **more: Any) -> None:
        self._log_line(event, **({"number": dialog.number, "call_id": dialog.call_id} | more))

    def _log_line(self, event: str, **more: Any) -> None:
        self._log.write(json.dumps({"utc_s": time.time(), "event": event} | more) + "\n")


def _socket(address: str, port: int, receive_buffer: int = 8 << 20) -> socket.socket:
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    opened.setblocking(False)
    opened.bind((address, port))
    return opened


if __name__ == "__main__":
    _, own_address, own_seed, url, path = sys.argv
    Telephones(own_address, int(own_seed), Database.open(url), Path(path)).run()
