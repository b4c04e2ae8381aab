"""How migrations run: one transaction on both databases, foreign keys verified at the end."""

from __future__ import annotations

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from sqlalchemy.engine import Connection

from portal.extensions import db


def render_item(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Write our own column types as what they are in the database.

    A migration must keep its meaning whatever becomes of the portal's classes.
    """
    if kind == "type" and isinstance(item, sa.types.TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


def skip_empty_revision(_context: object, _revision: object, directives: list[Any]) -> None:
    if getattr(context.config.cmd_opts, "autogenerate", False) and directives[0].upgrade_ops.is_empty():
        directives[:] = []


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        render_as_batch=True,  # SQLite changes a table by making it anew
        render_item=render_item,
        process_revision_directives=skip_empty_revision,
        transactional_ddl=True,  # SQLite too: the engine says BEGIN itself
    )
    with context.begin_transaction():
        context.run_migrations()
        if connection.dialect.name == "sqlite":
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if broken:
                raise RuntimeError(f"rows whose reference is missing after the migration: {broken[:5]}")


def set_foreign_keys(connection: Connection, state: Literal["ON", "OFF"]) -> None:
    """SQLite ignores this inside a transaction, hence the driver's own connection."""
    driver = connection.connection.dbapi_connection
    if connection.dialect.name == "sqlite" and driver is not None:
        driver.execute(f"PRAGMA foreign_keys = {state}")  # type: ignore[attr-defined]


with db.engine.connect() as open_connection:
    # Making a table anew drops the old one, which would delete what refers to it.
    set_foreign_keys(open_connection, "OFF")
    try:
        migrate(open_connection)
    finally:
        open_connection.rollback()
        set_foreign_keys(open_connection, "ON")
