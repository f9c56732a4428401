"""Which extension of ours rings a number, and which trunk leads to it."""

from dataclasses import dataclass

from denwa.cli.common import WRONG_CONFIGURATION, own_command, stop
from denwa.config.load import Configuration
from denwa.harmless import harmless
from denwa.language import Language, Text
from denwa.reasons import say_reason
from denwa.wiring import trust_settings
from exchange.network.numbers import NumberError, normalise
from schedules.booking import Telephone
from trust.allowed import NumberRules

_NO_EXTENSION = Text(
    "No extension is configured, so denwa can ring nobody. Write a configuration first: {denwa} init",
    "内線の設定がないので、どこにも電話をかけられません。まず設定を作ってください: {denwa} init",
)
_NO_SUCH = Text(
    "The configuration has no such extension: {known} can ring",
    "設定にそのような内線がありません。使える内線: {known}",
)
_WHICH = Text(
    "Which extension is to ring? Add --extension, one of: {known}",
    "どの内線から電話をかけますか。--extension を付けてください: {known}",
)
_WRONG_NUMBER = Text(
    "{number} is no number that can be rung: {why}", "{number} は呼び出せる番号ではありません: {why}"
)
_NO_TRUNK = Text(
    "The exchange {exchange} has no trunk {trunk}. Its trunks: {known}",
    "交換機 {exchange} にトランク {trunk} はありません。設定にあるトランク: {known}",
)
_NONE = Text("none", "なし")


@dataclass(frozen=True, slots=True)
class Way:
    """An extension of ours, by which numbers are rung; faults are printed and end the command."""

    exchange: str
    extension: str
    rules: NumberRules
    language: Language

    def telephone(self, written: str, trunk: str = "") -> Telephone:
        """The telephone of a number as one writes it; by this trunk, else by the one that its prefix says."""
        if trunk and trunk not in self.rules.trunks:
            known = ", ".join(self.rules.trunks) or _NONE
            values = {"exchange": self.exchange, "trunk": harmless(trunk), "known": known}
            stop(_NO_TRUNK.say(self.language, **values), WRONG_CONFIGURATION)
        try:
            number = normalise(written)
        except NumberError as error:
            why = say_reason(error, self.language)
            stop(_WRONG_NUMBER.say(self.language, number=harmless(written), why=why), WRONG_CONFIGURATION)
        return Telephone(self.exchange, self.extension, number, trunk or self.rules.trunk_of(number))


def way_or_stop(configuration: Configuration, exchange: str, extension: str, language: Language) -> Way:
    """The extension that was named, or the only one there is; faults are printed and end the command."""
    if not configuration.extensions:
        stop(_NO_EXTENSION.say(language, denwa=own_command()), WRONG_CONFIGURATION)
    fitting = {
        name: each.exchange
        for name, each in configuration.extensions.items()
        if extension in {"", name} and exchange in {"", each.exchange}
    }
    if len(fitting) != 1:
        known = [f"{name} ({each.exchange})" for name, each in configuration.extensions.items()]
        text = _WHICH if fitting else _NO_SUCH
        stop(text.say(language, known=", ".join(known)), WRONG_CONFIGURATION)
    [(name, at)] = fitting.items()
    return Way(at, name, trust_settings(configuration).exchanges[at], language)
