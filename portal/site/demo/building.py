"""Making the demonstration's data, step by step; each step is one unit of work at its own date."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Person
from portal.accounts.operations import grants
from portal.accounts.operations.banking import confirm_account
from portal.accounts.operations.people import by
from portal.accounts.queries.banking import bank_account_of
from portal.accounts.rules import MemberLevel, Role, ScopeKind
from portal.calls.models import Call
from portal.calls.operations import calling
from portal.committee.models import Convention, FundingAct
from portal.committee.operations import scenarios
from portal.contracts.models import Contract, Funder, PartnerContact
from portal.extensions import db
from portal.foundation import clock, delivery
from portal.foundation.actors import SYSTEM, Actor
from portal.foundation.database import unit_of_work
from portal.foundation.outbox import Task, TaskState
from portal.quartiers.queries import quartiers_of
from portal.site.demo import after, consulting, dossiers, notes, people, reference, sharing, stages
from portal.site.demo.people import ACCOUNTS
from portal.site.demo.stages import Filed

DOCUMENT_JOBS = ("committee.letter", "committee.convention", scenarios.JOB)
RECUSED_FROM = "Relais Jeunes Demain (fictif)"
Say = Callable[[str], None]


@dataclass
class Demonstration:
    """What the steps hand on to each other."""

    people: dict[str, Person] = field(default_factory=dict)
    funders: dict[str, int] = field(default_factory=dict)
    contract: Contract = field(init=False)
    call: Call = field(init=False)
    porteurs: dict[str, dossiers.Porteur] = field(default_factory=dict)
    story: list[Filed] = field(default_factory=list)
    granted: list[tuple[FundingAct, Person, Role]] = field(default_factory=list)
    convention: Convention = field(init=False)
    book: dict[str, PartnerContact] = field(default_factory=dict)

    @property
    def officer(self) -> Actor:
        return by(self.people["chargee"])

    @property
    def agents(self) -> dict[int, tuple[Person, Role]]:
        """Who acts for each funder: {funder id: (person, role)}."""
        return {
            self.funders[account.funder]: (self.people[account.key], account.role)
            for account in ACCOUNTS
            if account.funder in self.funders
        }


def build(say: Say) -> None:
    """Make everything; `say` tells what is under way."""
    demo = Demonstration()
    steps: list[tuple[str, datetime | None, Callable[[Demonstration], Any]]] = [
        ("le contrat réel 2015-2023 et les actions 2022", None, _real),
        ("le contrat de démonstration, les comptes, l’appel 2026", reference.at(2025, 9, 15), _invented),
        ("les structures et leurs dossiers", reference.at(2025, 10, 20), _fill),
        ("les dépôts", reference.at(2025, 11, 12), _file),
        ("la recevabilité", reference.at(2025, 12, 9), _instruct),
        ("les analyses", reference.at(2026, 1, 15), _analyse),
        ("les avis demandés aux partenaires", reference.at(2026, 1, 20), _consult),
        ("un scénario de répartition", reference.at(2026, 1, 28), _share),
        ("les avis et propositions des financeurs", reference.at(2026, 2, 3), _propose),
        ("le comité de pilotage", reference.at(2026, 2, 24), _arbitrate),
        ("les actes des financeurs", reference.at(2026, 3, 20), _grant),
        ("les notifications", reference.at(2026, 3, 27), _notify),
        ("les projets ajustés et les conventions", reference.at(2026, 4, 15), _adjust),
        ("les versements", reference.at(2026, 5, 11), _pay),
        ("les bilans", reference.at(2026, 11, 10), _answer),
        ("un second tour d’avis, en cours", None, _consult_again),
        ("l’appel 2027, ouvert", None, _open_next),
    ]
    for words, moment, step in steps:
        say(f"  {words}…")
        with clock.held(moment or clock.now()):
            with unit_of_work():
                step(demo)
            _make_documents()


def _make_documents() -> None:
    """A letter or a convention is sent once its PDF is there; the other documents wait for the worker."""
    waiting = sa.select(Task.id).where(Task.name.in_(DOCUMENT_JOBS), Task.state == TaskState.WAITING).order_by(Task.id)
    for task_id in list(db.session.scalars(waiting)):
        delivery.run_task(task_id)


def _real(_demo: Demonstration) -> None:
    reference.load_real_contract()


def _invented(demo: Demonstration) -> None:
    demo.contract = reference.load_invented_contract()
    demo.people = people.make_people()
    db.session.flush()
    demo.funders = reference.funders_by_kind()
    manager = by(demo.people["direction"])
    demo.call = reference.make_past_call(demo.contract, demo.funders, manager)
    people.give_roles(demo.people, contract_id=demo.contract.id, call_ids=[demo.call.id], funders=demo.funders)
    for line in quartiers_of(demo.contract.id)[:1]:
        grants.give(demo.people["habitant"], Role.RESIDENT, ScopeKind.QUARTIER, line.id, actor=SYSTEM)
    calling.publish_call(demo.call, actor=manager, roles={Role.MANAGER})


def _fill(demo: Demonstration) -> None:
    for number, facts in enumerate(dossiers.STORY["organisations"], start=1):
        author = people.make_author(facts["representative"].split()[0], facts["key"])
        db.session.flush()
        demo.porteurs[facts["key"]] = dossiers.make_organisation(facts, number, author)
        _let_in(demo.people["association"], demo.porteurs[facts["key"]])
    for project in dossiers.STORY["projects"]:
        porteur = demo.porteurs[project["organisation"]]
        application = dossiers.fill(demo.call, porteur, project, demo.funders)
        demo.story.append(Filed(application, porteur.person, project["stage"]))


def _let_in(person: Person, porteur: dossiers.Porteur) -> None:
    """The demonstration's association account belongs to every invented structure: all stages show."""
    grants.give(
        person,
        Role.APPLICANT,
        ScopeKind.ORGANISATION,
        porteur.organisation.id,
        level=MemberLevel.OWNER,
        actor=by(porteur.person),
    )


