"""What this room holds of an organisation, and how it follows into the one that absorbs it."""

from __future__ import annotations

import sqlalchemy as sa

from portal.accounts import merging
from portal.accounts.merging import Mover
from portal.accounts.models import (
    Approval,
    BankAccount,
    Establishment,
    JoinRequest,
    Mandate,
    Organisation,
    OrganisationKind,
    OrganisationYear,
    OwnershipRestoration,
    VaultDocument,
)
from portal.accounts.operations import grants
from portal.accounts.operations.merging import plain
from portal.accounts.queries.banking import bank_account_of
from portal.accounts.queries.membership import is_member, join_request_waiting, owners_of, running_members
from portal.accounts.queries.organisation import IDENTITY, approvals_of
from portal.accounts.rules import MemberLevel, Role, ScopeKind
from portal.accounts.rules.merging import level_after
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.folding import fold
from portal.foundation.periods import to_paris


def _move_numbers(absorbed: Organisation, successor: Organisation, _actor: Actor) -> None:
    """A successor without SIREN is the same structure known twice: it takes the numbers and what it lacks.

    Between two SIRENs the absorbed one's SIRETs end today and stay with it, so that they lead on.
    """
    if successor.siren is None and absorbed.siren is not None:
        _complete(absorbed, successor)
        db.session.execute(
            sa.update(Establishment)
            .where(Establishment.organisation_id == absorbed.id)
            .values(organisation_id=successor.id)
        )
        return
    today = to_paris(clock.now()).date()
    db.session.execute(
        sa.update(Establishment)
        .where(Establishment.organisation_id == absorbed.id, Establishment.ends_on.is_(None))
        .values(ends_on=sa.case((Establishment.starts_on > today, Establishment.starts_on), else_=today))
    )


def _complete(absorbed: Organisation, successor: Organisation) -> None:
    siren, rna = absorbed.siren, absorbed.rna
    absorbed.siren = None
    absorbed.rna = None if successor.rna is None else rna
    # The numbers are unique: they leave the one before they enter the other.
    db.session.flush()
    successor.siren = siren
    successor.rna = successor.rna or rna
    if successor.kind is OrganisationKind.UNKNOWN:
        successor.kind = absorbed.kind
    for name in IDENTITY:
        if name not in ("name", "rna") and getattr(successor, name) in (None, ""):
            setattr(successor, name, getattr(absorbed, name))
    db.session.flush()


def _move_members(absorbed: Organisation, successor: Organisation, actor: Actor) -> None:
    """Everybody keeps what they had in the successor; the others come in."""
    has_owner = bool(owners_of(successor.id))
    for grant in running_members(absorbed.id):
        grant.ended_at = clock.now()
        record(actor, "grant.ended", grant, role=grant.role, scope_kind=grant.scope_kind, scope_id=grant.scope_id)
        if not is_member(successor.id, grant.person_id):
            level = level_after(grant.level or MemberLevel.READER, successor_has_owner=has_owner)
            grants.give(grant.person, Role.APPLICANT, ScopeKind.ORGANISATION, successor.id, level=level, actor=actor)


def _answer_requests(absorbed: Organisation, successor: Organisation, _actor: Actor) -> None:
    """A request of somebody who is in already, or who also asked the successor, has no more object."""
    waiting = sa.select(JoinRequest).where(
        JoinRequest.organisation_id == absorbed.id, JoinRequest.answered_at.is_(None)
    )
    for request in db.session.scalars(waiting):
        if is_member(successor.id, request.person_id) or join_request_waiting(successor.id, request.person_id):
            request.answered_at, request.accepted = clock.now(), False


def _move_years(absorbed: Organisation, successor: Organisation, _actor: Actor) -> None:
    """A year that both told is the successor's; the other's stays as the trace."""
    known = sa.select(OrganisationYear.year).where(OrganisationYear.organisation_id == successor.id)
    db.session.execute(
        sa.update(OrganisationYear)
        .where(OrganisationYear.organisation_id == absorbed.id, OrganisationYear.year.not_in(known.scalar_subquery()))
        .values(organisation_id=successor.id)
    )


def _settle_approvals(absorbed: Organisation, successor: Organisation, _actor: Actor) -> None:
    known = {fold(line.kind) for line in approvals_of(successor.id)}
    for line in approvals_of(absorbed.id):
        if fold(line.kind) in known:
            db.session.delete(line)


def _settle_account(absorbed: Organisation, successor: Organisation, actor: Actor) -> None:
    """One account in force. One that comes alone was confirmed for another structure: it waits for a new call."""
    account = bank_account_of(absorbed.id)
    if account is None:
        return
    account.replaced_at = clock.now()
    db.session.flush()
    if bank_account_of(successor.id) is None:
        copied = {name: getattr(account, name) for name in ("iban", "bic", "holder", "file_id")}
        db.session.add(
            BankAccount(organisation_id=successor.id, created_at=clock.now(), created_by_id=actor.person_id, **copied)
        )


def _settle_vault(absorbed: Organisation, successor: Organisation, _actor: Actor) -> None:
    """Of one kind the successor's documents stay in force; the others stay to be read."""
    here = sa.select(VaultDocument.kind).where(
        VaultDocument.organisation_id == successor.id, VaultDocument.replaced_at.is_(None)
    )
    db.session.execute(
        sa.update(VaultDocument)
        .where(
            VaultDocument.organisation_id == absorbed.id,
            VaultDocument.replaced_at.is_(None),
            VaultDocument.kind.in_(here.scalar_subquery()),
        )
        .values(replaced_at=clock.now())
    )


def _count_years(organisation: Organisation) -> int:
    statement = sa.select(sa.func.count()).select_from(OrganisationYear)
    return db.session.execute(statement.where(OrganisationYear.organisation_id == organisation.id)).scalar_one()


merging.register(
    Mover("establishment", "SIRET", "SIRET", lambda organisation: len(organisation.establishments), _move_numbers)
)
merging.register(
    Mover("grant", "membre", "membres", lambda organisation: len(running_members(organisation.id)), _move_members)
)
merging.register(plain(JoinRequest.organisation_id, "demande à rejoindre", "demandes à rejoindre", _answer_requests))
merging.register(Mover("organisation_year", "année de chiffres", "années de chiffres", _count_years, _move_years))
merging.register(plain(Approval.organisation_id, "agrément", "agréments", _settle_approvals))
merging.register(plain(BankAccount.organisation_id, "compte bancaire", "comptes bancaires", _settle_account))
merging.register(plain(VaultDocument.organisation_id, "document conservé", "documents conservés", _settle_vault))
merging.register(plain(Mandate.organisation_id, "mandat", "mandats"))
merging.register(plain(OwnershipRestoration.organisation_id, "justificatif", "justificatifs"))
