"""All tables as one model, the services' own among them, read from file, credentials and environment."""

import os
from collections.abc import Mapping
from typing import Any, Protocol

from pydantic import BaseModel, Field, create_model
from pydantic_settings import (
    BaseSettings,
    NestedSecretsSettingsSource,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)

from denwa.config.models import Events, Exchange, Extension, Limits, Log, Name, Sip, Store, Trust
from denwa.config.sources import CREDENTIAL_PREFIX, DELIMITER, PREFIX, credentials_folder
from denwa.language import Language


class Configurable(Protocol):
    """What the configuration needs to know of a service; ServiceSpec is one."""

    @property
    def name(self) -> str:
        """Its table's name."""

    @property
    def number(self) -> str:
        """What it is dialled by when nothing is configured."""

    @property
    def more_numbers(self) -> tuple[str, ...]:
        """What else it is dialled by then."""

    @property
    def config(self) -> type[BaseModel]:
        """Its table's model."""


class Settings(BaseSettings):
    """Every table but the services'."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter=DELIMITER,
        extra="forbid",
        frozen=True,
        use_attribute_docstrings=True,
        title="denwa.toml",
    )

    language: Language = "ja"
    """The language that callers hear where a service does not say otherwise."""
    sip: Sip = Sip()
    """Where denwa listens."""
    log: Log = Log()
    """What is logged."""
    store: Store = Store()
    """What is kept, and where."""
    events: Events = Events()
    """Who is told of what happens."""
    limits: Limits = Limits()
    """How many calls at once."""
    trust: Trust = Trust()
    """Who may be rung, and how often."""
    exchanges: dict[Name, Exchange] = {}
    """The exchanges, each a table [exchanges.NAME]."""
    extensions: dict[Name, Extension] = {}
    """What denwa registers as, each a table [extensions.NAME]."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the signature is pydantic-settings'
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - no .env file is read
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment goes before credentials, and these before the file."""
        sources = [env_settings]
        folder = credentials_folder(os.environ)
        if folder and isinstance(file_secret_settings, SecretsSettingsSource):
            sources.append(
                NestedSecretsSettingsSource(
                    file_secret_settings,
                    secrets_dir=folder,
                    secrets_prefix=CREDENTIAL_PREFIX,
                    secrets_nested_delimiter=DELIMITER,
                )
            )
        return (*sources, init_settings)


def settings_type(services: Mapping[str, Configurable]) -> type[Settings]:
    """The model of the whole file, a table for each service. Raises ValueError for a service's impossible name."""
    fields: dict[str, Any] = {}
    for name, service in services.items():
        if name in Settings.model_fields:
            msg = f"no service may be named {name!r}: that is a table of denwa's own"
            raise ValueError(msg)
        fields[name] = (service.config, Field(default_factory=service.config))
    return create_model("Configuration", __base__=Settings, **fields)
