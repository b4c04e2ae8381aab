"""The data of the délégué du Préfet's workbook: one query per sheet, whatever the rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.accounts.models import Establishment, Organisation
from portal.calls.models import Application, Apportionment, Call, Envelope, FundingForecast, FundingLine, Placement
from portal.calls.queries.envelopes import NOT_COUNTED
from portal.calls.states import ApplicationStatus, CallStatus, Duration, EnvelopeStatus, FundingStatus, Origin
from portal.committee.models import Decision
from portal.committee.queries.desk_file import given
from portal.committee.queries.words import whole_sum
from portal.committee.states import DecisionKind, Outcome
from portal.contracts.models import Funder, Nature, Theme
from portal.exchange.queries import delegate_results
from portal.exchange.queries.delegate_results import BilanRow, MeasureRow
from portal.extensions import db
from portal.quartiers.models import Quartier


@dataclass(frozen=True)
class Selection:
    """What a workbook is about: a contract's year, narrowed by what is not None."""

    contract_id: int
    year: int
    call_id: int | None = None
    quartier_id: int | None = None
    pillar_id: int | None = None
    theme_id: int | None = None
    funder_id: int | None = None
    status: ApplicationStatus | None = None


@dataclass(frozen=True)
class DossierRow:
    """One application. Amounts in cents; None is unknown."""

    id: int
    call_title: str
    year: int
    number: int
    organisation_id: int
    organisation: str
    siret: str | None
    rna: str | None
    title: str
    status: ApplicationStatus
    origin: Origin
    is_renewal: bool | None
    pillar: str | None
    theme: str | None
    starts_on: date | None
    ends_on: date | None
    people_expected: int | None
    submitted_at: datetime | None
    outcome: Outcome | None
    outcome_reason: str | None
    duration: Duration
    years: int
    forecast_cents: int | None
    """What a multi-year project expects to ask in its later years; None for any other."""

    @property
    def reference(self) -> str:
        return f"{self.year}-{self.number:03d}"


@dataclass(frozen=True)
class FundingRow:
    application_id: int
    funder: str
    nature: Nature
    scheme: str | None
    status: FundingStatus
    requested_cents: int | None
    proposed_cents: int | None
    arbitrated_cents: int | None
    granted_cents: int | None
    paid_cents: int | None
    external_ref: str | None


@dataclass(frozen=True)
class PlacementRow:
    application_id: int
    quartier: str
    share_bp: int | None
    residents_expected: int | None
    requested_cents: int | None
    granted_cents: int | None


@dataclass(frozen=True)
class EnvelopeRow:
    funder: str
    nature: Nature
    scheme: str
    status: EnvelopeStatus
    amount_cents: int
    granted_cents: int


@dataclass(frozen=True)
class PastAmount:
    """What an organisation was granted in an earlier year, all funders together, cents.

    None when a part of it is not communicated.
    """

    organisation_id: int
    year: int
    granted_cents: int | None


@dataclass(frozen=True)
class DelegateData:
    """All that the workbook shows, in the order it shows it."""

    dossiers: list[DossierRow]
    fundings: list[FundingRow]
    placements: list[PlacementRow]
    envelopes: list[EnvelopeRow]
    past: list[PastAmount]
    measures: list[MeasureRow]
    bilans: list[BilanRow]


def delegate_data(
    selection: Selection, allowed: sa.Select[tuple[int]] | None, *, with_envelopes: bool = True
) -> DelegateData:
    """Read the workbook's data. `allowed` holds the ids a person may see; None = all that were filed.

    The consumption of an envelope tells amounts of every application: somebody who stepped out of
    one goes without (`with_envelopes=False`).
    """
    chosen = selected_applications(selection, allowed)
    return DelegateData(
        dossiers=_dossiers(chosen),
        fundings=_rows(FundingRow, _fundings(chosen)),
        placements=_rows(PlacementRow, _placements(chosen)),
        envelopes=_rows(EnvelopeRow, _envelopes(selection)) if with_envelopes else [],
        past=_rows(PastAmount, _past(chosen, selection.year, allowed)),
        measures=delegate_results.measures(chosen),
        bilans=delegate_results.bilans(chosen),
    )


