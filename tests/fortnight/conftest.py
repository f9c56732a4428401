"""Fresh databases for each test."""

from collections.abc import Iterator

import pytest
from support.databases import postgres, postgres_url, sqlite_template, sqlite_url
from support.postgres import PostgresServer

__all__ = ["postgres", "postgres_url", "sqlite_template", "sqlite_url"]


@pytest.fixture
def other_postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """The URL of another fresh PostgreSQL database with all tables."""
    with postgres.fresh_database() as url:
        yield url
