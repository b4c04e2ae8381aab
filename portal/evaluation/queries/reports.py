"""Which report is asked for, what it is made from, and the versions that were kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from portal.calls.models import Call
from portal.contracts.models import Contract
from portal.evaluation.models import TerritorialReport
from portal.evaluation.queries import aggregation
from portal.evaluation.queries.aggregation import Scope
from portal.evaluation.rules.facts import Applications, Compared, Figure, Framework, ReportFacts, Territory
from portal.extensions import db
from portal.foundation.refusals import Refusal
from portal.quartiers import queries as quartiers
from portal.quartiers.models import ContractQuartier, FigureScope, Quartier, StructureKind

CITY = "ville"
"""The slug of the whole city in addresses."""


@dataclass(frozen=True)
class Wanted:
    """A report that can be made."""

    contract_id: int
    year: int
    quartier_id: int | None
    slug: str


def find(slug: str | None, year: int, contract_slug: str | None = None) -> Wanted:
    """The report of a quartier (None: of the city) for a year.

    The contract is the one whose years contain this one and which holds the quartier; a real one
    before a demonstration, the latest begun first. Raises Refusal in words when there is none.
    """
    quartier_id = None if slug is None else _quartier_id(slug)
    candidates = _contracts(quartier_id, year)
    if contract_slug is not None:
        if _contract_named(contract_slug) is None:
            raise Refusal(f"Aucun contrat ne s’appelle « {contract_slug} ». {_known_contracts()}", "contract")
        candidates = [each for each in candidates if each.slug == contract_slug]
    if not candidates:
        place = "la ville" if slug is None else f"le quartier « {slug} »"
        of = f" dans le contrat « {contract_slug} »" if contract_slug else ""
        raise Refusal(f"Aucun contrat de ville ne couvre {place} en {year}{of}.", "year")
    for contract in candidates:
        if contract.has_call:
            return Wanted(contract.id, year, quartier_id, slug or CITY)
    raise Refusal(f"Aucune programmation {year} n’est connue pour ce contrat.", "year")


@dataclass(frozen=True)
class _Candidate:
    id: int
    slug: str
    has_call: bool


def _contracts(quartier_id: int | None, year: int) -> list[_Candidate]:
    has_call = sa.select(Call.id).where(Call.contract_id == Contract.id, Call.year == year).exists()
    statement = (
        sa.select(Contract.id, Contract.slug, has_call)
        .where(Contract.start_year <= year, Contract.end_year >= year)
        .order_by(Contract.is_demo, Contract.start_year.desc(), Contract.id)
    )
    if quartier_id is not None:
        member = ContractQuartier
        statement = statement.join(member, member.contract_id == Contract.id).where(
            member.quartier_id == quartier_id,
            sa.or_(member.starts_on.is_(None), member.starts_on <= date(year, 12, 31)),
            sa.or_(member.ends_on.is_(None), member.ends_on >= date(year, 1, 1)),
        )
    return [_Candidate(*row) for row in db.session.execute(statement)]


def _quartier_id(slug: str) -> int:
    found = db.session.execute(sa.select(Quartier.id).where(Quartier.slug == slug)).scalar_one_or_none()
    if found is None:
        known = db.session.scalars(sa.select(Quartier.slug).order_by(Quartier.position, Quartier.name_fold)).all()
        raise Refusal(
            f"Aucun quartier ne s’appelle « {slug} ». Quartiers connus : {', '.join(known) or 'aucun'}.", "quartier"
        )
    return found


def _contract_named(slug: str) -> int | None:
    return db.session.execute(sa.select(Contract.id).where(Contract.slug == slug)).scalar_one_or_none()


def _known_contracts() -> str:
    known = db.session.scalars(sa.select(Contract.slug).order_by(Contract.is_demo, Contract.slug)).all()
    return f"Contrats connus : {', '.join(known) or 'aucun'}."


def facts(wanted: Wanted, made_on: date, allowed: sa.Select[tuple[int]] | None = None) -> ReportFacts:
    """All that the report is made from: the same number of queries whatever the rows."""
    scope = Scope(wanted.contract_id, wanted.year, wanted.quartier_id, allowed)
    counts = aggregation.applications_by_year(scope)
    contract = db.session.get_one(Contract, wanted.contract_id)
    return ReportFacts(
        territory=_territory(wanted),
        contract=Framework(contract.slug, contract.name, contract.start_year, contract.end_year, contract.is_demo),
        year=wanted.year,
        made_on=made_on,
        programme=aggregation.programme(scope),
        applications=counts.get(wanted.year, Applications(None, None, None)),
        previous_applications=counts.get(wanted.year - 1),
        funding=aggregation.funding(scope),
        indicators=aggregation.indicators(scope),
        measures=aggregation.measures(scope),
        people=aggregation.people(scope),
        bilans=aggregation.bilans(scope),
        left_out=aggregation.count_left_out(scope),
    )


def _territory(wanted: Wanted) -> Territory:
    if wanted.quartier_id is None:
        return _city(wanted.contract_id)
    profile = quartiers.profile(wanted.contract_id, wanted.quartier_id)
    if profile is None:
        raise Refusal("Ce quartier n’est pas dans ce contrat.", "quartier")
    structures = profile.structures
    return Territory(
        slug=profile.quartier.slug,
        name=profile.quartier.name,
        kind=profile.quartier.kind.value,
        kind_label=profile.quartier.kind.label,
        official_code=profile.quartier.official_code,
        presentation=profile.quartier.presentation,
        figures=[_figure(line.figure) for line in profile.figures],
        compared=[Compared(_figure(line.figure), _maybe(line.city), _maybe(line.country)) for line in profile.compared],
        landlords=[(each.name, each.share_bp) for each in structures.get(StructureKind.LANDLORD, ())],
        schools=[
            (category, [each.name for each in found]) for category, found in profile.schools_by_category().items()
        ],
        equipment=[each.name for each in structures.get(StructureKind.EQUIPMENT, ())],
    )


def _city(contract_id: int) -> Territory:
    contract = db.session.get_one(Contract, contract_id)
    figures = [_figure(line) for line in quartiers.comparisons_of(contract_id) if line.scope is FigureScope.CITY]
    return Territory(CITY, contract.commune_name, "city", "Ville entière", figures=figures)


def _figure(line: quartiers.FigureLine) -> Figure:
    return Figure(line.code, line.label, line.value_thousandths, line.unit, line.year, line.source, line.note)


def _maybe(line: quartiers.FigureLine | None) -> Figure | None:
    return None if line is None else _figure(line)


# -- lists and versions -------------------------------------------------------------------------


@dataclass(frozen=True)
class YearLine:
    """A year of a contract that has a programme."""

    contract_id: int
    contract: str
    year: int


def years(contract_ids: list[int]) -> list[YearLine]:
    """The contracts' years with a call, real contracts first, latest year first."""
    rows = db.session.execute(
        sa.select(Contract.id, Contract.name, Call.year)
        .join(Call, Call.contract_id == Contract.id)
        .where(Contract.id.in_(contract_ids))
        .group_by(Contract.id, Contract.name, Contract.is_demo, Call.year)
        .order_by(Contract.is_demo, Call.year.desc(), Contract.id)
    )
    return [YearLine(*row) for row in rows]


