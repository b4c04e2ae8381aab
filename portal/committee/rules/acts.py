"""A funder's act: what it may say, and who speaks for the funder. Cents."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from portal.accounts.rules import Role
from portal.calls.states import FundingStatus as F
from portal.committee.rules.arbitration import RETAINING, checked_amount
from portal.committee.states import Outcome
from portal.foundation.refusals import Refusal, Refusals

GRANTABLE = frozenset({F.ARBITRATED, F.AWAITING_ASSEMBLY})
RECORDERS = frozenset({Role.FUNDER_AGENT, Role.STATE_OFFICER, Role.MANAGER})
"""Who records acts: the funder's own people, or the head of the Direction on their behalf."""
PROPOSERS = frozenset({Role.FUNDER_AGENT, Role.STATE_OFFICER, Role.DELEGATE, Role.OFFICER, Role.MANAGER})


def acting_roles(held: Iterable[str], *, is_state: bool) -> frozenset[str]:
    """The roles that speak on one funder's line: the délégué du Préfet only on the State's."""
    return frozenset(role for role in held if is_state or role != Role.DELEGATE)


def checked_lines(amounts: Mapping[int, int | None], requested: Mapping[int, int | None]) -> dict[int, int]:
    """The amounts an act gives, {line id: cents}; a line left empty is not in the act.

    `requested` holds the lines that may be granted. Raises Refusals on `amount_<line id>`.
    """
    given, wrong = {}, []
    for line_id, cents in amounts.items():
        if cents is None:
            continue
        if line_id not in requested:
            wrong.append(Refusal("Ce financement n’attend pas d’acte."))
            continue
        try:
            given[line_id] = checked_amount(cents, requested[line_id], f"amount_{line_id}")
            if cents == 0:
                raise Refusal("Pour ne rien attribuer, refusez ce financement avec son motif.", f"amount_{line_id}")
        except Refusal as refusal:
            wrong.append(refusal)
    if wrong:
        raise Refusals(wrong)
    if not given:
        raise Refusal("Indiquez le montant attribué à au moins un dossier.")
    return given


def check_retained(outcome: Outcome | None) -> None:
    """Nothing is granted to an application that the arbitration in force does not retain."""
    if outcome not in RETAINING:
        raise Refusal("Le dossier n’est pas retenu : rien ne peut lui être attribué.")


def may_speak(held: Collection[str], *, is_state: bool) -> bool:
    """Whether somebody may propose on a funder's line."""
    return bool(PROPOSERS & acting_roles(held, is_state=is_state))


def check_cut_explained(requested_cents: int | None, granted_cents: int, reason: str) -> None:
    """A grant lower than asked says why: its letter must. Raises Refusal on `cut_reason`."""
    if requested_cents is not None and granted_cents < requested_cents and not reason.strip():
        raise Refusal(
            "Un montant est inférieur à la demande et le comité n’en a pas donné le motif : indiquez-le.", "cut_reason"
        )
