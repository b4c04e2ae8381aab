"""A note d'opportunité: written, sent, answered, and the application begun from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import CursorResult

from portal.accounts.models import Organisation
from portal.accounts.rules.merging import check_may_file
from portal.calls.models import Application, Call, Placement, PreProject, SectionDraft
from portal.calls.operations.calling_changes import change
from portal.calls.operations.filing import start_application
from portal.calls.queries import pre_projects as queries
from portal.calls.rules import pre_projects as rules
from portal.calls.rules.pre_projects import ANSWERS, EDITABLE, PRE_PROJECT, NoteWords
from portal.calls.states import ApplicationStatus, PreProjectStatus, Section
from portal.extensions import db
from portal.foundation import clock, outbox
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.folding import fold
from portal.foundation.periods import to_paris
from portal.foundation.refusals import Conflict, Refusal, Refusals
from portal.foundation.web.formats import date_fr, euros
from portal.quartiers.models import Quartier

STALE = "Cette note a été modifiée entre-temps. Comparez les deux saisies, puis enregistrez celle à garder."


# -- the call's own setting -----------------------------------------------------------------------------


def set_notes(call: Call, *, is_enabled: bool, until: Any, version: int, actor: Actor) -> None:
    """Take notes in a call, until a day or its closing. Raises Refusal on what would deceive those who count on it."""
    until = until if is_enabled else None
    rules.check_window(queries.notes_window(call), is_enabled=is_enabled, until=until)
    values = {"pre_projects_enabled": is_enabled, "pre_projects_until": until}
    change(call, "call.notes_changed", values, version=version, actor=actor)


# -- writing --------------------------------------------------------------------------------------------


def start_note(call: Call, organisation: Organisation, *, actor: Actor) -> PreProject:
    """A new note, empty. A second click finds the first click's. Raises Refusal when the call takes none."""
    queries.notes_window(call).check(clock.now())
    check_may_file(organisation.merged_into_id, organisation.dissolved_on, to_paris(clock.now()).date())
    if actor.person_id is not None:
        begun = queries.untouched_note(call.id, organisation.id, actor.person_id)
        if begun is not None:
            return begun
    note = PreProject(
        call_id=call.id,
        organisation_id=organisation.id,
        status=PreProjectStatus.DRAFT,
        created_at=clock.now(),
        created_by_id=actor.person_id,
    )
    db.session.add(note)
    record(actor, "pre_project.created", note, call=call.id)
    return note


def words_of(note: PreProject) -> NoteWords:
    return NoteWords(**{name: getattr(note, name) for name in NoteWords.__dataclass_fields__})


def save_note(note: PreProject, words: NoteWords, quartier_ids: Sequence[int], *, version: int, actor: Actor) -> None:
    """Keep what is written, complete or not. Raises Conflict when somebody wrote since `version`."""
    if note.status not in EDITABLE:
        raise Refusal("Cette note est envoyée : elle ne se modifie plus.")
    offered = {quartier.id: quartier for quartier in note.call.quartiers}
    chosen = [quartier for id_, quartier in offered.items() if id_ in set(quartier_ids)]
    before = _shown(words_of(note), note.quartiers)
    if not _claim(note, version):
        theirs = _shown(words_of(note), note.quartiers)
        raise Conflict(STALE, theirs=theirs, mine=_shown(words, chosen))
    for name, value in asdict(words).items():
        setattr(note, name, value)
    note.quartiers = chosen
    after = _shown(words, chosen)
    record(actor, "pre_project.saved", note, fields=[name for name, value in after.items() if before[name] != value])


def _shown(words: NoteWords, quartiers: Sequence[Quartier]) -> dict[str, str]:
    return {
        "Titre": words.title,
        "Quartiers": ", ".join(quartier.name for quartier in quartiers),
        "Besoin": words.need or "",
        "Idée": words.idea or "",
        "Budget approximatif": euros(words.budget_cents) if words.budget_cents is not None else "",
        "Financeurs pressentis": words.funders_text or "",
    }


def _claim(note: PreProject, version: int) -> bool:
    """Take the next version of a note for oneself; False when somebody wrote since `version`."""
    taken = db.session.execute(
        sa.update(PreProject)
        .where(PreProject.id == note.id, PreProject.version == version)
        .values(version=PreProject.version + 1),
        execution_options={"synchronize_session": False},
    )
    db.session.refresh(note)
    return bool(cast(CursorResult[Any], taken).rowcount)


# -- steps ----------------------------------------------------------------------------------------------


