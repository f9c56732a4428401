"""The dialplan text that an operator pastes into his exchange, with where it goes and what to know of it."""

from exchange.network.dialplan.asterisk import PASSWORD_PLACEHOLDER, asterisk_sections
from exchange.network.dialplan.mikopbx import mikopbx_sections
from exchange.network.dialplan.request import (
    DialplanRequest,
    Flavour,
    Language,
    ServiceNumber,
    Trunk,
)
from exchange.network.dialplan.section import Place, Section, render

__all__ = [
    "PASSWORD_PLACEHOLDER",
    "DialplanRequest",
    "Flavour",
    "Language",
    "Place",
    "Section",
    "ServiceNumber",
    "Trunk",
    "dialplan_sections",
    "render",
]


def dialplan_sections(exchange: DialplanRequest, flavour: Flavour, language: Language) -> list[Section]:
    """What to paste, in the order to paste it; explanations in `language`, the text the same in all."""
    if flavour is Flavour.MIKOPBX:
        return mikopbx_sections(exchange, language)
    return asterisk_sections(exchange, language)
