"""An application as plain values: what its sections hold, in the typed rows' own units.

Rules, pages, the frozen snapshot and the PDF all read this one shape. Money in cents, shares in
basis points, full-time equivalents in hundredths, indicator values in thousandths. None is
« not said yet », never zero.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from portal.accounts.rules.organisation import OrganisationSheet
from portal.calls.rules.agreement import LIGHT_SECTIONS, Agreement
from portal.calls.rules.partners import Partner
from portal.calls.rules.questions import AskedQuestion, GivenAnswer
from portal.calls.states import (
    ApplicationStatus,
    Channel,
    DauphinRule,
    DocumentCase,
    Duration,
    ResidentsRule,
    Section,
    Sex,
    Side,
)
from portal.foundation.scan_states import ScanState


@dataclass(frozen=True)
class Choice:
    """Something chosen in a list of the contract."""

    id: int
    label: str


@dataclass(frozen=True)
class CallTerms:
    """What the call lays down and the sections depend on."""

    id: int
    title: str
    year: int
    closes_at: datetime
    actions_start_on: date
    actions_end_on: date
    chart_version: str
    residents_rule: ResidentsRule
    public_share_warn_bp: int | None
    reversement_allowed: bool
    dauphin_rule: DauphinRule = DauphinRule.OFF


@dataclass(frozen=True)
class Project:
    title: str
    duration: Duration
    years: int = 1
    is_renewal: bool | None = None
    renewal_of_id: int | None = None
    contact_name: str | None = None
    contact_email: str | None = None
    contact_phone: str | None = None
    need: str | None = None
    need_identified_by: str | None = None
    objectives: str | None = None
    objectives_by_year: str | None = None
    description: str | None = None
    places: str | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    calendar: str | None = None
    staff_count: int | None = None
    staff_fte_hundredths: int | None = None
    volunteers_count: int | None = None
    equipment: str | None = None
    partners_text: str | None = None
    common_law_means: str | None = None


@dataclass(frozen=True)
class PlacedShare:
    """A quartier of the project and the part of the people who come from it."""

    quartier_id: int
    quartier: str
    is_qpv: bool
    share_bp: int | None
    residents_expected: int | None
    theme: Choice | None = None
    """Its theme there, when it is not that of the whole project."""
    description: str | None = None
    """What is different there."""


@dataclass(frozen=True)
class Policy:
    main_theme: Choice | None = None
    pillar: str | None = None
    secondary_themes: tuple[Choice, ...] = ()
    axes: tuple[Choice, ...] = ()
    priorities: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class PeopleCount:
    quartier_id: int
    sex: Sex
    people: int


@dataclass(frozen=True)
class AgeCount:
    age_band_id: int
    label: str
    people: int


@dataclass(frozen=True)
class Public:
    people_expected: int | None = None
    characteristics: str | None = None
    outreach: str | None = None
    by_quartier: tuple[PeopleCount, ...] = ()
    by_age: tuple[AgeCount, ...] = ()


@dataclass(frozen=True)
class BudgetEntry:
    """A line of the project's budget. `funder_id` marks an income that follows a funding line."""

    side: Side
    account_code: str
    account_label: str
    label: str
    amount_cents: int
    is_in_kind: bool = False
    is_public: bool = False
    funder_id: int | None = None
    nature: str | None = None


@dataclass(frozen=True)
class AskedFunding:
    """What is asked of a funder in one nature."""

    funder_id: int
    funder: str
    is_state: bool
    nature: str
    nature_label: str
    requested_cents: int
    external_ref: str | None = None


@dataclass(frozen=True)
class ForecastFunding:
    """What is expected of a funder in one nature in a later year."""

    funder_id: int
    funder: str
    nature: str
    nature_label: str
    requested_cents: int


@dataclass(frozen=True)
class LaterYear:
    """A year of a multi-year project after the call's: `index` counts from 2, `year` is the calendar's."""

    index: int
    year: int
    budget: tuple[BudgetEntry, ...] = ()
    funding: tuple[ForecastFunding, ...] = ()


