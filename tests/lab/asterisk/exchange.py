"""What one exchange of the lab is: its address, telephones, trunks, and what was pasted into it."""

from dataclasses import dataclass
from enum import Enum

from exchange.network.dialplan import DialplanRequest, Flavour

SIP_PORT = 5060


class Transport(Enum):
    """How an extension may register; ANY pins no transport, as MikoPBX's «auto» does."""

    UDP = "udp"
    TCP = "tcp"
    ANY = "auto"


@dataclass(frozen=True, slots=True)
class Extension:
    """An account of the exchange.

    Attributes:
        number: its SIP user, and what one dials for it.
        transport: how it may register.
    """

    number: str
    transport: Transport = Transport.UDP

    @property
    def password(self) -> str:
        """Made from the number: this is a laboratory."""
        return f"pw{self.number}"


@dataclass(frozen=True, slots=True)
class TrunkEnd:
    """One end of a trunk.

    Attributes:
        endpoint: its name here.
        address: the neighbour's.
        prefix: what one dials here for it.
        from_user: what goes to the neighbour in the place of callers' numbers; empty: their numbers go.
    """

    endpoint: str
    address: str
    prefix: str
    from_user: str = ""


@dataclass(frozen=True, slots=True)
class Connection:
    """An extension that denwa registers as, made with the text that denwa prints for it.

    Attributes:
        request: what the text is printed from.
        transport: how the extension may register.
        busy_gate_open: the parameter for more than one call was pasted too; without it MikoPBX's gate stays.
    """

    request: DialplanRequest
    transport: Transport = Transport.ANY
    busy_gate_open: bool = True

    @property
    def extension(self) -> Extension:
        """The account itself."""
        return Extension(self.request.extension, self.transport)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One exchange: MikoPBX's contexts, or those of asterisk-quickstart, which answers before it hops."""

    name: str
    address: str
    prefix: str
    flavour: Flavour = Flavour.MIKOPBX
    telephones: tuple[Extension, ...] = ()
    trunks: tuple[TrunkEnd, ...] = ()
    connections: tuple[Connection, ...] = ()
    qualify_s: int = 5
    """MikoPBX asks its telephones every 60 s; here they are found missing sooner."""


def trunk_name(neighbour: str) -> str:
    """How MikoPBX names the endpoint of a trunk."""
    return f"SIP-TRUNK-{neighbour.upper()}"
