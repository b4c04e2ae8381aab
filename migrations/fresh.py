"""An application on an empty SQLite database, for the scripts of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from portal import create_app
from portal.settings import Settings


@contextmanager
def fresh_application() -> Iterator[None]:
    """Run the block in the context of an application whose database has nothing in it."""
    with TemporaryDirectory() as folder:
        instance = Path(folder)
        settings = Settings(
            instance_path=instance,
            database_url=f"sqlite:///{instance / 'portal.sqlite3'}",
            secret_key="for a database thrown away at once",
        )
        with create_app(settings).app_context():
            yield
