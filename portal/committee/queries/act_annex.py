"""The lines of an act, or those that wait for one, as its annex tells them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from portal.accounts.models import Organisation
from portal.calls.models import Application, Call, FundingLine, Placement
from portal.calls.queries.visibility import recused_applications
from portal.committee.models import FundingAct, FundingActLine
from portal.committee.queries.acts import lines_awaiting
from portal.committee.queries.letter_words import act_words
from portal.committee.rules.act_annex import Annex, Line
from portal.contracts.models import Funder
from portal.extensions import db
from portal.quartiers.models import Quartier


def annex_of(act: FundingAct, viewer_id: int) -> Annex:
    """The annex of an act recorded, without the lines that the viewer stepped out of."""
    rows = db.session.execute(
        sa.select(FundingLine, FundingActLine.amount_cents)
        .join(FundingActLine, FundingActLine.funding_line_id == FundingLine.id)
        .join(Application, Application.id == FundingLine.application_id)
        .where(FundingActLine.act_id == act.id, Application.id.not_in(recused_applications(viewer_id)))
        .order_by(Application.number, FundingLine.id)
        .options(
            joinedload(FundingLine.application)
            .joinedload(Application.organisation)
            .selectinload(Organisation.establishments),
            joinedload(FundingLine.application).joinedload(Application.call),
        )
    ).all()
    lines = _lines([(line, cents) for line, cents in rows])
    return Annex(act.funder.name, act.call.title, act_words(act), lines, len(act.lines) - len(lines))


def annex_awaiting(call: Call, funder: Funder, visible: sa.Select[tuple[int]], viewer_id: int) -> Annex:
    """The annex of an act to be taken: what was arbitrated and waits for it, among visible applications."""
    found = lines_awaiting(call.id, funder.id, visible)
    _with_establishments([line.application.organisation_id for line in found])
    hidden = lines_awaiting(call.id, funder.id, recused_applications(viewer_id))
    lines = _lines([(line, line.arbitrated_cents or 0) for line in found])
    return Annex(funder.name, call.title, None, lines, len(hidden))


def _with_establishments(organisation_ids: Collection[int]) -> None:
    """Read the SIRETs of several organisations at once."""
    statement = sa.select(Organisation).where(Organisation.id.in_(set(organisation_ids)))
    db.session.scalars(statement.options(selectinload(Organisation.establishments))).all()


def _lines(found: Sequence[tuple[FundingLine, int]]) -> list[Line]:
    quartiers = _quartiers({line.application_id for line, _cents in found})
    return [
        Line(
            reference=line.application.reference,
            organisation=line.application.organisation.name,
            siret=line.application.organisation.siret,
            title=line.application.title,
            quartiers=", ".join(quartiers[line.application_id]),
            nature=line.nature.label,
            amount_cents=cents,
        )
        for line, cents in found
    ]


def _quartiers(application_ids: Collection[int]) -> dict[int, list[str]]:
    names: dict[int, list[str]] = defaultdict(list)
    rows = db.session.execute(
        sa.select(Placement.application_id, Quartier.name)
        .join(Quartier, Quartier.id == Placement.quartier_id)
        .where(Placement.application_id.in_(application_ids))
        .order_by(Quartier.position, Quartier.id)
    )
    for application_id, name in rows:
        names[application_id].append(name)
    return names
