"""The organisations as the Direction follows them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.accounts import scopes
from portal.accounts.models import BankAccount, Establishment, Grant, Organisation, Person
from portal.accounts.rules import MemberLevel, Role, ScopeKind
from portal.accounts.rules.banking import BankState
from portal.extensions import db
from portal.foundation.folding import fold
from portal.foundation.pagination import Page, paged

TO_CHECK = "compte"
WITHOUT_OWNER = "responsable"
FILTERS = [
    ("", "Toutes"),
    (TO_CHECK, "Compte bancaire à vérifier"),
    (WITHOUT_OWNER, "Sans responsable"),
]

Hidden = Callable[[int], "sa.Select[tuple[int]]"]
_hidden: list[Hidden] = []


def hide(source: Hidden) -> None:
    """Register a select of the organisation ids that a person must not see (recusals)."""
    if source not in _hidden:
        _hidden.append(source)


def followed(contract_ids: Sequence[int], person_id: int) -> sa.ColumnElement[bool]:
    """The organisations that filed under one of these contracts, and those that filed nothing yet."""
    filed = scopes.filings().subquery()
    mine = sa.select(filed.c.organisation_id).where(filed.c.contract_id.in_(contract_ids))
    anywhere = sa.select(filed.c.organisation_id)
    shown = sa.or_(Organisation.id.in_(mine), Organisation.id.not_in(anywhere))
    return sa.and_(shown, *(Organisation.id.not_in(source(person_id)) for source in _hidden))


@dataclass(frozen=True)
class FollowedRow:
    """An organisation in the Direction's list."""

    id: int
    name: str
    kind: str
    town: str | None
    siren: str | None
    bank: BankState
    owners: int
    is_dissolved: bool


def structures_page(contract_ids: Sequence[int], person_id: int, text: str, only: str, number: int) -> Page:
    """The organisations followed, in French order, those absorbed left out; rows are FollowedRow."""
    state = _bank_state()
    owners = _owner_count()
    statement = (
        sa.select(Organisation, state.label("bank"), owners.label("owners"))
        .outerjoin(
            BankAccount,
            sa.and_(BankAccount.organisation_id == Organisation.id, BankAccount.replaced_at.is_(None)),
        )
        .where(followed(contract_ids, person_id), Organisation.merged_into_id.is_(None))
        .order_by(Organisation.name_fold, Organisation.id)
    )
    for word in text.split():
        statement = statement.where(_found(word))
    if only == TO_CHECK:
        statement = statement.where(state == BankState.TO_CHECK.value)
    if only == WITHOUT_OWNER:
        statement = statement.where(owners == 0)
    page = paged(statement, number)
    return Page([_row(*row) for row in page.rows], page.number, page.per_page, page.total)


def accounts_to_check(contract_ids: Sequence[int], person_id: int) -> int:
    """How many accounts wait for their call-back."""
    statement = (
        sa.select(sa.func.count())
        .select_from(Organisation)
        .join(BankAccount, BankAccount.organisation_id == Organisation.id)
        .where(
            followed(contract_ids, person_id),
            Organisation.merged_into_id.is_(None),
            BankAccount.replaced_at.is_(None),
            _bank_state() == BankState.TO_CHECK.value,
        )
    )
    return db.session.execute(statement).scalar_one()


def _row(organisation: Organisation, bank: str, owners: int) -> FollowedRow:
    return FollowedRow(
        organisation.id,
        organisation.name,
        organisation.kind.label,
        organisation.town,
        organisation.siren,
        BankState(bank),
        owners,
        organisation.dissolved_on is not None,
    )


def _found(word: str) -> sa.ColumnElement[bool]:
    """A word of the name, or the beginning of a SIREN, SIRET or RNA."""
    number = "".join(word.split()).upper()
    by_siret = sa.select(Establishment.organisation_id).where(Establishment.siret.startswith(number, autoescape=True))
    return sa.or_(
        Organisation.name_fold.contains(fold(word), autoescape=True),
        Organisation.siren.startswith(number, autoescape=True),
        Organisation.rna.startswith(number, autoescape=True),
        Organisation.id.in_(by_siret),
    )


def _bank_state() -> sa.ColumnElement[Any]:
    return sa.case(
        (BankAccount.id.is_(None), BankState.MISSING.value),
        (BankAccount.rejected_at.is_not(None), BankState.REJECTED.value),
        (BankAccount.checked_at.is_not(None), BankState.CHECKED.value),
        else_=BankState.TO_CHECK.value,
    )


def _owner_count() -> sa.ScalarSelect[int]:
    return (
        sa.select(sa.func.count())
        .select_from(Grant)
        .join(Person, Person.id == Grant.person_id)
        .where(
            Grant.scope_kind == ScopeKind.ORGANISATION,
            Grant.scope_id == Organisation.id,
            Grant.role == Role.APPLICANT,
            Grant.level == MemberLevel.OWNER,
            Grant.ended_at.is_(None),
            Person.disabled_at.is_(None),
        )
        .correlate(Organisation)
        .scalar_subquery()
    )
