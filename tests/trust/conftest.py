"""An empty database for each test; on PostgreSQL one for all, emptied, since making one takes half a second."""

from pathlib import Path

import psycopg
import pytest
from support.databases import database, postgres, sqlite_template, sqlite_url
from support.postgres import PostgresServer

__all__ = ["database", "postgres", "sqlite_template", "sqlite_url"]

_EMPTY = "TRUNCATE trust_proof, trust_code, trust_proving_call, trust_opt_out, trust_count, event"


@pytest.fixture(scope="session")
def postgres_url(postgres: PostgresServer) -> str:
    """A database of this worker's trust tests."""
    return postgres.fresh_database()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database with all tables, once on SQLite, once on PostgreSQL."""
    if request.param == "sqlite":
        return request.getfixturevalue("sqlite_url")
    url: str = request.getfixturevalue("postgres_url")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_EMPTY)
    return url
