"""Loads the configuration, or says everything that is wrong with it."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_settings import SettingsError

from denwa.config import phrases
from denwa.config.explain import dotted, explain, where
from denwa.config.findings import ConfigurationError, Finding, errors
from denwa.config.models import Events, Exchange, Extension, Limits, Log, Sip, Store, Trust
from denwa.config.names import strange_names
from denwa.config.rules import Checked, unfitting
from denwa.config.secret import SecretFault, with_password, with_url
from denwa.config.settings import Configurable, Settings, settings_type
from denwa.config.sources import ConfigurationFile, Location, Override, find_file, overrides, read_file
from denwa.language import Language
from exchange.network.patterns import NumberPattern


@dataclass(frozen=True, slots=True)
class Configuration:
    """A configuration that holds; each extension has its password, and its numbers in the order they are tried.

    `numbers` are what is dialled without an exchange. `services` are the services' own tables.
    `where` tells what set a key.
    """

    path: Path | None
    language: Language
    sip: Sip
    log: Log
    store: Store
    events: Events
    limits: Limits
    trust: Trust
    exchanges: Mapping[str, Exchange]
    extensions: Mapping[str, Extension]
    numbers: Mapping[str, str]
    services: Mapping[str, BaseModel]
    warnings: tuple[Finding, ...] = field(compare=False)
    where: Callable[[Location], str] = field(compare=False, repr=False)


def load(
    named: Path | None, services: Mapping[str, Configurable], *, passwords: bool = True
) -> Configuration:
    """Load the configuration from its file, credentials and the environment. Raises ConfigurationError.

    Without `passwords`, for whoever registers nowhere, the extensions have none and need none.
    """
    model = settings_type(services)
    file = read_file(find_file(named, os.environ))
    overridden = tuple(overrides(os.environ))
    findings = [*strange_names(overridden, model, file), *_underscored(file)]
    settings = _validated(model, file, overridden, findings)
    if settings is None or findings:
        raise ConfigurationError(findings)
    checked = Checked(settings, file, overridden, services)
    findings += unfitting(checked)
    extensions = {}
    for name in settings.extensions:
        try:
            extension = with_password(checked, name, findings) if passwords else settings.extensions[name]
        except SecretFault as fault:
            findings.append(fault.finding)
        else:
            extensions[name] = _in_order(extension, services)
    store = settings.store
    try:
        store = with_url(checked, findings)
    except SecretFault as fault:
        findings.append(fault.finding)
    if errors(findings):
        raise ConfigurationError(findings)
    return Configuration(
        path=file.path,
        language=settings.language,
        sip=settings.sip,
        log=settings.log,
        store=store,
        events=settings.events,
        limits=settings.limits,
        trust=settings.trust,
        exchanges=settings.exchanges,
        extensions=extensions,
        numbers=default_numbers(services),
        services={name: getattr(settings, name) for name in services},
        warnings=tuple(findings),
        where=partial(where, file=file, overridden=overridden),
    )


def default_numbers(services: Mapping[str, Configurable]) -> dict[str, str]:
    """Every service by its default numbers."""
    return {
        number: name
        for name, service in services.items()
        for number in (service.number, *service.more_numbers)
    }


def _validated(
    model: type[Settings], file: ConfigurationFile, overridden: tuple[Override, ...], findings: list[Finding]
) -> Settings | None:
    """The values as the models have them; None where they do not, with the reasons added to `findings`."""
    values = {key: value for key, value in _lowered(file.values).items() if not key.startswith("_")}
    try:
        return model(**values)
    except SettingsError:
        return None  # a variable that is no JSON, which is found by its name already
    except ValidationError as error:
        known = {finding.where for finding in findings}
        findings += [new for new in explain(error, model, file, overridden) if new.where not in known]
        return None


def _underscored(file: ConfigurationFile) -> list[Finding]:
    """Keys that pydantic-settings would take for options of its own."""
    fault = phrases.UNKNOWN
    known = {"known": ", ".join(Settings.model_fields)}
    wrong = [key for key in file.values if key.startswith("_")]
    return [
        Finding(file.where((key,)), dotted((key,)), fault.what, fault.remedy, dict(known)) for key in wrong
    ]


def _lowered(values: dict[str, Any]) -> dict[str, Any]:
    """The file's values with numbers such as 7XXXX in small letters, as an environment variable names them."""
    extensions = values.get("extensions")
    if not isinstance(extensions, dict):
        return values
    return values | {"extensions": {name: _lowered_numbers(table) for name, table in extensions.items()}}


def _lowered_numbers(table: Any) -> Any:
    numbers = table.get("numbers") if isinstance(table, dict) else None
    if not isinstance(numbers, dict):
        return table
    return table | {"numbers": {number.lower(): service for number, service in numbers.items()}}


def _in_order(extension: Extension, services: Mapping[str, Configurable]) -> Extension:
    numbers = extension.numbers or default_numbers(services)
    order = sorted(numbers, key=lambda number: NumberPattern.parse(number).precedence)
    return extension.model_copy(update={"numbers": {number: numbers[number] for number in order}})