def count_selected(selection: Selection, allowed: sa.Select[tuple[int]] | None) -> int:
    chosen = selected_applications(selection, allowed)
    return int(db.session.execute(sa.select(sa.func.count()).select_from(chosen.subquery())).scalar_one())


def selected_applications(selection: Selection, allowed: sa.Select[tuple[int]] | None) -> sa.Select[tuple[int]]:
    """The ids of the chosen applications; drafts and abandoned ones are never among them."""
    theme = aliased(Theme)
    statement = (
        sa.select(Application.id)
        .join(Call, Call.id == Application.call_id)
        .outerjoin(theme, theme.id == Application.main_theme_id)
        .where(
            Call.contract_id == selection.contract_id,
            Call.year == selection.year,
            Application.status.not_in([ApplicationStatus.DRAFT, ApplicationStatus.ABANDONED]),
            *_narrowing(selection, theme),
        )
    )
    return statement if allowed is None else statement.where(Application.id.in_(allowed))


def _narrowing(selection: Selection, theme: Any) -> Iterable[sa.ColumnElement[bool]]:
    if selection.call_id is not None:
        yield Application.call_id == selection.call_id
    if selection.status is not None:
        yield Application.status == selection.status
    if selection.theme_id is not None:
        yield Application.main_theme_id == selection.theme_id
    if selection.pillar_id is not None:
        yield sa.or_(theme.parent_id == selection.pillar_id, theme.id == selection.pillar_id)
    if selection.quartier_id is not None:
        yield Application.id.in_(
            sa.select(Placement.application_id).where(Placement.quartier_id == selection.quartier_id)
        )
    if selection.funder_id is not None:
        yield Application.id.in_(
            sa.select(FundingLine.application_id).where(FundingLine.funder_id == selection.funder_id)
        )


def _dossiers(chosen: sa.Select[tuple[int]]) -> list[DossierRow]:
    theme, pillar = aliased(Theme), aliased(Theme)
    siret = (
        sa.select(sa.func.max(Establishment.siret))
        .where(Establishment.organisation_id == Organisation.id, Establishment.ends_on.is_(None))
        .scalar_subquery()
    )
    statement = (
        sa.select(
            Application.id,
            Call.title,
            Call.year,
            Application.number,
            Organisation.id,
            Organisation.name,
            siret,
            Organisation.rna,
            Application.title,
            Application.status,
            Application.origin,
            Application.is_renewal,
            sa.func.coalesce(pillar.label, sa.case((theme.depth == 0, theme.label))),
            sa.case((theme.depth > 0, theme.label)),
            Application.starts_on,
            Application.ends_on,
            Application.people_expected,
            Application.submitted_at,
            Decision.outcome,
            Decision.reason,
            Application.duration,
            Application.years,
            _forecast(),
        )
        .join(Call, Call.id == Application.call_id)
        .join(Organisation, Organisation.id == Application.organisation_id)
        .outerjoin(theme, theme.id == Application.main_theme_id)
        .outerjoin(pillar, pillar.id == theme.parent_id)
        .outerjoin(
            Decision,
            sa.and_(
                Decision.application_id == Application.id,
                Decision.kind == DecisionKind.ARBITRATION,
                Decision.superseded_at.is_(None),
            ),
        )
        .where(Application.id.in_(chosen))
        .order_by(Organisation.name_fold, Application.title_fold, Application.id)
    )
    return _rows(DossierRow, statement)


def _forecast() -> sa.ScalarSelect[int | None]:
    return (
        sa.select(sa.cast(sa.func.sum(FundingForecast.requested_cents), sa.BigInteger))
        .where(FundingForecast.application_id == Application.id, FundingForecast.year_index <= Application.years)
        .scalar_subquery()
    )


