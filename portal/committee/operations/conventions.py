"""Drafting conventions from the data, sending them, taking them back signed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.exc import IntegrityError

from portal.accounts.models import Organisation
from portal.calls.models import Call
from portal.committee.models import Convention, ConventionAction, Tranche
from portal.committee.operations.recusals import refuse_recused
from portal.committee.queries import conventions as queries
from portal.committee.queries.letters import readers_of
from portal.committee.queries.templates import words_in_force
from portal.committee.rules import conventions as rules
from portal.committee.rules.payments import split
from portal.committee.rules.wording import filled
from portal.committee.states import ConventionStatus, TemplateKind
from portal.contracts.models import Funder
from portal.extensions import db
from portal.foundation import clock, outbox
from portal.foundation.actors import SYSTEM, Actor
from portal.foundation.database import broke
from portal.foundation.events import record
from portal.foundation.files import StoredFile, created_by
from portal.foundation.periods import to_paris
from portal.foundation.refusals import Conflict, Refusal

# -- guards -------------------------------------------------------------------------------------


@rules.CONVENTION.guard("document_made")
def document_made(convention: Convention, **_: object) -> None:
    if convention.file_id is None:
        raise Refusal("Le document n’est pas encore prêt. Réessayez dans un instant.")


@rules.CONVENTION.guard("reason_given")
def reason_given(_convention: Convention, *, reason: str = "", **_: object) -> None:
    if not reason.strip():
        raise Refusal("Indiquez le motif.", "reason")


@rules.CONVENTION.guard("never_in_force")
def never_in_force(convention: Convention, **_: object) -> None:
    if convention.accepted_at is not None:
        raise Refusal("Cette convention a été en vigueur : elle ne se reprend pas.")


@rules.CONVENTION.guard("signed_copy_joined")
def signed_copy_joined(_convention: Convention, *, file: StoredFile | None = None, **_: object) -> None:
    if file is None:
        raise Refusal("Joignez la convention signée.", "file")


@rules.CONVENTION.guard("signature_dated")
def signature_dated(_convention: Convention, *, signed_on: date | None = None, **_: object) -> None:
    if signed_on is None:
        raise Refusal("Indiquez la date de la dernière signature.", "signed_on")
    if signed_on > to_paris(clock.now()).date():
        raise Refusal("Cette date est à venir.", "signed_on")


# -- drafting -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class ConventionTerms:
    """What may be chosen of a convention; the share of the first payment in basis points."""

    last_year: int
    first_payment_bp: int
    payment_days: int
    body: str | None = None


def draft_convention(
    call: Call, funder: Funder, organisation: Organisation, *, actor: Actor, roles: Iterable[str]
) -> Convention:
    """Draft the convention of what a funder notified to an organisation in a call, from the template in force."""
    _check_keeps(roles)
    lines = queries.lines_to_cover(call.id, funder.id, organisation.id)
    if not lines:
        raise Refusal("Rien de notifié n’attend de convention avec cette structure.")
    contract = call.contract
    convention = Convention(
        contract_id=call.contract_id,
        call=call,
        funder=funder,
        organisation=organisation,
        revision=queries.revisions(call.id, funder.id, organisation.id) + 1,
        number=queries.next_number(call.contract_id, call.year),
        status=ConventionStatus.DRAFTED,
        first_year=call.year,
        last_year=call.year,
        first_payment_bp=contract.first_payment_bp,
        payment_days=contract.payment_days,
        body="",
        drafted_at=clock.now(),
    )
    for position, line in enumerate(lines, 1):
        refuse_recused(actor, line.application)
        convention.actions.append(
            ConventionAction(funding_line=line, amount_cents=line.granted_cents or 0, position=position)
        )
    _share(convention)
    convention.body = _usual_words(convention)
    db.session.add(convention)
    try:
        db.session.flush()
    except IntegrityError as error:
        if not broke(error, "uq_convention_contract_id_number") and "convention" not in str(error.orig):
            raise
        raise Refusal("Quelqu’un d’autre vient de préparer une convention. Actualisez la page.") from error
    record(actor, "convention.drafted", convention, number=convention.number, funder=funder.id)
    _ask_document(convention, actor)
    return convention


def _usual_words(convention: Convention) -> str:
    """The template in force, filled with today's data."""
    template = words_in_force(convention.contract_id, TemplateKind.CONVENTION, convention.funder_id)
    return filled(template, queries.values_of(convention))


def _share(convention: Convention) -> None:
    """What is paid when, action by action."""
    for action in convention.actions:
        action.tranches = [
            Tranche(year=convention.first_year, condition=part.condition, amount_cents=part.amount_cents, position=rank)
            for rank, part in enumerate(split(action.amount_cents, convention.first_payment_bp), 1)
        ]


