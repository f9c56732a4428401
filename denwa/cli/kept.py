"""How a command reads what denwa has kept: it makes no database and changes none."""

import os
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from denwa.cli.common import stop
from denwa.config.load import Configuration
from denwa.state import database_of
from store.base import Base
from store.database import Database, exists
from store.errors import StoreError

T = TypeVar("T")


def read_or_stop(configuration: Configuration, table: type[Base], work: Callable[[Session], T]) -> T | None:
    """Run a unit of work that only reads; None where no denwa has ever kept such a row."""

    def read(session: Session) -> T | None:
        if not inspect(session.connection()).has_table(table.__tablename__):
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
