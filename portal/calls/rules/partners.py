"""The organisations that take part in a project beside its lead: their share, and what is passed on to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal.calls.states import Participation
from portal.foundation.money import WHOLE_IN_BASIS_POINTS, format_share
from portal.foundation.refusals import Refusal, Refusals


@dataclass(frozen=True)
class Partner:
    """An organisation of the project. Its share of the project in basis points, what is passed on in cents."""

    name: str
    brings: str | None
    reversement_cents: int
    siret: str | None = None
    participation: Participation | None = None
    share_bp: int | None = None


def lead_share(partners: Sequence[Partner]) -> int:
    """What the partners leave to the lead (basis points); negative when they take more than the whole."""
    return WHOLE_IN_BASIS_POINTS - sum(partner.share_bp or 0 for partner in partners)


def shares_told(partners: Sequence[Partner]) -> list[str]:
    """What is wrong with the shares, in words."""
    over = -lead_share(partners)
    return [f"Les parts des partenaires dépassent l’ensemble du projet de {format_share(over)}."] if over > 0 else []


def check_partners(partners: Mapping[int, Partner], own_siret: str | None, *, reversement_allowed: bool) -> None:
    """`partners` by the rank of their line. Raises Refusals beside its fields (`partner_0_siret`): a number
    told twice, one's own, a sum passed on where the call forbids it."""
    told = []
    seen: set[str] = set()
    for index, partner in partners.items():
        if partner.siret is not None and partner.siret == own_siret:
            told.append(Refusal("C’est le numéro SIRET de votre propre structure.", f"partner_{index}_siret"))
        elif partner.siret in seen:
            told.append(Refusal("Ce numéro SIRET est déjà celui d’un autre partenaire.", f"partner_{index}_siret"))
        if partner.siret is not None:
            seen.add(partner.siret)
        if partner.reversement_cents and not reversement_allowed:
            told.append(Refusal("Cet appel n’autorise pas à reverser une part de la subvention."))
    if told:
        raise Refusals(told)
