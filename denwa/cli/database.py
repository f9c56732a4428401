"""How a command opens denwa's database, beside a running denwa or without one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from denwa.cli.common import stop
from denwa.config.load import Configuration
from denwa.state import database_of
from store.database import Database
from store.errors import StoreError
from store.migrate import migrate


@contextmanager
def database_or_stop(configuration: Configuration) -> Iterator[Database]:
    """The configured database with all its tables; what goes wrong with it is printed and ends the command."""
    try:
        database = Database.open(database_of(configuration.store, os.environ))
        try:
            migrate(database)
            yield database
        finally:
            database.close()
    except StoreError as error:
        stop(str(error))
