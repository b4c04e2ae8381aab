"""What follows the grants of the story: an adjusted project, a convention, payments, through the real operations."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from portal.accounts.models import Person
from portal.accounts.operations.banking import confirm_account
from portal.accounts.operations.people import by
from portal.accounts.queries.banking import bank_account_of
from portal.accounts.rules import Role
from portal.calls.forms.budget import typed_of
from portal.calls.models import Call, FundingLine
from portal.calls.rules.budget_rows import BudgetRow
from portal.calls.states import Section, Side
from portal.committee.forms import adjusting as forms
from portal.committee.models import Convention
from portal.committee.operations import adjusting, conventions, payments
from portal.committee.queries.adjusting import adjustment_of
from portal.contracts.models import Funder, FunderKind
from portal.extensions import db
from portal.foundation import files
from portal.foundation.actors import Actor
from portal.site.demo.dossiers import sample_pdf
from portal.site.demo.stages import AUTHOR, DIRECTION, Filed

Agent = tuple[Person, Role]

PAID_IN_PARTS = "Relais Jeunes Demain (fictif)"
"""The structure that the State gives most to, under a convention."""

CHANGES = (
    "Trente jeunes au lieu de quarante, et un atelier de moins par semaine. "
    "L’accompagnement individuel et les visites d’entreprises sont gardés."
)


def check_accounts(story: list[Filed], officer: Actor) -> None:
    """The call-back of the structures that are paid."""
    for each in story:
        organisation = each.application.organisation
        account = bank_account_of(organisation.id)
        if each.reaches("notified_lower") and account is not None and account.checked_at is None:
            confirm_account(account, organisation.representative_name or "", "04 00 00 00 01", actor=officer)
            db.session.flush()


def adjust(story: list[Filed], officer: Actor) -> None:
    """Whoever got less than asked adjusts its project; the Direction accepts."""
    for each in story:
        adjustment = adjustment_of(each.application.id) if each.stage == "notified_lower" else None
        if adjustment is None:
            continue
        author = by(each.author)
        base = forms.base_of(each.application)
        form = forms.part_form(adjustment, Section.BUDGET, base)
        rows = _balanced(form.rows(), base.budget)
        words = {
            Section.BUDGET: typed_of(rows, base.indirect_costs_rule),
            Section.PROJECT: {
                "explanation": [CHANGES],
                "starts_on": [f"{each.application.starts_on:%d/%m/%Y}"],
                "ends_on": [f"{each.application.ends_on:%d/%m/%Y}"],
                "calendar": [each.application.calendar or ""],
            },
        }
        for part, typed in words.items():
            adjusting.save_part(adjustment, part, typed, version=0, page="demo", actor=author)
        adjusting.submit(adjustment, forms.adjusted_of(adjustment), actor=author, roles=AUTHOR)
        adjusting.accept(adjustment, forms.adjusted_of(adjustment).dossier, actor=officer, roles=DIRECTION)


def _balanced(rows: list[BudgetRow], budget: tuple) -> list[BudgetRow]:
    """The same lines, the first expense lowered by what income lacks."""
    sums = {side: sum(e.amount_cents for e in budget if e.side is side) for side in Side}
    lacking = sums[Side.EXPENSE] - sums[Side.INCOME]
    first = next(row for row in rows if row.account.side == Side.EXPENSE.value)
    return [replace(row, amounts=((row.amounts[0] or 0) - lacking,)) if row is first else row for row in rows]


def draft_convention(story: list[Filed], call: Call, agents: dict[int, Agent]) -> Convention:
    """The State's convention with the structure that it gives most to."""
    funder_id, (agent, role) = next((id, agent) for id, agent in agents.items() if agent[1] is Role.STATE_OFFICER)
    organisation = next(each for each in story if each.stage == "notified_lower").application.organisation
    return conventions.draft_convention(
        call, db.session.get_one(Funder, funder_id), organisation, actor=by(agent), roles={role}
    )


def sign(convention: Convention, story: list[Filed], agents: dict[int, Agent]) -> None:
    """Sent, signed by the structure, accepted."""
    agent, role = agents[convention.funder_id]
    author = next(each for each in story if each.stage == "notified_lower").author
    state: dict[str, Any] = {"actor": by(agent), "roles": {role}}
    conventions.send(convention, **state)
    stored = files.keep(sample_pdf(), "convention-signee-fictive.pdf", "application/pdf")
    conventions.return_signed(convention, stored, actor=by(author), roles=AUTHOR)
    conventions.accept(convention, date(2026, 5, 11), **state)


def pay(story: list[Filed], agents: dict[int, Agent]) -> None:
    """The first payment under the convention, and what else was paid."""
    for each in story:
        for line in each.application.funding_lines:
            cents = _paid(each, line)
            if not cents or line.funder_id not in agents:
                continue
            agent, role = agents[line.funder_id]
            reference = f"Mandat fictif n°\u00a0{line.id}"
            payments.record_payment(line, cents, date(2026, 5, 11), reference, actor=by(agent), roles={role})


def _paid(each: Filed, line: FundingLine) -> int:
    """Cents: all of a notified grant, the first part of what the convention covers; the Métropole is late."""
    if not each.reaches("notified_lower") or not line.granted_cents or line.funder.kind is FunderKind.METROPOLE:
        return 0
    under_convention = line.funder.kind is FunderKind.STATE and each.application.organisation.name == PAID_IN_PARTS
    return line.granted_cents * 80 // 100 if under_convention else line.granted_cents
