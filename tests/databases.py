"""A clean database for each test, quickly, on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from portal.extensions import db


def database_url(folder: Path) -> str:
    """The tests' database: TEST_DATABASE_URL, else a SQLite file."""
    return os.environ.get("TEST_DATABASE_URL") or f"sqlite:///{folder / 'test.sqlite3'}"


class CleanDatabase:
    """Migrated once, emptied before each test."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            self.engine = db.engine
            self._make_schema()
        if self.engine.dialect.name == "sqlite":
            self.path = Path(str(self.engine.url.database))
            self.template = self.path.with_suffix(".template")
            self._checkpoint()
            shutil.copy(self.path, self.template)
        else:
            self.names = ", ".join(f'"{table.name}"' for table in db.metadata.sorted_tables)

    def _make_schema(self) -> None:
        from flask_migrate import upgrade

        with self.engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("DROP SCHEMA public CASCADE")
                connection.exec_driver_sql("CREATE SCHEMA public")
        upgrade()

    def _checkpoint(self) -> None:
        with self.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        self.engine.dispose()

    def empty(self) -> None:
        """Bring back the empty, migrated database."""
        if self.engine.dialect.name == "sqlite":
            self.engine.dispose()
            for suffix in ("-wal", "-shm"):
                self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
            shutil.copy(self.template, self.path)
            return
        with self.engine.begin() as connection:
            # The journal's triggers refuse deletions; a replica session does not run them.
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            for table in db.metadata.sorted_tables:
                connection.execute(sa.delete(table))
