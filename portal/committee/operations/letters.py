"""Making letters, and notifying them: only on an act, or on a decision in force."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from portal.calls.models import FundingLine
from portal.calls.operations.cycle import move_funding
from portal.calls.rules import cycle
from portal.calls.states import FundingStatus
from portal.committee.models import Decision, FundingAct, Letter, Sitting
from portal.committee.operations.adjusting import ask_when_cut
from portal.committee.operations.arbitration import bump_table
from portal.committee.operations.recusals import refuse_recused
from portal.committee.queries import letters as queries
from portal.committee.queries.admissibility import standing_decision
from portal.committee.queries.letter_words import Telling, document, grant_kind, lines_of_letter, reason_of
from portal.committee.rules.acts import acting_roles
from portal.committee.rules.letters import TELLING, refusal_key
from portal.committee.states import DecisionKind, LetterKind, TemplateKind
from portal.contracts.models import FunderKind
from portal.extensions import db
from portal.foundation import clock, outbox
from portal.foundation.actors import SYSTEM, Actor
from portal.foundation.events import record
from portal.foundation.files import StoredFile
from portal.foundation.refusals import Refusal

SENDERS = cycle.DIRECTION | cycle.FUNDER_SIDE


@cycle.FUNDING.guard("letter_made")
def letter_made(line: FundingLine, **_: object) -> None:
    if not queries.has_ready_letter(line):
        raise Refusal("Le courrier n’est pas encore prêt : préparez-le, puis notifiez.")


# -- making -------------------------------------------------------------------------------------


def make_grant_letters(act: FundingAct, *, actor: Actor, roles: Iterable[str]) -> int:
    """Make the letter of each application of an act, save those its author stepped out of.

    Returns how many were not there yet.
    """
    _check_may_write(roles)
    made = 0
    for application in queries.applications_of_act(act.id, actor.person_id):
        told = Telling(
            grant_kind(act, application),
            application,
            clock.now(),
            funder=act.funder,
            act=act,
            decision=standing_decision(application.id, DecisionKind.ARBITRATION),
        )
        made += _make(f"grant:{act.id}:{application.id}", told, actor=actor)
    return made


def make_decision_letter(decision: Decision, *, actor: Actor, roles: Iterable[str]) -> int:
    """Make the letter of a refusal, an adjournment, a place in the queue; 1 when it was not there yet, else 0."""
    _check_may_write(roles)
    refuse_recused(actor, decision.application)
    if decision.superseded_at is not None:
        raise Refusal("Cette décision n’est plus en vigueur : une autre l’a remplacée.")
    if decision.outcome not in TELLING:
        raise Refusal("Cette décision accorde : c’est le courrier de chaque financeur qui la notifie.")
    kind = TELLING[decision.outcome]
    told = Telling(TemplateKind(kind.value), decision.application, clock.now(), decision=decision)
    return _make(f"{kind}:{decision.id}", told, actor=actor)


def make_sitting_letters(sitting: Sitting, *, actor: Actor, roles: Iterable[str]) -> int:
    """Make the letters of every decision in force of a sitting that asks for one, save those of a recusal."""
    return sum(
        make_decision_letter(decision, actor=actor, roles=roles)
        for decision in queries.decisions_to_tell(sitting.id, actor.person_id)
    )


def make_refusal(line: FundingLine, *, actor: Actor, roles: Iterable[str]) -> int:
    """Make the letter of a funder that refused a part of a retained application: it tells all that it refused."""
    _check_may_write(acting_roles(roles, is_state=line.funder.kind is FunderKind.STATE))
    refuse_recused(actor, line.application)
    if line.status is not FundingStatus.REFUSED:
        raise Refusal("Ce financement n’est pas refusé.")
    told = Telling(
        TemplateKind.FUNDER_REFUSAL,
        line.application,
        clock.now(),
        funder=line.funder,
        decision=standing_decision(line.application_id, DecisionKind.ARBITRATION),
    )
    refused = [
        each.id
        for each in line.application.funding_lines
        if each.funder_id == line.funder_id and each.status is FundingStatus.REFUSED
    ]
    return _make(refusal_key(line.application_id, line.funder_id, refused), told, actor=actor)


def _check_may_write(roles: Iterable[str]) -> None:
    if not SENDERS & set(roles):
        raise Refusal("Vous n’avez pas qualité pour préparer ce courrier.")


def _make(key: str, told: Telling, *, actor: Actor) -> int:
    """Add a letter, its words fixed from now on, and ask for its documents; 0 when its key is there."""
    if queries.letter_keyed(key) is not None:
        return 0
    application = told.application
    if told.kind is not TemplateKind.GRANT and not reason_of(told).strip():
        raise Refusal(f"Dossier {application.reference} : le motif manque, le courrier doit le dire au porteur.")
    letter = Letter(
        key=key,
        application_id=application.id,
        kind=told.letter_kind,
        funder_id=told.funder.id if told.funder else None,
        act_id=told.act.id if told.act else None,
        decision_id=told.decision.id if told.decision else None,
        content={"blocks": document(told)},
        made_at=told.made_at,
    )
    db.session.add(letter)
    record(actor, "letter.made", letter, kind=letter.kind)
    ask_documents(letter, actor=actor)
    return 1


def ask_documents(letter: Letter, *, actor: Actor) -> int:
    """Ask for the PDF and the Word document of a letter; the task's id."""
    return outbox.enqueue(
        "committee.letter",
        key=f"letter:{letter.id}",
        label=f"{letter.kind.label} — dossier {letter.application.reference}",
        owner_person_id=actor.person_id,
        letter_id=letter.id,
    )


