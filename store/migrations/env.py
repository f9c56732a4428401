"""Alembic's way in: it is given the connection, inside the transaction of `store.migrate`."""

from alembic import context

from store.base import Base

context.configure(
    connection=context.config.attributes["connection"], target_metadata=Base.metadata, render_as_batch=True
)
context.run_migrations()
