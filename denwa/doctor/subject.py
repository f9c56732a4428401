"""One extension at its exchange, as the checks of its calls need to know it."""

from dataclasses import dataclass

from exchange.network.dialplan import DialplanRequest, Flavour, Language, Place, dialplan_sections
from exchange.network.patterns import NumberPattern


@dataclass(frozen=True, slots=True)
class Subject:
    """What is called, and where sound comes from and goes to.

    Attributes:
        name: of the extension's table in the configuration.
        exchange: of the exchange's table.
        user: the extension's own number.
        registrar: the exchange's numeric address.
        address: our own, as the exchange is told.
        address_field: the key by which our address is, or could be, set.
        request: what the dialplan text is printed from; None where it cannot be.
        numbers: service by number or range, as configured.
        caps: most calls at once: by service, and in all as "".
    """

    name: str
    exchange: str
    user: str
    registrar: str
    address: str
    address_field: str
    request: DialplanRequest | None
    numbers: dict[str, str]
    caps: dict[str, int]

    @property
    def fixed_numbers(self) -> list[str]:
        """The numbers that are no ranges, which can be dialled as they stand."""
        return [number for number in self.numbers if NumberPattern.parse(number).is_single_number]

    def cap(self, number: str) -> int:
        """How many calls to a number denwa itself takes at once."""
        return min(self.caps[""], self.caps.get(self.numbers.get(number, ""), self.caps[""]))

    def to_paste(self, place: Place) -> tuple[str, ...]:
        """The lines of denwa's dialplan text for a MikoPBX that go to a place."""
        if self.request is None:
            return ()
        sections = dialplan_sections(self.request, Flavour.MIKOPBX, Language.ENGLISH)
        return tuple(
            line for section in sections if section.place is place for line in section.text.splitlines()
        )
