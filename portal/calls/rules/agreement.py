"""A later year of a multi-year agreement: what its light file asks, and when it may be filed."""

from __future__ import annotations

from dataclasses import dataclass

from portal.calls.states import ApplicationStatus, Duration, Section

LIGHT_SECTIONS = (
    Section.ORGANISATION, Section.PROJECT, Section.BUDGET, Section.FUNDING, Section.DOCUMENTS, Section.SIGNATURE,
)  # fmt: skip
"""What a later year asks; the rest stands as it was when the agreement was scored."""


@dataclass(frozen=True)
class Agreement:
    """The place of an application in an agreement: year `year_index` of `years`, begun by `first`."""

    first_id: int
    first: str
    year_index: int
    years: int
    changes: str | None = None

    @property
    def words(self) -> str:
        """« 2e année sur 3 de la convention 2026-012 »."""
        return f"{self.year_index}e année sur {self.years} de la convention {self.first}"


def due_year(duration: Duration, years: int, status: ApplicationStatus, call_year: int, next_year: int) -> int | None:
    """Which year of its agreement an application files in a call of `next_year`; None when it files none.

    Only what was decided goes on, and only within the years agreed.
    """
    index = next_year - call_year + 1
    running = status in (ApplicationStatus.DECIDED, ApplicationStatus.CLOSED)
    agreed = duration is Duration.MULTI_YEAR and 2 <= index <= years
    return index if running and agreed else None
