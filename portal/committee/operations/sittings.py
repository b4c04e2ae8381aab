"""Preparing, opening and closing a sitting."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from datetime import date, time

from portal.committee.models import Sitting, SittingKind
from portal.committee.operations.convening import convene_seats, tell_cancelled
from portal.committee.operations.sitting_documents import ask_document
from portal.committee.queries import convocations
from portal.committee.queries import sittings as queries
from portal.committee.rules.sittings import SITTING, check_editable, hour_fr
from portal.committee.states import SittingDocumentKind, SittingStatus
from portal.extensions import db
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.marks import mark_of
from portal.foundation.refusals import Conflict, Refusal
from portal.foundation.web.formats import date_fr

# -- the sitting --------------------------------------------------------------------------------


@dataclass(frozen=True)
class SittingTerms:
    """What is known of a sitting before it is held."""

    kind_id: int
    call_id: int | None
    title: str
    held_on: date
    place: str | None
    starts_at: time | None = None

    @property
    def mark(self) -> str:
        """Names these very terms, for whoever read them."""
        return mark_of(*("" if value is None else str(value) for value in astuple(self)))

    @property
    def words(self) -> dict[str, str]:
        """What two writers compare."""
        hour = hour_fr(self.starts_at) if self.starts_at else ""
        return {"Intitulé": self.title, "Date": date_fr(self.held_on), "Heure": hour, "Lieu": self.place or ""}


def terms_of(sitting: Sitting) -> SittingTerms:
    """What is known of a sitting now."""
    return SittingTerms(
        sitting.kind_id, sitting.call_id, sitting.title, sitting.held_on, sitting.place, sitting.starts_at
    )


def create_sitting(terms: SittingTerms, *, actor: Actor) -> Sitting:
    """Plan a sitting of the kind's contract; its call, when it has one, must be of the same."""
    kind = db.session.get_one(SittingKind, terms.kind_id)
    sitting = Sitting(
        kind_id=kind.id,
        contract_id=kind.contract_id,
        title=terms.title,
        held_on=terms.held_on,
        starts_at=terms.starts_at,
        place=terms.place,
    )
    _set_call(sitting, terms.call_id)
    db.session.add(sitting)
    db.session.flush()
    convene_seats(sitting, actor=actor)
    record(actor, "sitting.planned", sitting, title=sitting.title, held_on=sitting.held_on)
    return sitting


def change_sitting(sitting: Sitting, terms: SittingTerms, *, seen: str | None = None, actor: Actor) -> None:
    """Change the terms of a sitting not closed; its kind only before it opens.

    `seen` marks the terms that its author read: Conflict, with both, when somebody changed them since.
    """
    db.session.refresh(sitting, with_for_update=True)
    check_editable(sitting.status)
    now = terms_of(sitting)
    if seen not in (None, now.mark) and terms != now:
        raise Conflict(
            "Quelqu’un d’autre a modifié cette séance entre-temps. "
            "Comparez ; enregistrer à nouveau gardera vos valeurs.",
            theirs=now.words,
            mine=terms.words,
        )
    kind = db.session.get_one(SittingKind, terms.kind_id)
    if kind.id != sitting.kind_id and sitting.status is not SittingStatus.PLANNED:
        raise Refusal("La nature d’une séance ouverte ne change plus.", "kind_id")
    if kind.contract_id != sitting.contract_id:
        raise Refusal("Choisissez une nature de séance du même contrat.", "kind_id")
    before = _told(sitting.held_on, sitting.starts_at, sitting.place)
    told = _told(terms.held_on, terms.starts_at, terms.place)
    if before != told and convocations.were_sent(sitting):
        # Those convened are told again: their calendar takes the higher number for a change.
        sitting.summons_number += 1
    sitting.kind_id, sitting.title = kind.id, terms.title
    sitting.held_on, sitting.starts_at, sitting.place = terms.held_on, terms.starts_at, terms.place
    _set_call(sitting, terms.call_id)
    sitting.version += 1
    record(actor, "sitting.changed", sitting, title=sitting.title, before=before, after=told)


def _told(held_on: date, starts_at: time | None, place: str | None) -> list[str]:
    """What a convocation tells of a sitting, as the journal keeps it."""
    return [held_on.isoformat(), f"{starts_at:%H:%M}" if starts_at else "", place or ""]


def _set_call(sitting: Sitting, call_id: int | None) -> None:
    known = {known_id for known_id, _title, _contract in queries.calls_of([sitting.contract_id])}
    if call_id is not None and call_id not in known:
        raise Refusal("Cet appel à projets relève d’un autre contrat.", "call_id")
    if call_id != sitting.call_id and sitting.agenda:
        raise Refusal("Des dossiers sont déjà à l’ordre du jour : l’appel à projets ne change plus.", "call_id")
    sitting.call_id = call_id


def move_sitting(sitting: Sitting, step: str, *, reason: str = "", actor: Actor, roles: Iterable[str]) -> None:
    """Open, close or cancel a sitting. Closing asks for its minutes (PDF, by job); cancelling tells those convened."""
    db.session.refresh(sitting, with_for_update=True)
    taken = SITTING.check(step, sitting.status, roles, sitting, reason=reason)
    sitting.status = SittingStatus(taken.target)
    sitting.version += 1
    record(actor, taken.event, sitting)
    if sitting.status is SittingStatus.CLOSED:
        ask_document(sitting, SittingDocumentKind.MINUTES, actor=actor)
    if sitting.status is SittingStatus.CANCELLED:
        sitting.cancelled_reason = reason.strip()
        tell_cancelled(sitting, actor=actor)
