"""Proposing amounts in the programming table."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from portal.calls.models import Application, FundingLine
from portal.calls.operations.cycle import move_funding
from portal.committee.operations.arbitration import bump_table
from portal.committee.operations.recusals import refuse_recused
from portal.committee.queries.programme_changes import colleague_behind
from portal.committee.rules.acts import acting_roles
from portal.committee.rules.programme import check_proposal, check_version
from portal.contracts.models import FunderKind
from portal.extensions import db
from portal.foundation.actors import Actor
from portal.foundation.refusals import Refusal, Refusals


def propose(
    line: FundingLine, amount_cents: int, *, version: int | None, actor: Actor, roles: Iterable[str]
) -> FundingLine:
    """Propose an amount on a funding line: its funder's people on theirs, the Direction on any.

    `version` is the one its author saw: Conflict, with both amounts, when somebody wrote since.
    """
    refuse_recused(actor, line.application)
    db.session.refresh(line, with_for_update=True)
    _check_seen(line, version, amount_cents, actor)
    put_proposal(line, amount_cents, actor=actor, roles=roles)
    bump_table(line.application.call_id)
    return line


@dataclass(frozen=True)
class Wanted:
    """What somebody wants of a line, in cents (None: nothing said), with what they saw of it."""

    cents: int | None
    seen_cents: int | None
    version: int | None

    @property
    def is_left(self) -> bool:
        """Whether its author left the line as it was shown."""
        return self.cents == self.seen_cents


def propose_row(
    application: Application,
    wanted: Mapping[int, Wanted],
    *,
    actor: Actor,
    roles: Mapping[int, Collection[str]],
) -> int:
    """Propose on several lines of an application (by line id), all or none; returns how many changed.

    `roles` are its author's on each line. Raises Refusals on `amount_<line id>`, a Conflict among them
    for each line that somebody wrote since.
    """
    refuse_recused(actor, application)
    changed, wrong = 0, []
    for line in _locked(application, wanted):
        want = wanted[line.id]
        if want.is_left or want.cents == line.proposed_cents:
            continue
        try:
            _put_wanted(line, want, actor=actor, roles=roles[line.id])
            changed += 1
        except Refusal as refusal:
            refusal.field = f"amount_{line.id}"
            wrong.append(refusal)
    if wrong:
        raise Refusals(wrong)
    return changed


def _locked(application: Application, ids: Collection[int]) -> Sequence[FundingLine]:
    """The lines in the order of their ids, so that two authors wait instead of crossing."""
    return db.session.scalars(
        sa.select(FundingLine)
        .where(FundingLine.application_id == application.id, FundingLine.id.in_(ids))
        .order_by(FundingLine.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def _put_wanted(line: FundingLine, want: Wanted, *, actor: Actor, roles: Collection[str]) -> None:
    if want.cents is None:
        raise Refusal("Indiquez un montant ; 0 pour ne rien proposer.")
    _check_seen(line, want.version, want.cents, actor)
    put_proposal(line, want.cents, actor=actor, roles=roles)


def _check_seen(line: FundingLine, version: int | None, cents: int, actor: Actor) -> None:
    check_version(
        version, line.version, theirs=line.proposed_cents, mine=cents, by=colleague_behind(line, actor.person_id)
    )


def put_proposal(line: FundingLine, amount_cents: int, *, actor: Actor, roles: Iterable[str], **told: object) -> None:
    """Set the amount of a line that its author holds locked; `told` goes to the journal."""
    check_proposal(amount_cents, line.requested_cents)
    before, line.proposed_cents = line.proposed_cents, amount_cents
    held = acting_roles(roles, is_state=line.funder.kind is FunderKind.STATE)
    move_funding(line, "propose", actor=actor, roles=held, proposed_cents=[before, amount_cents], **told)
