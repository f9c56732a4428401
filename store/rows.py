"""What the databases hold and say, where SQLAlchemy leaves it to us."""

from sqlalchemy import Delete, Update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from store.base import Base


def storable(text: str, longest: int | None = None) -> str:
    """The text as every database takes it, cut to `longest` characters.

    PostgreSQL holds no NUL, and neither database a lone surrogate; each becomes a replacement character.
    """
    whole = text[:longest].replace("\0", "\N{REPLACEMENT CHARACTER}")
    return whole.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def affected(session: Session, statement: Update | Delete) -> int:
    """Execute it, past the objects that the session holds; how many rows it changed."""
    result = session.execute(statement, execution_options={"synchronize_session": False})
    assert isinstance(result, CursorResult)  # noqa: S101 - of every statement that changes rows
    return result.rowcount


def inserting(session: Session, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """An INSERT in this database's own dialect, to which what happens on a conflict can be added."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)
