"""Bringing the invented applications to their stages, through the same operations as people's clicks.

Each project of story.json names the stage it stops at; a stage includes those before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Person
from portal.accounts.operations.people import by
from portal.accounts.rules import Role
from portal.calls.models import Application, Call
from portal.calls.operations.dauphin import keep_number
from portal.calls.operations.messages import open_messages, send_message
from portal.calls.operations.submission import submit
from portal.calls.queries.dauphin import state_line
from portal.calls.queries.messages import conversation_of
from portal.calls.rules.sections import asked_attestations
from portal.calls.states import MessageSide, Section
from portal.committee.models import FundingAct, Sitting, SittingKind
from portal.committee.operations import (
    acts,
    admissibility,
    agenda,
    arbitration,
    attendance,
    convening,
    corrections,
    letters,
    opinions,
    programme,
    recusals,
    reviewing,
    scoring,
    sitting_documents,
    sittings,
    templates,
)
from portal.committee.operations.acts import ActTerms
from portal.committee.operations.opinions import OpinionText
from portal.committee.operations.sittings import SittingTerms
from portal.committee.rules.attendance import Seat
from portal.committee.rules.opinions import Envisaged
from portal.committee.rules.scoring import SheetText
from portal.committee.rules.templates import MODELS
from portal.committee.states import ActKind, Attendance, Outcome, SittingDocumentKind, TemplateKind, Verdict
from portal.contracts.models import Funder
from portal.evaluation.models import Bilan
from portal.evaluation.operations import answers
from portal.evaluation.operations import cycle as bilans
from portal.evaluation.queries import sheet
from portal.extensions import db
from portal.foundation.actors import Actor

ORDER = (
    "draft", "submitted", "to_correct", "inadmissible", "admissible", "scored", "proposed", "arbitrated",
    "rejected", "waiting", "granted", "notified_lower", "notified", "bilan_submitted", "accepted",
)  # fmt: skip
DIRECTION = frozenset({Role.OFFICER, Role.MANAGER})
AUTHOR = frozenset({Role.APPLICANT})
LESSER = 70
"""Of what was asked, the percentage that a project retained for less gets."""


@dataclass(frozen=True)
class Filed:
    """An application of the story with its author and the stage it stops at."""

    application: Application
    author: Person
    stage: str

    def reaches(self, stage: str) -> bool:
        return ORDER.index(self.stage) >= ORDER.index(stage)


def file(filed: Filed, received_at: datetime) -> None:
    kind = filed.application.organisation.kind
    submit(
        filed.application,
        signatory_name=filed.author.display_name,
        signatory_role=filed.application.organisation.representative_role or "présidente",
        attested=list(asked_attestations(kind)),
        received_at=received_at,
        form_opened_at=None,
        actor=by(filed.author),
        roles=AUTHOR,
    )
    # An invented number in the State's tool, for every other application: the rest is to be matched.
    if filed.application.number % 2 == 0 and state_line(filed.application) is not None:
        number = f"DEMO {filed.application.number:05d}"
        keep_number(filed.application, number, actor=by(filed.author), roles=AUTHOR)


def instruct(story: list[Filed], call: Call, officer: Actor) -> None:
    """Ask one for corrections; the technical committee pronounces the recevabilité of the others."""
    heard = [each for each in story if each.reaches("inadmissible")]
    for each in story:
        if each.stage == "to_correct":
            corrections.ask_changes(
                each.application,
                [Section.PROJECT],
                [],
                "Précisez les lieux et le calendrier des ateliers, quartier par quartier.",
                date(2026, 12, 15),
                actor=officer,
                roles=DIRECTION,
            )
            write_messages(each.application, each.author, officer)
    sitting = _hold(call, "cotech-calls", date(2025, 12, 9), [each.application for each in heard], officer)
    for each in heard:
        refused = each.stage == "inadmissible"
        admissibility.pronounce_admissibility(
            sitting,
            each.application,
            Outcome.INADMISSIBLE if refused else Outcome.ADMISSIBLE,
            "L’action profite à toute la ville et ne vise pas les habitants du quartier." if refused else "",
            None,
            actor=officer,
            roles=DIRECTION,
        )
    sittings.move_sitting(sitting, "close", actor=officer, roles=DIRECTION)


def write_messages(application: Application, author: Person, officer: Actor) -> None:
    """A question and its answer, both opened, then a message that the Direction has not read yet."""
    for side, words, actor in (
        (MessageSide.ORGANISATION, QUESTION, by(author)),
        (MessageSide.DIRECTION, ANSWER, officer),
        (MessageSide.ORGANISATION, THANKS, by(author)),
    ):
        if (conversation := conversation_of(application.id)) is not None:
            open_messages(conversation, side)
        send_message(application, side, words, actor=actor)


QUESTION = "Bonjour, le prêt de la salle n’est pas encore signé. Pouvons-nous vous l’envoyer en janvier ?"
ANSWER = "Bonjour, oui. Précisez seulement les lieux dans la rubrique « Le projet » avant la date indiquée."
THANKS = "Merci, c’est noté. Nous attendons la réponse de la mairie annexe pour le samedi."


def _hold(call: Call, kind: str, held_on: date, applications: list[Application], officer: Actor) -> Sitting:
    """Plan, convene and open a sitting with everybody present."""
    found = db.session.execute(
        sa.select(SittingKind).where(SittingKind.contract_id == call.contract_id, SittingKind.code == kind)
    ).scalar_one()
    terms = SittingTerms(found.id, call.id, f"{found.label} — {call.title}", held_on, "Hôtel de Ville, salle fictive")
    sitting = sittings.create_sitting(terms, actor=officer)
    db.session.flush()
    convening.convene_usual(sitting, actor=officer)
    agenda.add_to_agenda(sitting, applications, actor=officer)
    sittings.move_sitting(sitting, "open", actor=officer, roles=DIRECTION)
    present = {member.id: Seat(Attendance.PRESENT) for member in sitting.members}
    attendance.take_attendance(sitting, present, actor=officer)
    db.session.flush()
    db.session.expire(sitting)
    return sitting


def analyse(story: list[Filed], reviewers: list[Person], recused_from: str, officer: Actor) -> None:
    """Two reviewers read; the second steps out of one structure's applications."""
    admitted = [each for each in story if each.reaches("admissible")]
    second = by(reviewers[1])
    for each in admitted:
        if each.application.organisation.name == recused_from:
            reason = "Ma sœur est salariée de cette structure (fictif)."
            recusals.declare_recusal(each.application, reason, whole_structure=True, actor=second)
            break
    db.session.flush()
    for number, each in enumerate(admitted):
        for reader in reviewers:
            if reader is reviewers[1] and each.application.organisation.name == recused_from:
                continue
            reviewing.assign(each.application, reader, actor=officer, roles=DIRECTION)
            if each.reaches("scored"):
                _score(each.application, reader, number, is_second=reader is reviewers[1])


