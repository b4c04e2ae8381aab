"""A year of a quartier, or of the city, added up in the database: one query per table, whatever the rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.accounts.models import Organisation
from portal.calls.models import (
    Application,
    Apportionment,
    Call,
    FundingLine,
    Measure,
    PeopleByQuartier,
    Placement,
)
from portal.calls.states import ApplicationStatus, FundingStatus, Origin, Phase
from portal.committee.models import Decision
from portal.committee.states import DecisionKind, Outcome
from portal.contracts.models import Funder, Indicator, Nature, Theme
from portal.evaluation.models import Bilan
from portal.evaluation.queries.bilans import answered_by_final, is_funded
from portal.evaluation.rules.cycle import RECEIVED
from portal.evaluation.rules.facts import (
    Applications,
    BilanFact,
    Funding,
    IndicatorFact,
    MeasureFact,
    PeopleFact,
    ProgrammeLine,
)
from portal.evaluation.states import BilanStatus
from portal.extensions import db
from portal.foundation.events import Event

LAST = 10**9  # after every printed order


@dataclass(frozen=True)
class Scope:
    """What is added up. `quartier_id` None is the whole city; `allowed` the ids that may be counted (None: all)."""

    contract_id: int
    year: int
    quartier_id: int | None = None
    allowed: sa.Select[tuple[int]] | None = None

    def applications(self, *years: int) -> sa.Select[tuple[int]]:
        """The ids of the filed applications of some years (this one by default)."""
        statement = (
            sa.select(Application.id)
            .join(Call, Call.id == Application.call_id)
            .where(
                Call.contract_id == self.contract_id,
                Call.year.in_(years or [self.year]),
                Application.status.not_in([ApplicationStatus.DRAFT, ApplicationStatus.ABANDONED]),
            )
        )
        if self.allowed is not None:
            statement = statement.where(Application.id.in_(self.allowed))
        if self.quartier_id is not None:
            here = sa.select(Placement.application_id).where(Placement.quartier_id == self.quartier_id)
            statement = statement.where(Application.id.in_(here))
        return statement


def waits_for_notification(scope: Scope) -> bool:
    """Whether a grant that a report tells was not yet told to its applicant (a valued TFPB is never notified)."""
    granted = sa.select(FundingLine.id).where(
        # The year before is in it too, as what it is compared with.
        FundingLine.application_id.in_(scope.applications(scope.year, scope.year - 1)),
        FundingLine.status == FundingStatus.GRANTED,
        FundingLine.nature != Nature.TFPB,
    )
    return bool(db.session.execute(sa.select(granted.exists())).scalar())


def programme(scope: Scope) -> list[ProgrammeLine]:
    """The actions of the year in printed order, else by structure; each once, whatever its quartiers."""
    theme, pillar = aliased(Theme), aliased(Theme)
    order = sa.func.coalesce(Placement.printed_order, LAST)
    statement = (
        sa.select(
            Application.id,
            Organisation.id,
            theme.label,
            sa.func.coalesce(pillar.label, sa.case((theme.depth == 0, theme.label))),
            Organisation.name,
            Application.title,
            sa.func.coalesce(Placement.description, Application.description, ""),
        )
        .join(Organisation, Organisation.id == Application.organisation_id)
        .outerjoin(Placement, Placement.application_id == Application.id)
        .outerjoin(theme, theme.id == sa.func.coalesce(Placement.theme_id, Application.main_theme_id))
        .outerjoin(pillar, pillar.id == theme.parent_id)
        .where(
            Application.id.in_(scope.applications()),
            sa.or_(Application.origin == Origin.IMPORTED, is_funded()),
        )
        .order_by(order, Organisation.name_fold, Application.title_fold, Application.id, Placement.id)
    )
    if scope.quartier_id is not None:
        statement = statement.where(Placement.quartier_id == scope.quartier_id)
    first: dict[int, ProgrammeLine] = {}
    for row in db.session.execute(statement):
        first.setdefault(row[0], ProgrammeLine(*row))
    return list(first.values())


def applications_by_year(scope: Scope) -> dict[int, Applications]:
    """Filed, admissible and funded applications of the year and the one before."""
    admitted = (
        sa.select(Decision.id)
        .where(
            Decision.application_id == Application.id,
            Decision.kind == DecisionKind.ADMISSIBILITY,
            Decision.outcome == Outcome.ADMISSIBLE,
            Decision.superseded_at.is_(None),
        )
        .exists()
    )
    admissible = sa.or_(
        admitted,
        Application.status.in_(
            [ApplicationStatus.ADMISSIBLE, ApplicationStatus.DECIDED, ApplicationStatus.NOT_CARRIED_OUT]
        ),
    )

    def count(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        return sa.func.sum(sa.case((condition, 1), else_=0))

    rows = db.session.execute(
        sa.select(Call.year, sa.func.count(Application.id), count(admissible), count(is_funded()))
        .join(Call, Call.id == Application.call_id)
        .where(
            Application.id.in_(scope.applications(scope.year, scope.year - 1)),
            # An imported programme says neither what was filed nor what was admitted.
            Application.origin != Origin.IMPORTED,
        )
        .group_by(Call.year)
    )
    return {year: Applications(filed, int(ok), int(given)) for year, filed, ok, given in rows}


def funding(scope: Scope) -> list[Funding]:
    """Asked and granted by year, funder, nature and pillar. In a quartier: its parts, to the cent."""
    theme, pillar = aliased(Theme), aliased(Theme)
    if scope.quartier_id is None:
        requested: Any = FundingLine.requested_cents
        granted: Any = FundingLine.granted_cents
    else:
        requested, granted = Apportionment.requested_cents, Apportionment.granted_cents
    # What a funder refused is known: nothing.
    granted = sa.case((FundingLine.status == FundingStatus.REFUSED, 0), else_=granted)
    pillar_label = sa.func.coalesce(pillar.label, sa.case((theme.depth == 0, theme.label)))
    statement = (
        sa.select(
            Call.year,
            Funder.name,
            FundingLine.nature,
            pillar_label.label("pillar"),
            sa.func.sum(requested),
            sa.func.sum(granted),
            sa.func.sum(sa.case((requested.is_(None), 1), else_=0)),
        )
        .select_from(FundingLine)
        .join(Application, Application.id == FundingLine.application_id)
        .join(Call, Call.id == Application.call_id)
        .join(Funder, Funder.id == FundingLine.funder_id)
        .outerjoin(theme, theme.id == Application.main_theme_id)
        .outerjoin(pillar, pillar.id == theme.parent_id)
        .where(
            Application.id.in_(scope.applications(scope.year, scope.year - 1)),
            FundingLine.status != FundingStatus.NOT_ASKED,
        )
        .group_by(Call.year, Funder.id, Funder.name, Funder.position, FundingLine.nature, "pillar")
        .order_by(Funder.position, Funder.name, FundingLine.nature, "pillar", Call.year)
    )
    if scope.quartier_id is not None:
        here = sa.and_(Placement.application_id == Application.id, Placement.quartier_id == scope.quartier_id)
        part = sa.and_(Apportionment.funding_line_id == FundingLine.id, Apportionment.placement_id == Placement.id)
        statement = statement.join(Placement, here).outerjoin(Apportionment, part)
    return [
        Funding(
            year,
            funder,
            nature.value,
            Nature(nature).label,
            label,
            None if asked is None else int(asked),
            None if given is None else int(given),
            int(unknown),
        )
        for year, funder, nature, label, asked, given, unknown in db.session.execute(statement)
    ]


# -- results ------------------------------------------------------------------------------------


def returned() -> sa.Select[tuple[int]]:
    """Applications whose realised figures were sent, and are not being written again.

    The bilans of an application share their figures. One that waits for its prolongation may have been begun; an
    interim one is not written any more once the final one is sent.
    """
    begun = sa.select(Event.subject_id).where(Event.action == "bilan.begun", Event.subject_type == Bilan.__tablename__)
    waiting = Bilan.status.in_([BilanStatus.DUE, BilanStatus.POSTPONEMENT_ASKED])
    written = Bilan.status.in_([BilanStatus.BEGUN, BilanStatus.TO_CORRECT])
    rewriting = sa.select(Bilan.application_id).where(
        sa.or_(written, sa.and_(waiting, Bilan.id.in_(begun))), ~answered_by_final()
    )
    return sa.select(Bilan.application_id).where(Bilan.status.in_(RECEIVED), Bilan.application_id.not_in(rewriting))


def _in_force(table: type[Measure | PeopleByQuartier], *same: str) -> sa.ColumnElement[bool]:
    """Adjusted targets replace those first expected; realised figures count once returned."""
    adjusted = aliased(table)
    replaced = (
        sa.select(adjusted.id)
        .where(
            adjusted.application_id == table.application_id,
            adjusted.phase == Phase.ADJUSTED,
            *(getattr(adjusted, name) == getattr(table, name) for name in same),
        )
        .exists()
    )
    return sa.or_(
        table.phase == Phase.ADJUSTED,
        sa.and_(table.phase == Phase.EXPECTED, ~replaced),
        sa.and_(table.phase == Phase.ACTUAL, table.application_id.in_(returned())),
    )


def indicators(scope: Scope) -> list[IndicatorFact]:
    """The catalogue entries that the year's applications use, in its order."""
    used = sa.select(Measure.indicator_id).where(Measure.application_id.in_(_carried(scope)))
    rows = db.session.execute(
        sa.select(Indicator.id, Indicator.code, Indicator.label, Indicator.unit, Indicator.kind, Theme.label)
        .outerjoin(Theme, Theme.id == Indicator.theme_id)
        .where(Indicator.id.in_(used), Indicator.is_derived.is_(False))
        .order_by(Theme.position.is_not(None), Theme.position, Indicator.position, Indicator.id)
    )
    return [IndicatorFact(id, code, label, unit, kind.value, theme) for id, code, label, unit, kind, theme in rows]


