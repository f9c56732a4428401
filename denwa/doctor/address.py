"""Whether the address that an exchange is told of is the one that it reaches this machine by."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from denwa.doctor.finding import NOTHING_TO_DO, Finding, Level, said
from denwa.language import Text
from exchange.sip.address import AddressError, OwnAddress, local_address, own_addresses

CHECK = "address"
TAILSCALE = IPv4Network("100.64.0.0/10")
"""RFC 6598; Tailscale gives its hosts addresses of it."""
DOCKER = IPv4Network("172.17.0.0/16")
"""Docker's first bridge."""
_CONTAINER_MARKS = (Path("/.dockerenv"), Path("/run/.containerenv"))

_ROUTED = Text(
    "{exchange} at {registrar} is told {advertised}; the route to it leads from {routed} ({interface}).",
    "{exchange} ({registrar}) に {advertised} を伝えます。経路は {routed} ({interface}) からです。",
)
_NO_ROUTE = Text(
    "There is no way to {exchange} at {registrar}: {why}", "{exchange} ({registrar}) に届きません: {why}"
)
_BRING_UP = Text(
    "Bring the network up that leads to the exchange (LAN, Tailscale), or mend {field}.",
    "交換機につながるネットワーク (LAN、Tailscale) を有効にするか、{field} を直してください。",
)
_FOREIGN = Text(
    "{field} is {advertised}, which is no address of this machine: denwa cannot listen there, and the exchange would "
    "send the sound to another one.",
    "{field} の {advertised} はこのマシンのアドレスではありません。denwa はそこで待ち受けられず、交換機からの音も届きません。",
)
_WRITE_ROUTED = Text(
    "Write {routed}, from where the route leads to the exchange, or leave {field} out to have it found. In denwa.toml:",
    "交換機への経路にある {routed} と書くか、{field} を消して自動にしてください。denwa.toml に:",
)
_ELSEWHERE = Text(
    "{field} is {advertised}, but the route to the exchange at {registrar} leads from {routed} ({interface}). One side "
    "will hear nothing unless the exchange reaches {advertised} too.",
    "{field} は {advertised} ですが、交換機 {registrar} への経路は {routed} ({interface}) からです。交換機から "
    "{advertised} に届かなければ、片方の音が聞こえません。",
)
_TAILSCALE_DOWN = Text(
    "{exchange} at {registrar} is an address of Tailscale, but the route leads from {routed} ({interface}).",
    "{exchange} の {registrar} は Tailscale のアドレスですが、経路は {routed} ({interface}) からです。",
)
_START_TAILSCALE = Text(
    "Is Tailscale up on this machine? See and start it:",
    "このマシンの Tailscale は動いていますか。確かめて起動してください:",
)
_DOCKER = Text(
    "{advertised} ({interface}) is an address of Docker's, which the exchange at {registrar} cannot send sound to.",
    "{advertised} ({interface}) は Docker の中のアドレスで、交換機 {registrar} からの音は届きません。",
)
_HOST_NETWORK = Text(
    "Use the host's network for denwa's container. In compose.yaml, or as an option of docker run --network:",
    "denwa のコンテナーをホストのネットワークで動かしてください。compose.yaml (docker run なら --network host) に:",
)


@dataclass(frozen=True, slots=True)
class Situation:
    """All that the judgement needs.

    Attributes:
        exchange: its name in the configuration.
        registrar: its numeric address.
        routed: our own address and interface that the route to it begins at.
        own: all our addresses.
        field: the key by which an address is, or could be, set.
        setting: the address that is set, "" without one.
        in_container: we run in a container.
    """

    exchange: str
    registrar: str
    routed: OwnAddress
    own: tuple[OwnAddress, ...]
    field: str
    setting: str = ""
    in_container: bool = False

    @property
    def advertised(self) -> OwnAddress:
        """What the exchange is told; its interface is "" where it is not ours."""
        if not self.setting:
            return self.routed
        return next((each for each in self.own if each.address == self.setting), OwnAddress("", self.setting))

    @property
    def is_ours(self) -> bool:
        """Whether this machine has the address that is told; all of 127/8 is loopback's."""
        return bool(self.advertised.interface) or IPv4Address(self.setting).is_loopback


def check_address(exchange: str, registrar: str, setting: str, field: str) -> list[Finding]:
    """What is to be said of the address that an exchange is told; `setting` is "" where it is found by the route."""
    own = own_addresses()
    try:
        routed = local_address(registrar)
    except AddressError as error:
        return [
            Finding(
                CHECK,
                Level.FAIL,
                said(_NO_ROUTE, exchange=exchange, registrar=registrar, why=error),
                said(_BRING_UP, field=f"exchanges.{exchange}.host"),
                fields=(f"exchanges.{exchange}.host",),
                subject=exchange,
            )
        ]
    begins = next((each for each in own if each.address == routed), OwnAddress("lo", routed))
    in_container = any(mark.exists() for mark in _CONTAINER_MARKS)
    return judge(Situation(exchange, registrar, begins, own, field, setting, in_container))


def judge(place: Situation) -> list[Finding]:
    """The troubles, or one good word."""
    found = [
        finding
        for finding in (_of_setting(place), _of_tailscale(place), _of_docker(place))
        if finding is not None
    ]
    return found or [_finding(place, Level.OK, _ROUTED)]


def _of_setting(place: Situation) -> Finding | None:
    if not place.setting or place.setting == place.routed.address or _both_loopback(place):
        return None
    table, _, key = place.field.rpartition(".")
    paste = (f"[{table}]", f'{key} = "{place.routed.address}"')
    level, text = (Level.WARN, _ELSEWHERE) if place.is_ours else (Level.FAIL, _FOREIGN)
    return _finding(place, level, text, _WRITE_ROUTED, paste, (place.field,))


def _both_loopback(place: Situation) -> bool:
    """The exchange is on this machine: any loopback address reaches it."""
    return IPv4Address(place.routed.address).is_loopback and IPv4Address(place.setting).is_loopback


def _of_tailscale(place: Situation) -> Finding | None:
    registrar = IPv4Address(place.registrar)
    ours = any(each.address == place.registrar for each in place.own)
    if registrar not in TAILSCALE or ours or IPv4Address(place.routed.address) in TAILSCALE:
        return None
    return _finding(
        place, Level.WARN, _TAILSCALE_DOWN, _START_TAILSCALE, ("tailscale status", "tailscale up")
    )


def _of_docker(place: Situation) -> Finding | None:
    advertised = IPv4Address(place.advertised.address)
    inside = place.advertised.interface.startswith(("docker", "br-"))
    bridged = inside or (place.in_container and advertised in DOCKER)
    if not bridged or IPv4Address(place.registrar) in DOCKER:
        return None
    return _finding(place, Level.WARN, _DOCKER, _HOST_NETWORK, ("network_mode: host",))


def _finding(
    place: Situation,
    level: Level,
    what: Text,
    remedy: Text = NOTHING_TO_DO,
    paste: tuple[str, ...] = (),
    fields: tuple[str, ...] = (),
) -> Finding:
    values = {
        "exchange": place.exchange,
        "registrar": place.registrar,
        "routed": place.routed.address,
        "interface": place.routed.interface,
        "field": place.field,
        "advertised": place.advertised.address,
    }
    if what is _DOCKER:
        values["interface"] = place.advertised.interface
    return Finding(CHECK, level, said(what, **values), said(remedy, **values), paste, fields, place.exchange)
