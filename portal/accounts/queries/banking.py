"""The bank account on which an organisation is paid, and whether payments may use it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.accounts.models import BankAccount, Person
from portal.accounts.rules.banking import PHONES, BankState, frozen_because
from portal.extensions import db
from portal.foundation.events import Event


def bank_account_of(organisation_id: int) -> BankAccount | None:
    """The account in force, or None."""
    return db.session.execute(
        sa.select(BankAccount).where(BankAccount.organisation_id == organisation_id, BankAccount.replaced_at.is_(None))
    ).scalar_one_or_none()


def state_of(account: BankAccount | None) -> BankState:
    """Where an account stands."""
    if account is None:
        return BankState.MISSING
    if account.rejected_at is not None:
        return BankState.REJECTED
    return BankState.CHECKED if account.checked_at is not None else BankState.TO_CHECK


def payments_frozen(organisation_id: int) -> bool:
    """Whether nothing may be paid to the organisation: its account is missing, or was not confirmed by call-back."""
    return why_payments_wait(organisation_id) is not None


def why_payments_wait(organisation_id: int) -> str | None:
    """In words, why nothing may be paid to the organisation; None when payments may go."""
    return frozen_because(state_of(bank_account_of(organisation_id)))


@dataclass(frozen=True)
class PastAccount:
    """An account of an organisation and its call-back. Only the end of the IBAN."""

    iban_end: str
    holder: str
    state: BankState
    created_at: datetime
    created_by: str | None
    replaced_at: datetime | None
    answered_at: datetime | None
    checked_by: str | None
    called_name: str | None
    called_number: str | None


def accounts_of(organisation_id: int) -> list[PastAccount]:
    """Every account the organisation gave, the last first."""
    author, checker = aliased(Person), aliased(Person)
    rows = db.session.execute(
        sa.select(BankAccount, author, checker)
        .outerjoin(author, author.id == BankAccount.created_by_id)
        .outerjoin(checker, checker.id == BankAccount.checked_by_id)
        .where(BankAccount.organisation_id == organisation_id)
        .order_by(BankAccount.id.desc())
    )
    return [
        PastAccount(
            account.iban[-4:],
            account.holder,
            state_of(account),
            account.created_at,
            made_by.display_name if made_by else None,
            account.replaced_at,
            account.checked_at or account.rejected_at,
            checked_by.display_name if checked_by else None,
            account.called_name,
            account.called_number,
        )
        for account, made_by, checked_by in rows
    ]


def phone_changed_at(organisation_id: int) -> datetime | None:
    """When a phone number of the sheet last changed: a call-back must not trust a number given with the account."""
    rows = db.session.execute(
        sa.select(Event.at, Event.details)
        .where(
            Event.subject_type == "organisation",
            Event.subject_id == organisation_id,
            Event.action == "organisation.changed",
        )
        .order_by(Event.id.desc())
    )
    return next((at for at, details in rows if PHONES & set(details.get("personal", ()))), None)