@dataclass(frozen=True)
class VersionLine:
    id: int
    number: int
    made_at: datetime
    published_at: datetime | None
    has_pdf: bool


def versions(wanted: Wanted) -> list[VersionLine]:
    """The kept versions of a report, latest first."""
    rows = db.session.execute(
        sa.select(
            TerritorialReport.id,
            TerritorialReport.number,
            TerritorialReport.made_at,
            TerritorialReport.published_at,
            TerritorialReport.pdf_file_id.is_not(None),
        )
        .where(*same_report(wanted))
        .order_by(TerritorialReport.number.desc())
    )
    return [VersionLine(*row) for row in rows]


def published_versions(wanted: Wanted) -> list[TerritorialReport]:
    """The versions that everybody may read: one at most."""
    statement = sa.select(TerritorialReport).where(*same_report(wanted), TerritorialReport.published_at.is_not(None))
    return list(db.session.scalars(statement))


@dataclass(frozen=True)
class PublishedLine:
    """A published report: of a quartier (its name) or of the city (None)."""

    id: int
    year: int
    quartier_id: int | None
    quartier: str | None


def published(contract_ids: list[int]) -> list[PublishedLine]:
    """What the public site may link to, latest year first."""
    rows = db.session.execute(
        sa.select(TerritorialReport.id, TerritorialReport.year, TerritorialReport.quartier_id, Quartier.name)
        .outerjoin(Quartier, Quartier.id == TerritorialReport.quartier_id)
        .where(TerritorialReport.contract_id.in_(contract_ids), TerritorialReport.published_at.is_not(None))
        .order_by(TerritorialReport.year.desc(), Quartier.position, TerritorialReport.id)
    )
    return [PublishedLine(*row) for row in rows]


def last_number(wanted: Wanted) -> int:
    statement = sa.select(sa.func.coalesce(sa.func.max(TerritorialReport.number), 0)).where(*same_report(wanted))
    return db.session.execute(statement).scalar_one()


def same_report(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    return [
        TerritorialReport.contract_id == wanted.contract_id,
        TerritorialReport.quartier_id.is_not_distinct_from(wanted.quartier_id),
        TerritorialReport.year == wanted.year,
    ]


def wanted_of(report: TerritorialReport) -> Wanted:
    quartier = db.session.get(Quartier, report.quartier_id) if report.quartier_id else None
    return Wanted(report.contract_id, report.year, report.quartier_id, quartier.slug if quartier else CITY)
