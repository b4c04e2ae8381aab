"""Opening bilans and moving them: the only place where a bilan's status changes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from portal.accounts.rules import Role
from portal.calls.models import Application, FundingLine
from portal.calls.operations.cycle import follows, move_application
from portal.calls.queries.writers import writers_of
from portal.calls.rules.cycle import APPLICATION
from portal.calls.states import ApplicationStatus, Origin, PreviousBilansRule
from portal.committee.queries.completeness import register_check
from portal.committee.rules.completeness import Check
from portal.committee.states import CheckResult
from portal.evaluation.models import Bilan
from portal.evaluation.queries import bilans, sheet
from portal.evaluation.rules.cycle import BILAN, DIRECTION, EDITABLE, default_due_on
from portal.evaluation.states import BilanKind, BilanStatus
from portal.extensions import db
from portal.foundation import clock, outbox
from portal.foundation.actors import SYSTEM, Actor
from portal.foundation.events import record
from portal.foundation.refusals import Refusal, Refusals
from portal.foundation.web.formats import date_fr

# -- becoming due -------------------------------------------------------------------------------


def open_due_bilans() -> None:
    """Make the bilans that time and decisions brought, and tell who must write them; idempotent."""
    for wanted in [*bilans.finals_to_open(), *bilans.interims_to_open()]:
        _open(wanted, actor=SYSTEM)


@follows("funding.notified")
def open_final_bilan(line: FundingLine, *, actor: Actor) -> None:
    """At the first notified grant of a decided application its final bilan is asked for at once."""
    db.session.flush()
    for wanted in bilans.finals_to_open(line.application_id):
        _open(wanted, actor=actor)


def _open(wanted: bilans.ToOpen, *, actor: Actor) -> None:
    application = db.session.get_one(Application, wanted.application_id)
    due_on = wanted.due_on or default_due_on(wanted.year)
    bilan = Bilan(application=application, kind=wanted.kind, status=BilanStatus.DUE, due_on=due_on)
    db.session.add(bilan)
    db.session.flush()
    record(actor, "bilan.opened", bilan, kind=bilan.kind, due_on=due_on)
    tell_authors("bilan_due", bilan, key=f"bilan_due:{bilan.id}")


def tell_authors(template: str, bilan: Bilan, *, key: str, **context: str) -> None:
    """Write to those who may write a bilan; `key` names the occasion, so that a repeat sends nothing."""
    for person in writers_of(bilan.application.organisation_id):
        outbox.mail(
            template,
            to=person.email,
            person_id=person.person_id,
            key=f"{key}:{person.person_id}",
            not_before=None,
            bilan_id=bilan.id,
            bilan_kind=bilan.kind.label.lower(),
            title=bilan.application.title,
            due_on=date_fr(bilan.due_on),
            **context,
        )


# -- moving -------------------------------------------------------------------------------------


def move(bilan: Bilan, step: str, *, actor: Actor, roles: Iterable[str], **values: Any) -> None:
    """Take `step` of the bilan's table, or raise Refusal; `values` go to the guards.

    The journal keeps a reason and a date; never the name of who signs.
    """
    db.session.refresh(bilan, with_for_update=True)
    taken = BILAN.check(step, bilan.status, roles, bilan, **values)
    before, bilan.status = bilan.status, BilanStatus(taken.target)
    bilan.version += 1
    kept = {name: values[name] for name in ("reason", "until") if values.get(name)}
    record(actor, taken.event, bilan, status=[before, bilan.status], **kept)
    if taken.message:
        tell_authors(taken.message, bilan, key=f"{taken.event}:{bilan.id}:{bilan.version}", **_words(kept))


def _words(kept: dict[str, Any]) -> dict[str, str]:
    return {name: date_fr(value) if isinstance(value, date) else str(value) for name, value in kept.items()}


def ensure_open(bilan: Bilan) -> None:
    """Refuse to write a bilan that is no longer in its author's hands.

    The two bilans of an action share their figures: an interim one would rewrite those of the final one sent.
    """
    if bilan.status not in EDITABLE:
        raise Refusal(f"Ce bilan ne se modifie plus : {BILAN.label_of(bilan.status).lower()}.")
    if bilan.kind is BilanKind.INTERIM and bilans.has_returned_final(bilan.application_id):
        raise Refusal("Le bilan final de cette action est envoyé : il tient lieu de bilan intermédiaire.")


def is_open(bilan: Bilan) -> bool:
    """Whether its author may still write a bilan."""
    try:
        ensure_open(bilan)
    except Refusal:
        return False
    return True


def begin(bilan: Bilan, *, actor: Actor, roles: Iterable[str]) -> None:
    """The first answer begins a bilan that was only due."""
    if bilan.status is BilanStatus.DUE:
        move(bilan, "begin", actor=actor, roles=roles)


def submit(bilan: Bilan, *, name: str, role: str, sincere: bool, actor: Actor, roles: Iterable[str]) -> None:
    """Sign and send. Raises Refusals naming what is missing, section by section."""
    signed = {"signatory_name": name.strip(), "signatory_role": role.strip(), "sincere": sincere}
    move(bilan, "submit", actor=actor, roles=roles, **signed)
    bilan.signatory_name, bilan.signatory_role = name.strip(), role.strip()
    bilan.submitted_at, bilan.submitted_by_id = clock.now(), actor.person_id
    bilan.correction_message = None


@BILAN.guard("answered_in_full")
def _answered_in_full(bilan: Bilan, **_values: Any) -> None:
    missing = sheet.missing_of(bilan)
    if missing:
        raise Refusals([Refusal(each.message) for each in missing])


def ask_correction(bilan: Bilan, reason: str, *, actor: Actor, roles: Iterable[str]) -> None:
    """Give the bilan back to its author with what to correct."""
    move(bilan, "ask_correction", actor=actor, roles=roles, reason=reason)
    bilan.correction_message = reason.strip()


def accept(bilan: Bilan, *, actor: Actor, roles: Iterable[str]) -> None:
    move(bilan, "accept", actor=actor, roles=roles)
    bilan.accepted_at, bilan.accepted_by_id = clock.now(), actor.person_id


def declare_not_carried_out(bilan: Bilan, reason: str, *, actor: Actor, roles: Iterable[str]) -> None:
    """The action did not take place: the application and its other bilans say so too."""
    roles = frozenset(roles)
    move(bilan, "declare_not_carried_out", actor=actor, roles=roles, reason=reason)
    bilan.not_carried_out_reason = reason.strip()
    application = bilan.application
    for other in bilans.others_of(bilan):
        if other.status in EDITABLE:
            move(other, "declare_not_carried_out", actor=actor, roles=roles, reason=reason)
            other.not_carried_out_reason = reason.strip()
    if application.status is not ApplicationStatus.NOT_CARRIED_OUT:
        move_application(application, "not_carried_out", actor=actor, roles=roles, reason=reason.strip())


@follows("application.not_carried_out")
def settle_bilans(application: Application, *, actor: Actor) -> None:
    """An action given up elsewhere (its grant was renounced) has no bilan to return any more."""
    db.session.flush()
    for bilan in bilans.bilans_of(application.id):
        if bilan.status in EDITABLE:
            move(bilan, "declare_not_carried_out", actor=actor, roles={Role.APPLICANT}, reason=GIVEN_UP)
            bilan.not_carried_out_reason = GIVEN_UP


GIVEN_UP = "Le porteur a renoncé à l’action."


def ask_postponement(bilan: Bilan, until: date | None, reason: str, *, actor: Actor, roles: Iterable[str]) -> None:
    """Ask for a later date; the answer is the Direction's."""
    move(bilan, "ask_postponement", actor=actor, roles=roles, until=until, reason=reason, due_on=bilan.due_on)
    bilan.postponed_until, bilan.postponement_reason, bilan.postponement_answer = until, reason.strip(), None


