"""Invented partners consulted on the applications: an address book, opinions in each state."""

from __future__ import annotations

from datetime import date, timedelta

import sqlalchemy as sa

from portal.calls.models import Application, Call
from portal.calls.rules.cycle import DIRECTION
from portal.committee.models import OpinionRequest
from portal.committee.operations import answering_opinions, asking_opinions, opinion_requests
from portal.committee.operations.opinions import OpinionText
from portal.committee.queries.opinion_plan import Selection, plan_of
from portal.committee.rules.opinion_requests import Addressee
from portal.committee.rules.opinions import OPEN_STATUSES
from portal.committee.states import OpinionRequestStatus, Verdict
from portal.contracts.models import Contract, PartnerContact, PartnerKind
from portal.contracts.operations.partners import PartnerSheet, add_partner
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import Actor
from portal.foundation.periods import to_paris

LANDLORD, COUNCIL, SCHOOL, DASEN = "bailleur", "conseil", "college", "dasen"
BOOK = {
    LANDLORD: PartnerSheet("Bailleur du Soleil (fictif)", PartnerKind.LANDLORD, "M. Fabre", "agence@bailleur.test"),
    COUNCIL: PartnerSheet("Conseil citoyen d’Encagnane", PartnerKind.RESIDENTS, None, "habitant@demonstration.test"),
    SCHOOL: PartnerSheet("Collège des Cèdres (fictif)", PartnerKind.SCHOOL, "Mme Vidal", "direction@college.test"),
    DASEN: PartnerSheet("DASEN (adresse fictive)", PartnerKind.STATE_SERVICE, None, "avis@dasen.test"),
}
ANSWERS = (
    OpinionText(Verdict.FAVOURABLE, reason="L’action est connue des locataires.", signed_by="M. Fabre, gérant"),
    OpinionText(
        Verdict.RESERVED,
        reserve="Prévenir les gardiens avant chaque samedi.",
        reason="La salle est au pied des logements.",
        signed_by="M. Fabre, gérant",
    ),
    OpinionText(
        Verdict.UNFAVOURABLE, reason="Les travaux ferment la cour jusqu’à l’automne.", signed_by="M. Fabre, gérant"
    ),
)


def write_book(contract: Contract, officer: Actor) -> dict[str, PartnerContact]:
    """The address book; {key: line}."""
    return {key: add_partner(contract, sheet, actor=officer) for key, sheet in BOOK.items()}


def consult(call: Call, book: dict[str, PartnerContact], officer: Actor) -> None:
    """A first round: the landlord answers, the council declines one, the DASEN never answers."""
    _ask(call, [book[LANDLORD], book[COUNCIL], book[DASEN]], to_paris(clock.now()).date() + timedelta(days=13), officer)
    for number, request in enumerate(_asked(book[LANDLORD])):
        answering_opinions.answer_request(
            request, ANSWERS[number % len(ANSWERS)], 0, actor=Actor.guest(request.addressee)
        )
    declined, *others = _asked(book[COUNCIL])
    answering_opinions.decline_request(
        declined, "Une membre du conseil est bénévole de cette association.", actor=Actor.guest(declined.addressee)
    )
    for request in others[:1]:
        opinion_requests.withdraw_request(request, actor=officer, roles=DIRECTION)


def consult_again(call: Call, book: dict[str, PartnerContact], officer: Actor) -> None:
    """A second round, still running: the school on what may still be decided, the council on what it left."""
    opinion_requests.end_waits()
    db.session.flush()
    _ask(call, [book[SCHOOL], book[COUNCIL]], to_paris(clock.now()).date() + timedelta(days=12), officer)
    for request in _asked(book[SCHOOL])[:1]:
        text = OpinionText(Verdict.FAVOURABLE, reason="Nos élèves y vont déjà.", signed_by="Mme Vidal, principale")
        answering_opinions.answer_request(request, text, 0, actor=Actor.guest(request.addressee))


def _ask(call: Call, partners: list[PartnerContact], due_on: date, officer: Actor) -> None:
    db.session.flush()
    seen = sa.select(Application.id).where(Application.call_id == call.id, Application.status.in_(OPEN_STATUSES))
    chosen = frozenset(Addressee(contact_id=partner.id) for partner in partners)
    mark = plan_of(call, seen, Selection(), chosen).mark
    asking = asking_opinions.Asking(Selection(), chosen, due_on, "", mark)
    asking_opinions.ask_opinions(call, asking, seen, actor=officer, roles=DIRECTION)
    db.session.flush()


def _asked(partner: PartnerContact) -> list[OpinionRequest]:
    found = sa.select(OpinionRequest).where(
        OpinionRequest.contact_id == partner.id, OpinionRequest.status == OpinionRequestStatus.ASKED
    )
    return list(db.session.scalars(found.order_by(OpinionRequest.id)))
