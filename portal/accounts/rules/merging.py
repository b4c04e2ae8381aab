"""When an organisation may be absorbed by another, dissolved, or file."""

from __future__ import annotations

from datetime import date

from portal.accounts.rules.roles import MemberLevel
from portal.foundation.refusals import Refusal


def check_pair(absorbed_id: int, successor_id: int, absorbed_into: int | None, successor_into: int | None) -> None:
    """Raises Refusal when the two cannot be put together."""
    if absorbed_id == successor_id:
        raise Refusal("Choisissez une autre structure : celle-ci ne peut pas s’absorber elle-même.")
    if absorbed_into is not None:
        raise Refusal("Cette structure a déjà été réunie à une autre.")
    if successor_into is not None:
        raise Refusal("La structure choisie a elle-même été réunie à une autre : choisissez celle-ci.")


def level_after(level: MemberLevel, *, successor_has_owner: bool) -> MemberLevel:
    """What a member of the absorbed organisation becomes in the other.

    Nobody becomes responsible for a structure that already has somebody responsible.
    """
    return MemberLevel.EDITOR if level is MemberLevel.OWNER and successor_has_owner else level


def check_may_file(merged_into_id: int | None, dissolved_on: date | None, today: date) -> None:
    """Raises Refusal when the organisation takes no new application."""
    if merged_into_id is not None:
        raise Refusal("Cette structure a été réunie à une autre : déposez au nom de celle-ci.")
    if dissolved_on is not None and dissolved_on <= today:
        raise Refusal("Cette structure est dissoute : elle ne peut plus déposer de dossier.")
