"""What `denwa alarm` is configured with, beside a running denwa or without one."""

from pathlib import Path

from denwa.cli.common import configuration_or_stop, services_or_stop
from denwa.config.load import Configuration
from services.wakeup.config import WakeupConfig


def alarm_configuration(named: Path | None) -> Configuration:
    """The configuration without its passwords; its errors are printed and end the command."""
    return configuration_or_stop(named, services_or_stop(), passwords=False)


def wakeup_table(configuration: Configuration) -> WakeupConfig:
    """The table [wakeup]."""
    table = configuration.services["wakeup"]
    assert isinstance(table, WakeupConfig)  # noqa: S101 - the service's own
    return table