def send_note(note: PreProject, *, actor: Actor, roles: Iterable[str]) -> None:
    """Send a note to the Direction and tell those who may answer it."""
    _move(note, "send", actor=actor, roles=roles)
    note.sent_at, note.as_sent = clock.now(), None
    for to in queries.direction_for(note):
        outbox.mail(
            "pre_project_sent",
            to=to.email,
            key=f"pre_project_sent:{note.id}:{note.version}:{to.person_id}",
            person_id=to.person_id,
            given_name=to.given_name,
            note_id=note.id,
            title=note.title,
            organisation=note.organisation.name,
            call_title=note.call.title,
        )


def answer_note(note: PreProject, verdict: PreProjectStatus, words: str, *, actor: Actor, roles: Iterable[str]) -> None:
    """Answer a note with words and tell its authors. Raises Refusal beside an answer left empty."""
    _move(note, ANSWERS[verdict], actor=actor, roles=roles, words=words.strip())
    if verdict is PreProjectStatus.TO_REWORK:
        note.as_sent = {**asdict(words_of(note)), "quartiers": [quartier.name for quartier in note.quartiers]}
    note.answer, note.answered_at, note.answered_by_id = words.strip(), clock.now(), actor.person_id
    for to in queries.authors_for(note):
        outbox.mail(
            "pre_project_answered",
            to=to.email,
            key=f"pre_project_answered:{note.id}:{note.version}:{to.person_id}",
            person_id=to.person_id,
            given_name=to.given_name,
            note_id=note.id,
            title=note.title,
            verdict=verdict.label,
            is_to_rework=verdict is PreProjectStatus.TO_REWORK,
            answer=note.answer,
            closing=date_fr(note.call.closes_at),
            call_title=note.call.title,
        )


def withdraw_note(note: PreProject, *, actor: Actor, roles: Iterable[str]) -> None:
    _move(note, "withdraw", actor=actor, roles=roles)


def _move(note: PreProject, step: str, *, actor: Actor, roles: Iterable[str], **values: Any) -> None:
    db.session.flush()
    db.session.refresh(note, with_for_update=True)
    taken = PRE_PROJECT.check(step, note.status, roles, note, **values)
    before, note.status = note.status, PreProjectStatus(taken.target)
    note.version += 1
    record(actor, taken.event, note, status=[before, note.status])


@PRE_PROJECT.guard("notes_are_taken")
def _notes_are_taken(note: PreProject, **_values: object) -> None:
    is_reworked = note.status is PreProjectStatus.TO_REWORK
    queries.notes_window(note.call).check(clock.now(), is_reworked=is_reworked)


@PRE_PROJECT.guard("note_is_complete")
def _note_is_complete(note: PreProject, **_values: object) -> None:
    if missing := rules.lacking(words_of(note), len(note.quartiers)):
        raise Refusals(missing)


@PRE_PROJECT.guard("answer_written")
def _answer_written(_note: PreProject, *, words: str = "", **_values: object) -> None:
    if not words:
        raise Refusal("Écrivez votre réponse.", "words")


# -- the application ------------------------------------------------------------------------------------


def begin_application(note: PreProject, *, actor: Actor) -> Application:
    """A draft that takes up what the note says; said twice, the first draft, unless it was given up.

    Any answer allows it: the note asks for an advice. Raises Refusal when the call takes no application.
    """
    # Two clicks, two members: the second waits here, then finds the draft that the first began.
    db.session.refresh(note, with_for_update=True)
    if note.status is PreProjectStatus.WITHDRAWN:
        raise Refusal("Cette note est retirée.")
    if note.application_id is not None:
        begun = db.session.get_one(Application, note.application_id)
        if begun.status is not ApplicationStatus.ABANDONED:
            return begun
    application = start_application(note.call, note.organisation, actor=actor)
    db.session.flush()
    application.title, application.title_fold = note.title, fold(note.title)
    application.need, application.description = note.need, note.idea
    for quartier, share in zip(note.quartiers, rules.equal_parts(len(note.quartiers)), strict=True):
        db.session.add(Placement(application_id=application.id, quartier_id=quartier.id, share_bp=share))
    _mark_begun(application, note, actor)
    note.application_id = application.id
    record(actor, "application.begun_from_note", application, note=note.id)
    return application


def _mark_begun(application: Application, note: PreProject, actor: Actor) -> None:
    """The sections that the note fills are begun: what they still lack shows in the list of sections."""
    typed = {
        Section.PROJECT: {"title": [note.title], "need": [note.need or ""], "description": [note.idea or ""]},
        Section.QUARTIERS: {f"share_{quartier.id}": [""] for quartier in note.quartiers},
    }
    for section, words in typed.items():
        db.session.add(
            SectionDraft(
                application_id=application.id,
                section=section,
                raw={"typed": words, "page": "", "refusals": []},
                version=1,
                typed_version=1,
                updated_at=clock.now(),
                updated_by_id=actor.person_id,
            )
        )
