"""The lab's network: A (510) - B (390) - C (242), and Q (661), an asterisk-quickstart, beside B.

No trunk joins A and C: whoever dials from one to the other hops, through B, which passes calls on, or
through Q, which answers first.
"""

from lab.asterisk.exchange import Connection, Exchange, Extension, Transport, TrunkEnd, trunk_name

from exchange.network.dialplan import DialplanRequest, Flavour, ServiceNumber, Trunk
from exchange.network.patterns import NumberPattern

ADDRESSES = {"a": "127.0.0.11", "b": "127.0.0.12", "c": "127.0.0.13", "q": "127.0.0.14"}
PREFIXES = {"a": "510", "b": "390", "c": "242", "q": "661"}
TRUNKS = (("a", "b"), ("b", "c"), ("a", "q"), ("q", "c"))
TELEPHONES_EACH = 40
OF_THEM_BY_TCP = 10
KNOWN_PREFIXES = ("732", "767")
SERVICE_NUMBERS = (("117", "clock"), ("186", "echo"), ("147", "fax"), ("122", "modem"), ("7XXXX", "wakeup"))


def describe_exchange(name: str) -> Exchange:
    """One of the four: its telephones (A's are 1001 to 1040), trunks, and a service extension of its own."""
    trunks = tuple(
        TrunkEnd(trunk_name(other), ADDRESSES[other], PREFIXES[other])
        for other in ADDRESSES
        if (name, other) in TRUNKS or (other, name) in TRUNKS
    )
    exchange = Exchange(
        name,
        ADDRESSES[name],
        PREFIXES[name],
        Flavour.ASTERISK if name == "q" else Flavour.MIKOPBX,
        tuple(
            Extension(
                str(_first_number(name) + n),
                Transport.UDP if n <= TELEPHONES_EACH - OF_THEM_BY_TCP else Transport.TCP,
            )
            for n in range(1, TELEPHONES_EACH + 1)
        ),
        trunks,
    )
    return _with_service(exchange)


def service_connection(
    exchange: Exchange,
    serial: int,
    *,
    numbers: tuple[tuple[str, str], ...] = SERVICE_NUMBERS,
    max_calls: int = 20,
    transport: Transport = Transport.ANY,
    busy_gate_open: bool = True,
) -> Connection:
    """A service extension of this exchange (3700 and on at C) and the request its dialplan text is printed from."""
    request = DialplanRequest(
        str(_first_number(exchange.name) + 700 + serial),
        tuple(ServiceNumber(NumberPattern.parse(pattern), service) for pattern, service in numbers),
        max_calls,
        tuple(Trunk(end.endpoint, end.prefix) for end in exchange.trunks),
        KNOWN_PREFIXES,
    )
    return Connection(request, transport, busy_gate_open)


def _with_service(exchange: Exchange) -> Exchange:
    return Exchange(
        exchange.name,
        exchange.address,
        exchange.prefix,
        exchange.flavour,
        exchange.telephones,
        exchange.trunks,
        (service_connection(exchange, 0),),
    )


def _first_number(name: str) -> int:
    return 1000 * (1 + list(ADDRESSES).index(name))
