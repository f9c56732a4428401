"""A real PostgreSQL server of the tests' own: no network, its files in a temporary folder."""

import os
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from store.database import Database
from store.migrate import migrate

TEMPLATE = "denwa_template"
_QUIET = (
    "-c listen_addresses='' -c fsync=off -c full_page_writes=off -c max_connections=60 -c shared_buffers=16MB"
)
"""Its files need not outlive the machine; that a commit survives our own death does not hang on fsync."""

_EMPTY = b"""DO $$ DECLARE tables text; BEGIN
    SELECT string_agg(quote_ident(tablename), ',') INTO tables FROM pg_tables
    WHERE schemaname = 'public' AND tablename <> 'alembic_version';
    EXECUTE 'TRUNCATE ' || tables || ' RESTART IDENTITY CASCADE';
END $$"""


@dataclass
class PostgresServer:
    """A running server; `socket_folder` is how it is reached."""

    socket_folder: Path
    _used: list[str] = field(default_factory=list)

    def url(self, name: str) -> str:
        """A database's URL."""
        return f"postgresql://postgres@/{name}?host={self.socket_folder}"

    @contextmanager
    def fresh_database(self) -> Iterator[str]:
        """The URL of a database with all tables, empty: to copy one takes longer than to empty one again."""
        if self._used:
            name = self._used.pop()
            with psycopg.connect(self.url(name)) as connection:
                connection.execute(_EMPTY)
        else:
            name = f"t{uuid.uuid4().hex[:12]}"
            self._run(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        yield self.url(name)
        self._used.append(name)

    def bare_database(self) -> str:
        """The URL of a new database without any table."""
        name = f"t{uuid.uuid4().hex[:12]}"
        self._run(f"CREATE DATABASE {name} TEMPLATE template0")
        return self.url(name)

    def make_template(self) -> None:
        """Migrate once what the fresh databases are copied from."""
        self._run(f"CREATE DATABASE {TEMPLATE} TEMPLATE template0")
        database = Database.open(self.url(TEMPLATE))
        migrate(database)
        database.close()

    def _run(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def running_postgres(folder: Path) -> Iterator[PostgresServer]:
    """Start a server with its files in a new folder, and end it with the scope."""
    data = folder / "data"
    _as_server(
        folder, "initdb", "-D", str(data), "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8", "--locale=C"
    )
    _as_server(
        folder,
        "pg_ctl",
        "-D",
        str(data),
        "-w",
        "-s",
        "-l",
        str(folder / "log"),
        "-o",
        f"{_QUIET} -k {folder}",
        "start",
    )
    try:
        server = PostgresServer(folder)
        server.make_template()
        yield server
    finally:
        _as_server(folder, "pg_ctl", "-D", str(data), "-w", "-s", "-m", "immediate", "stop")


def _as_server(folder: Path, program: str, *arguments: str) -> None:
    """Run a program of PostgreSQL's as a user that it accepts: it refuses root."""
    before = []
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
        before = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    done = subprocess.run(
        [*before, _program(program), *arguments],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,  # the server keeps what it is started with
        stderr=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode:
        log = folder / "log"
        raise RuntimeError(f"{program} failed: {log.read_text() if log.exists() else 'see initdb'}")


def _program(name: str) -> str:
    newest = max(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]), default=None
    )
    found = str(newest) if newest else shutil.which(name)
    if found is None:
        raise RuntimeError(f"{name} is missing: apt install postgresql")
    return found
