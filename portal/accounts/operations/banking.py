"""The bank account of an organisation: given, changed, confirmed by call-back."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from portal.accounts.models import BankAccount, Organisation
from portal.accounts.operations.people import send
from portal.accounts.queries.banking import bank_account_of, state_of
from portal.accounts.queries.membership import membership, owners_of
from portal.accounts.rules.banking import BankState
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import Actor
from portal.foundation.database import broke
from portal.foundation.events import record
from portal.foundation.files import StoredFile
from portal.foundation.refusals import Refusal


def change_bank_account(
    organisation: Organisation, iban: str, bic: str | None, holder: str, *, actor: Actor, file: StoredFile | None = None
) -> BankAccount:
    """Replace the account in force; a changed one waits for the call-back before any payment.

    The same numbers again change nothing: a confirmed account stays confirmed when its RIB alone is
    sent anew. `file` is the RIB, not saved yet. Those responsible for the organisation are told of a
    change, whoever made it.
    """
    current = bank_account_of(organisation.id)
    if current and (current.iban, current.bic, current.holder) == (iban, bic, holder):
        return _with_file(current, file, actor)
    now = clock.now()
    db.session.execute(
        sa.update(BankAccount)
        .where(BankAccount.organisation_id == organisation.id, BankAccount.replaced_at.is_(None))
        .values(replaced_at=now)
    )
    account = BankAccount(
        organisation_id=organisation.id,
        iban=iban,
        bic=bic,
        holder=holder,
        created_at=now,
        created_by_id=actor.person_id,
        file_id=current.file_id if current and current.iban == iban else None,
    )
    _with_file(account, file, actor)
    db.session.add(account)
    _flush()
    record(actor, "organisation.bank_account_changed", organisation, personal=["iban", "bic", "holder"])
    if current is not None:
        _tell_owners(organisation, "bank_account_changed")
    return account


def _with_file(account: BankAccount, file: StoredFile | None, actor: Actor) -> BankAccount:
    if file is not None:
        file.created_by_id = actor.person_id
        db.session.add(file)
        db.session.flush()
        account.file_id = file.id
    return account


def _flush() -> None:
    try:
        db.session.flush()
    except IntegrityError as error:
        if broke(error, "uq_bank_account_running") or broke(error, "uq_bank_account_organisation_id"):
            raise Refusal("Quelqu’un vient de changer ce compte : rouvrez la page.") from error
        raise


def confirm_account(account: BankAccount, called_name: str, called_number: str, *, actor: Actor) -> None:
    """The organisation, called back, knows this account: payments may go.

    Raises Refusal when the account was answered or replaced meanwhile, or when whoever confirms it
    typed it or belongs to the organisation.
    """
    _answer(account, called_name, called_number, actor)
    account.checked_at = clock.now()
    _record(account, "organisation.bank_account_checked", actor)


def reject_account(account: BankAccount, called_name: str, called_number: str, *, actor: Actor) -> None:
    """The organisation, called back, does not know this account: payments wait for another one."""
    _answer(account, called_name, called_number, actor)
    account.rejected_at = clock.now()
    _record(account, "organisation.bank_account_rejected", actor)
    _tell_owners(_organisation(account), "bank_account_rejected")


def _answer(account: BankAccount, called_name: str, called_number: str, actor: Actor) -> None:
    if account.replaced_at is not None:
        raise Refusal("La structure a changé de compte entre-temps : vérifiez le nouveau.")
    if state_of(account) is not BankState.TO_CHECK:
        raise Refusal("Ce compte a déjà sa réponse.")
    if actor.person_id is not None and (
        actor.person_id == account.created_by_id or membership(account.organisation_id, actor.person_id) is not None
    ):
        raise Refusal("Une autre personne doit vérifier ce compte : vous l’avez saisi, ou vous êtes de la structure.")
    account.called_name, account.called_number = called_name, called_number
    account.checked_by_id = actor.person_id


def _record(account: BankAccount, action: str, actor: Actor) -> None:
    record(actor, action, _organisation(account), account=account.id, personal=["called_name", "called_number"])


def _organisation(account: BankAccount) -> Organisation:
    return db.session.get_one(Organisation, account.organisation_id)


def _tell_owners(organisation: Organisation, template: str) -> None:
    page = f"/structures/{organisation.id}/compte-bancaire"
    for owner in owners_of(organisation.id):
        send(owner, template, organisation=organisation.name, page=page)
