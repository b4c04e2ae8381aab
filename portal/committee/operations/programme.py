"""Proposing an amount in the programming table."""

from __future__ import annotations

from collections.abc import Iterable

from portal.calls.models import FundingLine
from portal.calls.operations.cycle import move_funding
from portal.committee.operations.arbitration import bump_table
from portal.committee.operations.recusals import refuse_recused
from portal.committee.rules.acts import acting_roles
from portal.committee.rules.programme import check_proposal, check_version
from portal.contracts.models import FunderKind
from portal.extensions import db
from portal.foundation.actors import Actor


def propose(
    line: FundingLine, amount_cents: int, *, version: int | None, actor: Actor, roles: Iterable[str]
) -> FundingLine:
    """Propose an amount on a funding line: its funder's people on theirs, the Direction on any.

    `version` is the one its author saw: Conflict, with both amounts, when somebody wrote since.
    """
    refuse_recused(actor, line.application)
    db.session.refresh(line, with_for_update=True)
    check_version(version, line.version, theirs=line.proposed_cents, mine=amount_cents)
    check_proposal(amount_cents, line.requested_cents)
    before, line.proposed_cents = line.proposed_cents, amount_cents
    held = acting_roles(roles, is_state=line.funder.kind is FunderKind.STATE)
    move_funding(line, "propose", actor=actor, roles=held, proposed_cents=[before, amount_cents])
    bump_table(line.application.call_id)
    return line
