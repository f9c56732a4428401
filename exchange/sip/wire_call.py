"""A call as PJSIP has it (T2): the one place where the lifetime rules of pj.Call are kept.

A pj.Call must be destroyed inside onCallState(DISCONNECTED): destroyed later, its destructor would hang up
whatever new call has taken its number. No other module keeps one.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from denwa_pjsip import pjsua2 as pj

from exchange.media.line import Line, LineError, LineStat
from exchange.sip.guard import callback
from exchange.sip.leg import DigitSource, End, EndedBy
from exchange.sip.presence import GONE, NO_ANSWER, Patience, Presence
from exchange.sip.sdp_check import check_offer

DECLINE = 603
VANISHED = "far end vanished"
INFO = 1
"""pjsua_dtmf_method of SIP INFO; RFC 4733 comes by the line."""


class CallReports(Protocol):
    """What T2 reports of a call; each runs on T2 and must hand over at once."""

    def lined(self, line: Line) -> None:
        """A line lies under the call; nothing runs on it yet."""

    def media(self, line: Line) -> None:
        """A stream runs on the line."""

    def confirmed(self) -> None:
        """The ACK came, or theirs was sent."""

    def counted(self, stat: LineStat) -> None:
        """A stream ended; what its line counted."""

    def failed(self, reason: str) -> None:
        """The call cannot have sound: end it, but after the callback, which PJSIP has yet to finish."""

    def digit(self, digit: str, source: DigitSource) -> None:
        """A digit came by SIP INFO."""

    def ended(self, end: End) -> None:
        """The call is gone."""


@dataclass(slots=True)
class _Ours:
    """What we did ourselves to end the call."""

    hung_up: bool = False
    reason: str = ""


class WireCall(pj.Call):
    """One call; every method runs on T2."""

    def __init__(
        self,
        account: pj.Account,
        call_id: int,
        reports: CallReports,
        gone: Callable[["WireCall"], None],
        patience: Patience,
    ) -> None:
        super().__init__(account, call_id)
        self.reports = reports
        self.line: Line | None = None
        """The line that runs, or ran last."""
        self._lines: dict[int, Line] = {}
        self.dead = False
        self._gone = gone
        self._ours = _Ours()
        self._patience = patience
        self._presence: Presence | None = None
        """There once the call is up."""
        self._vanished = False
        self._negotiated = False

    # -- commands --

    def respond(self, status: int, reason: str = "") -> None:
        """Send a provisional or final response to the INVITE. Raises pj.Error."""
        prm = pj.CallOpParam(True)
        prm.opt.audioCount = 1
        prm.opt.videoCount = 0
        prm.opt.textCount = 0
        prm.statusCode = status
        prm.reason = reason
        if status >= 300:
            self._ours = _Ours(hung_up=True, reason=reason)
        self.answer(prm)

    def dial(self, uri: str) -> None:
        """Send the INVITE. Raises pj.Error."""
        prm = pj.CallOpParam(True)
        prm.opt.audioCount = 1
        prm.opt.videoCount = 0
        prm.opt.textCount = 0
        self.makeCall(uri, prm)

    def press(self, digit: str, length_ms: int) -> None:
        """Send a digit by SIP INFO (application/dtmf-relay). Raises pj.Error."""
        prm = pj.CallSendDtmfParam()
        prm.method = pj.PJSUA_DTMF_METHOD_SIP_INFO
        prm.digits = digit
        prm.duration = length_ms
        self.sendDtmf(prm)

    def end(self, reason: str = "", status: int = 0) -> None:
        """CANCEL, refuse or BYE, as the state asks; a call that is gone already is no error."""
        if self.dead:
            return
        self._ours = _Ours(hung_up=True, reason=reason)
        prm = pj.CallOpParam()
        prm.statusCode = status
        prm.reason = reason
        try:
            self.hangup(prm)
        except pj.Error:
            return

    def discard(self) -> None:
        """Give up a call whose INVITE never left."""
        self.dead = True
        pj.Call.__swig_destroy__(self)
        self.this.own(False)

    def look_after(self, now_monotonic_s: float) -> None:
        """Ask a far end that has been silent for long whether it is there; called every few seconds."""
        if self.dead or self._vanished or self._presence is None:
            return
        stat = None if self.line is None else self.line.stat()
        if not self._presence.must_ask(now_monotonic_s, math.inf if stat is None else stat.silent_s):
            return
        prm = pj.CallSendRequestParam()
        prm.method = "OPTIONS"
        try:
            self.sendRequest(prm)
        except pj.Error:
            self._hear_answer(503, came=False)

    # -- callbacks --

    @callback
    def onCreateMediaTransport(self, prm: pj.OnCreateMediaTransportParam) -> None:  # noqa: N802 - PJSIP's name
        """Put a line of ours between PJMEDIA's stream and its socket, for every m= line: one of them will run."""
        line = Line.wrap(prm)
        if line is None:
            self.reports.failed("no line left")
            return
        self._lines[int(prm.mediaIdx)] = line
        self.reports.lined(line)

    @callback
    def onStreamCreated(self, prm: pj.OnStreamCreatedParam) -> None:  # noqa: N802 - PJSIP's name
        """Start the line before its first packet; each re-INVITE makes a new stream."""
        line = self._lines.get(int(prm.streamIdx))
        if line is None or self._ours.hung_up:
            return
        try:
            line.start(int(prm.stream))
        except LineError as error:
            self.reports.failed(str(error))
            return
        self.line = line
        self.reports.media(line)

    @callback
    def onCallMediaState(self, prm: pj.OnCallMediaStateParam) -> None:  # noqa: N802, ARG002 - PJSIP's name
        """Both sides agreed on media, be it to be silent for now."""
        self._negotiated = True

    @callback
    def onStreamDestroyed(self, prm: pj.OnStreamDestroyedParam) -> None:  # noqa: N802, ARG002 - PJSIP's name
        """Keep the line's counters: at the end of a call PJSIP takes the line away before it says so."""
        if self.line is not None and (stat := self.line.stat()) is not None:
            self.reports.counted(stat)

    @callback
    def onDtmfDigit(self, prm: pj.OnDtmfDigitParam) -> None:  # noqa: N802 - PJSIP's name
        """Take digits of SIP INFO."""
        if int(prm.method) == INFO:
            self.reports.digit(str(prm.digit), DigitSource.INFO)

    @callback
    def onCallRxOffer(self, prm: pj.OnCallRxOfferParam) -> None:  # noqa: N802 - PJSIP's name
        """Refuse an offer that cannot be met before anything of the running call is touched."""
        verdict = check_offer(str(prm.offer.wholeSdp))
        if not verdict.ok:
            prm.statusCode = verdict.status
        prm.opt.textCount = prm.opt.videoCount = 0

    @callback
    def onCallTransferRequest(self, prm: pj.OnCallTransferRequestParam) -> None:  # noqa: N802 - PJSIP's name
        """Refuse REFER: by default PJSIP would call whomever the far end names, at our expense."""
        prm.statusCode = DECLINE

    @callback
    def onCallReplaceRequest(self, prm: pj.OnCallReplaceRequestParam) -> None:  # noqa: N802 - PJSIP's name
        """Refuse an INVITE with Replaces (RFC 3891): no route, no cap and no service would know of its call."""
        prm.statusCode = DECLINE

    @callback
    def onCallTsxState(self, prm: pj.OnCallTsxStateParam) -> None:  # noqa: N802 - PJSIP's name
        """Hear the answer to the question of `look_after`, or that none comes."""
        if prm.e.type != pj.PJSIP_EVENT_TSX_STATE:
            return
        event = prm.e.body.tsxState
        transaction = event.tsx
        if str(transaction.method) != "OPTIONS" or transaction.role != pj.PJSIP_ROLE_UAC:
            return
        status = int(transaction.statusCode)
        if status >= 200:
            self._hear_answer(status, came=event.type == pj.PJSIP_EVENT_RX_MSG)

    @callback
    def onCallState(self, prm: pj.OnCallStateParam) -> None:  # noqa: N802, ARG002 - PJSIP's name
        """Report, and at the end destroy the call here and now."""
        info = self.getInfo()
        if info.state == pj.PJSIP_INV_STATE_CONFIRMED and self._presence is None:
            self._presence = Presence(self._patience, time.monotonic())
            self.reports.confirmed()
            if not self._negotiated:
                self.reports.failed("no answer to our offer")
        if info.state != pj.PJSIP_INV_STATE_DISCONNECTED or self.dead:
            return
        self.dead = True
        end = self._how_ended(int(info.lastStatusCode), str(info.lastReason))
        try:
            for line in self._lines.values():
                line.bye()
            self._gone(self)
            self.reports.ended(end)
        finally:
            pj.Call.__swig_destroy__(self)
            self.this.own(False)

    def _hear_answer(self, status: int, *, came: bool) -> None:
        """Take the status of our OPTIONS: the far end's (it `came`), or PJSIP's own for none."""
        assert self._presence is not None  # noqa: S101 - it asked
        if self._vanished or self._presence.answered(status if came else NO_ANSWER, time.monotonic()):
            return
        self._vanished = True
        if status not in GONE:  # after these PJSIP sends the BYE itself
            self.reports.failed(VANISHED)

    def _how_ended(self, status: int, reason: str) -> End:
        if self._vanished:
            return End(EndedBy.NETWORK, 408, VANISHED)
        if self._ours.hung_up:
            return End(EndedBy.US, status, self._ours.reason or reason)
        if status in {408, 503} and self._presence is None:
            return End(EndedBy.NETWORK, status, reason)
        return End(EndedBy.FAR_END, 0 if self._presence and status == 200 else status, reason)
