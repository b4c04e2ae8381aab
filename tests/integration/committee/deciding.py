"""A call after its closing, with the people who decide: what the tests of the programme share."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from flask import Flask

from portal.accounts.models import BankAccount, Person
from portal.accounts.rules import MemberLevel, Role
from portal.calls.models import Application, Call, Envelope, FundingLine, Recusal
from portal.calls.states import ApplicationStatus, EnvelopeStatus, FundingStatus, RecusalSource
from portal.committee.models import AgendaItem, Decision, FundingAct, Sitting, SittingKind, SittingMember
from portal.committee.operations.acts import ActTerms, record_act
from portal.committee.states import ActKind, Attendance, DecisionKind, Outcome, SittingStatus
from portal.contracts.models import Contract, Funder, FunderKind
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import Actor
from portal.foundation.database import unit_of_work
from portal.foundation.outbox import JOBS, Task, TaskState
from portal.quartiers.models import Quartier
from tests import factories
from tests.visitors import Visitor


@dataclass
class Scene:
    """A contract, a call, two funders with their envelopes, and who acts."""

    app: Flask
    contract: Contract
    call: Call
    quartier: Quartier
    city: Funder
    state: Funder
    city_envelope: Envelope
    state_envelope: Envelope
    people: dict[str, Person] = field(default_factory=dict)

    def person(self, role: Role) -> Person:
        """The holder of a role: on the contract, the call, or the funder it goes with."""
        if role not in self.people:
            scope = {Role.REVIEWER: self.call, Role.FUNDER_AGENT: self.city, Role.STATE_OFFICER: self.state}
            self.people[role] = factories.staff(role, scope.get(role, self.contract))
        return self.people[role]

    def actor(self, role: Role = Role.OFFICER) -> Actor:
        return Actor.person(self.person(role).id, "Sacha")

    def visit(self, role: Role | Person = Role.OFFICER) -> Visitor:
        return Visitor(self.app, role if isinstance(role, Person) else self.person(role))

    def application(
        self, city: int = 5_000_00, state: int = 3_000_00, status: ApplicationStatus = ApplicationStatus.ADMISSIBLE
    ) -> Application:
        made = factories.application(self.call, factories.organisation(), [self.quartier], status=status)
        if city:
            factories.funding_line(made, self.city, city, self.city_envelope)
        if state:
            factories.funding_line(made, self.state, state, self.state_envelope)
        return made

    def line(self, of: Application, funder: Funder | None = None) -> FundingLine:
        funder = funder or self.city
        return next(line for line in of.funding_lines if line.funder_id == funder.id)

    def member(self, of: Application) -> Person:
        return factories.member(of.organisation, MemberLevel.OWNER)

    def sitting(
        self,
        *applications: Application,
        arbitrates: bool = True,
        quorum: int | None = None,
        status: SittingStatus = SittingStatus.OPEN,
    ) -> Sitting:
        kind = factories.save(
            SittingKind(
                contract_id=self.contract.id,
                code=f"kind-{clock.now().timestamp()}",
                label="COPIL" if arbitrates else "COTECH",
                arbitrates=arbitrates,
                pronounces_admissibility=not arbitrates,
                quorum=quorum,
                position=1,
            )
        )
        made = factories.save(
            Sitting(
                kind_id=kind.id,
                contract_id=self.contract.id,
                call_id=self.call.id,
                status=status,
                title="Séance d’essai",
                held_on=date(2026, 3, 12),
            )
        )
        for position, each in enumerate(applications, 1):
            factories.save(AgendaItem(sitting_id=made.id, application_id=each.id, position=position))
        return made

    def convene(self, sitting: Sitting, who: Person | str, *, present: bool | None = True, voting: bool = True):
        known = who if isinstance(who, Person) else None
        return factories.save(
            SittingMember(
                sitting_id=sitting.id,
                person_id=known.id if known else None,
                name=known.display_name if known else str(who),
                capacity="membre",
                is_voting=voting,
                attendance={True: Attendance.PRESENT, False: Attendance.ABSENT, None: None}[present],
            )
        )

    def recuse(self, who: Person, application: Application) -> Recusal:
        return factories.save(
            Recusal(
                person_id=who.id,
                application_id=application.id,
                source=RecusalSource.DECLARED,
                reason="Membre du bureau",
                created_at=clock.now(),
            )
        )

    def decide(self, application: Application, outcome: Outcome, reason: str = "Motif de séance") -> Decision:
        """The decision of a COPIL, in force."""
        return self._decision(application, DecisionKind.ARBITRATION, outcome, ApplicationStatus.DECIDED, reason)

    def reject(self, application: Application, reason: str = "Hors délai") -> Decision:
        """The inadmissibility pronounced by a COTECH, in force."""
        status = ApplicationStatus.INADMISSIBLE
        return self._decision(application, DecisionKind.ADMISSIBILITY, Outcome.INADMISSIBLE, status, reason)

    def _decision(
        self, application: Application, kind: DecisionKind, outcome: Outcome, status: ApplicationStatus, reason: str
    ) -> Decision:
        sitting = self.sitting(application, arbitrates=kind is DecisionKind.ARBITRATION)
        made = factories.save(
            Decision(
                application_id=application.id,
                sitting_id=sitting.id,
                kind=kind,
                outcome=outcome,
                reason=reason,
                decided_on=sitting.held_on,
                recorded_at=clock.now(),
            )
        )
        with unit_of_work():
            application.status = status
        return made

    def arbitrate(self, application: Application, **cents: int) -> Decision:
        """Retain an application: `city=`, `state=` are what each funder's line is arbitrated at."""
        decision = self.decide(application, Outcome.RETAINED_LOWER)
        with unit_of_work():
            for name, amount in cents.items():
                line = self.line(application, getattr(self, name))
                line.status, line.arbitrated_cents = FundingStatus.ARBITRATED, amount
        return decision

    def act(
        self, application: Application, cents: int, number: str = "2026-1", role: Role = Role.FUNDER_AGENT
    ) -> FundingAct:
        """The city's act on one application."""
        actor = self.actor(role)
        terms = ActTerms(ActKind.DELIBERATION, number, date(2026, 4, 3))
        with unit_of_work():
            return record_act(
                self.call, self.city, terms, {self.line(application).id: cents}, actor=actor, roles={role}
            )

    def bank_account(self, of: Application, *, checked: bool = True) -> BankAccount:
        """The account of the structure, confirmed by call-back or not yet."""
        answer = {"checked_at": clock.now(), "called_name": "Nadia Roche", "called_number": "0400000000"}
        return factories.save(
            BankAccount(
                organisation_id=of.organisation_id,
                iban="FR7630006000011234567890189",
                holder="Essai",
                created_at=clock.now(),
                **(answer if checked else {}),
            )
        )

    def render(self) -> None:
        """Make the documents that were asked for."""
        for task in db.session.query(Task).filter_by(state=TaskState.WAITING).order_by(Task.id).all():
            number, name, arguments = task.id, task.name, dict(task.arguments)
            db.session.rollback()
            JOBS[name](task_id=number, **arguments)

    def item(self, sitting: Sitting, application: Application) -> AgendaItem:
        return db.session.query(AgendaItem).filter_by(sitting_id=sitting.id, application_id=application.id).one()


def make_scene(app: Flask) -> Scene:
    contract = factories.contract()
    quartier = factories.quartier(contract, "Quartier d’essai")
    call = factories.call(contract, [quartier])
    city = factories.funder("Ville d’essai", FunderKind.CITY)
    state = factories.funder("État", FunderKind.STATE)
    return Scene(
        app,
        contract,
        call,
        quartier,
        city,
        state,
        factories.envelope(call, city, 20_000_00),
        factories.envelope(call, state, 10_000_00, EnvelopeStatus.NOTIFIED),
    )
