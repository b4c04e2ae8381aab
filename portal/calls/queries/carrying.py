"""The earlier applications from which a draft may start, and what differs from the one it renews."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from portal.calls.models import Application, Call, PeopleByAge, PeopleByQuartier
from portal.calls.queries.offered import (
    age_bands_of,
    axes_of,
    chart_of,
    offered_indicators,
    offered_quartiers,
    priorities_of,
    themes_of,
)
from portal.calls.queries.submission import as_received
from portal.calls.rules.agreed_year import beside_later_year
from portal.calls.rules.carrying import Offer
from portal.calls.rules.differences import Change, by_section, differences
from portal.calls.rules.filing import AgeCount, PeopleCount, Public
from portal.calls.states import NEVER_FILED, Origin, Phase, Section
from portal.contracts.models import AgeBand
from portal.extensions import db
from portal.foundation.folding import fold

PeopleReached = Callable[[int], int | None]
_reached: list[PeopleReached] = []


def register_people_reached(told: PeopleReached) -> PeopleReached:
    """Let a higher room tell how many people an application really reached, once its bilan says so."""
    if told not in _reached:
        _reached.append(told)
    return told


@dataclass(frozen=True)
class Source:
    """An earlier application of the same organisation."""

    id: int
    year: int
    number: int
    title: str
    origin: Origin

    @property
    def reference(self) -> str:
        return f"{self.year}-{self.number:03d}"


def sources_of(application: Application) -> list[Source]:
    """What the organisation filed before, past programmes included, the latest first."""
    rows = db.session.execute(
        sa.select(Application.id, Call.year, Application.number, Application.title, Application.origin)
        .join(Call, Call.id == Application.call_id)
        .where(*_earlier(application))
        .order_by(Call.year.desc(), Application.title_fold, Application.id)
    )
    return [Source(*row) for row in rows]


def _earlier(application: Application) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        Application.organisation_id == application.organisation_id,
        Application.id != application.id,
        Call.year < application.call.year,
        Application.status.not_in(NEVER_FILED),
    )


def has_sources(application: Application) -> bool:
    found = sa.select(Application.id).join(Call, Call.id == Application.call_id).where(*_earlier(application))
    return bool(db.session.execute(sa.select(found.exists())).scalar())


def offer_of(call: Call) -> Offer:
    """What a call lets its applications choose."""
    return Offer(
        quartier_ids={quartier_id for quartier_id, _name, _kind in offered_quartiers(call)},
        themes={fold(theme.label): theme.id for theme in themes_of(call.contract_id)},
        axes={fold(label): axis_id for axis_id, label in axes_of(call.contract_id)},
        priorities={fold(label): priority_id for priority_id, label in priorities_of(call.contract_id, call.year)},
        age_bands={fold(label): band_id for band_id, label in age_bands_of(call.contract_id)},
        accounts={(account.side, account.code) for account in chart_of(call.chart_version)},
        indicators={fold(indicator.label): indicator.id for indicator in offered_indicators(call.id)},
    )


def public_reached(source_id: int) -> Public | None:
    """The people that an application really reached, None as long as no bilan tells it."""
    total = next((people for told in _reached if (people := told(source_id)) is not None), None)
    if total is None:
        return None
    by_quartier = db.session.execute(
        sa.select(PeopleByQuartier.quartier_id, PeopleByQuartier.sex, PeopleByQuartier.people)
        .where(PeopleByQuartier.application_id == source_id, PeopleByQuartier.phase == Phase.ACTUAL)
        .order_by(PeopleByQuartier.quartier_id, PeopleByQuartier.sex)
    )
    by_age = db.session.execute(
        sa.select(AgeBand.id, AgeBand.label, PeopleByAge.people)
        .join(AgeBand, AgeBand.id == PeopleByAge.age_band_id)
        .where(PeopleByAge.application_id == source_id, PeopleByAge.phase == Phase.ACTUAL)
        .order_by(AgeBand.position)
    )
    return Public(
        people_expected=total,
        by_quartier=tuple(PeopleCount(*row) for row in by_quartier),
        by_age=tuple(AgeCount(*row) for row in by_age),
    )


COMPARED = frozenset(Section) - {Section.ORGANISATION, Section.DOCUMENTS, Section.SIGNATURE}
"""The structure's sheet is told by year and shared by all its applications: it says nothing of this one."""


def since_renewed(application: Application) -> tuple[Application, list[tuple[Section, list[Change]]]] | None:
    """The application that this one renews and what differs from it, by section; None when it renews none."""
    renewed = db.session.get(Application, application.renewal_of_id) if application.renewal_of_id else None
    if renewed is None:
        return None
    before, after = as_received(renewed), as_received(application)
    if after.agreement is not None:
        before = beside_later_year(before, after)
    changes = differences(before, after)
    return renewed, by_section(change for change in changes if change.section in COMPARED)
