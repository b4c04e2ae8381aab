"""One step taken on several files of the queue: on all of them, or on none."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

import sqlalchemy as sa

from portal.accounts.rules import HeldGrant
from portal.calls.models import Application, Call
from portal.calls.operations.messages import check_written, post_message
from portal.calls.rules.cycle import DIRECTION
from portal.calls.states import MessageSide
from portal.committee.models import ChangeRequest
from portal.committee.operations import corrections
from portal.committee.operations.admissibility import pronounce_admissibility, propose_admissibility
from portal.committee.operations.completeness import refresh_by_officer
from portal.committee.queries.completeness import open_request
from portal.committee.queries.desk import DeskQueue
from portal.committee.rules.desk_steps import MOST_FILES, DeskStep, why_not
from portal.committee.states import Outcome
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import Actor
from portal.foundation.periods import to_paris
from portal.foundation.refusals import Refusal


@dataclass(frozen=True)
class Terms:
    """What a step needs besides its files: `words` is the message or the delegation, `day` the new date."""

    words: str = ""
    day: date | None = None


def take_step(
    call: Call,
    step: DeskStep,
    application_ids: Collection[int],
    terms: Terms,
    *,
    actor: Actor,
    roles: Iterable[str],
    grants: Sequence[HeldGrant],
) -> int:
    """Take `step` on these files of the call; returns how many.

    Raises Refusal when one of them no longer takes it: nothing is done then.
    """
    held = frozenset(roles)
    if not DIRECTION & held or actor.person_id is None:
        raise Refusal("Seule la Direction instruit les dossiers.")
    _check_terms(step, terms, len(application_ids), actor.person_id)
    queue = DeskQueue(call, actor.person_id, grants, to_paris(clock.now()).date())
    rows = queue.chosen(application_ids)
    if len(rows) < len(set(application_ids)):
        raise Refusal("Un dossier choisi n’est plus dans cette liste. Reprenez la sélection.")
    for row in rows:
        reason = why_not(step, row)
        if reason:
            raise Refusal(f"Dossier {call.year}-{row.number:03d} : {reason} Rien n’a été fait.")
    act = _ACTS[step]
    for application in db.session.scalars(
        sa.select(Application).where(Application.id.in_([row.id for row in rows])).order_by(Application.number)
    ):
        _told_apart(application, partial(act, application, terms, actor, held))
    return len(rows)


def _check_terms(step: DeskStep, terms: Terms, files: int, person_id: int) -> None:
    if not files:
        raise Refusal("Choisissez au moins un dossier.")
    if files > MOST_FILES:
        raise Refusal(f"Prenez {MOST_FILES} dossiers au plus à la fois.")
    if step.needs_words and not terms.words.strip():
        raise Refusal("Écrivez ce texte.", "words")
    if step.needs_day and terms.day is None:
        raise Refusal("Indiquez une date à venir.", "day")
    if step is DeskStep.WRITE:
        check_written(person_id)


def _told_apart(application: Application, act: Callable[[], object]) -> None:
    """A refusal says which file it is about; one on a field stays beside it."""
    try:
        act()
    except Refusal as refusal:
        field = {"delegation_note": "words", "body": "words", "due_on": "day"}.get(refusal.field or "")
        raise Refusal(f"Dossier {application.reference} : {refusal.message}", field) from refusal


def _check(application: Application, _terms: Terms, actor: Actor, roles: frozenset[str]) -> None:
    refresh_by_officer(application, actor=actor, roles=roles)


def _propose(application: Application, _terms: Terms, actor: Actor, roles: frozenset[str]) -> None:
    propose_admissibility(application, Outcome.ADMISSIBLE, "", actor=actor, roles=roles)


def _pronounce(application: Application, terms: Terms, actor: Actor, roles: frozenset[str]) -> None:
    pronounce_admissibility(None, application, Outcome.ADMISSIBLE, "", terms.words, actor=actor, roles=roles)


def _write(application: Application, terms: Terms, actor: Actor, _roles: frozenset[str]) -> None:
    post_message(application, MessageSide.DIRECTION, terms.words, actor=actor)


def _accept(application: Application, _terms: Terms, actor: Actor, roles: frozenset[str]) -> None:
    corrections.accept_changes(_awaited(application), actor=actor, roles=roles)


def _remind(application: Application, _terms: Terms, actor: Actor, roles: frozenset[str]) -> None:
    corrections.remind_now(_awaited(application), actor=actor, roles=roles)


def _extend(application: Application, terms: Terms, actor: Actor, roles: frozenset[str]) -> None:
    corrections.extend_request(_awaited(application), terms.day, actor=actor, roles=roles)


def _awaited(application: Application) -> ChangeRequest:
    request = open_request(application.id)
    if request is None:
        raise Refusal("Aucune correction n’est en cours sur ce dossier.")
    return request


_ACTS: dict[DeskStep, Callable[[Application, Terms, Actor, frozenset[str]], None]] = {
    DeskStep.CHECK: _check,
    DeskStep.PROPOSE: _propose,
    DeskStep.PRONOUNCE: _pronounce,
    DeskStep.ACCEPT: _accept,
    DeskStep.REMIND: _remind,
    DeskStep.EXTEND: _extend,
    DeskStep.WRITE: _write,
}
