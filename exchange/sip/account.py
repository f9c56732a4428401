"""An extension as PJSIP has it (T2): its identity, its Contact, its registration's answers."""

from collections.abc import Callable
from dataclasses import dataclass

from denwa_pjsip import pjsua2 as pj

from exchange.sip.guard import callback
from exchange.sip.routing import TOKEN_PARAMETER
from exchange.sip.stack import readable


@dataclass(frozen=True, slots=True)
class AccountSettings:
    """One extension on one exchange; `registrar` is its numeric host:port, "" without one.

    `token` goes into the Contact, so that the exchange's INVITE says which extension it is for. `domain` is the
    From's host where there is no registrar ("": our address).
    """

    user: str
    registrar: str
    address: str
    transport: int
    tcp: bool = False
    password: str = ""
    expires_s: int = 120
    token: str = ""
    rtp_port: int = 0
    domain: str = ""

    @property
    def registrar_uri(self) -> str:
        """The registrar as a SIP URI."""
        return f"sip:{self.registrar}{';transport=tcp' if self.tcp else ''}"


@dataclass(frozen=True, slots=True)
class RegistrationAnswer:
    """What a REGISTER brought: the final status (0: sent by no transport), reason, granted seconds, answer."""

    status: int
    reason: str
    expires_s: int
    text: str


class ExtensionAccount(pj.Account):
    """Reports each registration's answer and each incoming call, on T2."""

    def __init__(
        self,
        settings: AccountSettings,
        *,
        answered: Callable[[RegistrationAnswer], None],
        incoming: Callable[["ExtensionAccount", int, pj.SipRxData], None],
    ) -> None:
        super().__init__()
        self.settings = settings
        self._answered = answered
        self._incoming = incoming
        with readable(f"extension {settings.user} cannot be set up"):
            self.create(_config(settings))

    def change(self, settings: AccountSettings) -> None:
        """Take other settings; calls that are up stay up. Raises SipError."""
        with readable(f"extension {settings.user} cannot be changed"):
            self.modify(_config(settings))
        self.settings = settings

    def register(self) -> None:
        """Send a REGISTER now."""
        with readable("REGISTER cannot be sent"):
            self.setRegistration(True)

    def abandon(self) -> None:
        """Forget a REGISTER that has had no answer; should one come, it tells nothing."""
        other = _config(self.settings)
        # PJSIP drops a registration when the Contact changes; ours is as before afterwards
        other.sipConfig.contactParams = ";abandoned"
        with readable("REGISTER cannot be abandoned"):
            self.modify(other)
            self.modify(_config(self.settings))

    def unregister(self) -> None:
        """Take the binding back."""
        with readable("the binding cannot be taken back"):
            self.setRegistration(False)

    def close(self) -> None:
        """Remove the account; no callback follows."""
        self.shutdown()

    @callback
    def onRegState(self, prm: pj.OnRegStateParam) -> None:  # noqa: N802 - PJSIP's name
        """Tell what came."""
        text = str(prm.rdata.wholeMsg) if prm.rdata.wholeMsg else ""
        self._answered(RegistrationAnswer(int(prm.code), str(prm.reason), int(prm.expiration), text))

    @callback
    def onIncomingCall(self, prm: pj.OnIncomingCallParam) -> None:  # noqa: N802 - PJSIP's name
        """Hand the call over."""
        self._incoming(self, int(prm.callId), prm.rdata)


def _config(settings: AccountSettings) -> pj.AccountConfig:
    config = pj.AccountConfig()
    host = settings.registrar or settings.domain or settings.address
    config.idUri = f"sip:{settings.user}@{host}"
    # A caller without an exchange may come by any transport; what we send goes back by the same.
    if settings.registrar:
        config.sipConfig.transportId = settings.transport
    if settings.token:
        config.sipConfig.contactUriParams = f";{TOKEN_PARAMETER}={settings.token}"
    if settings.registrar:
        config.regConfig.registrarUri = settings.registrar_uri
    if settings.password:
        config.sipConfig.authCreds.append(
            pj.AuthCredInfo("digest", "*", settings.user, 0, settings.password),
        )
    registration = config.regConfig
    registration.registerOnAdd = False
    registration.disableRegOnModify = True
    registration.timeoutSec = settings.expires_s
    # We decide when to try again: PJSIP would never after a 401 and too fast after the rest.
    registration.retryIntervalSec = 0
    registration.firstRetryIntervalSec = 0
    registration.delayBeforeRefreshSec = 0
    registration.dropCallsOnFail = False
    # One binding and never two: the Contact is the same whatever port an answer saw us at.
    config.natConfig.contactRewriteUse = 0
    config.natConfig.viaRewriteUse = 0
    config.natConfig.sdpNatRewriteUse = 0
    config.natConfig.sipOutboundUse = 0
    config.natConfig.contactUseSrcPort = 0
    config.natConfig.udpKaIntervalSec = 0
    call = config.callConfig
    call.prackUse = pj.PJSUA_100REL_OPTIONAL
    call.timerUse = pj.PJSUA_SIP_TIMER_OPTIONAL
    call.timerMinSESec = 90
    call.timerSessExpiresSec = 1800
    # Else each call that we place asks the resolver for this host's IPv6 address, and all calls wait for the answer.
    config.sipConfig.ipv6Use = pj.PJSUA_IPV6_DISABLED
    media = config.mediaConfig
    media.ipv6Use = pj.PJSUA_IPV6_DISABLED
    media.transportConfig.boundAddress = settings.address
    media.transportConfig.publicAddress = settings.address
    media.transportConfig.port = settings.rtp_port
    media.lockCodecEnabled = False
    media.streamKaEnabled = False
    media.rtcpMuxEnabled = False
    return config
