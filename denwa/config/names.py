"""Names of variables and credentials that mean no key: pydantic-settings passes them over in silence."""

import json
from collections.abc import Iterable

from denwa.config import phrases
from denwa.config.explain import dotted
from denwa.config.findings import Finding
from denwa.config.keys import all_keys, nearest, place
from denwa.config.settings import Settings
from denwa.config.sources import CREDENTIALS, DELIMITER, PREFIX, ConfigurationFile, Override


def strange_names(
    overridden: Iterable[Override], model: type[Settings], file: ConfigurationFile
) -> list[Finding]:
    """The variables and credentials that mean no key, or whose value cannot be read as its table or list."""
    known = [_variable(keys) for keys in all_keys(model, file.values)]
    found = []
    for override in overridden:
        there = place(model, override.location)
        if there is None or not all(override.location):
            found.append(_unknown(override, known))
        elif not there.is_value and not _is_json(override.value):
            example = '["732", "767"]' if there.names is None else '{"key": "value"}'
            found.append(
                Finding(
                    override.origin,
                    dotted(override.location),
                    phrases.NO_JSON.what,
                    phrases.NO_JSON.remedy,
                    {"example": example},
                )
            )
    return found


def _unknown(override: Override, known: list[str]) -> Finding:
    near = nearest(_variable(override.location), known) if any(override.location) else None
    if near is None:
        fault, values = phrases.UNKNOWN_VARIABLE, {"example": "DENWA_SIP__PORT"}
    else:
        as_named = near.lower() if CREDENTIALS in override.origin else near
        fault, values = phrases.UNKNOWN_VARIABLE_NEAR, {"near": as_named}
    return Finding(override.origin, "", fault.what, fault.remedy, dict(values))


def _variable(keys: Iterable[str]) -> str:
    return PREFIX + DELIMITER.join(keys).upper()


def _is_json(value: str) -> bool:
    try:
        return isinstance(json.loads(value), dict | list)
    except ValueError:
        return False