def _fundings(chosen: sa.Select[tuple[int]]) -> sa.Select[Any]:
    return (
        sa.select(
            FundingLine.application_id,
            Funder.name,
            FundingLine.nature,
            Envelope.scheme,
            FundingLine.status,
            FundingLine.requested_cents,
            FundingLine.proposed_cents,
            FundingLine.arbitrated_cents,
            FundingLine.granted_cents,
            FundingLine.paid_cents,
            FundingLine.external_ref,
        )
        .join(Application, Application.id == FundingLine.application_id)
        .join(Organisation, Organisation.id == Application.organisation_id)
        .join(Funder, Funder.id == FundingLine.funder_id)
        .outerjoin(Envelope, Envelope.id == FundingLine.envelope_id)
        .where(FundingLine.application_id.in_(chosen))
        .order_by(
            Organisation.name_fold, Application.title_fold, Application.id, Funder.position, Funder.id, FundingLine.id
        )
    )


def _placements(chosen: sa.Select[tuple[int]]) -> sa.Select[Any]:
    return (
        sa.select(
            Placement.application_id,
            Quartier.name,
            Placement.share_bp,
            Placement.residents_expected,
            sa.func.sum(Apportionment.requested_cents),
            sa.func.sum(Apportionment.granted_cents),
        )
        .join(Application, Application.id == Placement.application_id)
        .join(Organisation, Organisation.id == Application.organisation_id)
        .join(Quartier, Quartier.id == Placement.quartier_id)
        .outerjoin(Apportionment, Apportionment.placement_id == Placement.id)
        .where(Placement.application_id.in_(chosen))
        .group_by(
            Placement.id,
            Placement.application_id,
            Quartier.name,
            Quartier.position,
            Placement.share_bp,
            Placement.residents_expected,
            Organisation.name_fold,
            Application.title_fold,
            Application.id,
        )
        .order_by(Organisation.name_fold, Application.title_fold, Application.id, Quartier.position, Placement.id)
    )


def _envelopes(selection: Selection) -> sa.Select[Any]:
    statement = (
        sa.select(
            Funder.name,
            Envelope.nature,
            Envelope.scheme,
            Envelope.status,
            Envelope.amount_cents,
            Envelope.granted_cents,
        )
        .join(Call, Call.id == Envelope.call_id)
        .join(Funder, Funder.id == Envelope.funder_id)
        .where(Call.contract_id == selection.contract_id, Call.year == selection.year)
        .order_by(Funder.position, Funder.id, Envelope.nature, Envelope.scheme)
    )
    return statement if selection.call_id is None else statement.where(Call.id == selection.call_id)


def _past(chosen: sa.Select[tuple[int]], year: int, allowed: sa.Select[tuple[int]] | None) -> sa.Select[Any]:
    """What the chosen applications' organisations received in the two years before, as far as the reader sees."""
    organisations = sa.select(Application.organisation_id).where(Application.id.in_(chosen))
    statement = (
        sa.select(Application.organisation_id, Call.year, whole_sum(given()))
        .join(Call, Call.id == Application.call_id)
        .join(FundingLine, FundingLine.application_id == Application.id)
        .where(
            Application.organisation_id.in_(organisations),
            Application.status.not_in(NOT_COUNTED),
            Call.year.in_([year - 1, year - 2]),
        )
        .group_by(Application.organisation_id, Call.year)
    )
    return statement if allowed is None else statement.where(Application.id.in_(allowed))


def _rows(kind: type[Any], statement: sa.Select[Any]) -> list[Any]:
    return [kind(*row) for row in db.session.execute(statement)]


def years_of(contract_ids: Iterable[int]) -> list[int]:
    """The years in which these contracts have calls, latest first."""
    statement = (
        sa.select(Call.year).where(Call.contract_id.in_(list(contract_ids))).distinct().order_by(Call.year.desc())
    )
    return list(db.session.scalars(statement))


def calls_with_years(contract_id: int) -> list[tuple[int, int, str]]:
    """The calls of a contract to which something may have been filed: (id, year, title), latest year first."""
    rows = db.session.execute(
        sa.select(Call.id, Call.year, Call.title)
        .where(Call.contract_id == contract_id, Call.status != CallStatus.DRAFT)
        .order_by(Call.year.desc(), Call.id)
    )
    return [(id, year, title) for id, year, title in rows]
