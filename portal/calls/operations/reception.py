"""Typing on behalf an application that came on paper or by e-mail, then the organisation's answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from portal.accounts.models import Organisation
from portal.calls.models import Application, Call, Reception
from portal.calls.operations.apportioning import reapportion
from portal.calls.operations.confirming import ask, confirmed_by, contested_by
from portal.calls.operations.filing import start_application
from portal.calls.operations.submission import check_entitled, freeze
from portal.calls.queries.filing_checklist import checklist_of
from portal.calls.queries.reception import has_stepped_out
from portal.calls.queries.submission import submission_of
from portal.calls.rules import reception as rules
from portal.calls.rules.submission import thawed
from portal.calls.states import ApplicationStatus, CallStatus, Channel, Origin
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.files import StoredFile
from portal.foundation.refusals import Refusal, Refusals


@dataclass(frozen=True)
class ReceptionTerms:
    """How an application came. `received_at` is an instant; `confirm_email` serves without an account."""

    channel: Channel
    received_at: datetime
    confirm_email: str | None = None


def start_on_behalf(
    call: Call, organisation: Organisation, terms: ReceptionTerms, evidence: StoredFile | None, *, actor: Actor
) -> Application:
    """Begin the application that the Direction will type. A second click finds the first one's draft.

    It may come late: its closing is judged when it is filed. Raises Refusal otherwise.
    """
    if call.status is not CallStatus.PUBLISHED:
        raise Refusal("Cet appel ne prend pas de dossier.")
    if actor.person_id is not None and has_stepped_out(actor.person_id, organisation.id):
        raise Refusal("Vous vous êtes déporté·e des dossiers de cette structure : une autre personne doit saisir.")
    rules.check_received(terms.received_at, call.opens_at, clock.now())
    application = start_application(call, organisation, actor=actor, origin=Origin.ON_BEHALF)
    db.session.flush()
    if application.origin is not Origin.ON_BEHALF:
        raise Refusal("Vous avez déjà commencé un dossier en ligne pour cette structure.")
    reception = application.reception
    if reception is None:
        reception = application.reception = Reception(typed_by_id=actor.person_id)
    _describe(reception, terms, evidence, actor)
    return application


def describe_reception(
    reception: Reception, terms: ReceptionTerms, evidence: StoredFile | None, *, actor: Actor
) -> None:
    """Correct how and when it came; the day counts no more once it is filed."""
    application = reception.application
    if application.status is not ApplicationStatus.DRAFT and terms.received_at != reception.received_at:
        raise Refusal("Le dossier est déposé : son jour de réception ne change plus.", "received_at")
    rules.check_received(terms.received_at, application.call.opens_at, clock.now())
    _describe(reception, terms, evidence, actor)


def _describe(reception: Reception, terms: ReceptionTerms, evidence: StoredFile | None, actor: Actor) -> None:
    reception.channel, reception.received_at = terms.channel, terms.received_at
    reception.confirm_email = (terms.confirm_email or "").strip() or None
    if evidence is not None:
        evidence.created_by_id = actor.person_id
        db.session.add(evidence)
        db.session.flush()
        reception.evidence_file_id = evidence.id
    record(
        actor,
        "reception.described",
        reception,
        channel=terms.channel,
        received_at=terms.received_at,
        has_evidence=reception.evidence_file_id is not None,
        personal=["confirm_email"],
    )


def answer_reception(
    reception: Reception, step: str, words: str, name: str, *, version: int, actor: Actor, roles: Iterable[str]
) -> None:
    """The organisation confirms, contests or asks for a correction, from the `version` that its page showed."""
    roles = frozenset(roles)
    db.session.refresh(reception, with_for_update=True)
    if reception.version != version:
        raise Refusal("Une réponse est arrivée entre-temps : relisez la page avant de répondre.")
    if reception.application.status not in rules.ANSWERABLE:
        raise Refusal("Ce dossier n’attend plus de réponse.")
    if not name.strip():
        raise Refusal("Indiquez votre nom.", "name")
    if step == "confirm":
        check_entitled(reception.application, actor, roles)
        _freeze_corrected(reception.application, actor)
        confirmed_by(reception, name, actor=actor, roles=roles)
    else:
        contested_by(reception, step, words, name, actor=actor, roles=roles)


def ask_again(reception: Reception, *, actor: Actor, roles: Iterable[str]) -> None:
    """Send the corrected application back to its organisation."""
    db.session.refresh(reception, with_for_update=True)
    _freeze_corrected(reception.application, actor)
    ask(reception, actor=actor, roles=roles)


def _freeze_corrected(application: Application, actor: Actor) -> None:
    """Freeze anew what was corrected; the day of receipt and the signature stay."""
    db.session.refresh(application, with_for_update=True)
    last, checklist = submission_of(application.id), checklist_of(application)
    if last is None:
        raise Refusal("Ce dossier n’est pas encore déposé.")
    if replace(thawed(last.snapshot), call=checklist.dossier.call) == checklist.dossier:
        return
    if checklist.unfinished:
        raise Refusals(
            [
                Refusal(f"Rubrique « {standing.section.label} » : {' '.join(standing.told) or 'à compléter.'}")
                for standing in checklist.unfinished
            ]
        )
    reapportion(application)
    freeze(
        application, last.signatory_name, last.signatory_role, last.received_at,
        actor=actor, late=last.late_seconds, number=last.number + 1,
    )  # fmt: skip
