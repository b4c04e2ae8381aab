"""The call of the story: thirty applications filed, five funders, four reviewers, and every sum worked out apart."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from flask import Flask

from portal.accounts.models import BankAccount, Person
from portal.accounts.rules import Role, ScopeKind
from portal.calls.models import Application, BudgetLine, Call, Envelope
from portal.calls.states import ApplicationStatus, EnvelopeStatus, Phase, Side
from portal.contracts.models import Funder, FunderKind, Nature
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.money import format_euros
from tests import factories
from tests.factories import save
from tests.integration.committee.scene import criterion
from tests.visitors import Visitor

FILED = range(1, 31)
RETAINED = range(1, 26)
NOT_RETAINED = range(26, 30)
WAITING = 30
RECUSED = 7
"""The application of which Rose knows the president: retained in the end, so that every total would show it."""
WITHOUT_ACCOUNT = 12
"""The only application on which the automatic checks find something missing."""

CITY = "Ville d’essai"
FUNDERS: dict[str, tuple[FunderKind, int, int, int]] = {
    CITY: (FunderKind.CITY, 1, 2_000_00, 137_00),
    "État": (FunderKind.STATE, 1, 1_500_00, 91_50),
    "Métropole d’essai": (FunderKind.METROPOLE, 2, 900_00, 43_00),
    "CAF d’essai": (FunderKind.CAF, 3, 1_250_00, 20_00),
    "Département d’essai": (FunderKind.DEPARTMENT, 5, 700_00, 61_25),
}
"""Its kind; it is asked by one application out of so many; the least asked; what each number adds to it. Cents."""
ENVELOPE = 150_000_00
RATE, STEP = 80, 100_00
"""What each funder proposes: that percentage of what is asked, at the multiple of that many cents below."""

REVIEWERS = ("Ada", "Béa", "Cléo", "Rose")
ROSE = "Rose Lectrice"
STEERING = ("Élise", "Fatou", "Guy")


def asked(number: int, funder: str) -> int:
    """What an application asks of a funder, in cents; 0 when it asks nothing."""
    _kind, one_out_of, least, step = FUNDERS[funder]
    return least + number * step if number % one_out_of == 0 else 0


def proposed(number: int, funder: str) -> int:
    return asked(number, funder) * RATE // 100 // STEP * STEP


def asking(funder: str, numbers: Collection[int] = FILED) -> list[int]:
    """Those of these applications that ask something of the funder."""
    return [number for number in numbers if asked(number, funder)]


def total_asked(numbers: Collection[int], funders: Collection[str] = tuple(FUNDERS)) -> int:
    return sum(asked(number, funder) for number in numbers for funder in funders)


def total_proposed(numbers: Collection[int], funders: Collection[str] = tuple(FUNDERS)) -> int:
    return sum(proposed(number, funder) for number in numbers for funder in funders)


def written(*cents: int) -> list[str]:
    """Amounts as pages write them."""
    return [format_euros(each) for each in cents]


@dataclass
class Thirty:
    """What the story needs once the rows are out of reach."""

    call_id: int
    year: int
    title: str
    applications: dict[int, int] = field(default_factory=dict)
    funders: dict[str, int] = field(default_factory=dict)
    criteria: list[int] = field(default_factory=list)
    people: dict[str, int] = field(default_factory=dict)
    visitors: dict[str, Visitor] = field(default_factory=dict)

    @property
    def desk(self) -> str:
        return f"/instruction/{self.call_id}"

    @property
    def table(self) -> str:
        return f"/programmation/{self.call_id}"

    def name(self, number: int) -> str:
        return f"Jardin partagé {number:02d}"

    def reference(self, number: int) -> str:
        return f"{self.year}-{number:03d}"


def made(app: Flask) -> Thirty:
    """The call on the evening of its closing: filed, nothing instructed."""
    contract = factories.contract()
    quartier = factories.quartier(contract, "Quartier d’essai")
    call = factories.call(contract, [quartier])
    story = Thirty(call.id, call.year, call.title)
    story.criteria = [
        criterion(call, label, weight, position).id
        for position, (label, weight) in enumerate([("Réponse aux priorités", 60), ("Partenariat", 40)], 1)
    ]
    funders, envelopes = {}, {}
    for position, (name, (kind, *_)) in enumerate(FUNDERS.items(), 1):
        funders[name] = factories.funder(name, kind, position=position)
        envelopes[name] = factories.envelope(call, funders[name], ENVELOPE, EnvelopeStatus.NOTIFIED)
        story.funders[name] = funders[name].id
        role = Role.STATE_OFFICER if kind is FunderKind.STATE else Role.FUNDER_AGENT
        _arrives(app, story, name, factories.staff(role, funders[name]))
    for number in FILED:
        filed = _filed(story, call, number, funders, envelopes)
        story.applications[number] = filed.id
    _arrives(app, story, "officer", factories.staff(Role.OFFICER, contract))
    for name in REVIEWERS:
        _arrives(app, story, name, _named(name, Role.REVIEWER, ScopeKind.CALL, call.id))
    for name in STEERING:
        _named(name, Role.STEERING, ScopeKind.CONTRACT, contract.id)
    db.session.remove()
    return story


def _arrives(app: Flask, story: Thirty, name: str, who: Person) -> None:
    story.people[name] = who.id
    story.visitors[name] = Visitor(app, who)


def _named(name: str, role: Role, kind: ScopeKind, scope_id: int) -> Person:
    who = factories.person(name, "Lectrice" if role is Role.REVIEWER else "Pilote")
    factories.grant(who, role, kind, scope_id)
    return who


def _filed(
    story: Thirty, call: Call, number: int, funders: dict[str, Funder], envelopes: dict[str, Envelope]
) -> Application:
    """One application by its own association, with a budget that balances."""
    association = factories.organisation(f"Les Amis du jardin {number:02d}", rna=f"W13200{number:04d}")
    if number != WITHOUT_ACCOUNT:
        save(
            BankAccount(
                organisation_id=association.id,
                iban="FR7630006000011234567890189",
                holder=association.name,
                created_at=clock.now(),
            )
        )
    application = factories.application(
        call,
        association,
        list(call.quartiers),
        status=ApplicationStatus.SUBMITTED,
        number=number,
        title=story.name(number),
        people_expected=40,
    )
    public = total_asked([number])
    own = public // 2
    common = {"application_id": application.id, "phase": Phase.EXPECTED}
    lines = [
        BudgetLine(
            **common, side=Side.EXPENSE, account_code="60", label="Plants", amount_cents=public + own, position=1
        ),
        BudgetLine(**common, side=Side.INCOME, account_code="70", label="Ventes", amount_cents=own, position=2),
    ]
    for name, funder in funders.items():
        if cents := asked(number, name):
            factories.funding_line(application, funder, cents, envelopes[name])
            lines.append(
                BudgetLine(
                    **common,
                    side=Side.INCOME,
                    account_code="74",
                    label=name,
                    amount_cents=cents,
                    funder_id=funder.id,
                    nature=Nature.SPECIFIC,
                    position=len(lines) + 1,
                )
            )
    for line in lines:
        save(line)
    return application
