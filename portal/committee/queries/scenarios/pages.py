"""The pages of scenarios: those of a call, the result of one, several side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from portal.accounts.models import Organisation, Person
from portal.calls.models import Application, Call, FundingLine, Recusal
from portal.calls.queries.visibility import recused_applications
from portal.calls.states import PROGRAMMED, FundingStatus
from portal.committee.models import Scenario, ScenarioAmount, ScenarioApplication
from portal.committee.queries.programme_past import previous_grants
from portal.committee.queries.scenarios.facts import pillars_of
from portal.committee.rules.scenarios.parameters import read
from portal.committee.rules.scenarios.reading import Why
from portal.committee.rules.scenarios.words import rules_in_words
from portal.committee.states import ScenarioStatus
from portal.contracts import queries as contracts
from portal.contracts.models import Funder, Nature
from portal.extensions import db
from portal.foundation.pagination import Page, paged

# -- who may read -------------------------------------------------------------------------------


def _touched(person_id: int) -> sa.ColumnElement[bool]:
    """In a select of scenarios, those that may count something from which a person stepped out.

    What a scenario does not share counts too: its author sees what envelopes gave to it, and what it
    fixes by hand is known before any computing. Only what its author stepped out of is in none of it.
    """
    shared = (
        sa.select(ScenarioApplication.id)
        .where(ScenarioApplication.scenario_id == Scenario.id, ScenarioApplication.application_id == Application.id)
        .correlate(Scenario, Application)
        .exists()
    )
    unseen = (
        sa.select(Recusal.id)
        .where(
            Recusal.person_id == Scenario.created_by_id,
            Recusal.ended_at.is_(None),
            sa.or_(Recusal.application_id == Application.id, Recusal.organisation_id == Application.organisation_id),
        )
        .correlate(Scenario, Application)
        .exists()
    )
    return (
        sa.select(Application.id)
        .where(
            Application.call_id == Scenario.call_id,
            Application.id.in_(recused_applications(person_id)),
            sa.or_(shared, sa.and_(Application.status.in_(PROGRAMMED), ~unseen)),
        )
        .correlate(Scenario)
        .exists()
    )


def touches_recusal(scenario_id: int, person_id: int) -> bool:
    """Whether a scenario may count an application from which a person stepped out: then it is closed to them."""
    found = sa.select(Scenario.id).where(Scenario.id == scenario_id, _touched(person_id))
    return db.session.execute(found).first() is not None


# -- those of a call ----------------------------------------------------------------------------


@dataclass(frozen=True)
class ScenarioRow:
    """A scenario in its list; sums in cents, None while nothing is computed."""

    id: int
    title: str
    status: ScenarioStatus
    created_at: datetime
    author: str
    left_out: int
    applied_at: datetime | None
    archived_at: datetime | None
    amount_cents: int | None
    served: int


def scenarios_of(call_id: int, person_id: int, number: int, *, archived: bool = False) -> Page:
    """A page of the scenarios of a call that a person may read, the latest first."""
    sums = _sums_by_scenario()
    statement = (
        sa.select(
            Scenario.id,
            Scenario.title,
            Scenario.status,
            Scenario.created_at,
            (Person.given_name + " " + Person.family_name).label("author"),
            Scenario.left_out,
            Scenario.applied_at,
            Scenario.archived_at,
            sums.c.amount_cents,
            sa.func.coalesce(sums.c.served, 0).label("served"),
        )
        .join(Person, Person.id == Scenario.created_by_id)
        .outerjoin(sums, sums.c.scenario_id == Scenario.id)
        .where(
            Scenario.call_id == call_id,
            Scenario.archived_at.is_not(None) if archived else Scenario.archived_at.is_(None),
            ~_touched(person_id),
        )
        .order_by(Scenario.id.desc())
    )
    return paged(statement, number)


def _sums_by_scenario() -> sa.Subquery:
    """The money shared and the applications served by each scenario."""
    served = sa.case((ScenarioAmount.amount_cents > 0, FundingLine.application_id))
    return (
        sa.select(
            ScenarioAmount.scenario_id,
            sa.cast(sa.func.sum(ScenarioAmount.amount_cents), sa.BigInteger).label("amount_cents"),
            sa.func.count(served.distinct()).label("served"),
        )
        .join(FundingLine, FundingLine.id == ScenarioAmount.funding_line_id)
        .group_by(ScenarioAmount.scenario_id)
        .subquery()
    )


def comparable(call_id: int, person_id: int, ids: Collection[int]) -> list[Scenario]:
    """Among `ids`, the computed scenarios of a call that a person may read, in the order made."""
    return list(
        db.session.scalars(
            sa.select(Scenario)
            .where(
                Scenario.call_id == call_id,
                Scenario.id.in_(ids),
                Scenario.status.in_((ScenarioStatus.DONE, ScenarioStatus.APPLIED)),
                ~_touched(person_id),
            )
            .order_by(Scenario.id)
        )
    )


def next_title(call_id: int) -> str:
    """« Scénario 3 »."""
    made = db.session.execute(sa.select(sa.func.count(Scenario.id)).where(Scenario.call_id == call_id)).scalar_one()
    return f"Scénario {made + 1}"


def rules_told(scenario: Scenario) -> list[tuple[str, str]]:
    """The rules of a scenario in words, (rule, its value)."""
    call = scenario.call
    names = {quartier.id: quartier.name for quartier in call.quartiers}
    level = contracts.level_names(call.contract_id)[0].singular
    return rules_in_words(read(scenario.parameters), names, pillars_of(call), level=level)


# -- the result of one --------------------------------------------------------------------------


@dataclass(frozen=True)
class ResultLine:
    """What a scenario says of a line, beside what is asked, what was granted the year before, and what
    is proposed now. Cents; `has_moved`: the line changed since it was read, by somebody else."""

    id: int
    funder: str
    nature: Nature
    status: FundingStatus
    requested_cents: int
    previous_cents: int | None
    previous_unknown: bool
    amount_cents: int
    proposed_cents: int | None
    why: Why
    is_applied: bool
    has_moved: bool

    @property
    def difference_cents(self) -> int:
        """To what is asked."""
        return self.amount_cents - self.requested_cents


@dataclass(frozen=True)
class ResultRow:
    """An application in a scenario."""

    id: int
    reference: str
    title: str
    organisation: str
    score: int | None
    lines: tuple[ResultLine, ...]

    @property
    def requested_cents(self) -> int:
        return sum(line.requested_cents for line in self.lines)

    @property
    def amount_cents(self) -> int:
        return sum(line.amount_cents for line in self.lines)

    @property
    def is_applied(self) -> bool:
        return all(line.is_applied for line in self.lines)


def result(
    scenario: Scenario, number: int, *, shown: str = "", only: Collection[int] | None = None, pending: bool = False
) -> tuple[Page, list[ResultRow]]:
    """A page of applications with their lines. `shown`: « servis », « ecartes », or all; `only` keeps
    some applications; `pending` leaves out what was already made proposals."""
    statement = (
        sa.select(
            Application.id,
            Application.number,
            Application.title,
            Organisation.name.label("organisation"),
            ScenarioApplication.score,
        )
        .join(ScenarioApplication, ScenarioApplication.application_id == Application.id)
        .join(Organisation, Organisation.id == Application.organisation_id)
        .where(ScenarioApplication.scenario_id == scenario.id)
        .order_by(Application.number, Application.id)
    )
    if shown in ("servis", "ecartes"):
        served = Application.id.in_(_applications(scenario.id, ScenarioAmount.amount_cents > 0))
        statement = statement.where(served if shown == "servis" else ~served)
    if only is not None:
        statement = statement.where(Application.id.in_(only))
    if pending:
        statement = statement.where(Application.id.in_(_applications(scenario.id, ScenarioAmount.applied_at.is_(None))))
    page = paged(statement, number)
    lines = _lines(scenario, [row.id for row in page.rows])
    return page, [
        ResultRow(
            row.id,
            f"{scenario.call.year}-{row.number:03d}",
            row.title,
            row.organisation,
            row.score,
            tuple(lines[row.id]),
        )
        for row in page.rows
    ]


def _applications(scenario_id: int, condition: sa.ColumnElement[bool]) -> sa.Select[tuple[int]]:
    return (
        sa.select(FundingLine.application_id)
        .join(ScenarioAmount, ScenarioAmount.funding_line_id == FundingLine.id)
        .where(ScenarioAmount.scenario_id == scenario_id, condition)
    )


def _lines(scenario: Scenario, ids: Sequence[int]) -> dict[int, list[ResultLine]]:
    previous, unknown = previous_grants(scenario.call, ids)
    rows = db.session.execute(
        sa.select(ScenarioAmount, FundingLine, Funder.name)
        .join(FundingLine, FundingLine.id == ScenarioAmount.funding_line_id)
        .join(Funder, Funder.id == FundingLine.funder_id)
        .where(ScenarioAmount.scenario_id == scenario.id, FundingLine.application_id.in_(ids))
        .order_by(FundingLine.application_id, Funder.position, Funder.name, FundingLine.id)
    )
    found: dict[int, list[ResultLine]] = defaultdict(list)
    for computed, line, funder in rows:
        found[line.application_id].append(
            ResultLine(
                line.id,
                funder,
                line.nature,
                line.status,
                computed.requested_cents,
                previous.get((line.application_id, line.funder_id, line.nature)),
                line.application_id in unknown,
                computed.amount_cents,
                line.proposed_cents,
                computed.why,
                computed.applied_at is not None,
                computed.applied_at is None and line.version != computed.line_version,
            )
        )
    return found


# -- side by side -------------------------------------------------------------------------------


@dataclass(frozen=True)
class ComparedRow:
    """An application and what each scenario gives it; None where a scenario did not read it."""

    id: int
    reference: str
    title: str
    organisation: str
    amounts: tuple[int | None, ...]

    @property
    def differs(self) -> bool:
        return len(set(self.amounts)) > 1


def compared(call: Call, scenarios: Sequence[Scenario], number: int) -> tuple[Page, list[ComparedRow]]:
    """A page of the applications of several scenarios, each with their amounts."""
    ids = [scenario.id for scenario in scenarios]
    within = sa.select(ScenarioApplication.application_id).where(ScenarioApplication.scenario_id.in_(ids))
    page = paged(
        sa.select(Application.id, Application.number, Application.title, Organisation.name.label("organisation"))
        .join(Organisation, Organisation.id == Application.organisation_id)
        .where(Application.id.in_(within))
        .order_by(Application.number, Application.id),
        number,
    )
    shown = [row.id for row in page.rows]
    rows = db.session.execute(
        sa.select(ScenarioAmount.scenario_id, FundingLine.application_id, sa.func.sum(ScenarioAmount.amount_cents))
        .join(FundingLine, FundingLine.id == ScenarioAmount.funding_line_id)
        .where(ScenarioAmount.scenario_id.in_(ids), FundingLine.application_id.in_(shown))
        .group_by(ScenarioAmount.scenario_id, FundingLine.application_id)
    )
    given = {(row[0], row[1]): int(row[2]) for row in rows}
    return page, [
        ComparedRow(
            row.id,
            f"{call.year}-{row.number:03d}",
            row.title,
            row.organisation,
            tuple(given.get((scenario, row.id)) for scenario in ids),
        )
        for row in page.rows
    ]
