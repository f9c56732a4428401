"""Puts pydantic's errors into words: where, what, and what to do."""

from collections.abc import Iterable, Mapping

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from denwa.config import phrases
from denwa.config.findings import Finding
from denwa.config.keys import nearest, place
from denwa.config.phrases import Fault
from denwa.config.sources import ConfigurationFile, Location, Override

_SHORTEST = 40
"""How much of a wrong value is shown, in characters."""

_FAULTS: dict[str, Fault] = {
    "missing": phrases.MISSING,
    "int_type": phrases.INTEGER,
    "int_parsing": phrases.INTEGER,
    "int_from_float": phrases.INTEGER,
    "float_type": phrases.NUMBER_WANTED,
    "float_parsing": phrases.NUMBER_WANTED,
    "greater_than_equal": phrases.AT_LEAST,
    "less_than_equal": phrases.AT_MOST,
    "greater_than": phrases.ABOVE,
    "less_than": phrases.BELOW,
    "literal_error": phrases.ONE_OF,
    "enum": phrases.ONE_OF,
    "string_type": phrases.STRING,
    "path_type": phrases.STRING,
    "bool_type": phrases.TRUTH,
    "bool_parsing": phrases.TRUTH,
    "model_type": phrases.TABLE,
    "dict_type": phrases.TABLE,
    "tuple_type": phrases.LIST,
    "list_type": phrases.LIST,
    "host": phrases.HOST,
    "address": phrases.ADDRESS,
    "name": phrases.NAME,
    "user": phrases.USER,
    "number": phrases.NUMBER,
    "hour_and_day": phrases.HOUR_AND_DAY,
    "hours": phrases.HOURS,
}
_LIMITS = ("ge", "le", "gt", "lt")


def where(location: Location, file: ConfigurationFile, overridden: Iterable[Override]) -> str:
    """What set a key: the variable or credential that counts, else the file and line.

    A key that nothing sets is where the table around it was begun.
    """
    names = tuple(str(key).casefold() for key in location)
    found = list(overridden)
    setting = [override for override in found if override.location == names[: len(override.location)]]
    if not setting and not file.has(location[:-1]):
        setting = [override for override in found if override.location[: len(names) - 1] == names[:-1]]
    return setting[-1].origin if setting else file.where(location)


def explain(
    error: ValidationError, model: type[BaseModel], file: ConfigurationFile, overridden: Iterable[Override]
) -> list[Finding]:
    """All that is wrong with the values, in the order of the models."""
    found = list(overridden)
    return [_finding(detail, model, file, found) for detail in error.errors(include_url=False)]


def _finding(
    detail: ErrorDetails, model: type[BaseModel], file: ConfigurationFile, overridden: list[Override]
) -> Finding:
    location = tuple(key for key in detail["loc"] if key != "[key]")
    fault, values = _fault(detail, location, model)
    return Finding(where(location, file, overridden), dotted(location), fault.what, fault.remedy, values)


def _fault(
    detail: ErrorDetails, location: Location, model: type[BaseModel]
) -> tuple[Fault, dict[str, object]]:
    kind = detail["type"]
    context: Mapping[str, object] = detail.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown(location, model)
    fault = _FAULTS.get(kind)
    if fault is None:
        return phrases.OTHER, {"why": detail["msg"].removeprefix("Value error, ")}
    limit = next((context[name] for name in _LIMITS if name in context), None)
    found = detail["input"]
    secret = "password" in location or location == ("store", "url")
    return fault, {
        "name": location[-1],
        "key": dotted(location),
        "found": "…" if secret else shown(found),
        "bare": "…" if secret else str(found)[:_SHORTEST],
        "limit": limit,
        "known": context.get("expected", ""),
        "why": context.get("why", detail["msg"]),
    }


def _unknown(location: Location, model: type[BaseModel]) -> tuple[Fault, dict[str, object]]:
    around = place(model, location[:-1])
    known = around.names if around and around.names else ()
    near = nearest(str(location[-1]), known)
    if near:
        return phrases.UNKNOWN_NEAR, {"near": near}
    return phrases.UNKNOWN, {"known": ", ".join(known)}


def shown(value: object) -> str:
    """A wrong value as a finding shows it: short, and harmless on a terminal."""
    text = repr(value)
    return text if len(text) <= _SHORTEST else f"{text[:_SHORTEST]}…"


def dotted(location: Location) -> str:
    """A key as TOML writes it."""
    return ".".join(_written(key) for key in location)


def _written(key: str | int) -> str:
    text = str(key)
    plain = text.isascii() and text.replace("-", "").replace("_", "").isalnum()
    return text if plain else repr(text).replace("'", '"')
