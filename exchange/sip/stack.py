"""PJSIP as the owner thread (T2) has it: created, pumped, destroyed here; nothing of it leaves the room.

Every function runs on T2. Whoever needs one goes through `Bridge`.
"""

import socket
from collections.abc import Callable
from dataclasses import dataclass, field

from denwa_pjsip import pjsua2 as pj

from exchange.media.line import start_lines, stop_lines
from exchange.sip.presence import Patience

SLICE_MS = 5
RECEIVED_BYTES = 4 << 20
"""What the kernel may keep of SIP by UDP until it is read, as far as it lets us: the answers to a thousand calls at once."""
CODECS = ("PCMU/8000", "PCMA/8000")
USER_AGENT = "denwa"


class SipError(Exception):
    """PJSIP refused something; the text says what."""


class ListenError(SipError):
    """An address or port cannot be listened on; `taken`: another program has the port."""

    def __init__(self, what: str, *, taken: bool) -> None:
        super().__init__(what)
        self.taken = taken


@dataclass(frozen=True, slots=True)
class StackConfig:
    """`calls` in all; `realtime_priority` 1-99 of the media threads, 0: none; `log_level` of PJSIP, 0-5.

    `patience`: how long a far end may be silent before it is asked whether it is there.
    """

    calls: int = 1000
    realtime_priority: int = 50
    log_level: int = 0
    patience: Patience = field(default_factory=Patience)


class Endpoint(pj.Endpoint):
    """Chooses the account of an incoming request; tells when a connection broke."""

    choose: Callable[[str, int], int] | None = None
    disconnected: Callable[[], None] | None = None

    def onTransportState(self, prm: pj.OnTransportStateParam) -> None:  # noqa: N802 - PJSIP's name
        """Tell of a TCP connection that the far end closed, or that did not come about."""
        if prm.state == pj.PJSIP_TP_STATE_DISCONNECTED and self.disconnected is not None:
            self.disconnected()

    def onSelectAccount(self, prm: pj.OnSelectAccountParam) -> None:  # noqa: N802 - PJSIP's name
        """Let our own table, not PJSIP's guess, say whose call it is."""
        if self.choose is not None:
            prm.accountIndex = self.choose(prm.rdata.wholeMsg, prm.accountIndex)


class Stack:
    """One PJSIP endpoint with G.711 and telephone-event, no sound device and no bridge."""

    def __init__(self, config: StackConfig) -> None:
        self.config = config
        self.endpoint: Endpoint | None = None
        self.realtime = False

    def start(self) -> None:
        """Create the library and start the line's threads. Raises SipError."""
        self.endpoint = endpoint = Endpoint()
        endpoint.libCreate()
        with readable("PJSIP cannot start"):
            endpoint.libInit(self._endpoint_config())
            endpoint.audDevManager().setNoDev()
            self._choose_codecs(endpoint)
            endpoint.libStart()
        self.realtime = start_lines(self.config.realtime_priority)

    def pump(self) -> None:
        """Handle what came, waiting at most `SLICE_MS`."""
        assert self.endpoint is not None  # noqa: S101 - start ran
        self.endpoint.libHandleEvents(SLICE_MS)

    def finish(self) -> None:
        """Stop the line, then the library; all calls and accounts must be gone."""
        stop_lines()
        if self.endpoint is not None:
            # what had to be answered was waited for before; else PJSIP listens for a second more
            self.endpoint.libDestroy(pj.PJSUA_DESTROY_NO_RX_MSG)
            self.endpoint = None

    def open_transport(self, address: str, port: int, *, tcp: bool) -> int:
        """Listen on an address, and give the transport's id. Raises ListenError naming the address."""
        assert self.endpoint is not None  # noqa: S101 - start ran
        config = pj.TransportConfig()
        config.port = port
        config.boundAddress = address
        if not tcp:
            options = pj.SockOptVector()
            options.append(pj.SockOpt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVED_BYTES))
            config.sockOptParams.sockOpts = options
        kind = pj.PJSIP_TRANSPORT_TCP if tcp else pj.PJSIP_TRANSPORT_UDP
        try:
            with readable(f"cannot listen on {'tcp' if tcp else 'udp'} {address}:{port}"):
                return int(self.endpoint.transportCreate(kind, config))
        except SipError as error:
            raise ListenError(str(error), taken="in use" in str(error)) from error

    def transport_port(self, transport: int) -> int:
        """The local port of a transport."""
        assert self.endpoint is not None  # noqa: S101 - start ran
        info = self.endpoint.transportGetInfo(transport)
        return int(info.localName.rpartition(":")[2])

    def _endpoint_config(self) -> pj.EpConfig:
        config = pj.EpConfig()
        config.logConfig.level = config.logConfig.consoleLevel = self.config.log_level
        config.logConfig.msgLogging = int(self.config.log_level >= 4)
        agent = config.uaConfig
        agent.threadCnt = 0
        agent.mainThreadOnly = True
        agent.maxCalls = self.config.calls
        agent.userAgent = USER_AGENT
        agent.natTypeInSdp = 0
        # Names are resolved by us beforehand; one that a far end brings must never block this thread,
        # as getaddrinfo would: with a name server set PJSIP asks without waiting.
        agent.nameserver.append("127.0.0.1")
        media = config.medConfig
        media.clockRate = media.sndClockRate = 8000
        media.channelCount = 1
        media.audioFramePtime = media.ptime = 20
        media.noVad = True
        media.ecTailLen = 0
        media.threadCnt = 1
        return config

    @staticmethod
    def _choose_codecs(endpoint: Endpoint) -> None:
        for codec in endpoint.codecEnum2():
            name = str(codec.codecId)
            wanted = next((i for i, known in enumerate(CODECS) if name.startswith(known)), None)
            endpoint.codecSetPriority(name, 0 if wanted is None else 255 - wanted)


class readable:  # noqa: N801 - reads as a statement
    """Turns pj.Error, which has no text of its own, into SipError."""

    def __init__(self, what: str) -> None:
        self.what = what

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, pj.Error):
            msg = f"{self.what}: {error.title}: {error.reason or error.info(False)}"
            # its frames hold PJSIP's objects, which an error that is awaited on T1 would keep past their end
            error.__traceback__ = None
            del trace
            raise SipError(msg) from error
