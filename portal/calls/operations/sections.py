"""Saving a section: the words as typed, always; typed rows when they can be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import CursorResult

from portal.calls.models import Application, SectionDraft
from portal.calls.operations.cycle import hold
from portal.calls.queries.reopening import reopened_sections
from portal.calls.queries.sections import Draft, drafts_of
from portal.calls.states import ApplicationStatus, Section
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.refusals import Conflict, Refusal, Refusals

Typed = Mapping[str, list[str]]


@dataclass(frozen=True)
class Saved:
    """What became of a save: the section's new version, and why its words did not become rows."""

    version: int
    refusals: list[Refusal] = field(default_factory=list)


def editable_sections(application: Application) -> frozenset[Section]:
    """The sections that may be written now: all of a draft, those reopened of a filed application."""
    if application.status is ApplicationStatus.DRAFT:
        return frozenset(Section)
    return reopened_sections(application.id)


def check_editable(application: Application, section: Section) -> None:
    """Raises Refusal when the section is closed to writing; it stays open until the end when it is not."""
    hold(application)
    if section not in editable_sections(application):
        raise Refusal("Ce dossier est déposé : cette rubrique ne se modifie plus.")


def save_section(
    application: Application,
    section: Section,
    typed: Typed,
    *,
    version: int,
    page: str,
    sequence: int = 0,
    actor: Actor,
    write: Callable[[], None] | None,
    is_autosave: bool = False,
) -> Saved:
    """Keep what was typed, and turn it into typed rows with `write` when it could be read.

    `version` is the section's version that the page showed (0: never saved). `page` names that page,
    so that a save whose answer was lost does not collide with its own repeat, and `sequence` counts
    its saves, so that one delayed on the way does not undo the next. Raises Conflict when somebody
    else saved since; then nothing is written.
    """
    check_editable(application, section)
    draft = _Draft(application.id, section, typed, page, sequence)
    number = draft.keep(version, actor)
    if draft.is_overtaken:
        return Saved(number)
    if write is None:
        return Saved(number)
    if refusals := _attempt(write):
        draft.note(refusals)
        return Saved(number, refusals)
    draft.settle(number)
    if not is_autosave:
        record(actor, "application.section_saved", application, section=section)
    return Saved(number)


def _attempt(write: Callable[[], None]) -> list[Refusal]:
    """Run `write`, or undo it and answer why it was refused (a SIRET that another structure holds)."""
    try:
        with db.session.begin_nested():
            write()
    except Conflict:
        # What is shared with other applications was written meanwhile: nothing is saved, both are shown.
        raise
    except Refusals as several:
        return several.refusals
    except Refusal as refusal:
        return [refusal]
    return []


@dataclass
class _Draft:
    """The row that keeps a section word for word."""

    application_id: int
    section: Section
    typed: Typed
    page: str
    sequence: int
    is_overtaken: bool = False

    @property
    def _here(self) -> sa.ColumnElement[bool]:
        return sa.and_(SectionDraft.application_id == self.application_id, SectionDraft.section == self.section)

    @property
    def _raw(self) -> dict[str, Any]:
        words = {name: list(texts) for name, texts in self.typed.items()}
        return {"typed": words, "page": self.page, "sequence": self.sequence}

    def keep(self, version: int, actor: Actor) -> int:
        """Write the words over those of `version`; the section's version then.

        Words older than those the same page already had saved are left out (`is_overtaken`).
        Raises Conflict when the words in place are another page's.
        """
        values: dict[str, Any] = {"raw": self._raw, "updated_at": clock.now(), "updated_by_id": actor.person_id}
        if self._insert(values):
            return 1
        while not self._replace(version, values):
            current = drafts_of(self.application_id)[self.section]
            if not self._is_ours(current):
                raise Conflict(_told(current), theirs=current, mine=dict(self.typed))
            version = current.version
            if current.page == self.page and self.sequence < current.sequence:
                self.is_overtaken = True
                return version
        return version + 1

    def _is_ours(self, current: Draft) -> bool:
        """Our own save, whose answer was lost on the way, or the very same words: nobody is in the way."""
        return current.page == self.page or current.typed == self._raw["typed"]

    def _replace(self, version: int, values: dict[str, Any]) -> bool:
        mine = sa.and_(self._here, SectionDraft.version == version)
        return bool(_rowcount(sa.update(SectionDraft).where(mine).values(version=version + 1, **values)))

    def note(self, refusals: list[Refusal]) -> None:
        """Keep why the words did not become rows, so that the page says it again when it is opened."""
        told = [[refusal.field, refusal.message] for refusal in refusals]
        db.session.execute(sa.update(SectionDraft).where(self._here).values(raw={**self._raw, "refusals": told}))

    def settle(self, version: int) -> None:
        """Note that the words of `version` are now typed rows."""
        db.session.execute(sa.update(SectionDraft).where(self._here).values(typed_version=version))

    def _insert(self, values: dict[str, Any]) -> bool:
        from sqlalchemy.dialects.postgresql import insert as pg_insert
        from sqlalchemy.dialects.sqlite import insert as sqlite_insert

        insert = pg_insert if db.session.get_bind().dialect.name == "postgresql" else sqlite_insert
        row = {"application_id": self.application_id, "section": self.section, "version": 1, **values}
        statement = (
            insert(SectionDraft).values(**row).on_conflict_do_nothing(index_elements=["application_id", "section"])
        )
        # The count of rows is not told alike by the two back ends; the id of the row that was made is.
        return db.session.execute(statement.returning(SectionDraft.id)).first() is not None


def _rowcount(statement: Any) -> int:
    return cast(CursorResult[Any], db.session.execute(statement)).rowcount


def _told(current: Draft) -> str:
    who = current.updated_by or "Quelqu’un"
    return (
        f"{who} a enregistré cette rubrique pendant que vous la remplissiez. "
        "Rien n’est perdu : choisissez la version à garder."
    )
