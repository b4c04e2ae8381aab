"""The acts of funders, and the funding lines that wait for one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.accounts.models import Organisation
from portal.calls.models import Application, Call, Envelope, FundingLine
from portal.calls.queries.visibility import recused_applications
from portal.calls.states import FundingStatus
from portal.committee.models import Decision, FundingAct, FundingActLine, Letter
from portal.committee.rules.acts import GRANTABLE
from portal.committee.rules.arbitration import RETAINING
from portal.committee.states import ActKind, DecisionKind, LetterKind
from portal.contracts.models import Funder, FunderKind, Nature
from portal.extensions import db


@dataclass(frozen=True)
class FunderChoice:
    """A funder asked in a call, with how many of its lines wait for an act."""

    id: int
    name: str
    kind: FunderKind
    waiting: int


def funders_of(call_id: int, viewer_id: int) -> list[FunderChoice]:
    """The funders asked in a call, in their order; what the viewer stepped out of does not count as waiting."""
    waiting = sa.func.count(FundingLine.id).filter(
        FundingLine.status.in_(GRANTABLE),
        FundingLine.arbitrated_cents > 0,
        Application.id.not_in(recused_applications(viewer_id)),
    )
    rows = db.session.execute(
        sa.select(Funder.id, Funder.name, Funder.kind, waiting)
        .join(FundingLine, FundingLine.funder_id == Funder.id)
        .join(Application, Application.id == FundingLine.application_id)
        .where(Application.call_id == call_id)
        .group_by(Funder.id, Funder.name, Funder.kind, Funder.position)
        .order_by(Funder.position, Funder.name)
    )
    return [FunderChoice(*row) for row in rows]


def lines_awaiting(call_id: int, funder_id: int, visible: sa.Select[tuple[int]]) -> list[FundingLine]:
    """The lines of retained applications that a funder may grant or refuse now, by application."""
    retained = sa.select(Decision.application_id).where(
        Decision.kind == DecisionKind.ARBITRATION,
        Decision.superseded_at.is_(None),
        Decision.outcome.in_(RETAINING),
    )
    return list(
        db.session.scalars(
            sa.select(FundingLine)
            .join(Application, Application.id == FundingLine.application_id)
            .where(
                Application.call_id == call_id,
                FundingLine.funder_id == funder_id,
                FundingLine.status.in_(GRANTABLE),
                FundingLine.arbitrated_cents > 0,
                Application.id.in_(visible),
                Application.id.in_(retained),
            )
            .order_by(Application.number, FundingLine.id)
            .options(
                joinedload(FundingLine.application).joinedload(Application.organisation),
                joinedload(FundingLine.application).joinedload(Application.call),
            )
        )
    )


@dataclass(frozen=True)
class ActRow:
    """An act in a list; `total_cents` leaves out what its reader stepped out of."""

    id: int
    kind: ActKind
    number: str
    decided_on: date
    funder: str
    lines: int
    total_cents: int


def acts_of(call_id: int, viewer_id: int, funder_ids: Collection[int] | None) -> list[ActRow]:
    """The acts of a call, the latest first; `funder_ids` narrows to some funders."""
    seen = FundingLine.application_id.not_in(recused_applications(viewer_id))
    statement = (
        sa.select(
            FundingAct.id,
            FundingAct.kind,
            FundingAct.number,
            FundingAct.decided_on,
            Funder.name,
            sa.func.count(FundingLine.id),
            sa.func.coalesce(sa.func.sum(FundingActLine.amount_cents).filter(FundingLine.id.is_not(None)), 0),
        )
        .join(Funder, Funder.id == FundingAct.funder_id)
        .outerjoin(FundingActLine, FundingActLine.act_id == FundingAct.id)
        .outerjoin(FundingLine, sa.and_(FundingLine.id == FundingActLine.funding_line_id, seen))
        .where(FundingAct.call_id == call_id)
        .group_by(FundingAct.id, Funder.name)
        .order_by(FundingAct.decided_on.desc(), FundingAct.id.desc())
    )
    if funder_ids is not None:
        statement = statement.where(FundingAct.funder_id.in_(funder_ids))
    return [
        ActRow(id, kind, number, decided_on, funder, lines, int(total))
        for id, kind, number, decided_on, funder, lines, total in db.session.execute(statement)
    ]


@dataclass(frozen=True)
class ActLine:
    """One application in an act, with its letter. Cents."""

    line_id: int
    application_id: int
    reference: str
    title: str
    organisation: str
    requested_cents: int | None
    arbitrated_cents: int | None
    amount_cents: int
    status: FundingStatus
    letter_id: int | None
    letter_ready: bool
    letter_sent: bool


def act_lines(act: FundingAct, viewer_id: int) -> list[ActLine]:
    """The lines of an act, without those its reader stepped out of."""
    rows = db.session.execute(
        sa.select(
            FundingLine.id.label("line_id"),
            Application.id.label("application_id"),
            Call.year,
            Application.number,
            Application.title,
            Organisation.name.label("organisation"),
            FundingLine.requested_cents,
            FundingLine.arbitrated_cents,
            FundingActLine.amount_cents,
            FundingLine.status,
            Letter.id.label("letter_id"),
            Letter.file_id,
            Letter.sent_at,
        )
        .select_from(FundingActLine)
        .join(FundingLine, FundingLine.id == FundingActLine.funding_line_id)
        .join(Application, Application.id == FundingLine.application_id)
        .join(Call, Call.id == Application.call_id)
        .join(Organisation, Organisation.id == Application.organisation_id)
        .outerjoin(
            Letter,
            sa.and_(
                Letter.act_id == act.id,
                Letter.application_id == Application.id,
                Letter.kind == LetterKind.GRANT,
            ),
        )
        .where(FundingActLine.act_id == act.id, Application.id.not_in(recused_applications(viewer_id)))
        .order_by(Application.number, FundingLine.id)
    )
    return [_act_line(row) for row in rows]


def _act_line(row: sa.Row[Any]) -> ActLine:
    return ActLine(
        row.line_id,
        row.application_id,
        f"{row.year}-{row.number:03d}",
        row.title,
        row.organisation,
        row.requested_cents,
        row.arbitrated_cents,
        row.amount_cents,
        row.status,
        row.letter_id,
        row.file_id is not None,
        row.sent_at is not None,
    )


def only_envelope(call_id: int, funder_id: int, nature: Nature) -> int | None:
    """The envelope that a line not yet tied to one takes from, when there is no doubt."""
    found = db.session.scalars(
        sa.select(Envelope.id).where(
            Envelope.call_id == call_id, Envelope.funder_id == funder_id, Envelope.nature == nature
        )
    ).all()
    return found[0] if len(found) == 1 else None


def same_act(funder_id: int, kind: ActKind, number: str, decided_on: date) -> FundingAct | None:
    return db.session.scalars(
        sa.select(FundingAct).where(
            FundingAct.funder_id == funder_id,
            FundingAct.kind == kind,
            FundingAct.number == number,
            FundingAct.decided_on == decided_on,
        )
    ).one_or_none()
