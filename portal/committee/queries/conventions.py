"""The conventions of a call, those that are needed, and all that their words need."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from portal.accounts.models import Organisation
from portal.calls.models import Application, BudgetLine, Call, FundingLine
from portal.calls.queries.visibility import recused_applications
from portal.calls.states import Phase, Side
from portal.committee.models import Adjustment, Convention, ConventionAction
from portal.committee.queries.convention_need import PRIVATE_LAW
from portal.committee.queries.letter_words import quartiers_of
from portal.committee.rules import conventions as rules
from portal.committee.rules.payments import TOLD
from portal.committee.rules.wording import Block, Value
from portal.committee.states import AdjustmentChoice, AdjustmentStatus, ConventionStatus, TrancheCondition
from portal.contracts.models import Contract, Funder, Nature
from portal.extensions import db
from portal.foundation.money import format_euros
from portal.foundation.pagination import Page, paged
from portal.foundation.web.formats import date_fr, number


@dataclass(frozen=True)
class ConventionRow:
    """What a funder notified to an organisation in a call, and its convention when there is one."""

    organisation_id: int
    organisation: str
    funder_id: int
    funder: str
    actions: int
    granted_cents: int
    convention_id: int | None
    number: str | None
    status: ConventionStatus | None


def conventions_of_call(
    call: Call, visible: sa.Select[tuple[int]], funder_ids: Collection[int] | None, page_number: int
) -> Page:
    """A page of those needed and those made, by organisation; `funder_ids` narrows to some funders."""
    year_total = (
        sa.select(
            Application.organisation_id,
            FundingLine.funder_id,
            sa.func.sum(FundingLine.granted_cents).label("cents"),
        )
        .join(Application, Application.id == FundingLine.application_id)
        .join(Call, Call.id == Application.call_id)
        .where(Call.year == call.year, FundingLine.status.in_(TOLD), *_counted(call.contract))
        .group_by(Application.organisation_id, FundingLine.funder_id)
        .subquery()
    )
    made = Convention.id.is_not(None)
    needed = sa.and_(Organisation.kind.in_(PRIVATE_LAW), year_total.c.cents > call.contract.convention_threshold_cents)
    statement = (
        sa.select(
            Organisation.id,
            Organisation.name,
            Funder.id,
            Funder.name,
            sa.func.count(FundingLine.id),
            sa.func.sum(FundingLine.granted_cents),
            Convention.id,
            Convention.number,
            Convention.status,
        )
        .select_from(FundingLine)
        .join(Application, Application.id == FundingLine.application_id)
        .join(Organisation, Organisation.id == Application.organisation_id)
        .join(Funder, Funder.id == FundingLine.funder_id)
        .outerjoin(ConventionAction, ConventionAction.funding_line_id == FundingLine.id)
        .outerjoin(Convention, Convention.id == ConventionAction.convention_id)
        .outerjoin(
            year_total,
            sa.and_(
                year_total.c.organisation_id == Organisation.id, year_total.c.funder_id == FundingLine.funder_id
            ),
        )
        .where(
            Application.call_id == call.id,
            Application.id.in_(visible),
            FundingLine.granted_cents > 0,
            sa.or_(made, sa.and_(FundingLine.status.in_(TOLD), needed)),
            *([FundingLine.funder_id.in_(funder_ids)] if funder_ids is not None else []),
        )
        .group_by(
            Organisation.id, Organisation.name, Organisation.name_fold, Funder.id, Funder.name, Convention.id,
            Convention.number, Convention.status,
        )
        .order_by(Organisation.name_fold, Organisation.id, Funder.id, Convention.id)
    )  # fmt: skip
    return paged(statement, page_number)


def as_rows(page: Page) -> list[ConventionRow]:
    return [ConventionRow(*row) for row in page.rows]


def _counted(contract: Contract) -> list[sa.ColumnElement[bool]]:
    if contract.convention_counts_in_kind:
        return []
    return [FundingLine.nature.not_in([Nature(each) for each in sorted(rules.IN_KIND)])]


def lines_to_cover(call_id: int, funder_id: int, organisation_id: int) -> list[FundingLine]:
    """What a funder notified to an organisation in a call and no convention covers yet."""
    covered = sa.select(ConventionAction.funding_line_id)
    return list(
        db.session.scalars(
            sa.select(FundingLine)
            .join(Application, Application.id == FundingLine.application_id)
            .where(
                Application.call_id == call_id,
                Application.organisation_id == organisation_id,
                FundingLine.funder_id == funder_id,
                FundingLine.status.in_(TOLD),
                FundingLine.granted_cents > 0,
                FundingLine.id.not_in(covered),
            )
            .order_by(Application.number, FundingLine.id)
        )
    )


def conventions_of_application(application_id: int) -> list[Convention]:
    """The conventions whose annex holds the application."""
    return list(
        db.session.scalars(
            sa.select(Convention)
            .join(ConventionAction, ConventionAction.convention_id == Convention.id)
            .join(FundingLine, FundingLine.id == ConventionAction.funding_line_id)
            .where(FundingLine.application_id == application_id)
            .distinct()
            .order_by(Convention.id)
        )
    )


def touches_recusal(convention: Convention, person_id: int) -> bool:
    """Whether somebody stepped out of one of the actions: the annex names every amount."""
    found = (
        sa.select(ConventionAction.id)
        .join(FundingLine, FundingLine.id == ConventionAction.funding_line_id)
        .where(
            ConventionAction.convention_id == convention.id,
            FundingLine.application_id.in_(recused_applications(person_id)),
        )
    )
    return bool(db.session.execute(sa.select(found.exists())).scalar())


def next_number(contract_id: int, year: int) -> str:
    """The number after the last of the year: « 2026-C004 »."""
    known = db.session.execute(
        sa.select(sa.func.count(Convention.id)).where(
            Convention.contract_id == contract_id, Convention.first_year == year
        )
    ).scalar_one()
    return f"{year}-C{known + 1:03d}"


def revisions(call_id: int, funder_id: int, organisation_id: int) -> int:
    """How many conventions an organisation and a funder already have in a call."""
    return db.session.execute(
        sa.select(sa.func.count(Convention.id)).where(
            Convention.call_id == call_id,
            Convention.funder_id == funder_id,
            Convention.organisation_id == organisation_id,
        )
    ).scalar_one()


# -- words --------------------------------------------------------------------------------------


def values_of(convention: Convention) -> dict[str, Value]:
    """What each placeholder stands for in a convention."""
    organisation, call = convention.organisation, convention.call
    total = sum(action.amount_cents for action in convention.actions)
    role = organisation.representative_role
    who = ", ".join(part for part in (organisation.representative_name, role) if part)
    years = {str(convention.first_year), str(convention.last_year)}
    place = " ".join(part for part in (organisation.postcode, organisation.town) if part)
    return {
        "numero": convention.number,
        "contrat": call.contract.name,
        "financeur": convention.funder.name,
        "structure": organisation.name,
        "siret": organisation.siret or "non communiqué",
        "adresse": ", ".join(part for part in (organisation.address, place) if part) or "adresse non communiquée",
        "representant": who or "son représentant légal",
        "annees": " à ".join(sorted(years)),
        "montant": format_euros(total),
        "actions": [_action_words(action) for action in convention.actions],
        "premier_versement": rules.first_payment_words(convention.first_payment_bp, _first_payment(convention)),
        "delai": str(convention.payment_days),
        "echeance_bilan": date_fr(call.bilan_due_on) if call.bilan_due_on else f"30\u00a0juin {call.year + 1}",
    }


def _first_payment(convention: Convention) -> int:
    parts = (part for action in convention.actions for part in action.tranches)
    return sum(part.amount_cents for part in parts if part.condition is TrancheCondition.SIGNATURE)


def _action_words(action: ConventionAction) -> str:
    application = action.funding_line.application
    return f"{application.reference} – {application.title}\u00a0: {format_euros(action.amount_cents)}"


def blocks_of(convention: Convention, body: str) -> list[Block]:
    """The whole document with `body` for its words: title, articles, signatures, annexes."""
    funder, organisation = convention.funder.name, convention.organisation.name
    return rules.blocks(
        body,
        title=f"Convention entre {funder} et {organisation}",
        number=convention.number,
        actions=annexed_actions(convention),
        signatures=[funder, organisation],
    )


def annexed_actions(convention: Convention) -> list[rules.AnnexedAction]:
    """The annex: each action as adjusted when it was, else as filed."""
    return [_annexed(action) for action in convention.actions]


def _annexed(action: ConventionAction) -> rules.AnnexedAction:
    application = action.funding_line.application
    adjusted = db.session.scalars(
        sa.select(Adjustment).where(
            Adjustment.application_id == application.id,
            Adjustment.status == AdjustmentStatus.ACCEPTED,
            Adjustment.choice == AdjustmentChoice.ADJUST,
        )
    ).one_or_none()
    phase = Phase.ADJUSTED if adjusted else Phase.EXPECTED
    starts_on = adjusted.starts_on if adjusted else application.starts_on
    ends_on = adjusted.ends_on if adjusted else application.ends_on
    people = adjusted.people_expected if adjusted else application.people_expected
    words = [application.objectives, application.description, adjusted.explanation if adjusted else None]
    return rules.AnnexedAction(
        reference=application.reference,
        title=application.title,
        granted_cents=action.amount_cents,
        description="\n".join(part for part in words if part),
        dates=f"du {date_fr(starts_on)} au {date_fr(ends_on)}" if starts_on and ends_on else "",
        quartiers=", ".join(quartiers_of(application.id)),
        public=f"{number(people)} personnes attendues" if people else "",
        budget=_budget_totals(application.id, phase),
        tranches=tuple((str(part.year), part.condition.label, part.amount_cents) for part in action.tranches),
        adjusted_on=date_fr(adjusted.accepted_at) if adjusted else None,
    )


def _budget_totals(application_id: int, phase: Phase) -> tuple[tuple[str, int], ...]:
    """The totals of the project's budget, in-kind contributions (classes 86 and 87) apart."""
    in_kind = BudgetLine.account_code.startswith("86") | BudgetLine.account_code.startswith("87")
    rows = db.session.execute(
        sa.select(BudgetLine.side, in_kind.label("in_kind"), sa.func.sum(BudgetLine.amount_cents))
        .where(BudgetLine.application_id == application_id, BudgetLine.phase == phase, BudgetLine.year_index == 1)
        .group_by(BudgetLine.side, in_kind)
    )
    sums = {(side, bool(kind)): int(cents) for side, kind, cents in rows}
    told = [("Charges", (Side.EXPENSE, False)), ("Produits", (Side.INCOME, False)),
            ("Contributions en nature", (Side.EXPENSE, True))]  # fmt: skip
    return tuple((label, sums[key]) for label, key in told if sums.get(key))
