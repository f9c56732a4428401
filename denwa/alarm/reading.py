"""How `denwa alarm` reads what is configured and what is booked, beside a running denwa or without one."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from denwa.cli.common import LANGUAGE, WRONG_CONFIGURATION, services_or_stop, stop
from denwa.config.findings import ConfigurationError
from denwa.config.load import Configuration, load
from denwa.state import database_of
from schedules.rows import Alarm
from services.wakeup.config import WakeupConfig
from store.database import Database, exists
from store.errors import StoreError

T = TypeVar("T")


def alarm_configuration(named: Path | None) -> Configuration:
    """The configuration without its passwords; its errors are printed and end the command."""
    try:
        return load(named, services_or_stop(), passwords=False)
    except ConfigurationError as error:
        stop(error.say(LANGUAGE), WRONG_CONFIGURATION)


def wakeup_table(configuration: Configuration) -> WakeupConfig:
    """The table [wakeup]."""
    table = configuration.services["wakeup"]
    assert isinstance(table, WakeupConfig)  # noqa: S101 - the service's own
    return table


def read_or_stop(configuration: Configuration, work: Callable[[Session], T]) -> T | None:
    """Run a unit of work that only reads; None where no denwa has ever kept an alarm."""

    def read(session: Session) -> T | None:
        if not inspect(session.connection()).has_table(Alarm.__tablename__):
            return None
        return work(session)

    url = database_of(configuration.store, os.environ)
    try:
        if not exists(url):
            return None
        database = Database.open(url)
        try:
            return database.read(read)
        finally:
            database.close()
    except StoreError as error:
        stop(str(error))
