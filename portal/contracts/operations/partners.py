"""The address book of a contract: the bodies whose opinion may be asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from portal.accounts.rules.credentials import email_fold
from portal.contracts.models import Contract, PartnerContact, PartnerKind
from portal.contracts.operations import editing
from portal.contracts.queries import partners as queries
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.folding import fold
from portal.foundation.outbox import Mail, MailState
from portal.foundation.refusals import Refusal
from portal.foundation.versions import claim


@dataclass(frozen=True)
class PartnerSheet:
    """A line of the address book as typed."""

    name: str
    kind: PartnerKind
    person_name: str | None
    email: str | None
    funder_id: int | None = None


def add_partner(contract: Contract, sheet: PartnerSheet, *, actor: Actor) -> PartnerContact:
    """Keep a new body. Raises Refusal when its name, or its funder, already has a line."""
    _check(contract, sheet, None)
    partner = PartnerContact(contract_id=contract.id, created_at=clock.now())
    _write(partner, sheet)
    db.session.add(partner)
    record(actor, "partner_contact.added", partner, name=sheet.name, kind=sheet.kind, personal=_personal(sheet))
    return partner


def edit_partner(
    contract: Contract, partner: PartnerContact, version: int, sheet: PartnerSheet, *, actor: Actor
) -> None:
    """Change a line. Raises Conflict with both texts when it changed since `version` was shown."""
    _check(contract, sheet, partner.id)
    theirs, mine = _values(sheet_of(partner)), _values(sheet)
    claim(partner, version, theirs=theirs, mine=mine)
    changed = sorted(name for name in mine if mine[name] != theirs[name])
    _write(partner, sheet)
    if changed:
        personal = [name for name in changed if name in _PERSONAL]
        told = {name: [theirs[name], mine[name]] for name in changed if name not in _PERSONAL}
        record(actor, "partner_contact.changed", partner, changes=told, personal=personal)


def retire_partner(partner: PartnerContact, *, actor: Actor) -> None:
    """No longer offered; what it was asked and what it answered stay."""
    editing.retire(partner, actor=actor, action="partner_contact.retired")


def restore_partner(partner: PartnerContact, *, actor: Actor) -> None:
    editing.restore(partner, actor=actor, action="partner_contact.restored")


def forget_person(partner: PartnerContact, *, actor: Actor) -> None:
    """Erase whom one writes to, and the mails that they got; the body's name stays beside its opinions."""
    if partner.email is None and partner.person_name is None:
        raise Refusal("Cette ligne ne nomme déjà plus personne.")
    if partner.email is not None:
        to_them = sa.and_(Mail.recipient == partner.email, Mail.person_id.is_(None), Mail.state != MailState.SENDING)
        db.session.execute(sa.delete(Mail).where(to_them))
    partner.email = partner.email_fold = partner.person_name = None
    partner.version += 1
    record(actor, "partner_contact.forgotten", partner, personal=sorted(_PERSONAL))


def sheet_of(partner: PartnerContact) -> PartnerSheet:
    return PartnerSheet(partner.name, partner.kind, partner.person_name, partner.email, partner.funder_id)


_PERSONAL = frozenset({"email", "person_name"})


def _values(sheet: PartnerSheet) -> Mapping[str, object]:
    return {
        "name": sheet.name,
        "kind": sheet.kind,
        "person_name": sheet.person_name,
        "email": sheet.email,
        "funder_id": sheet.funder_id,
    }


def _personal(sheet: PartnerSheet) -> list[str]:
    return sorted(name for name in _PERSONAL if _values(sheet)[name])


def _check(contract: Contract, sheet: PartnerSheet, own_id: int | None) -> None:
    for other in queries.partners_of(contract.id, with_retired=True):
        if other.id == own_id:
            continue
        if fold(other.name) == fold(sheet.name):
            raise Refusal("Le carnet d’adresses a déjà une ligne à ce nom.", "name")
        if sheet.funder_id is not None and other.funder_id == sheet.funder_id:
            raise Refusal(f"Ce financeur a déjà sa ligne : {other.name}.", "funder_id")


def _write(partner: PartnerContact, sheet: PartnerSheet) -> None:
    partner.name, partner.name_fold = sheet.name, fold(sheet.name)
    partner.kind, partner.funder_id = sheet.kind, sheet.funder_id
    partner.person_name, partner.email = sheet.person_name, sheet.email
    partner.email_fold = email_fold(sheet.email) if sheet.email else None
