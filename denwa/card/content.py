"""What the card says: one page an extension, from the configuration and the services."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from pydantic import BaseModel

from denwa.config.load import Configuration
from denwa.greeting import Listening
from denwa.language import Language, Text
from exchange.network.numbers import COMMUNITY_HOP_PREFIX, DIALLED_DIGITS
from services.card import CardLine
from services.spec import ServiceSpec

LOOPBACK = "127.0.0.1"
"""Where denwa listens when neither an exchange nor an address is configured."""

_HEADING = Text("Numbers to dial", "電話番号案内")
_HERE = Text("This machine", "このマシン")
_FROM_ELSEWHERE = Text("From other exchanges", "ほかの局からのかけ方")
_NEIGHBOUR = Text("[our prefix there] {number}", "[この局の局番] {number}")
_HOP = Text(
    "through another exchange: [its prefix] {hop} [our prefix there] {number}",
    "間に一局: [間の局の局番] {hop} [この局の局番] {number}",
)
_BY_ITSELF = Text("With a SIP telephone on this machine", "このマシンの SIP 電話からのかけ方")
_NOTES = Text("Notes", "メモ")
_MADE_FOR = Text("denwa, extension {user} of {exchange}", "denwa ({exchange} の内線 {user})")
_PULSES = Text("{count} pulses", "{count} パルス")
_LEGEND = {
    "X": Text("X: 0 to 9", "X は 0〜9"),
    "Z": Text("Z: 1 to 9", "Z は 1〜9"),
    "N": Text("N: 2 to 9", "N は 2〜9"),
    "[": Text("[ ]: one of these", "[ ] はその一つ"),
    ".": Text("the dot: more digits", "点は続く数字"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One number, what it does, and its pulses on a rotary dial ("" where it has none)."""

    number: str
    does: str
    pulses: str


@dataclass(frozen=True, slots=True)
class Page:
    """What one page says, in one language; `hints` are the ways of dialling from elsewhere."""

    heading: str
    title: str
    lines: tuple[Line, ...]
    legend: str
    elsewhere: str
    hints: tuple[str, ...]
    notes: str
    foot: str


def pages(
    configuration: Configuration,
    services: Mapping[str, ServiceSpec],
    language: Language,
    *,
    extensions: Collection[str],
    title: str = "",
) -> Iterator[Page]:
    """The pages of these extensions; without any, the one of a denwa without an exchange.

    A `title` goes in the place of the exchanges' names.
    """
    for name in extensions:
        extension = configuration.extensions[name]
        lines = _lines(extension.numbers, services, configuration.services, language)
        number = _example(lines)
        yield Page(
            heading=_HEADING.say(language),
            title=title or extension.exchange,
            lines=lines,
            legend=_legend(extension.numbers, lines, language),
            elsewhere=_FROM_ELSEWHERE.say(language),
            hints=(
                _NEIGHBOUR.say(language, number=number),
                _HOP.say(language, number=number, hop=COMMUNITY_HOP_PREFIX),
            ),
            notes=_NOTES.say(language),
            foot=_MADE_FOR.say(language, user=extension.user, exchange=extension.exchange),
        )
    if not extensions:
        lines = _lines(configuration.numbers, services, configuration.services, language)
        listening = Listening(configuration.sip.address or LOOPBACK, configuration.sip.port)
        yield Page(
            heading=_HEADING.say(language),
            title=title or _HERE.say(language),
            lines=lines,
            legend=_legend(configuration.numbers, lines, language),
            elsewhere=_BY_ITSELF.say(language),
            hints=(listening.uri(_example(lines)),),
            notes=_NOTES.say(language),
            foot="denwa",
        )


def pulses(number: str) -> int | None:
    """How often a rotary dial breaks the line for a number, ten times for a 0; None where it cannot dial it."""
    if not (number.isascii() and number.isdigit()):
        return None
    return sum(int(digit) or 10 for digit in number)


def _lines(
    numbers: Mapping[str, str],
    services: Mapping[str, ServiceSpec],
    tables: Mapping[str, BaseModel],
    language: Language,
) -> tuple[Line, ...]:
    found: dict[str, list[str]] = {}
    for number, service in numbers.items():
        found.setdefault(service, []).append(number)
    return tuple(
        _line(line, name, language)
        for name, service in services.items()
        if name in found
        for line in service.card(tuple(sorted(found[name], key=_for_people)), tables[name])
    )


def _for_people(number: str) -> tuple[bool, int, str]:
    """Sorts numbers before ranges, the shorter ones first."""
    return not set(number) <= DIALLED_DIGITS, len(number), number


def _line(line: CardLine, service: str, language: Language) -> Line:
    count = pulses(line.number)
    does = (line.ja if language == "ja" else line.en) or service
    return Line(line.number, does, "" if count is None else _PULSES.say(language, count=count))


def _example(lines: tuple[Line, ...]) -> str:
    """The number that the hints are shown with: one that is no range, if there is any."""
    single = [line.number for line in lines if line.number.isdigit()]
    return min(single or [line.number for line in lines], key=len, default="")


def _legend(numbers: Mapping[str, str], lines: tuple[Line, ...], language: Language) -> str:
    """What the letters of ranges mean, as far as the card shows ranges as they are configured."""
    shown = "".join(line.number for line in lines if line.number in numbers)
    apart = "、" if language == "ja" else ", "
    return apart.join(text.say(language) for letter, text in _LEGEND.items() if letter in shown)
