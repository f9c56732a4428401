"""One running program for each SQLite file: what it has begun, no other one goes on with."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import URL

from store.errors import StoreBusy, StoreUnreachable


@contextmanager
def sole_program(url: URL) -> Iterator[None]:
    """Be the one that runs on this database while in the scope; on PostgreSQL there may be several.

    The kernel lets go of it when the process dies, however it dies. Commands beside it need not ask.

    Raises:
        StoreBusy: another one runs.
        StoreUnreachable: the lock's file cannot be written.
    """
    if url.get_backend_name() != "sqlite" or not url.database:
        yield
        return
    path = Path(f"{url.database}.lock")
    try:
        file = path.open("ab")
    except OSError as error:
        raise StoreUnreachable(f"{path} cannot be written: {error}") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreBusy(
                f"another denwa runs with the database {url.database}: stop it, or give this one its own by "
                "[store] url (several may share a PostgreSQL)"
            ) from None
        yield
