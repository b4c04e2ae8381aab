"""The deletion of an account at its person's request."""

from __future__ import annotations

import sqlalchemy as sa

from portal.accounts.models import JoinRequest, Mandate, Person, RecoveryCode
from portal.accounts.operations import grants
from portal.accounts.operations.people import by
from portal.accounts.queries.membership import members_of
from portal.accounts.queries.people import organisations_of, running_admins
from portal.accounts.rules import MemberLevel, Role
from portal.accounts.rules.credentials import email_fold
from portal.accounts.rules.granting import LAST_ADMIN, erased_address, keeps_name
from portal.extensions import db
from portal.foundation import clock, outbox
from portal.foundation.events import record
from portal.foundation.outbox import Mail, MailState
from portal.foundation.refusals import Refusal


def erase_account(person: Person) -> None:
    """Close the account for good and forget the person wherever no duty asks to keep them.

    The names of those who analysed or decided stay beside their acts. Raises Refusal when a
    structure or the portal would remain without anybody responsible.
    """
    _check_nobody_is_left_alone(person)
    author, address = by(person), person.email
    kept = keeps_name(grant.role for grant in person.grants)
    for grant in person.grants:
        if grant.ended_at is None:
            grant.ended_at = clock.now()
            record(author, "grant.ended", grant, role=grant.role, scope_kind=grant.scope_kind, scope_id=grant.scope_id)
    _forget_rows(person, kept)
    _forget_fields(person, kept)
    erased = ["email", "phone", *([] if kept else ["given_name", "family_name"])]
    record(author, "person.erased", person, personal=erased)
    outbox.mail("account_erased", to=address, key=f"account_erased:{person.id}")


def _check_nobody_is_left_alone(person: Person) -> None:
    if any(grant.role is Role.ADMIN and grant.ended_at is None for grant in person.grants) and running_admins() <= 1:
        raise Refusal(LAST_ADMIN)
    for own in organisations_of(person.id):
        grants.lock_members(own.id)
        others = [member.level for member in members_of(own.id) if member.person_id != person.id]
        if others and MemberLevel.OWNER not in others:
            raise Refusal(f"Donnez d’abord à un autre membre la responsabilité de « {own.name} ».")


def _forget_fields(person: Person, kept: bool) -> None:
    if not kept:
        person.given_name, person.family_name = "Compte", "supprimé"
    person.email = erased_address(person.id)
    person.email_fold = email_fold(person.email)
    person.phone = person.password_hash = None
    person.totp_secret = person.totp_confirmed_at = person.totp_last_counter = None
    person.disabled_at = person.disabled_at or clock.now()
    person.session_epoch += 1


def _forget_rows(person: Person, kept: bool) -> None:
    """What hangs on the person: codes, requests, messages; mandates unless they explain a recusal."""
    session = db.session
    session.execute(sa.delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    session.execute(sa.delete(Mail).where(Mail.person_id == person.id, Mail.state != MailState.SENDING))
    session.execute(
        sa.update(JoinRequest)
        .where(JoinRequest.person_id == person.id, JoinRequest.answered_at.is_(None))
        .values(answered_at=clock.now(), accepted=False)
    )
    if not kept:
        session.execute(
            sa.update(Mandate)
            .where(Mandate.person_id == person.id)
            .values(person_id=None, holder_name="Compte supprimé")
        )
