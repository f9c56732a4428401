"""Fixtures: a fresh database on each of the two that denwa runs on."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from support.postgres import PostgresServer, running_postgres

from store.database import Database
from store.migrate import migrate

_SERVER = pytest.StashKey[PostgresServer]()


@pytest.fixture(scope="session")
def postgres(pytestconfig: pytest.Config) -> PostgresServer:
    """One server for all of this worker's tests, whichever conftest.py has the fixture."""
    if _SERVER not in pytestconfig.stash:
        scope = ExitStack()
        pytestconfig.add_cleanup(scope.close)
        # a short path, which a socket needs, and one that the server's own user may pass through
        folder = Path(tempfile.mkdtemp(prefix="denwa-pg-"))
        scope.callback(shutil.rmtree, folder, ignore_errors=True)
        pytestconfig.stash[_SERVER] = scope.enter_context(running_postgres(folder))
    return pytestconfig.stash[_SERVER]


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all tables, empty, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    database = Database.open(f"sqlite:///{path}")
    migrate(database)
    database.close()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a fresh database with all tables, once on SQLite, once on PostgreSQL."""
    url: str = request.getfixturevalue("postgres_url" if request.param == "postgresql" else "sqlite_url")
    return url


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """The URL of a fresh PostgreSQL database with all tables."""
    with postgres.fresh_database() as url:
        yield url


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The URL of a fresh SQLite database with all tables."""
    path = tmp_path / "denwa.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A fresh database, open."""
    opened = Database.open(database_url)
    yield opened
    opened.close()
