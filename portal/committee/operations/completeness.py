"""The checklist: filled by the data, settled by the officer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from portal.calls.models import Application
from portal.calls.rules.cycle import DIRECTION
from portal.calls.states import ApplicationStatus
from portal.committee.models import CompletenessCheck
from portal.committee.operations.recusals import refuse_recused
from portal.committee.queries import completeness as queries
from portal.committee.rules.completeness import OfficerWord
from portal.extensions import db
from portal.foundation import clock, outbox
from portal.foundation.actors import SYSTEM, Actor
from portal.foundation.events import record
from portal.foundation.refusals import Conflict, Refusal

PER_TICK = 20
"""Checklists opened at once as time passes: the evening of the closing brings a hundred files."""


def refresh_checklist(application: Application, *, actor: Actor) -> None:
    """Look at the data again: results and evidence follow, the officer's words stay.

    A line that no longer concerns the application goes, unless the officer wrote on it.
    """
    if application.status is ApplicationStatus.DRAFT:
        raise Refusal("Le dossier n’est pas encore déposé.")
    rows = {row.code: row for row in queries.checks_of(application.id)}
    results = queries.automatic_results(application)
    for position, check in enumerate(results, start=1):
        row = rows.pop(check.code, None)
        if row is None:
            row = CompletenessCheck(application_id=application.id, code=check.code)
            db.session.add(row)
        row.label, row.automatic, row.evidence = check.label, check.result, check.evidence
        row.position = position
    for row in rows.values():
        if row.officer_says is None and not row.note:
            db.session.delete(row)
    record(actor, "checklist.refreshed", application, results={check.code: check.result for check in results})


def refresh_by_officer(application: Application, *, actor: Actor, roles: Iterable[str]) -> None:
    """« Relancer la vérification »."""
    _direction_only(roles)
    refuse_recused(actor, application)
    refresh_checklist(application, actor=actor)


def settle_checklist(
    application: Application, words: Mapping[int, OfficerWord], *, actor: Actor, roles: Iterable[str]
) -> None:
    """Write the officer's ticks and notes, by line id; only the lines that change are signed.

    All or none: Conflict, with both words of each, when a colleague wrote since on lines that change.
    """
    _direction_only(roles)
    refuse_recused(actor, application)
    if application.status is ApplicationStatus.DRAFT:
        raise Refusal("Le dossier n’est pas encore déposé.")
    db.session.refresh(application, with_for_update=True)
    wanted = [
        (row, word)
        for row in queries.checks_of(application.id)
        if (word := words.get(row.id)) is not None and not word.is_left and word.mark != _word_of(row).mark
    ]
    _check_seen(wanted)
    changed = {}
    for row, word in wanted:
        changed[row.code] = [row.officer_says, word.says]
        row.officer_says, row.note = word.says, word.note.strip() or None
        row.checked_by_id, row.checked_at = actor.person_id, clock.now()
    if changed:
        record(actor, "checklist.settled", application, lines=changed)


def _word_of(row: CompletenessCheck) -> OfficerWord:
    return OfficerWord(row.officer_says, row.note or "")


def _check_seen(wanted: Sequence[tuple[CompletenessCheck, OfficerWord]]) -> None:
    stale = [(row, word) for row, word in wanted if word.seen not in (None, _word_of(row).mark)]
    if stale:
        raise Conflict(
            "Quelqu’un d’autre a écrit sur ces lignes depuis que vous les avez lues. "
            "Comparez ; enregistrer à nouveau remplace ses avis par les vôtres.",
            theirs={row.label: _word_of(row).words for row, _word in stale},
            mine={row.label: word.words for row, word in stale},
        )


def open_checklists() -> None:
    """Give each filed application its checklist."""
    for application in queries.without_checklist(PER_TICK):
        refresh_checklist(application, actor=SYSTEM)


outbox.periodic(open_checklists)


def _direction_only(roles: Iterable[str]) -> None:
    if not DIRECTION & set(roles):
        raise Refusal("Seule la Direction instruit la complétude.")
