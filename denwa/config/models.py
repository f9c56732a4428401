"""What can be configured, but for the services' own tables, which their specs bring."""

import ipaddress
import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr
from pydantic_core import PydanticCustomError

from exchange.network.numbers import COMMUNITY_HOP_PREFIX, NumberError, require_digits
from exchange.network.patterns import NumberPattern
from timekeeping.civil import DEFAULT_ZONE, zone_named
from timekeeping.lead import GREATEST_LEAD_MS
from trust.allowed import HOP_DEPTH

_HOST = re.compile(
    r"(?=.{1,253}\Z)[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9_-]{1,63})*\.?\Z"
)
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*\Z")
_USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,63}\Z")


def _host(text: str) -> str:
    if not _HOST.match(text):
        raise PydanticCustomError("host", "no host", {"found": text})
    return text


def _address(text: str) -> str:
    try:
        return str(ipaddress.IPv4Address(text)) if text else ""
    except ValueError:
        raise PydanticCustomError("address", "no IPv4 address", {"found": text}) from None


def _name(text: str) -> str:
    if not _NAME.match(text):
        raise PydanticCustomError("name", "no name", {"found": text})
    return text


def _user(text: str) -> str:
    if not _USER.match(text):
        raise PydanticCustomError("user", "no SIP user", {"found": text})
    return text


def _digits(text: str) -> str:
    try:
        return require_digits(text)
    except NumberError as error:
        raise PydanticCustomError("number", "no number", {"why": str(error)}) from None


def _pattern(text: str) -> str:
    try:
        return NumberPattern.parse(text).text
    except NumberError as error:
        raise PydanticCustomError("number", "no number", {"why": str(error)}) from None


def _hour_and_day(found: object) -> object:
    numbers = found if isinstance(found, list | tuple) else ()
    whole = all(isinstance(number, int) and not isinstance(number, bool) for number in numbers)
    if not (len(numbers) == 2 and whole and 1 <= numbers[0] <= numbers[1]):
        raise PydanticCustomError("hour_and_day", "no hour and day", {"found": str(found)})
    return found


def _hours(found: object) -> object:
    hours = found if isinstance(found, list | tuple) else ()
    whole = all(isinstance(hour, int) and not isinstance(hour, bool) for hour in hours)
    if not (len(hours) == 2 and whole and 0 <= hours[0] < hours[1] <= 24):
        raise PydanticCustomError("hours", "no hours", {"found": str(found)})
    return found


def _zone(text: str) -> str:
    zone_named(text)
    return text


Address = Annotated[str, AfterValidator(_address)]
"""An IPv4 address, or "" to have it found."""
Host = Annotated[str, AfterValidator(_host)]
"""A host's name or IPv4 address."""
Name = Annotated[str, AfterValidator(_name)]
"""What a table is called; small letters, so that an environment variable can name it too."""
Digits = Annotated[str, AfterValidator(_digits)]
"""Digits that a telephone can dial."""
Pattern = Annotated[str, AfterValidator(_pattern)]
"""A number, or a range as a dialplan writes it: 7XXXX."""
User = Annotated[str, AfterValidator(_user)]
"""A SIP user."""
Port = Annotated[int, Field(ge=1, le=65535)]
HourAndDay = Annotated[tuple[int, int], BeforeValidator(_hour_and_day)]
"""How often in an hour, and in a day."""
Hours = Annotated[tuple[int, int], BeforeValidator(_hours)]
"""From which hour of the day and before which one."""


class Table(BaseModel):
    """A table of the configuration: unknown keys are errors, nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Sip(Table):
    """Where denwa itself listens for SIP."""

    port: Port = 5060
    """Port, UDP and TCP."""
    address: Address = ""
    """IPv4 address; "" is loopback without an exchange, else the address that routes to the exchange."""


class Log(Table):
    """What is logged and how."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    """The least that is logged. Callers' numbers are whole at debug only."""
    format: Literal["text", "json"] = "text"
    """Lines for people, or one JSON object a line."""