def attach_letter(letter_id: int, pdf: StoredFile, word: StoredFile) -> None:
    """Keep the documents of a letter; the first ones made stay, its words do not change any more."""
    letter = db.session.get_one(Letter, letter_id)
    if letter.file_id is not None:
        return
    db.session.add_all([pdf, word])
    db.session.flush()
    letter.file_id, letter.word_file_id = pdf.id, word.id
    record(SYSTEM, "letter.rendered", letter)


# -- notifying ----------------------------------------------------------------------------------


def notify(letter: Letter, *, actor: Actor, roles: Iterable[str]) -> None:
    """Send a letter to the applicant: from then on the outcome and these amounts are known to them."""
    db.session.refresh(letter, with_for_update=True)
    application, held = letter.application, _held(letter, roles)
    _check_may_write(held)
    refuse_recused(actor, application)
    if letter.sent_at is not None:
        raise Refusal("C’est déjà fait : ce courrier est notifié.")
    if letter.file_id is None:
        raise Refusal("Le courrier n’est pas encore prêt. Réessayez dans un instant.")
    if letter.kind is LetterKind.GRANT:
        for line in lines_of_letter(letter):
            move_funding(line, "notify", actor=actor, roles=held, letter_id=letter.id)
    elif letter.funder_id is None:
        _check_in_force(letter)
    letter.sent_at = clock.now()
    application.outcome_known_at = application.outcome_known_at or letter.sent_at
    record(actor, "letter.sent", letter, kind=letter.kind)
    _write_to_applicant(letter)
    ask_when_cut(application)
    bump_table(application.call_id)


def _held(letter: Letter, roles: Iterable[str]) -> frozenset[str]:
    return acting_roles(roles, is_state=letter.funder is not None and letter.funder.kind is FunderKind.STATE)


def _check_in_force(letter: Letter) -> None:
    if letter.decision is None or letter.decision.superseded_at is not None:
        raise Refusal("La décision a été remplacée depuis : ce courrier ne peut plus partir.")


def notify_act(act: FundingAct, *, shown: Collection[int] | None = None, actor: Actor, roles: Iterable[str]) -> int:
    """Notify every letter of an act that is ready and was not sent; returns how many.

    `shown` are the ids that were read first: Refusal when others are ready, or some left, since.
    """
    waiting = queries.unsent_of_act(act.id, actor.person_id)
    if not waiting:
        raise Refusal("Aucun courrier prêt n’attend d’être notifié.")
    if shown is not None and {letter.id for letter in waiting} != set(shown):
        raise Refusal("La liste des courriers prêts a changé depuis que vous l’avez lue. Relisez-la, puis notifiez.")
    for letter in waiting:
        notify(letter, actor=actor, roles=roles)
    return len(waiting)


def _write_to_applicant(letter: Letter) -> None:
    application = letter.application
    template = "funding_notified" if letter.kind is LetterKind.GRANT else "decision_notified"
    for person_id, email in queries.readers_of(application.organisation_id):
        outbox.mail(
            template,
            to=email,
            key=f"letter:{letter.id}:{person_id}",
            person_id=person_id,
            reference=application.reference,
            title=application.title,
            funder=letter.funder.name if letter.funder else "",
            path=f"/courriers/{letter.id}.pdf",
        )
