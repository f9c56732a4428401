"""The callers' numbers that an attacker at B or Q gives himself when he calls C, and where each one leads."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from lab.network import PREFIXES, TRUNKS

from exchange.network.numbers import Hop, route_number

HOP = "0"
NOBODY = "nobody"
"""Where a number leads that is well made: to an exchange, or to a telephone, that there is none of."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A caller's number.

    Attributes:
        trunk: the exchange that brings it: "b" or "q".
        caller: the number, as brought.
        leads_to: the extension that it leads to when it is dialled; `NOBODY`; "" for what is never to be dialled at all.
    """

    trunk: str
    caller: str
    leads_to: str

    @property
    def number(self) -> str:
        """As C shows it."""
        return PREFIXES[self.trunk] + self.caller


def ways_to(exchange: str, begun: tuple[str, ...] = ("c",)) -> Iterator[tuple[str, ...]]:
    """The exchanges on each way from C that goes through none of them twice."""
    here = begun[-1]
    if here == exchange:
        yield begun[1:]
        return
    for ends in TRUNKS:
        if here in ends:
            (beyond,) = set(ends) - {here}
            if beyond not in begun:
                yield from ways_to(exchange, (*begun, beyond))


def plain(way: tuple[str, ...], extension: str) -> str:
    """A caller's number behind the first exchange of this way, as the network writes it."""
    return route_number([Hop(PREFIXES[name]) for name in way], extension).removeprefix(PREFIXES[way[0]])


def claims_of(exchange: str, extension: str) -> list[Claim]:
    """One telephone by each way that leads to it, plain and with hop prefixes too many: exchanges pass over those."""
    found = []
    for way in ways_to(exchange):
        last = PREFIXES[way[-1]] if len(way) > 1 else ""
        before = plain(way, extension).removesuffix(last + extension)
        forms = [last + extension, HOP + last + extension, last + HOP + extension, 2 * HOP + last + extension]
        found += [Claim(way[0], before + form, extension) for form in dict.fromkeys(forms)]
    return found


def nobodys(rng: random.Random) -> Claim:
    """Well made, and nobody is there: no such extension, or no such exchange."""
    trunk = rng.choice("bq")
    extension = str(rng.randrange(5000, 7000))
    beyond = rng.choice(["", "0510", "0989", "0510077", "08080617"])
    return Claim(trunk, beyond + extension, NOBODY)


def outside(rng: random.Random) -> Claim:
    """Public networks, emergency numbers, circles, too many hops, C's own telephones, and what is no number at all."""
    trunk = rng.choice("bq")
    there, other = PREFIXES[trunk], PREFIXES["b" if trunk == "q" else "q"]
    digits = "".join(rng.choices("123456789", k=8))
    extension = digits[:4]
    emergency = rng.choice(["110", "118", "119"])
    forms = [
        "090" + digits,
        "003" + digits,
        "81" + digits,
        emergency,
        HOP + emergency,
        "0510" + emergency,
        "05100" + emergency,
        f"0510{HOP}{there}{extension}",
        f"{HOP}{there}{extension}",
        f"{HOP}{HOP}{there}{extension}",
        f"0510{HOP}{other}{HOP}510{extension}",
        f"0510{HOP}{other}{HOP}{there}{HOP}510{extension}",
        f"{HOP}242{extension}",
        f"{HOP}{HOP}242{extension}",
        f"0510{HOP}242{extension}",
        f"0510{HOP}{other}0113{HOP}808{extension}",
        f"+81{digits}",
        f"{extension}*",
        f"*{extension}",
        "1" * 70 + digits,
        f"anonymous{digits}",
        f"SIP-TRUNK-{digits}",
        f"SIP-TRUNK-{'B' if trunk == 'q' else 'Q'}",
        str(rng.randrange(3031, 3041)),
        "",
    ]
    return Claim(trunk, rng.choice(forms), "")