def grant_postponement(bilan: Bilan, answer: str, *, actor: Actor, roles: Iterable[str]) -> None:
    """The asked date becomes the due date."""
    wanted = bilan.postponed_until
    move(bilan, "grant_postponement", actor=actor, roles=roles, until=wanted, reason=answer)
    bilan.due_on, bilan.postponement_answer = wanted, answer.strip() or None


def refuse_postponement(bilan: Bilan, answer: str, *, actor: Actor, roles: Iterable[str]) -> None:
    """The due date stays; the author reads why."""
    move(bilan, "refuse_postponement", actor=actor, roles=roles, reason=answer)
    bilan.postponed_until, bilan.postponement_answer = None, answer.strip()


# -- filing again -------------------------------------------------------------------------------


def previous_bilans_message(application: Application) -> str | None:
    """What is missing before filing again, in words; None when nothing is.

    A later year of an agreement always waits for the bilan of the year before it, whatever the call's rule.
    """
    missing = bilans.unanswered_before(application)
    if application.call.previous_bilans_rule is PreviousBilansRule.OFF:
        goes_on = application.agreement is not None
        missing = [each for each in missing if goes_on and each.application_id == application.renewal_of_id]
    if not missing:
        return None
    named = " ; ".join(f"{each.kind.label.lower()} {each.year}, « {each.title} »" for each in missing)
    return f"Avant un nouveau dossier, votre structure doit rendre : {named}."


@register_check
def _previous_bilans_check(application: Application) -> Check | None:
    """The same words in the officer's checklist."""
    rule = application.call.previous_bilans_rule
    if rule is PreviousBilansRule.OFF:
        return None
    message = previous_bilans_message(application)
    lacking = CheckResult.MISSING if rule is PreviousBilansRule.BLOCK else CheckResult.TO_CHECK
    return Check(
        "previous_bilans",
        "Bilans des années précédentes",
        lacking if message else CheckResult.OK,
        message or "Aucun bilan attendu ne manque.",
    )


@APPLICATION.guard("previous_bilans")
def _previous_bilans(application: Application, **_values: Any) -> None:
    """Blocks the filing where the call says so; where it warns, the same words are shown beforehand."""
    if blocks_filing(application):
        message = previous_bilans_message(application)
        if message:
            raise Refusal(message)


def blocks_filing(application: Application) -> bool:
    """Whether a missing bilan stops the filing: by the call's rule, or the year before of the same agreement."""
    if application.call.previous_bilans_rule is PreviousBilansRule.BLOCK:
        return True
    missing = bilans.unanswered_before(application) if application.agreement else []
    return any(each.application_id == application.renewal_of_id for each in missing)


def may_write(roles: Iterable[str], application: Application) -> bool:
    """The organisation writes its own bilan; the Direction only for a file it typed on somebody's behalf."""
    held = set(roles)
    return Role.APPLICANT in held or (application.origin is Origin.ON_BEHALF and bool(held & DIRECTION))
