"""A small city: one contract, two quartiers, two funders, one funded action and its forecast."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from portal.accounts.models import Organisation, Person
from portal.accounts.rules import MemberLevel, Role
from portal.calls.models import (
    Application,
    BudgetLine,
    Call,
    CallIndicator,
    ChartAccount,
    FundingLine,
    Measure,
    PeopleByQuartier,
)
from portal.calls.operations.apportioning import reapportion
from portal.calls.states import ApplicationStatus, FundingStatus, Phase, Sex, Side
from portal.contracts.models import AgeBand, Contract, Funder, FunderKind, Indicator, IndicatorKind, Theme
from portal.evaluation.models import Bilan
from portal.evaluation.operations.cycle import open_due_bilans
from portal.foundation.database import unit_of_work
from portal.quartiers.models import Quartier
from tests import factories as make
from tests.visitors import Visitor


@dataclass
class World:
    contract: Contract
    pillar: Theme
    theme: Theme
    other_theme: Theme
    beisson: Quartier
    corsy: Quartier
    city: Funder
    state: Funder
    call: Call
    organisation: Organisation
    owner: Person
    count: Indicator
    ratio: Indicator
    young: AgeBand
    application: Application = field(init=False)

    def visitor(self, app: Any, role: Role) -> Visitor:
        return Visitor(app, make.staff(role, self.contract))

    def applicant(self, app: Any) -> Visitor:
        return Visitor(app, self.owner)

    def bilan(self) -> Bilan:
        """The final bilan of the funded action, made due by the passing of time."""
        from portal.extensions import db

        with unit_of_work():
            open_due_bilans()
        return db.session.query(Bilan).filter_by(application_id=self.application.id).one()


def build() -> World:
    contract = make.contract("ville-test")
    pillar = make.theme(contract, "Cohésion sociale")
    theme = make.theme(contract, "Réussite éducative", pillar)
    other = make.theme(contract, "Sport", pillar)
    beisson, corsy = make.quartier(contract, "Beisson"), make.quartier(contract, "Corsy")
    city = make.funder("Ville d’Aix", FunderKind.CITY, position=1)
    state = make.funder("État", FunderKind.STATE, position=2)
    call = make.call(contract, [beisson, corsy], year=2026, bilan_due_on=date(2027, 6, 30))
    for side, code, label in (
        (Side.EXPENSE, "606", "Fournitures"),
        (Side.EXPENSE, "641", "Rémunérations"),
        (Side.EXPENSE, "864", "Personnel bénévole"),
        (Side.INCOME, "74", "Subventions"),
        (Side.INCOME, "875", "Bénévolat"),
    ):
        make.save(
            ChartAccount(
                chart_version=call.chart_version,
                side=side,
                code=code,
                group_code=code[:2],
                group_label=label,
                label=label,
                is_in_kind=code.startswith("8"),
                position=int(code),
            )
        )
    organisation = make.organisation(
        "Les Tisseurs", representative_name="Nadia Roche", representative_role="Présidente"
    )
    count = _indicator(contract, "R1", "Enfants suivis", IndicatorKind.PEOPLE, theme, 1)
    ratio = _indicator(contract, "R3", "Progrès constatés", IndicatorKind.RATIO, theme, 2)
    young = make.save(AgeBand(contract_id=contract.id, label="6-11 ans", from_age=6, to_age=11, position=1))
    owner = make.member(organisation, MemberLevel.OWNER)
    world = World(
        contract, pillar, theme, other, beisson, corsy, city, state, call, organisation, owner, count, ratio, young
    )
    make.save(CallIndicator(call_id=call.id, indicator_id=ratio.id, is_compulsory=True, position=1))
    world.application = funded(world, "Aide aux devoirs", requested=10_000_00, granted=8_000_01)
    _forecast(world)
    return world


def _indicator(
    contract: Contract, code: str, label: str, kind: IndicatorKind, theme: Theme, position: int
) -> Indicator:
    return make.save(
        Indicator(
            contract_id=contract.id,
            theme_id=theme.id,
            code=code,
            label=label,
            definition=f"Définition de {label}",
            unit="enfants",
            kind=kind,
            numerator_label="Enfants en progrès" if kind is IndicatorKind.RATIO else None,
            denominator_label="Enfants suivis" if kind is IndicatorKind.RATIO else None,
            position=position,
        )
    )


def funded(
    world: World,
    title: str,
    *,
    requested: int,
    granted: int | None,
    organisation: Organisation | None = None,
    **values: Any,
) -> Application:
    """A decided action in both quartiers, asked of and given by the city."""
    application = make.application(
        values.pop("call", world.call),
        organisation or world.organisation,
        values.pop("quartiers", [world.beisson, world.corsy]),
        status=values.pop("status", ApplicationStatus.DECIDED),
        title=title,
        main_theme_id=values.pop("theme", world.theme).id,
        description=f"Description de {title}",
        people_expected=60,
        **values,
    )
    line = make.funding_line(application, values.get("funder", world.city), requested)
    with unit_of_work() as session:
        line = session.get_one(FundingLine, line.id)
        line.granted_cents = granted
        if granted is not None:
            line.status = FundingStatus.NOTIFIED
        reapportion(session.get_one(Application, application.id))
    return application


def _forecast(world: World) -> None:
    application_id = world.application.id
    lines = [
        (Side.EXPENSE, "606", "Fournitures", 2_000_00),
        (Side.EXPENSE, "641", "Rémunérations", 8_000_00),
        (Side.EXPENSE, "864", "Personnel bénévole", 1_000_00),
        (Side.INCOME, "74", "Subvention de la Ville", 10_000_00),
        (Side.INCOME, "875", "Bénévolat", 1_000_00),
    ]
    for position, (side, code, label, amount) in enumerate(lines):
        make.save(
            BudgetLine(
                application_id=application_id,
                phase=Phase.EXPECTED,
                side=side,
                account_code=code,
                label=label,
                amount_cents=amount,
                position=position,
            )
        )
    make.save(
        Measure(
            application_id=application_id, indicator_id=world.count.id, phase=Phase.EXPECTED, value_thousandths=40_000
        )
    )
    make.save(
        PeopleByQuartier(
            application_id=application_id, phase=Phase.EXPECTED, quartier_id=world.beisson.id, sex=Sex.WOMEN, people=20
        )
    )
