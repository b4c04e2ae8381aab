"""A call being instructed: its Direction, its committee, its funders, one application filed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property

from flask import Flask

from portal.accounts.models import Organisation, Person
from portal.accounts.rules import Role, ScopeKind
from portal.calls.models import (
    Application,
    BudgetLine,
    Call,
    Criterion,
    CriterionLevel,
    DocumentRequirement,
    FundingLine,
)
from portal.calls.states import ApplicationStatus, DocumentCase, Phase, Side
from portal.committee.models import Assignment
from portal.contracts.models import Contract, Funder, FunderKind, Nature
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import Actor
from portal.foundation.database import in_unit_of_work
from portal.foundation.periods import to_paris
from portal.quartiers.models import Quartier
from tests import factories
from tests.factories import save
from tests.visitors import Visitor

DIRECTION = frozenset({Role.OFFICER})
REVIEWER = frozenset({Role.REVIEWER})


@dataclass
class Scene:
    """Made at once; people come with the visit of their pages (`scene.as_officer.get(…)`)."""

    app: Flask
    contract: Contract
    quartier: Quartier
    city: Funder
    state: Funder
    caf: Funder
    call: Call
    criteria: list[Criterion]
    requirement: DocumentRequirement
    organisation: Organisation
    owner: Person
    officer: Person
    application: Application
    lines: list[FundingLine]
    people: dict[str, Person] = field(default_factory=dict)

    @cached_property
    def as_officer(self) -> Visitor:
        return Visitor(self.app, self.officer)

    @cached_property
    def as_owner(self) -> Visitor:
        return Visitor(self.app, self.owner)

    @cached_property
    def by_officer(self) -> dict[str, object]:
        """The arguments of an operation done by the officer."""
        return {"actor": actor(self.officer), "roles": DIRECTION}

    def visit(self, person: Person) -> Visitor:
        return Visitor(self.app, person)

    def reviewer(self, name: str = "Ada") -> Person:
        """A member of the committee on this call."""
        if name not in self.people:
            self.people[name] = factories.person(name, "Lectrice")
            factories.grant(self.people[name], Role.REVIEWER, ScopeKind.CALL, self.call.id)
        return self.people[name]

    def assigned(self, name: str = "Ada", application: Application | None = None) -> Person:
        """A reviewer to whom the application was given."""
        who = self.reviewer(name)
        of = application or self.application
        save(Assignment(application_id=of.id, person_id=who.id, assigned_at=clock.now()))
        return who

    def agent(self, funder: Funder) -> Person:
        return factories.staff(Role.FUNDER_AGENT, funder)

    def another(self, title: str, status: ApplicationStatus = ApplicationStatus.SUBMITTED) -> Application:
        """One more application, by another organisation."""
        other = factories.application(self.call, factories.organisation(), [self.quartier], status=status, title=title)
        factories.funding_line(other, self.city, 1_000_00)
        return other

    def admitted(self) -> Application:
        """The application, admissible without further ado."""
        with_status = ApplicationStatus.ADMISSIBLE

        def set_status() -> None:
            db.session.get_one(Application, self.application.id).status = with_status

        in_unit_of_work(set_status)
        return self.application

    @property
    def file(self) -> str:
        """The address of the application's page."""
        return f"/dossiers/{self.application.id}/instruction"

    def path(self, rest: str) -> str:
        return f"/dossiers/{self.application.id}/{rest}"


def scene(app: Flask) -> Scene:
    contract = factories.contract()
    quartier = factories.quartier(contract, "Encagnane")
    city, state = factories.funder("Ville d’Aix"), factories.funder("État", FunderKind.STATE)
    caf = factories.funder("CAF", FunderKind.CAF)
    call = factories.call(contract, [quartier])
    criteria = [
        criterion(call, "Réponse aux priorités", 60, 1),
        criterion(call, "Partenariat", 40, 2),
    ]
    requirement = save(
        DocumentRequirement(call_id=call.id, code="rib", label="RIB", case=DocumentCase.ALWAYS, position=1)
    )
    organisation = factories.organisation("Les Tisseurs", rna="W132001234")
    application = factories.application(
        call, organisation, [quartier], status=ApplicationStatus.SUBMITTED, title="Cuisines d’été", people_expected=40
    )
    lines = [factories.funding_line(application, city, 7_000_00), factories.funding_line(application, state, 3_000_00)]
    budget(application, city, state)
    return Scene(
        app=app,
        contract=contract,
        quartier=quartier,
        city=city,
        state=state,
        caf=caf,
        call=call,
        criteria=criteria,
        requirement=requirement,
        organisation=organisation,
        owner=factories.member(organisation),
        officer=factories.staff(Role.OFFICER, contract),
        application=application,
        lines=lines,
    )


def criterion(call: Call, label: str, weight: int, position: int) -> Criterion:
    made = save(Criterion(call_id=call.id, label=label, weight=weight, position=position))
    for level in range(5):
        save(CriterionLevel(criterion_id=made.id, level=level, descriptor=f"{label} : niveau {level}"))
    return made


def budget(application: Application, city: Funder, state: Funder) -> None:
    """10 000 € of expenses, 7 000 € asked of the city and 3 000 € of the State."""
    of = {"application_id": application.id, "phase": Phase.EXPECTED}
    save(BudgetLine(**of, side=Side.EXPENSE, account_code="60", label="Denrées", amount_cents=10_000_00, position=1))
    for position, (funder, cents) in enumerate([(city, 7_000_00), (state, 3_000_00)], start=2):
        save(
            BudgetLine(
                **of,
                side=Side.INCOME,
                account_code="74",
                label=funder.name,
                amount_cents=cents,
                funder_id=funder.id,
                nature=Nature.SPECIFIC,
                position=position,
            )
        )


def actor(person: Person) -> Actor:
    return Actor.person(person.id, person.display_name)


def days_from_now(days: int) -> str:
    """A day as people type it."""
    return f"{to_paris(clock.now()) + timedelta(days=days):%d/%m/%Y}"
