"""The chain of migrations: what it makes, from where it goes on, what it refuses."""

import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text
from support.postgres import PostgresServer
from support.rows import all_rows

from store.base import Base
from store.database import Database
from store.errors import StoreNewer
from store.migrate import head, migrate

pytestmark = pytest.mark.unit


def test_the_chain_makes_exactly_the_tables_that_are_declared(database: Database):
    found: list[object] = []

    def compare(connection: Connection) -> None:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found.extend(compare_metadata(context, Base.metadata))

    all_rows()
    database.transaction(compare)
    assert found == []


def test_again_changes_nothing(database: Database):
    migrate(database)
    assert (
        database.read(lambda session: session.scalar(text("SELECT version_num FROM alembic_version")))
        == head()
    )


def test_a_newer_database_is_refused_in_words_and_left_alone(sqlite_url: str):
    database = Database.open(sqlite_url)
    database.write(lambda session: session.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    with pytest.raises(StoreNewer, match=r"newer denwa.*9999.*install that version"):
        migrate(database)
    assert (
        database.read(lambda session: session.scalar(text("SELECT version_num FROM alembic_version")))
        == "9999"
    )
    database.close()


def test_nodes_that_start_at_once_migrate_one_after_the_other(postgres: PostgresServer):
    url = postgres.bare_database()
    databases = [Database.open(url) for _ in range(4)]
    failed: list[BaseException] = []

    def start(database: Database) -> None:
        try:
            migrate(database)
        except BaseException as error:  # noqa: BLE001 - shown by the main thread
            failed.append(error)

    threads = [threading.Thread(target=start, args=[database]) for database in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    for database in databases:
        database.close()
