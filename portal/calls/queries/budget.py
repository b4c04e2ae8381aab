"""What an application may ask, and of whom."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from portal.calls.models import Application, Envelope, FundingLine
from portal.contracts.models import Funder, FunderKind, Nature
from portal.extensions import db


@dataclass(frozen=True)
class FundingOffer:
    """A funder and a nature of the call; `label` names the nature and its schemes."""

    funder_id: int
    funder: str
    is_state: bool
    nature: str
    label: str

    @property
    def key(self) -> str:
        return f"{self.funder_id}_{self.nature}"


def funding_offers(application: Application) -> list[FundingOffer]:
    """The funders and natures of the call's envelopes, and those the application already asks."""
    session = db.session
    envelopes = session.execute(
        sa.select(Envelope.funder_id, Envelope.nature, Envelope.scheme)
        .where(Envelope.call_id == application.call_id)
        .order_by(Envelope.position, Envelope.id)
    ).all()
    asked = session.execute(
        sa.select(FundingLine.funder_id, FundingLine.nature, sa.literal(""))
        .where(FundingLine.application_id == application.id)
        .order_by(FundingLine.id)
    ).all()
    schemes: dict[tuple[int, str], list[str]] = {}
    natures = {}
    for funder_id, nature, scheme in [*envelopes, *asked]:
        natures[funder_id, nature.value] = nature
        names = schemes.setdefault((funder_id, nature.value), [])
        if scheme and scheme not in names:
            names.append(scheme)
    funders = {
        funder.id: funder
        for funder in session.scalars(sa.select(Funder).where(Funder.id.in_({funder_id for funder_id, _ in schemes})))
    }
    ordered = sorted(schemes, key=lambda key: (funders[key[0]].position, key[0]))
    return [_offer(funders[key[0]], natures[key], schemes[key]) for key in ordered]


def _offer(funder: Funder, nature: Nature, schemes: list[str]) -> FundingOffer:
    label = nature.label + (f" ({', '.join(schemes)})" if schemes else "")
    return FundingOffer(funder.id, funder.name, funder.kind is FunderKind.STATE, nature.value, label)
