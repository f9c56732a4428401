"""Brings a database to the tables that this program knows, and refuses one that knows more."""

import logging
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from store.database import Database
from store.errors import StoreNewer

logging.getLogger("alembic").setLevel(logging.WARNING)

_LOCK = 0x64656E7761
"""PostgreSQL's advisory lock by which nodes that start at once migrate one after the other ("denwa")."""


def migrate(database: Database) -> None:
    """Run the migrations that are missing, all in one transaction.

    Raises:
        StoreNewer: the database has migrations that this program does not know.
        StoreError: they could not be run; the database is as it was.
    """
    database.transaction(_upgrade)


def head() -> str:
    """The name of the newest migration."""
    newest = ScriptDirectory.from_config(_configuration()).get_current_head()
    assert newest is not None  # noqa: S101 - the chain is not empty
    return newest


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    configuration = _configuration()
    known = {script.revision for script in ScriptDirectory.from_config(configuration).walk_revisions()}
    for current in MigrationContext.configure(connection).get_current_heads():
        if current not in known:
            raise StoreNewer(
                f"the database was written by a newer denwa (its tables are at {current!r}, this program knows "
                f"them up to {head()!r}): install that version again, or use another database"
            )
    configuration.attributes["connection"] = connection
    command.upgrade(configuration, "head")


def _configuration() -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    configuration.set_main_option("path_separator", "os")
    return configuration