def edit_convention(
    convention: Convention, version: int, terms: ConventionTerms, *, actor: Actor, roles: Iterable[str]
) -> None:
    """Change a draft. Without `body`, its words are made anew from the template and today's amounts.

    Raises Conflict when somebody changed it since `version`, Refusal on `last_year`.
    """
    _check_keeps(roles)
    _lock(convention, actor)
    if convention.status is not ConventionStatus.DRAFTED:
        raise Refusal("Cette convention est envoyée : reprenez-la d’abord.")
    if convention.version != version:
        raise Conflict(
            "Quelqu’un d’autre a modifié cette convention depuis que vous l’avez ouverte.",
            theirs=convention.body,
            mine=terms.body,
        )
    if not convention.first_year <= terms.last_year <= convention.first_year + LONGEST:
        raise Refusal(f"Une convention couvre au plus {LONGEST + 1} années.", "last_year")
    convention.last_year = terms.last_year
    convention.first_payment_bp, convention.payment_days = terms.first_payment_bp, terms.payment_days
    for action in convention.actions:
        action.amount_cents = action.funding_line.granted_cents or 0
        action.tranches.clear()
    db.session.flush()
    _share(convention)
    convention.body = terms.body or _usual_words(convention)
    convention.version += 1
    convention.file_id = convention.word_file_id = None
    record(actor, "convention.changed", convention, last_year=terms.last_year)
    _ask_document(convention, actor)


LONGEST = 3
"""Years a convention may run after its first."""


def _ask_document(convention: Convention, actor: Actor) -> None:
    db.session.flush()
    outbox.enqueue(
        "committee.convention",
        key=f"convention:{convention.id}:{convention.version}",
        label=f"Convention {convention.number}",
        owner_person_id=actor.person_id,
        convention_id=convention.id,
        version=convention.version,
    )


def attach_document(convention_id: int, version: int, pdf: StoredFile, word: StoredFile) -> None:
    """Keep the documents of a draft, unless the draft changed since."""
    convention = db.session.get_one(Convention, convention_id)
    if convention.version != version or convention.file_id is not None:
        return
    db.session.add_all([pdf, word])
    db.session.flush()
    convention.file_id, convention.word_file_id = pdf.id, word.id
    record(SYSTEM, "convention.rendered", convention)


# -- moving -------------------------------------------------------------------------------------


def _move(convention: Convention, step: str, *, actor: Actor, roles: Iterable[str], **values: Any) -> None:
    """Take `step` of the table and tell the structure when it has a message."""
    _lock(convention, actor)
    taken = rules.CONVENTION.check(step, convention.status, roles, convention, **values)
    before, convention.status = convention.status, ConventionStatus(taken.target)
    convention.version += 1
    kept = {name: values[name] for name in ("reason", "signed_on") if values.get(name)}
    record(actor, taken.event, convention, status=[before, convention.status], **kept)
    if taken.message:
        _tell(convention, taken.message, kept.get("reason", ""))


def _lock(convention: Convention, actor: Actor) -> None:
    db.session.flush()
    db.session.refresh(convention, with_for_update=True)
    for action in convention.actions:
        refuse_recused(actor, action.funding_line.application)


def _check_keeps(roles: Iterable[str]) -> None:
    if not rules.KEEPERS & set(roles):
        raise Refusal("Vous n’avez pas qualité pour préparer cette convention.")


def send(convention: Convention, *, actor: Actor, roles: Iterable[str]) -> None:
    """Put the convention in the structure's space, to be signed."""
    _move(convention, "send", actor=actor, roles=roles)
    convention.sent_at, convention.correction_message = clock.now(), None


def revise(convention: Convention, reason: str, *, actor: Actor, roles: Iterable[str]) -> None:
    """Take a sent convention back to change it; the structure no longer reads it."""
    _move(convention, "revise", actor=actor, roles=roles, reason=reason)
    convention.sent_at = None


def return_signed(convention: Convention, file: StoredFile | None, *, actor: Actor, roles: Iterable[str]) -> None:
    """The signed copy, from the structure or entered for it."""
    _move(convention, "return", actor=actor, roles=roles, file=file)
    if file is not None:  # always so: the guard of the step holds it
        db.session.add(created_by(file, actor))
        db.session.flush()
        convention.signed_file_id = file.id
    convention.returned_at, convention.returned_by_id = clock.now(), actor.person_id
    convention.correction_message = None


def ask_again(convention: Convention, reason: str, *, actor: Actor, roles: Iterable[str]) -> None:
    """The copy is not the right one: unreadable, not signed by the right person, a page missing."""
    _move(convention, "ask_again", actor=actor, roles=roles, reason=reason)
    convention.correction_message = reason.strip()


def accept(convention: Convention, signed_on: date | None, *, actor: Actor, roles: Iterable[str]) -> None:
    """The convention is in force: its payments may be made."""
    _move(convention, "accept", actor=actor, roles=roles, signed_on=signed_on)
    convention.signed_on, convention.accepted_at = signed_on, clock.now()


def end(convention: Convention, reason: str, *, actor: Actor, roles: Iterable[str]) -> None:
    _move(convention, "end", actor=actor, roles=roles, reason=reason)
    convention.ended_at = clock.now()


def resume(convention: Convention, reason: str, *, actor: Actor, roles: Iterable[str]) -> None:
    """Take up again a convention ended before it was in force; the structure reads it once sent again."""
    _move(convention, "resume", actor=actor, roles=roles, reason=reason)
    convention.ended_at = convention.sent_at = convention.correction_message = None


def _tell(convention: Convention, template: str, reason: str) -> None:
    for person_id, email in readers_of(convention.organisation_id):
        outbox.mail(
            template,
            to=email,
            person_id=person_id,
            key=f"{template}:{convention.id}:{convention.version}:{person_id}",
            number=convention.number,
            funder=convention.funder.name,
            organisation=convention.organisation.name,
            reason=reason,
            path=f"/conventions/{convention.id}",
        )
