"""The years of a multi-year agreement, from any of them; those that may be filed now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from portal.calls.models import AgreementYear, Application, Call, FundingLine
from portal.calls.queries.filing import OpenCall
from portal.calls.rules.agreement import Agreement, due_year
from portal.calls.states import ApplicationStatus, CallStatus, Duration, FundingStatus
from portal.extensions import db

NOTIFIED = (FundingStatus.NOTIFIED, FundingStatus.PAID_IN_PART, FundingStatus.PAID)
"""A grant of which its organisation knows: before its letter, nothing here may tell it."""


def agreement_of(application: Application) -> Agreement | None:
    """The place of an application in its agreement, None when it carries no later year."""
    year = application.agreement
    if year is None:
        return None
    return Agreement(year.first_id, year.first.reference, year.year_index, year.first.years, year.changes)


@dataclass(frozen=True)
class YearOfAgreement:
    """An application of an agreement, for the links between its years."""

    id: int
    call_year: int
    number: int
    title: str
    status: ApplicationStatus
    year_index: int

    @property
    def reference(self) -> str:
        return f"{self.call_year}-{self.number:03d}"


def years_of_agreement(application: Application) -> list[YearOfAgreement]:
    """Every application of the agreement in order, the first included; empty outside any agreement.

    A draft of another year is named like the others: what it holds is on its own page.
    """
    first_id = application.agreement.first_id if application.agreement else application.id
    if application.agreement is None and application.duration is not Duration.MULTI_YEAR:
        return []
    index = sa.func.coalesce(AgreementYear.year_index, 1)
    rows = db.session.execute(
        sa.select(Application.id, Call.year, Application.number, Application.title, Application.status, index)
        .join(Call, Call.id == Application.call_id)
        .outerjoin(AgreementYear, AgreementYear.application_id == Application.id)
        .where(sa.or_(Application.id == first_id, AgreementYear.first_id == first_id))
        .order_by(index)
    )
    return [YearOfAgreement(*row) for row in rows]


@dataclass(frozen=True)
class YearToFile:
    """An open call in which a later year of an agreement is to be filed."""

    call: OpenCall
    year_index: int


def years_to_file(application: Application, now: datetime) -> list[YearToFile]:
    """The later years of this agreement that an open call of the contract takes now, not begun yet."""
    if application.duration is not Duration.MULTI_YEAR or not is_granted(application.id):
        return []
    known = {year.year_index for year in years_of_agreement(application)}
    rows = db.session.execute(
        sa.select(Call.id, Call.title, Call.year, Call.closes_at)
        .where(
            Call.contract_id == application.call.contract_id,
            Call.status == CallStatus.PUBLISHED,
            Call.opens_at <= now,
            Call.closes_at >= now,
        )
        .order_by(Call.closes_at, Call.id)
    )
    found = []
    for call in (OpenCall(*row) for row in rows):
        index = due_year(application.duration, application.years, application.status, application.call.year, call.year)
        if index is not None and index not in known:
            found.append(YearToFile(call, index))
    return found


def is_granted(application_id: int) -> bool:
    """Whether a funder granted something to the application, and told it."""
    found = sa.select(FundingLine.id).where(
        FundingLine.application_id == application_id,
        FundingLine.status.in_(NOTIFIED),
        FundingLine.granted_cents > 0,
    )
    return bool(db.session.execute(sa.select(found.exists())).scalar())


def year_begun(first_id: int, year_index: int) -> Application | None:
    """The application that carries a year of an agreement."""
    return db.session.execute(
        sa.select(Application)
        .join(AgreementYear, AgreementYear.application_id == Application.id)
        .where(AgreementYear.first_id == first_id, AgreementYear.year_index == year_index)
    ).scalar_one_or_none()


def is_later_year() -> sa.ColumnElement[bool]:
    """In a select of applications, those that carry a later year of an agreement."""
    return sa.select(AgreementYear.id).where(AgreementYear.application_id == Application.id).exists()