DISPUTED = 2
"""The rank of the application on which the two reviewers disagree, for the follow-up of analyses."""


def _score(application: Application, reader: Person, number: int, *, is_second: bool) -> None:
    against = is_second and number == DISPUTED
    marks: dict[int, tuple[int | None, str]] = {
        criterion.id: (1, "À préciser (fictif).") if against else (2 + (number + position + reader.id) % 3, "")
        for position, criterion in enumerate(application.call.criteria)
    }
    text = SheetText(
        verdict=Verdict.UNFAVOURABLE if against else Verdict.FAVOURABLE,
        strengths="Besoin bien décrit, partenaires solides, budget lisible.",
        reserves="Les partenaires cités n’ont pas confirmé (fictif)." if against else "",
        marks=marks,
    )
    scoring.finalise_sheet(application, text, 0, actor=by(reader), roles={Role.REVIEWER})


def propose(story: list[Filed], agents: dict[int, tuple[Person, Role]]) -> None:
    """Each funder says what it thinks, then what it would put; {funder id: (agent, role)}."""
    for each in story:
        if not each.reaches("proposed"):
            continue
        for line in list(each.application.funding_lines):
            if line.funder_id not in agents:
                continue
            agent, role = agents[line.funder_id]
            funder = db.session.get_one(Funder, line.funder_id)
            amount = (line.requested_cents or 0) * (LESSER if each.stage == "notified_lower" else 100) // 100
            words = OpinionText(
                Verdict.FAVOURABLE,
                reason="Projet conforme à nos orientations.",
                envisaged=Envisaged(amount, line.nature),
            )
            opinions.give_opinion(each.application, funder, words, 0, actor=by(agent), roles={role})
            programme.propose(line, amount, version=None, actor=by(agent), roles={role})


OUTCOMES = {
    "notified_lower": (Outcome.RETAINED_LOWER, "Enveloppes insuffisantes : le projet est recentré sur 30 jeunes."),
    "rejected": (Outcome.NOT_RETAINED, "Le projet recoupe des animations d’été déjà financées."),
    "waiting": (Outcome.WAITING_LIST, "Projet intéressant, à financer si un crédit se libère."),
}


def write_templates(call: Call, city: Funder, manager: Actor) -> None:
    """The City tells its grants in words of its own; the other funders follow the usual ones."""
    usual = MODELS[TemplateKind.GRANT].words
    words = usual.replace("Pour toute question", "La Ville vous remercie de votre engagement.\n\nPour toute question")
    templates.save_template(call.contract, TemplateKind.GRANT, city, words, 0, actor=manager)


