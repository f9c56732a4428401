"""What denwa prints when it is up: what to dial, from where."""

from collections.abc import Iterable
from dataclasses import dataclass

from denwa.config.load import Configuration
from denwa.language import Language, Text

_UP = Text("denwa is up. Stop it with Ctrl-C.", "denwa が動いています。Ctrl-C で終わります。")
_HEAR = Text("Hear it at once, in another terminal:", "すぐに聞くには、別の端末で:")
_TELEPHONE = Text(
    "or with a SIP telephone on this machine, without registering:",
    "このマシンの SIP 電話からは、登録なしで:",
)
_RANGES = Text("and ranges of numbers (X: 0 to 9):", "番号の範囲 (X は 0〜9):")
_AT = Text(
    "At {exchange} ({host}:{port}), extension {user}:",
    "交換機 {exchange} ({host}:{port}) の内線 {user}:",
)
_PASTE = Text(
    "What the exchange needs for it:  {denwa} dialplan mikopbx  or  {denwa} dialplan asterisk",
    "交換機に要る設定:  {denwa} dialplan mikopbx  または  {denwa} dialplan asterisk",
)


@dataclass(frozen=True, slots=True)
class Listening:
    """Where SIP is listened for: an IPv4 address and a port, UDP and TCP."""

    address: str
    port: int

    def uri(self, number: str) -> str:
        """What a SIP telephone dials."""
        return f"sip:{number}@{self.address}:{self.port}"


def greeting(
    configuration: Configuration,
    listening: Listening | None,
    services: Iterable[str],
    language: Language,
    command: str,
) -> str:
    """The text; only numbers of the services that are open are named.

    `listening` is None with an exchange; `command` is what one types here for denwa.
    """
    opened = set(services)
    lines = [_UP.say(language), ""]
    if listening is None:
        lines += _by_exchange(configuration, opened, language, command)
    else:
        lines += _by_itself(configuration, listening, opened, language, command)
    return "\n".join(lines)


def _by_itself(
    configuration: Configuration, listening: Listening, opened: set[str], language: Language, command: str
) -> list[str]:
    offered = {number: name for number, name in configuration.numbers.items() if name in opened}
    numbers = {number: name for number, name in offered.items() if number.isdigit()}
    ranges = [
        f"    {number}    {name}"
        for number, name in offered.items()
        if number not in numbers and "[" not in number
    ]
    elsewhere = "" if listening.port == 5060 else f" --server {listening.address}:{listening.port}"
    by_hand = [f"    {command} call {number}{elsewhere}    {name}" for number, name in numbers.items()]
    by_telephone = [f"    {listening.uri(number)}    {name}" for number, name in numbers.items()]
    more = [_RANGES.say(language), *ranges] if ranges else []
    return [_HEAR.say(language), *by_hand, _TELEPHONE.say(language), *by_telephone, *more]


def _by_exchange(
    configuration: Configuration, opened: set[str], language: Language, command: str
) -> list[str]:
    lines = []
    for extension in configuration.extensions.values():
        exchange = configuration.exchanges[extension.exchange]
        where = {"exchange": extension.exchange, "host": exchange.host, "port": exchange.port}
        lines.append(_AT.say(language, user=extension.user, **where))
        lines += [
            f"    {number}    {name}"
            for number, name in extension.numbers.items()
            if name in opened and "[" not in number
        ]
    return [*lines, _PASTE.say(language, denwa=command)]
