"""Tables' common ground and the unit of work.

One `unit_of_work()` serves routes, jobs and commands. Writes happen only inside it; a flush
outside one is an error, so a GET cannot write by accident.
"""

from __future__ import annotations

import enum
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, registry
from sqlalchemy.orm.exc import StaleDataError

from portal.foundation.faults import fault_point
from portal.foundation.refusals import Refusal

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

BigId = sa.BigInteger().with_variant(sa.Integer, "sqlite")


class UTCDateTime(sa.types.TypeDecorator[datetime]):
    """An instant: aware in Python, UTC in the database, on both back ends."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    # A registry rather than a type_annotation_map: Flask-SQLAlchemy derives its own base from ours.
    registry = registry(
        metadata=sa.MetaData(naming_convention=NAMING),
        type_annotation_map={datetime: UTCDateTime(), str: sa.Text(), int: BigId, dict[str, Any]: sa.JSON()},
    )


class Identified:
    """A table keyed by a number nobody chooses."""

    id: Mapped[int] = mapped_column(BigId, primary_key=True)


def enum_type(kind: type[enum.Enum], name: str) -> sa.Enum:
    """The column type of a Python enum: its values as text, held by a CHECK named `name`."""
    return sa.Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=40,
        name=name,
        values_callable=lambda members: [member.value for member in members],
    )


def reference(target: str, *, index: bool = True, nullable: bool = False, **options: Any) -> Mapped[Any]:
    """A foreign key column to `target` ("table.id"), indexed because joins follow it."""
    return mapped_column(BigId, sa.ForeignKey(target, **options), index=index, nullable=nullable)


# -- the unit of work ---------------------------------------------------------------------------

_writing: ContextVar[bool] = ContextVar("portal_writing", default=False)

BUSY_MESSAGE = (
    "Le service est très sollicité en ce moment. Rien de ce que vous avez saisi n’est perdu : "
    "validez à nouveau dans un instant."
)

T = TypeVar("T")
Settling = TypeVar("Settling", bound=Callable[[], None])


class WriteOutsideUnitOfWork(RuntimeError):
    """A flush was tried outside `unit_of_work()`: a programming error, never shown to a person."""


def is_writing() -> bool:
    return _writing.get()


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """Open one write transaction; commit at the end, roll back on any error.

    An inner use joins the outer one. On SQLite the write lock is taken at once (BEGIN IMMEDIATE):
    a read upgraded to a write after another commit would fail whatever the time-out.
    Objects loaded earlier are read again inside the transaction.
    """
    from portal.extensions import db

    session: Session = db.session()
    if _writing.get():
        yield session
        return
    session.rollback()
    token = _writing.set(True)
    try:
        session.connection()
        yield session
        session.flush()
        for settle in session.info.pop("before_commit", {}).values():
            settle()
        session.flush()
        fault_point("before_commit")
        session.commit()
        fault_point("after_commit")
    except BaseException:
        session.rollback()
        session.info.pop("before_commit", None)
        session.info.pop("after_commit", None)
        raise
    finally:
        _writing.reset(token)
    for action in session.info.pop("after_commit", []):
        action()


def before_commit(kind: Callable[[], Settling]) -> Settling:
    """The running unit of work's only `kind`, called at its end, inside it: what is settled once for all changes."""
    from portal.extensions import db

    found: dict[Any, Any] = db.session().info.setdefault("before_commit", {})
    if kind not in found:
        found[kind] = kind()
    return cast("Settling", found[kind])


def after_commit(action: Callable[[], None]) -> None:
    """Run `action` once the running unit of work has committed; never when it has not."""
    from portal.extensions import db

    actions = db.session().info.setdefault("after_commit", [])
    if action not in actions:
        actions.append(action)


def is_busy(error: DBAPIError) -> bool:
    """Whether trying again may help: a lock not given in time, a deadlock, a serialisation failure."""
    original = error.orig
    if isinstance(original, sqlite3.OperationalError):
        return "locked" in str(original) or "busy" in str(original)
    return getattr(original, "sqlstate", None) in {"40001", "40P01", "55P03"}


def is_taken(error: DBAPIError) -> bool:
    """Whether a value that must be one thing's own is another's: two clicks, two people at the same instant."""
    unique = getattr(error.orig, "sqlstate", None) == "23505" or "UNIQUE constraint failed" in str(error.orig)
    return isinstance(error, IntegrityError) and unique


def in_unit_of_work(operation: Callable[[], T]) -> T:
    """Run `operation` in a unit of work, once more when the database was busy, then refuse in words.

    Once more too when somebody wrote, between its reading and its writing, a row that keeps a version or
    has the same unique value: it then meets what they wrote.
    """
    for last in (False, True):
        try:
            with unit_of_work():
                return operation()
        except (DBAPIError, StaleDataError) as error:
            if isinstance(error, DBAPIError) and not is_busy(error) and (last or not is_taken(error)):
                raise
            if last:
                raise Refusal(BUSY_MESSAGE) from error
    raise AssertionError("unreachable")


@event.listens_for(Session, "before_flush")
def _refuse_stray_writes(session: Session, _context: object, _instances: object) -> None:
    changed = [item for item in session.dirty if session.is_modified(item)]
    if not _writing.get() and (session.new or session.deleted or changed):
        raise WriteOutsideUnitOfWork(f"{[*session.new, *session.deleted, *changed]!r}")


# -- engines ------------------------------------------------------------------------------------


def prepare_engine(engine: Engine, *, durable: bool = True) -> None:
    """Set up an engine's connections.

    SQLite: WAL, foreign keys, our own BEGIN. PostgreSQL: a sum of integers is read as one.
    """
    if engine.dialect.name == "postgresql":
        _read_whole_sums(engine)
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def _connect(connection: sqlite3.Connection, _record: object) -> None:
        # pysqlite's own implicit BEGIN would come too late; we say BEGIN ourselves below.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA busy_timeout = 5000")
        cursor.execute(f"PRAGMA synchronous = {'FULL' if durable else 'OFF'}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")


def _read_whole_sums(engine: Engine) -> None:
    """PostgreSQL adds bigints up to a numeric; cents must come back as the integers they are.

    No column is numeric here, so this touches nothing but what queries compute.
    """
    from psycopg.types.numeric import NumericLoader

    class WholeLoader(NumericLoader):
        def load(self, data: Any) -> Any:
            value = super().load(data)
            return int(value) if value.is_finite() and value == value.to_integral_value() else value

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        connection.adapters.register_loader("numeric", WholeLoader)


def constraint_name(error: DBAPIError) -> str | None:
    """The broken constraint's name where the back end tells it (PostgreSQL), else its columns (SQLite).

    Compare with `broke()`, which knows both answers.
    """
    diagnostic = getattr(error.orig, "diag", None)
    if diagnostic is not None:
        return str(diagnostic.constraint_name)
    return str(error.orig)


def broke(error: DBAPIError, name: str) -> bool:
    """Whether `error` comes from the constraint `name`, on either back end.

    SQLite names CHECK constraints, and for a UNIQUE one lists `table.column`s instead; our naming
    convention lets us rebuild that list.
    """
    told = constraint_name(error) or ""
    if told == name or told.endswith(f"failed: {name}"):
        return True
    if "UNIQUE constraint failed: " not in told:
        return False
    columns = told.split("failed: ", 1)[1].split(", ")
    table = columns[0].split(".")[0]
    return name == f"uq_{table}_" + "_".join(column.split(".")[1] for column in columns)