@dataclass(frozen=True)
class Target:
    """The target of an indicator: a value, two parts of a ratio, or why it cannot be measured."""

    indicator_id: int | None
    label: str
    unit: str
    kind: str
    value_thousandths: int | None = None
    numerator: int | None = None
    denominator: int | None = None
    not_measured_reason: str | None = None


@dataclass(frozen=True)
class OfferedIndicator:
    """An indicator of the call."""

    id: int
    code: str
    label: str
    definition: str
    unit: str
    kind: str
    numerator_label: str | None
    denominator_label: str | None
    theme_id: int | None
    is_compulsory: bool


@dataclass(frozen=True)
class Requirement:
    """A document of the call's list."""

    id: int
    code: str
    label: str
    help: str | None
    case: DocumentCase
    is_compulsory: bool
    is_reusable: bool
    valid_months: int | None = None
    why: str = ""
    """Why it is asked of this application, in words."""


@dataclass(frozen=True)
class JoinedDocument:
    id: int
    requirement_id: int | None
    label: str
    file_name: str
    size_bytes: int
    sha256: str
    added_at: datetime
    scan: ScanState = ScanState.NOT_SCANNED
    has_preview: bool = False
    question_id: int | None = None


@dataclass(frozen=True)
class ReceivedByDirection:
    """An application that the Direction typed from what it received; `received_at` UTC."""

    channel: Channel
    received_at: datetime


@dataclass(frozen=True)
class Carried:
    """A section filled from another application of the same organisation."""

    section: Section
    source_id: int
    year: int


@dataclass(frozen=True)
class Dossier:
    """An application, whole."""

    application_id: int
    reference: str
    status: ApplicationStatus
    call: CallTerms
    organisation: OrganisationSheet
    project: Project
    placements: tuple[PlacedShare, ...] = ()
    policy: Policy = Policy()
    public: Public = Public()
    budget: tuple[BudgetEntry, ...] = ()
    """The call's year alone; those of a multi-year project after it are in `later_years`."""
    later_years: tuple[LaterYear, ...] = ()
    indirect_costs_rule: str | None = None
    funding: tuple[AskedFunding, ...] = ()
    partners: tuple[Partner, ...] = ()
    targets: tuple[Target, ...] = ()
    evaluation_method: str | None = None
    documents: tuple[JoinedDocument, ...] = ()
    attestations: tuple[str, ...] = ()
    reception: ReceivedByDirection | None = None
    agreement: Agreement | None = None
    """The later year of a multi-year agreement that it carries: its file is lighter."""
    answers: tuple[GivenAnswer, ...] = ()
    """The questions of the call that were asked, and what was answered."""
    questions: tuple[AskedQuestion, ...] = field(default=(), compare=False)
    """All those that this very application has to do with, hidden ones too."""
    offered_indicators: tuple[OfferedIndicator, ...] = field(default=(), compare=False)
    carried: tuple[Carried, ...] = field(default=(), compare=False)
    """The sections taken from an earlier application, read again or not."""
    requirements: tuple[Requirement, ...] = field(default=(), compare=False)
    """The documents asked of this very application."""

    @property
    def sections(self) -> tuple[Section, ...]:
        """The sections of this application in order: fewer for a later year of an agreement, the questions
        only when the call asks some."""
        if self.agreement is not None:
            return LIGHT_SECTIONS
        return tuple(section for section in Section if section is not Section.QUESTIONS or self.questions)

    @property
    def has_qpv(self) -> bool:
        return any(place.is_qpv for place in self.placements)

    @property
    def budgets(self) -> tuple[tuple[int, tuple[BudgetEntry, ...]], ...]:
        """(calendar year, lines) of each year of the project, the call's first."""
        return ((self.call.year, self.budget), *((each.year, each.budget) for each in self.later_years))
