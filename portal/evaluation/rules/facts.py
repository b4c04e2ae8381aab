"""What a territorial report is made from: plain values, as the queries found them.

Amounts in cents, shares in basis points, figures and measures in thousandths. None is unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Figure:
    code: str
    label: str
    value_thousandths: int | None
    unit: str
    year: int | None
    source: str | None
    note: str | None = None


@dataclass(frozen=True)
class Compared:
    """A figure of the quartier beside the same one elsewhere."""

    quartier: Figure
    city: Figure | None
    country: Figure | None


@dataclass(frozen=True)
class Territory:
    """A quartier as its contract sees it, or the whole city (`kind` "city")."""

    slug: str
    name: str
    kind: str
    kind_label: str
    official_code: str | None = None
    presentation: str | None = None
    figures: Sequence[Figure] = ()
    compared: Sequence[Compared] = ()
    landlords: Sequence[tuple[str, int | None]] = ()
    schools: Sequence[tuple[str, Sequence[str]]] = ()
    equipment: Sequence[str] = ()


@dataclass(frozen=True)
class Framework:
    """The contract."""

    slug: str
    name: str
    start_year: int
    end_year: int
    is_demo: bool


@dataclass(frozen=True)
class ProgrammeLine:
    """An action of the year's programme, where it stands in the list."""

    application_id: int
    organisation_id: int
    theme: str | None
    pillar: str | None
    organisation: str
    action: str
    description: str


@dataclass(frozen=True)
class Applications:
    """Applications of a year. All None when the year is known by its printed programme alone."""

    filed: int | None
    admissible: int | None
    funded: int | None


@dataclass(frozen=True)
class Funding:
    """What one funder, in one nature, was asked and gave in a pillar in a year.

    `unknown` counts the lines whose amount asked, or its part here, is not known.
    """

    year: int
    funder: str
    nature: str
    nature_label: str
    pillar: str | None
    requested_cents: int | None
    granted_cents: int | None
    unknown: int = 0


@dataclass(frozen=True)
class IndicatorFact:
    id: int
    code: str
    label: str
    unit: str
    kind: str
    theme: str | None


@dataclass(frozen=True)
class MeasureFact:
    """One application's target or value. `shares`: of its quartiers, the reported one at `here` (None: all)."""

    application_id: int
    indicator_id: int
    is_actual: bool
    value_thousandths: int | None
    numerator: int | None
    denominator: int | None
    not_measured: bool
    shares: Sequence[int | None] = ()
    here: int | None = None


@dataclass(frozen=True)
class PeopleFact:
    """A sum of people of different actions: never without double counting."""

    is_actual: bool
    sex: str
    people: int


@dataclass(frozen=True)
class BilanFact:
    organisation: str
    action: str
    kind_label: str
    due_on: date | None
    received: bool


@dataclass(frozen=True)
class ReportFacts:
    """All of one report."""

    territory: Territory
    contract: Framework
    year: int
    made_on: date
    programme: Sequence[ProgrammeLine] = ()
    applications: Applications = field(default_factory=lambda: Applications(None, None, None))
    previous_applications: Applications | None = None
    funding: Sequence[Funding] = ()
    indicators: Sequence[IndicatorFact] = ()
    measures: Sequence[MeasureFact] = ()
    people: Sequence[PeopleFact] = ()
    bilans: Sequence[BilanFact] = ()
    left_out: int = 0