def _file(demo: Demonstration) -> None:
    for each in demo.story:
        if each.stage != "draft":
            stages.file(each, clock.now())


def _instruct(demo: Demonstration) -> None:
    _call_back(demo)
    stages.instruct(demo.story, demo.call, demo.officer)


def _call_back(demo: Demonstration) -> None:
    """The officer telephones about the accounts; two still wait."""
    for porteur in list(demo.porteurs.values())[:-2]:
        account = bank_account_of(porteur.organisation.id)
        if account is not None:
            confirm_account(account, "Trésorerie (fictif)", "04 00 00 00 00", actor=demo.officer)


def _analyse(demo: Demonstration) -> None:
    reviewers = [demo.people["comite"], demo.people["comite2"]]
    stages.analyse(demo.story, reviewers, RECUSED_FROM, demo.officer)


def _share(demo: Demonstration) -> None:
    sharing.share(demo.call, demo.people["chargee"], demo.people["direction"])


def _consult(demo: Demonstration) -> None:
    demo.book = consulting.write_book(demo.contract, demo.officer)
    consulting.consult(demo.call, demo.book, demo.officer)


def _propose(demo: Demonstration) -> None:
    stages.propose(demo.story, demo.agents)


def _arbitrate(demo: Demonstration) -> None:
    stages.arbitrate(demo.story, demo.call, demo.officer)


def _grant(demo: Demonstration) -> None:
    city = db.session.get_one(Funder, demo.funders["city"])
    stages.write_templates(demo.call, city, by(demo.people["direction"]))
    demo.granted = stages.grant(demo.story, demo.call, demo.agents)


def _notify(demo: Demonstration) -> None:
    stages.notify(demo.granted)


def _adjust(demo: Demonstration) -> None:
    after.check_accounts(demo.story, demo.officer)
    after.adjust(demo.story, demo.officer)
    demo.convention = after.draft_convention(demo.story, demo.call, demo.agents)


def _pay(demo: Demonstration) -> None:
    after.sign(demo.convention, demo.story, demo.agents)
    after.pay(demo.story, demo.agents)


def _answer(demo: Demonstration) -> None:
    stages.answer(demo.story, demo.officer)


def _consult_again(demo: Demonstration) -> None:
    consulting.consult_again(demo.call, demo.book, demo.officer)


def _open_next(demo: Demonstration) -> None:
    manager = by(demo.people["direction"])
    call = reference.make_open_call(demo.call, demo.contract, demo.funders, manager)
    for key in ("comite", "comite2"):
        grants.give(demo.people[key], Role.REVIEWER, ScopeKind.CALL, call.id, actor=SYSTEM)
    calling.publish_call(call, actor=manager, roles={Role.MANAGER})
    db.session.flush()
    notes.send_notes(demo.porteurs.values(), call, demo.officer)
