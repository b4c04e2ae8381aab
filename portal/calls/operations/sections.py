"""Saving a section: the words as typed, always; typed rows when they can be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import CursorResult

from portal.calls.models import Application, SectionDraft
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
    """Raises Refusal when the section is closed to writing."""
    if section not in editable_sections(application):
        raise Refusal("Ce dossier est déposé : cette rubrique ne se modifie plus.")


def save_section(
    application: Application,
    section: Section,
    typed: Typed,
    *,
    version: int,
    page: str,
    actor: Actor,
    write: Callable[[], None] | None,
    is_autosave: bool = False,
) -> Saved:
    """Keep what was typed, and turn it into typed rows with `write` when it could be read.

    `version` is the section's version that the page showed (0: never saved). `page` names that page,
    so that a save whose answer was lost does not collide with its own repeat. Raises Conflict when
    somebody else saved since; then nothing is written.
    """
    check_editable(application, section)
    number = _keep(application, section, typed, version, page, actor)
    if write is None:
        return Saved(number)
    try:
        # The words stay even when the rows are refused (a SIRET that another structure holds).
        with db.session.begin_nested():
            write()
    except Refusals as several:
        return Saved(number, several.refusals)
    except Refusal as refusal:
        return Saved(number, [refusal])
    db.session.execute(
        sa.update(SectionDraft)
        .where(SectionDraft.application_id == application.id, SectionDraft.section == section)
        .values(typed_version=number)
    )
    if not is_autosave:
        record(actor, "application.section_saved", application, section=section)
    return Saved(number)


def _keep(application: Application, section: Section, typed: Typed, version: int, page: str, actor: Actor) -> int:
    here = sa.and_(SectionDraft.application_id == application.id, SectionDraft.section == section)
    values: dict[str, Any] = {
        "raw": {"typed": {name: list(texts) for name, texts in typed.items()}, "page": page},
        "updated_at": clock.now(),
        "updated_by_id": actor.person_id,
    }
    if version == 0 and _insert(application, section, values):
        return 1
    moved = _rowcount(
        sa.update(SectionDraft).where(here, SectionDraft.version == version).values(version=version + 1, **values)
    )
    if moved:
        return version + 1
    current = drafts_of(application.id)[section]
    if current.page == page or current.typed == values["raw"]["typed"]:
        # Our own save, whose answer was lost on the way, or the very same words: nobody is in the way.
        db.session.execute(sa.update(SectionDraft).where(here).values(version=current.version + 1, **values))
        return current.version + 1
    raise Conflict(_told(current), theirs=current, mine=dict(typed))


def _insert(application: Application, section: Section, values: dict[str, Any]) -> bool:
    from sqlalchemy.dialects.postgresql import insert as pg_insert
    from sqlalchemy.dialects.sqlite import insert as sqlite_insert

    insert = pg_insert if db.session.get_bind().dialect.name == "postgresql" else sqlite_insert
    statement = insert(SectionDraft).values(application_id=application.id, section=section, version=1, **values)
    return _rowcount(statement.on_conflict_do_nothing(index_elements=["application_id", "section"])) == 1


def _rowcount(statement: Any) -> int:
    return cast(CursorResult[Any], db.session.execute(statement)).rowcount


def _told(current: Draft) -> str:
    who = current.updated_by or "Quelqu’un"
    return (
        f"{who} a enregistré cette rubrique pendant que vous la remplissiez. "
        "Rien n’est perdu : choisissez la version à garder."
    )