def _carried(scope: Scope) -> sa.Select[tuple[int]]:
    """The funded actions of the year that took place, or are to."""
    return scope.applications().where(is_funded(), Application.status != ApplicationStatus.NOT_CARRIED_OUT)


def measures(scope: Scope) -> list[MeasureFact]:
    """Targets and values of the year's funded actions, each with the shares of its quartiers. Two queries."""
    shares: dict[int, list[tuple[int, int | None]]] = {}
    if scope.quartier_id is not None:
        for application_id, quartier_id, share in db.session.execute(
            sa.select(Placement.application_id, Placement.quartier_id, Placement.share_bp)
            .where(Placement.application_id.in_(_carried(scope)))
            .order_by(Placement.id)
        ).tuples():
            shares.setdefault(application_id, []).append((quartier_id, share))
    rows = db.session.execute(
        sa.select(
            Measure.application_id,
            Measure.indicator_id,
            Measure.phase,
            Measure.value_thousandths,
            Measure.numerator,
            Measure.denominator,
            Measure.not_measured_reason,
        )
        .where(
            Measure.indicator_id.is_not(None),
            Measure.application_id.in_(_carried(scope)),
            _in_force(Measure, "indicator_id"),
        )
        .order_by(Measure.id)
    )
    return [_measure(row, shares.get(row.application_id, []), scope.quartier_id) for row in rows]