def arbitrate(story: list[Filed], call: Call, officer: Actor) -> None:
    """The COPIL decides, in one sitting."""
    heard = [each for each in story if each.reaches("arbitrated")]
    sitting = _hold(call, "copil", date(2026, 2, 24), [each.application for each in heard], officer)
    by_application = {item.application_id: item for item in sitting.agenda}
    for each in heard:
        outcome, reason = OUTCOMES.get(each.stage, (Outcome.RETAINED, ""))
        kept = outcome in (Outcome.RETAINED, Outcome.RETAINED_LOWER)
        amounts = {line.id: line.proposed_cents if kept else 0 for line in each.application.funding_lines}
        arbitration.arbitrate(
            by_application[each.application.id],
            outcome,
            reason,
            amounts,
            waiting_rank=1 if outcome is Outcome.WAITING_LIST else None,
            actor=officer,
            roles=DIRECTION,
        )
    sitting_documents.ask_document(sitting, SittingDocumentKind.CAHIER, actor=officer)
    sittings.move_sitting(sitting, "close", actor=officer, roles=DIRECTION)
    letters.make_sitting_letters(sitting, actor=officer, roles=DIRECTION)


def grant(
    story: list[Filed], call: Call, agents: dict[int, tuple[Person, Role]]
) -> list[tuple[FundingAct, Person, Role]]:
    """Each funder's act grants what was arbitrated; answers the acts whose letters are to be notified."""
    to_notify = []
    for funder_id, (agent, role) in agents.items():
        funder = db.session.get_one(Funder, funder_id)
        kind = ActKind.ORDER if role is Role.STATE_OFFICER else ActKind.DELIBERATION
        for notified, number in ((False, "001"), (True, "002")):
            amounts = _arbitrated(story, funder_id, notified=notified)
            if not amounts:
                continue
            terms = ActTerms(kind, f"2026-{number} (fictif)", date(2026, 3, 20))
            act = acts.record_act(call, funder, terms, amounts, actor=by(agent), roles={role})
            if notified:
                db.session.flush()
                letters.make_grant_letters(act, actor=by(agent), roles={role})
                to_notify.append((act, agent, role))
    return to_notify


def notify(granted: list[tuple[FundingAct, Person, Role]]) -> None:
    """Send the letters, once their PDFs are made."""
    for act, agent, role in granted:
        letters.notify_act(act, actor=by(agent), roles={role})


def _arbitrated(story: list[Filed], funder_id: int, *, notified: bool) -> dict[int, int | None]:
    return {
        line.id: line.arbitrated_cents
        for each in story
        if each.reaches("granted") and each.reaches("notified_lower") is notified
        for line in each.application.funding_lines
        if line.funder_id == funder_id and line.arbitrated_cents
    }


def answer(story: list[Filed], officer: Actor) -> None:
    """The bilans of the projects that went to the end; the oldest is accepted."""
    for each in story:
        if not each.reaches("bilan_submitted"):
            continue
        bilan = db.session.execute(sa.select(Bilan).where(Bilan.application_id == each.application.id)).scalar_one()
        _write_bilan(bilan, each)
        db.session.flush()
        if each.reaches("accepted"):
            bilans.accept(bilan, actor=officer, roles=DIRECTION)


def _write_bilan(bilan: Bilan, filed: Filed) -> None:
    # Any: mypy cannot follow keyword values through **.
    common: dict[str, Any] = {"actor": by(filed.author), "roles": AUTHOR}
    words = {
        "done": "Les ateliers ont eu lieu toute l’année, deux fois par semaine.",
        "difficulties": "Le démarrage a pris un mois de retard.",
        "residents_part": "Dix habitants ont préparé le programme avec l’équipe.",
        "next_steps": "Reconduire l’action avec davantage de bénévoles.",
    }
    answers.save_words(bilan, words, bilan.version, **common)
    _read_again(bilan)
    rows = sheet.budget_of(bilan).rows
    answers.save_budget(
        bilan, answers.RealisedBudget({row.key: row.expected_cents for row in rows}), bilan.version, **common
    )
    _read_again(bilan)
    reached = filed.application.people_expected or 0
    answers.save_people(bilan, answers.RealisedPeople(reached), bilan.version, **common)
    _read_again(bilan)
    answers.save_indicators(
        bilan,
        {target.key: _reached(target) for target in sheet.targets_of(bilan)},
        bilan.version,
        **common,
    )
    _read_again(bilan)
    bilans.submit(bilan, name=filed.author.display_name, role="présidente", sincere=True, **common)


def _read_again(bilan: Bilan) -> None:
    """Each section saved moves the bilan's version in the database."""
    db.session.flush()
    db.session.refresh(bilan)


def _reached(target: sheet.Target) -> answers.IndicatorAnswer:
    planned = target.target
    if planned is None or planned.not_measured_reason:
        return answers.IndicatorAnswer(not_measured_reason="Relevé non tenu cette année.")
    if planned.denominator:
        return answers.IndicatorAnswer(
            numerator=planned.numerator, denominator=planned.denominator, source="feuilles de présence"
        )
    return answers.IndicatorAnswer(value_thousandths=planned.value_thousandths, source="feuilles de présence")
