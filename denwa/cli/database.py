"""How a command opens denwa's database, beside a running denwa or without one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL

from denwa.cli.common import stop
from store.database import Database
from store.errors import StoreError
from store.migrate import migrate


@contextmanager
def database_or_stop() -> Iterator[Database]:
    """The database with all its tables; what goes wrong with it is printed and ends the command."""
    folder = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "denwa"
    try:
        database = Database.open(URL.create("sqlite", database=str(folder / "denwa.db")).render_as_string())
        try:
            migrate(database)
            yield database
        finally:
            database.close()
    except StoreError as error:
        stop(str(error))
