"""Reading an application whole, as plain values: a fixed number of queries whatever it holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

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
    Call,
    CarriedSection,
    DocumentRequirement,
    Measure,
    PartnerOrganisation,
    PeopleByAge,
    PeopleByQuartier,
    Placement,
    SectionDraft,
)
from portal.calls.queries.agreement import agreement_of
from portal.calls.queries.budget import budget_of, funding_of, later_years_of
from portal.calls.queries.offered import offered_indicators
from portal.calls.queries.questions import questions_of
from portal.calls.queries.reception import received_by_direction
from portal.calls.rules import filing as plain
from portal.calls.rules.documents import Situation, asked_of
from portal.calls.rules.partners import Partner
from portal.calls.rules.questions import given
from portal.calls.states import Duration, Phase, Section
from portal.contracts.models import AgeBand, Axis, Indicator, Priority, Theme
from portal.extensions import db
from portal.foundation.files import StoredFile
from portal.foundation.periods import to_paris
from portal.quartiers.models import ContractQuartier, Quartier, QuartierKind

PROJECT_COLUMNS = tuple(plain.Project.__dataclass_fields__)


def read_after_saves(application: Application) -> None:
    """Read the application and its structure anew, once no save of it is on its way; none begins until the
    request ends.

    A page reads the rows of a section, then which page saved them last. A save committed in between would
    tell the browser that the server has its words, beside a form that does not show them.
    """
    db.session.refresh(application, with_for_update={"read": True, "of": Application})
    db.session.expire(application.organisation)


def dossier_of(application: Application) -> plain.Dossier:
    """Everything typed in the application so far (phase « prévu »)."""
    call = application.call
    # The means asked are those of the year before the actions.
    organisation = sheet_of(application.organisation, call.year - 1)
    questions = questions_of(application)
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
        later_years=later_years_of(application),
        indirect_costs_rule=application.indirect_costs_rule,
        funding=funding_of(application.id),
        partners=_partners(application.id),
        targets=_targets(application.id),
        evaluation_method=application.evaluation_method,
        documents=documents_of(application.id),
        attestations=_attestations(application.id),
        reception=received_by_direction(application),
        agreement=agreement_of(application),
        carried=_carried(application.id),
        answers=given(questions),
        questions=questions,
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
                  Placement.residents_expected, Theme.id, Theme.label, Placement.description)
        .join(Quartier, Quartier.id == Placement.quartier_id)
        .outerjoin(
            ContractQuartier,
            sa.and_(
                ContractQuartier.quartier_id == Quartier.id,
                ContractQuartier.contract_id == application.call.contract_id,
            ),
        )
        .outerjoin(Theme, Theme.id == Placement.theme_id)
        .where(Placement.application_id == application.id)
        .order_by(Quartier.position, Quartier.id)
    )  # fmt: skip
    return tuple(
        plain.PlacedShare(
            quartier_id, name, kind is QuartierKind.QPV, share, residents,
            plain.Choice(theme_id, theme) if theme_id else None, description,
        )
        for quartier_id, name, kind, share, residents, theme_id, theme, description in rows
    )  # fmt: skip


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


def _partners(application_id: int) -> tuple[Partner, ...]:
    rows = _rows(
        sa.select(
            PartnerOrganisation.name,
            PartnerOrganisation.brings,
            PartnerOrganisation.reversement_cents,
            PartnerOrganisation.siret,
            PartnerOrganisation.participation,
            PartnerOrganisation.share_bp,
        )
        .where(PartnerOrganisation.application_id == application_id)
        .order_by(PartnerOrganisation.position)
    )
    return tuple(Partner(*row) for row in rows)


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


def documents_of(application_id: int) -> tuple[plain.JoinedDocument, ...]:
    """The documents joined and not taken away."""
    rows = _rows(
        sa.select(
            ApplicationDocument.id, ApplicationDocument.requirement_id, ApplicationDocument.label,
            StoredFile.original_name, StoredFile.size_bytes, StoredFile.sha256, ApplicationDocument.added_at,
            StoredFile.scan, StoredFile.preview_path.is_not(None),
            ApplicationDocument.question_id,
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


def _carried(application_id: int) -> tuple[plain.Carried, ...]:
    rows = _rows(
        sa.select(CarriedSection.section, CarriedSection.source_id, Call.year)
        .join(Application, Application.id == CarriedSection.source_id)
        .join(Call, Call.id == Application.call_id)
        .where(CarriedSection.application_id == application_id)
    )
    return tuple(plain.Carried(*row) for row in rows)


def _requirements(application: Application, organisation: OrganisationSheet) -> tuple[plain.Requirement, ...]:
    rows = db.session.execute(
        sa.select(DocumentRequirement)
        .where(DocumentRequirement.call_id == application.call_id)
        .order_by(DocumentRequirement.position, DocumentRequirement.id)
    ).scalars()
    listed = [
        plain.Requirement(
            asked.id,
            asked.code,
            asked.label,
            asked.help,
            asked.case,
            asked.is_compulsory,
            asked.is_reusable,
            asked.valid_months,
        )
        for asked in rows
    ]
    situation = Situation(
        kind=organisation.kind,
        is_renewal=application.is_renewal,
        is_multi_year=application.duration is Duration.MULTI_YEAR,
        public_subsidies_cents=organisation.means.public_subsidies_cents,
        threshold_cents=application.call.contract.auditor_threshold_cents,
        subsidies_year=organisation.means.year,
        on=to_paris(application.call.closes_at).date(),
        born_on=organisation.created_on or organisation.jo_published_on,
        representative=organisation.representative_name,
        signatory=organisation.signatory_name,
    )
    return asked_of(listed, situation)


@dataclass(frozen=True)
class Draft:
    """What was last typed in a section. `page` names the page (one rendering) that wrote it, and
    `sequence` counts the saves of that page: an earlier one that arrives late is known by it."""

    section: Section
    typed: dict[str, list[str]]
    page: str
    refusals: list[tuple[str | None, str]]
    version: int
    is_readable: bool
    updated_at: datetime
    updated_by: str
    sequence: int = 0


def drafts_of(application_id: int) -> dict[Section, Draft]:
    """The drafts of an application by section."""
    rows = _rows(
        sa.select(SectionDraft, Person)
        .outerjoin(Person, Person.id == SectionDraft.updated_by_id)
        .where(SectionDraft.application_id == application_id)
        # What another writer committed meanwhile, not what this session read before.
        .execution_options(populate_existing=True)
    )
    return {
        draft.section: Draft(
            draft.section, draft.raw.get("typed", {}), draft.raw.get("page", ""),
            [(field, message) for field, message in draft.raw.get("refusals", [])], draft.version,
            draft.typed_version == draft.version, draft.updated_at, person.display_name if person else "",
            draft.raw.get("sequence", 0),
        )
        for draft, person in rows
    }  # fmt: skip
