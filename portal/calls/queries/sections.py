"""Reading an application whole, as plain values: a fixed number of queries whatever it holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.accounts.models import Person
from portal.accounts.queries.organisation import sheet_of
from portal.accounts.rules.organisation import OrganisationSheet
from portal.calls.models import (
    Application,
    ApplicationAxis,
    ApplicationDocument,
    ApplicationPriority,
    ApplicationTheme,
    Attestation,
    BudgetLine,
    Call,
    CallIndicator,
    CallQuartier,
    ChartAccount,
    DocumentRequirement,
    FundingLine,
    Measure,
    PartnerOrganisation,
    PeopleByAge,
    PeopleByQuartier,
    Placement,
    SectionDraft,
)
from portal.calls.rules import filing as plain
from portal.calls.rules.documents import Situation, asked_of
from portal.calls.states import Duration, Phase, Section
from portal.contracts.models import AgeBand, Axis, Funder, FunderKind, Indicator, Priority, Theme
from portal.extensions import db
from portal.foundation.files import StoredFile
from portal.quartiers.models import ContractQuartier, Quartier, QuartierKind

PROJECT_COLUMNS = tuple(plain.Project.__dataclass_fields__)


def dossier_of(application: Application) -> plain.Dossier:
    """Everything typed in the application so far (phase « prévu »)."""
    call = application.call
    # The means asked are those of the year before the actions.
    organisation = sheet_of(application.organisation, call.year - 1)
    return plain.Dossier(
        application_id=application.id,
        reference=application.reference,
        status=application.status,
        call=_terms(call),
        organisation=organisation,
        project=plain.Project(**{name: getattr(application, name) for name in PROJECT_COLUMNS}),
        placements=placements_of(application),
        policy=_policy(application),
        public=_public(application),
        budget=budget_of(application),
        indirect_costs_rule=application.indirect_costs_rule,
        funding=funding_of(application.id),
        partners=_partners(application.id),
        targets=_targets(application.id),
        evaluation_method=application.evaluation_method,
        documents=documents_of(application.id),
        attestations=_attestations(application.id),
        offered_indicators=offered_indicators(call.id),
        requirements=_requirements(application, organisation),
    )


def _rows(statement: sa.Select[Any]) -> Sequence[Any]:
    return db.session.execute(statement).all()


def _terms(call: Call) -> plain.CallTerms:
    names = plain.CallTerms.__dataclass_fields__
    return plain.CallTerms(**{name: getattr(call, name) for name in names})


def placements_of(application: Application) -> tuple[plain.PlacedShare, ...]:
    """The quartiers of the application, in the city's order."""
    rows = _rows(
        sa.select(Placement.quartier_id, Quartier.name, ContractQuartier.kind, Placement.share_bp,
                  Placement.residents_expected)
        .join(Quartier, Quartier.id == Placement.quartier_id)
        .outerjoin(
            ContractQuartier,
            sa.and_(
                ContractQuartier.quartier_id == Quartier.id,
                ContractQuartier.contract_id == application.call.contract_id,
            ),
        )
        .where(Placement.application_id == application.id)
        .order_by(Quartier.position, Quartier.id)
    )  # fmt: skip
    return tuple(
        plain.PlacedShare(quartier_id, name, kind is QuartierKind.QPV, share, residents)
        for quartier_id, name, kind, share, residents in rows
    )


def offered_quartiers(call: Call) -> list[tuple[int, str, str]]:
    """(id, name, kind in words) of the quartiers of the call, of its contract when it names none."""
    named = sa.select(CallQuartier.quartier_id).where(CallQuartier.call_id == call.id)
    rows = _rows(
        sa.select(Quartier.id, Quartier.name, ContractQuartier.kind)
        .join(ContractQuartier, ContractQuartier.quartier_id == Quartier.id)
        .where(
            ContractQuartier.contract_id == call.contract_id,
            sa.or_(Quartier.id.in_(named), ~named.exists()),
        )
        .order_by(Quartier.position, Quartier.id)
    )
    return [(quartier_id, name, kind.label) for quartier_id, name, kind in rows]


def _policy(application: Application) -> plain.Policy:
    main = application.main_theme
    parent = main.parent if main else None
    return plain.Policy(
        main_theme=plain.Choice(main.id, main.label) if main else None,
        pillar=parent.label if parent else None,
        secondary_themes=_chosen(Theme, ApplicationTheme.theme_id, ApplicationTheme.application_id, application.id),
        axes=_chosen(Axis, ApplicationAxis.axis_id, ApplicationAxis.application_id, application.id),
        priorities=_chosen(
            Priority, ApplicationPriority.priority_id, ApplicationPriority.application_id, application.id
        ),
    )


def _chosen(table: Any, target: Any, owner: Any, application_id: int) -> tuple[plain.Choice, ...]:
    statement = (
        sa.select(table.id, table.label)
        .join(target.class_, target == table.id)
        .where(owner == application_id)
        .order_by(table.position, table.id)
    )
    return tuple(plain.Choice(*row) for row in _rows(statement))