class Store(Table):
    """What is kept, and where."""

    url: SecretStr | None = None
    """The database: sqlite:////FOLDER/denwa.db or postgresql://USER:PASSWORD@HOST/NAME; none given: a file of denwa's own."""
    url_file: Path | None = None
    """A file that holds the database's URL; relative to the configuration file."""
    keep_calls_days: Annotated[int, Field(ge=0, le=3650)] = 90
    """How long it is kept who called what and when, in days; 0: not at all."""


class Events(Table):
    """Who is told of what happens; the log is always."""

    exec: tuple[str, ...] = ()
    """A program and its arguments, run for each event without a shell: ["/usr/local/bin/on-denwa-event"]."""


class Trust(Table):
    """Who may be rung, and how often."""

    allow: dict[str, tuple[Digits, ...]] = {}
    """By exchange, prefixes behind which any number may be rung, beside its telephones and its trunks: home = ["03"]."""
    deny: dict[str, tuple[Digits, ...]] = {}
    """By exchange, prefixes of numbers that are never rung, unless a longer prefix is in allow."""
    emergency: tuple[Digits, ...] = ()
    """Emergency numbers, never rung, beside 110, 118 and 119."""
    own_prefixes: tuple[Digits, ...] = ()
    """The prefixes by which other exchanges dial ours: a number that leads back here is not rung."""
    hop_depth: Annotated[int, Field(ge=1, le=8)] = HOP_DEPTH
    """Through how many exchanges a number that is rung may lead, the neighbour counted."""
    proof_days: Annotated[int, Field(ge=1, le=3650)] = 180
    """How long a proved number stays proved, in days."""
    proving_hours: Hours = (7, 22)
    """From which hour and before which one a number may be rung to prove it; [0, 24]: always."""
    zone: Annotated[str, AfterValidator(_zone)] = DEFAULT_ZONE
    """Whose hours these are: an IANA zone."""
    per_source: HourAndDay = (20, 60)
    """Bookings by one telephone, and its tries at the PIN, in an hour and in a day."""
    per_target: HourAndDay = (20, 100)
    """Calls to one telephone, in an hour and in a day."""
    per_trunk: HourAndDay = (60, 300)
    """Calls by one trunk, in an hour and in a day; for numbers not proved yet, their bookings and calls by themselves."""
    in_all: HourAndDay = (600, 5000)
    """Calls in all, in an hour and in a day, and bookings; for numbers not proved yet by themselves."""


class Limits(Table):
    """How many calls at once; whoever is over hears busy (486)."""

    calls: Annotated[int, Field(ge=1, le=1000)] = 100
    """In all."""
    services: dict[str, Annotated[int, Field(ge=1, le=1000)]] = {}
    """By service: clock = 60."""


class Exchange(Table):
    """An exchange that denwa registers with."""

    host: Host
    """Its name or IPv4 address."""
    port: Port = 5060
    """Its SIP port."""
    transport: Literal["udp", "tcp"] = "udp"
    """How SIP reaches it."""
    address: Address = ""
    """Our own IPv4 address towards it; "" is the one that routes to it."""
    lead_ms: Annotated[float, Field(ge=0, le=GREATEST_LEAD_MS)] = 0
    """How late telephones there play what arrives, in milliseconds: the clock's packets leave so much earlier."""
    prefixes: tuple[Digits, ...] = ()
    """Prefixes that can be dialled there, to be warned of numbers that would shadow them."""
    trunks: dict[str, Digits] = {}
    """Its trunks and their prefixes, for numbers that can be called back: "SIP-TRUNK-B" = "390"."""
    hop_prefix: Digits = COMMUNITY_HOP_PREFIX
    """What is dialled there to be passed on to a third exchange."""


class Extension(Table):
    """An extension of an exchange that denwa registers as."""

    exchange: str
    """The name of the exchange's table."""
    user: User
    """The extension's number or SIP user."""
    password: SecretStr | None = None
    """The SIP password; better in a file."""
    password_file: Path | None = None
    """A file that holds the SIP password; relative to the configuration file."""
    expires_s: Annotated[int, Field(ge=60, le=3600)] = 120
    """How long a registration is asked for, in seconds."""
    numbers: dict[Pattern, str] = {}
    """Which number or range reaches which service; none given: every service by its default number."""
