"""A call as PJSIP has it (T2): the one place where the lifetime rules of pj.Call are kept.

A pj.Call must be destroyed inside onCallState(DISCONNECTED): destroyed later, its destructor would hang up
whatever new call has taken its number. No other module keeps one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from denwa_pjsip import pjsua2 as pj

from exchange.media.line import Line, LineError, LineStat
from exchange.sip.guard import callback
from exchange.sip.leg import DigitSource, End, EndedBy
from exchange.sip.sdp_check import check_offer

DECLINE = 603
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

    def alive(self, status: int) -> None:
        """The answer to our question in the dialog."""

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
    ) -> None:
        super().__init__(account, call_id)
        self.reports = reports
        self.line: Line | None = None
        """The line that runs, or ran last."""
        self._lines: dict[int, Line] = {}
        self.dead = False
        self._gone = gone
        self._ours = _Ours()
        self._confirmed = False
        self._negotiated = False
        self._asked = False

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

    def ask_alive(self) -> None:
        """Send OPTIONS in the dialog; the answer comes by `reports.alive`."""
        prm = pj.CallSendRequestParam()
        prm.method = "OPTIONS"
        self._asked = True
        self.sendRequest(prm)

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
        """Hear the answer to `ask_alive`."""
        if not self._asked or prm.e.type != pj.PJSIP_EVENT_TSX_STATE:
            return
        transaction = prm.e.body.tsxState.tsx
        if str(transaction.method) == "OPTIONS" and transaction.role == pj.PJSIP_ROLE_UAC:
            status = int(transaction.statusCode)
            if status >= 200:
                self._asked = False
                self.reports.alive(status)

    @callback
    def onCallState(self, prm: pj.OnCallStateParam) -> None:  # noqa: N802, ARG002 - PJSIP's name
        """Report, and at the end destroy the call here and now."""
        info = self.getInfo()
        if info.state == pj.PJSIP_INV_STATE_CONFIRMED and not self._confirmed:
            self._confirmed = True
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

    def _how_ended(self, status: int, reason: str) -> End:
        if self._ours.hung_up:
            return End(EndedBy.US, status, self._ours.reason or reason)
        if status in {408, 503} and not self._confirmed:
            return End(EndedBy.NETWORK, status, reason)
        return End(EndedBy.FAR_END, 0 if self._confirmed and status == 200 else status, reason)