def _public(application: Application) -> plain.Public:
    by_quartier = _rows(
        sa.select(PeopleByQuartier.quartier_id, PeopleByQuartier.sex, PeopleByQuartier.people)
        .where(PeopleByQuartier.application_id == application.id, PeopleByQuartier.phase == Phase.EXPECTED)
        .order_by(PeopleByQuartier.quartier_id, PeopleByQuartier.sex)
    )
    by_age = _rows(
        sa.select(AgeBand.id, AgeBand.label, PeopleByAge.people)
        .join(AgeBand, AgeBand.id == PeopleByAge.age_band_id)
        .where(PeopleByAge.application_id == application.id, PeopleByAge.phase == Phase.EXPECTED)
        .order_by(AgeBand.position)
    )
    return plain.Public(
        people_expected=application.people_expected,
        characteristics=application.public_characteristics,
        outreach=application.outreach,
        by_quartier=tuple(plain.PeopleCount(*row) for row in by_quartier),
        by_age=tuple(plain.AgeCount(*row) for row in by_age),
    )


def budget_of(application: Application) -> tuple[plain.BudgetEntry, ...]:
    """The lines of the forecast budget in the chart's order, those that follow a funding line included."""
    account = sa.and_(
        ChartAccount.chart_version == application.call.chart_version,
        ChartAccount.side == BudgetLine.side,
        ChartAccount.code == BudgetLine.account_code,
    )
    rows = _rows(
        sa.select(
            BudgetLine.side, BudgetLine.account_code, ChartAccount.label, BudgetLine.label, BudgetLine.amount_cents,
            ChartAccount.is_in_kind, ChartAccount.is_public_funding, BudgetLine.funder_id, BudgetLine.nature,
        )
        .outerjoin(ChartAccount, account)
        .where(BudgetLine.application_id == application.id, BudgetLine.phase == Phase.EXPECTED)
        .order_by(ChartAccount.position, BudgetLine.position, BudgetLine.id)
    )  # fmt: skip
    return tuple(
        plain.BudgetEntry(
            side, code, account_label or "", label, cents,
            is_in_kind=bool(in_kind), is_public=bool(public), funder_id=funder_id,
            nature=nature.value if nature else None,
        )
        for side, code, account_label, label, cents, in_kind, public, funder_id, nature in rows
    )  # fmt: skip


def funding_of(application_id: int) -> tuple[plain.AskedFunding, ...]:
    """What is asked of each funder in each nature."""
    rows = _rows(
        sa.select(Funder.id, Funder.name, Funder.kind, FundingLine.nature, FundingLine.requested_cents,
                  FundingLine.external_ref)
        .join(Funder, Funder.id == FundingLine.funder_id)
        .where(FundingLine.application_id == application_id, FundingLine.requested_cents.is_not(None))
        .order_by(Funder.position, Funder.id, FundingLine.nature)
    )  # fmt: skip
    return tuple(
        plain.AskedFunding(funder_id, name, kind is FunderKind.STATE, nature.value, nature.label, cents, ref)
        for funder_id, name, kind, nature, cents, ref in rows
    )


def _partners(application_id: int) -> tuple[plain.Partner, ...]:
    rows = _rows(
        sa.select(PartnerOrganisation.name, PartnerOrganisation.brings, PartnerOrganisation.reversement_cents)
        .where(PartnerOrganisation.application_id == application_id)
        .order_by(PartnerOrganisation.position)
    )
    return tuple(plain.Partner(*row) for row in rows)


def _targets(application_id: int) -> tuple[plain.Target, ...]:
    rows = _rows(
        sa.select(Measure, Indicator.label, Indicator.unit, Indicator.kind)
        .outerjoin(Indicator, Indicator.id == Measure.indicator_id)
        .where(Measure.application_id == application_id, Measure.phase == Phase.EXPECTED)
        .order_by(Measure.indicator_id.is_(None), Indicator.position, Measure.id)
    )
    return tuple(
        plain.Target(
            indicator_id=measure.indicator_id,
            label=label or measure.own_label,
            unit=unit or "",
            kind=kind.value if kind else "count",
            value_thousandths=measure.value_thousandths,
            numerator=measure.numerator,
            denominator=measure.denominator,
            not_measured_reason=measure.not_measured_reason,
        )
        for measure, label, unit, kind in rows
    )


def offered_indicators(call_id: int) -> tuple[plain.OfferedIndicator, ...]:
    """The indicators of the call that are typed (derived ones are computed), compulsory first."""
    rows = _rows(
        sa.select(Indicator, CallIndicator.is_compulsory)
        .join(Indicator, Indicator.id == CallIndicator.indicator_id)
        .where(CallIndicator.call_id == call_id, Indicator.is_derived.is_(False))
        .order_by(CallIndicator.is_compulsory.desc(), CallIndicator.position, Indicator.id)
    )
    return tuple(
        plain.OfferedIndicator(
            indicator.id, indicator.code, indicator.label, indicator.definition, indicator.unit,
            indicator.kind.value, indicator.numerator_label, indicator.denominator_label, indicator.theme_id,
            compulsory,
        )
        for indicator, compulsory in rows
    )  # fmt: skip