def _measure(row: sa.Row[Any], placed: list[tuple[int, int | None]], quartier_id: int | None) -> MeasureFact:
    quartiers = [quartier for quartier, _ in placed]
    return MeasureFact(
        row.application_id,
        row.indicator_id,
        row.phase is Phase.ACTUAL,
        row.value_thousandths,
        row.numerator,
        row.denominator,
        bool(row.not_measured_reason),
        tuple(share for _, share in placed),
        None if quartier_id is None else quartiers.index(quartier_id),
    )


def people(scope: Scope) -> list[PeopleFact]:
    """Expected and realised people by sex: sums over actions, one person may count twice."""
    actual = PeopleByQuartier.phase == Phase.ACTUAL
    statement = (
        sa.select(actual.label("done"), PeopleByQuartier.sex, sa.func.sum(PeopleByQuartier.people))
        .where(PeopleByQuartier.application_id.in_(_carried(scope)), _in_force(PeopleByQuartier))
        .group_by("done", PeopleByQuartier.sex)
    )
    if scope.quartier_id is not None:
        statement = statement.where(PeopleByQuartier.quartier_id == scope.quartier_id)
    return [PeopleFact(bool(done), sex.value, int(count)) for done, sex, count in db.session.execute(statement)]


def bilans(scope: Scope) -> list[BilanFact]:
    """The bilans asked for, those of actions not carried out aside; by structure."""
    rows = db.session.execute(
        sa.select(Organisation.name, Application.title, Bilan.kind, Bilan.due_on, Bilan.status)
        .join(Application, Application.id == Bilan.application_id)
        .join(Organisation, Organisation.id == Application.organisation_id)
        .where(
            Application.id.in_(scope.applications()),
            Bilan.status != BilanStatus.NOT_CARRIED_OUT,
        )
        .order_by(Organisation.name_fold, Application.title_fold, Bilan.id)
    )
    return [
        BilanFact(organisation, action, kind.label, due_on, status in RECEIVED)
        for organisation, action, kind, due_on, status in rows
    ]


def count_left_out(scope: Scope) -> int:
    """How many of the year's applications a person's recusals leave out of the totals."""
    if scope.allowed is None:
        return 0
    whole = Scope(scope.contract_id, scope.year, scope.quartier_id).applications()
    counted = whole.where(Application.id.not_in(scope.allowed)).subquery()
    return int(db.session.execute(sa.select(sa.func.count()).select_from(counted)).scalar_one())