def documents_of(application_id: int) -> tuple[plain.JoinedDocument, ...]:
    """The documents joined and not taken away."""
    rows = _rows(
        sa.select(
            ApplicationDocument.id, ApplicationDocument.requirement_id, ApplicationDocument.label,
            StoredFile.original_name, StoredFile.size_bytes, StoredFile.sha256, ApplicationDocument.added_at,
        )
        .join(StoredFile, StoredFile.id == ApplicationDocument.file_id)
        .where(ApplicationDocument.application_id == application_id, ApplicationDocument.removed_at.is_(None))
        .order_by(ApplicationDocument.id)
    )  # fmt: skip
    return tuple(plain.JoinedDocument(*row) for row in rows)


def _attestations(application_id: int) -> tuple[str, ...]:
    statement = (
        sa.select(Attestation.code).where(Attestation.application_id == application_id).order_by(Attestation.code)
    )
    return tuple(db.session.execute(statement).scalars())


def _requirements(application: Application, organisation: OrganisationSheet) -> tuple[plain.Requirement, ...]:
    rows = db.session.execute(
        sa.select(DocumentRequirement)
        .where(DocumentRequirement.call_id == application.call_id)
        .order_by(DocumentRequirement.position, DocumentRequirement.id)
    ).scalars()
    listed = [
        plain.Requirement(
            asked.id, asked.code, asked.label, asked.help, asked.case, asked.is_compulsory, asked.is_reusable
        )
        for asked in rows
    ]
    situation = Situation(
        is_private=organisation.is_private,
        is_renewal=application.is_renewal,
        is_multi_year=application.duration is Duration.MULTI_YEAR,
        public_subsidies_cents=organisation.means.public_subsidies_cents,
        threshold_cents=application.call.contract.auditor_threshold_cents,
    )
    return asked_of(listed, situation)


@dataclass(frozen=True)
class Draft:
    """What was last typed in a section. `page` names the page (one rendering) that wrote it."""

    section: Section
    typed: dict[str, list[str]]
    page: str
    refusals: list[tuple[str | None, str]]
    version: int
    is_readable: bool
    updated_at: datetime
    updated_by: str


def drafts_of(application_id: int) -> dict[Section, Draft]:
    """The drafts of an application by section."""
    rows = _rows(
        sa.select(SectionDraft, Person)
        .outerjoin(Person, Person.id == SectionDraft.updated_by_id)
        .where(SectionDraft.application_id == application_id)
    )
    return {
        draft.section: Draft(
            draft.section, draft.raw.get("typed", {}), draft.raw.get("page", ""),
            [(field, message) for field, message in draft.raw.get("refusals", [])], draft.version,
            draft.typed_version == draft.version, draft.updated_at, person.display_name if person else "",
        )
        for draft, person in rows
    }  # fmt: skip


@dataclass(frozen=True)
class Account:
    """An account of the chart under which a budget line may be typed."""

    side: str
    code: str
    label: str
    help: str | None
    group_code: str
    group_label: str
    is_in_kind: bool


def chart_of(version: str) -> list[Account]:
    """The chart of accounts in its printed order, expenses before income."""
    columns = [getattr(ChartAccount, name) for name in Account.__dataclass_fields__]
    statement = (
        sa.select(*columns)
        .where(ChartAccount.chart_version == version)
        .order_by(ChartAccount.side, ChartAccount.position)
    )
    return [Account(row.side.value, *row[1:]) for row in _rows(statement)]


def age_bands_of(contract_id: int) -> list[tuple[int, str]]:
    statement = sa.select(AgeBand.id, AgeBand.label).where(AgeBand.contract_id == contract_id)
    return [(row.id, row.label) for row in _rows(statement.order_by(AgeBand.position))]


@dataclass(frozen=True)
class ThemeChoice:
    id: int
    label: str
    pillar: str | None
    pillar_id: int | None


def themes_of(contract_id: int) -> list[ThemeChoice]:
    """The themes a project may choose: the leaves of the tree, with the pillar they hang on."""
    parent = aliased(Theme)
    child = aliased(Theme)
    rows = _rows(
        sa.select(Theme.id, Theme.label, parent.label, parent.id)
        .outerjoin(parent, parent.id == Theme.parent_id)
        .where(
            Theme.contract_id == contract_id,
            Theme.retired_at.is_(None),
            ~sa.select(child.id).where(child.parent_id == Theme.id).exists(),
        )
        .order_by(parent.position, Theme.position, Theme.id)
    )
    return [ThemeChoice(*row) for row in rows]


def axes_of(contract_id: int) -> list[tuple[int, str]]:
    rows = _rows(
        sa.select(Axis.id, Axis.label)
        .where(Axis.contract_id == contract_id, Axis.retired_at.is_(None))
        .order_by(Axis.position)
    )
    return [(row.id, row.label) for row in rows]


def priorities_of(contract_id: int, year: int) -> list[tuple[int, str]]:
    """The municipal priorities of the year of the call."""
    rows = _rows(
        sa.select(Priority.id, Priority.label)
        .where(Priority.contract_id == contract_id, Priority.year == year, Priority.retired_at.is_(None))
        .order_by(Priority.position)
    )
    return [(row.id, row.label) for row in rows]
