"""Writing an organisation's sheet, its means by year, its bank account, its vault."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import (
    BankAccount,
    Establishment,
    Organisation,
    OrganisationKind,
    OrganisationYear,
    VaultDocument,
)
from portal.accounts.queries import organisation as queries
from portal.accounts.rules.identifiers import siren_of
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.files import StoredFile
from portal.foundation.folding import fold
from portal.foundation.periods import to_paris
from portal.foundation.refusals import Conflict, Refusal

PERSONAL = frozenset(
    {"representative_name", "representative_email", "representative_phone", "signatory_name", "email", "phone"}
)


def save_sheet(
    organisation: Organisation,
    values: Mapping[str, Any],
    year: int,
    *,
    actor: Actor,
    version: int | None = None,
    quietly: bool = False,
) -> None:
    """Write the sheet: `values` holds the form's fields (identity, `kind`, `siret`, means of `year`).

    An empty field empties the column, except the SIRET, which is only ever replaced. `version` is the
    one the writer read: raises Conflict when somebody wrote since. Raises Refusal on `siret` or `rna`
    when the number is another organisation's. `quietly` (a form saving itself as one types) leaves an
    event only for a changed SIRET.
    """
    if version is not None and version != organisation.version:
        raise Conflict("La fiche a été modifiée entre-temps.", theirs=queries.sheet_of(organisation, year), mine=values)
    changed = _write_identity(organisation, values)
    changed += _write_siret(organisation, values.get("siret"))
    changed += _write_means(organisation, values, year)
    if changed:
        organisation.version += 1
    if changed and (not quietly or "siret" in changed):
        record(
            actor,
            "organisation.changed",
            organisation,
            fields=sorted(set(changed) - PERSONAL),
            personal=sorted(set(changed) & PERSONAL),
        )


def _write_identity(organisation: Organisation, values: Mapping[str, Any]) -> list[str]:
    if (rna := values.get("rna")) and queries.rna_holder(rna) not in (None, organisation.id):
        raise Refusal("Ce numéro RNA est celui d’une autre structure du portail.", "rna")
    wanted = {name: values[name] for name in queries.IDENTITY if name in values}
    if not wanted.get("name"):
        # A structure never loses its name: the last one stays until another is typed.
        wanted.pop("name", None)
    # What is known does not become unknown again.
    if values.get("kind") not in (None, OrganisationKind.UNKNOWN):
        wanted["kind"] = OrganisationKind(values["kind"])
    changed = [name for name, value in wanted.items() if (getattr(organisation, name) or None) != (value or None)]
    for name in changed:
        setattr(organisation, name, wanted[name])
    organisation.name_fold = fold(organisation.name)
    return changed


def _write_siret(organisation: Organisation, siret: str | None) -> list[str]:
    if not siret or siret == organisation.siret:
        return []
    siren = siren_of(siret)
    if organisation.siren and organisation.siren != siren:
        raise Refusal(
            "Ce SIRET n’appartient pas à votre structure : ses neuf premiers chiffres devraient être "
            f"{organisation.siren}.",
            "siret",
        )
    if queries.siren_holder(siren) not in (None, organisation.id):
        raise Refusal("Ce SIRET est celui d’une autre structure du portail : demandez à la rejoindre.", "siret")
    organisation.siren = siren
    _open_establishment(organisation, siret)
    return ["siret"]


def _open_establishment(organisation: Organisation, siret: str) -> None:
    today = to_paris(clock.now()).date()
    for place in organisation.establishments:
        if place.ends_on is None:
            place.ends_on = today
    known = next((place for place in organisation.establishments if place.siret == siret), None)
    if known is not None:
        known.ends_on = None
    else:
        organisation.establishments.append(Establishment(siret=siret, starts_on=today))


def _write_means(organisation: Organisation, values: Mapping[str, Any], year: int) -> list[str]:
    wanted = {name: values[name] for name in queries.MEANS if name in values}
    row = queries.year_of(organisation.id, year)
    if row is None:
        if all(value is None for value in wanted.values()):
            return []
        row = OrganisationYear(organisation_id=organisation.id, year=year)
        db.session.add(row)
    changed = [name for name, value in wanted.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, wanted[name])
    return [f"{name}_{year}" for name in changed]


def change_bank_account(
    organisation: Organisation, iban: str, bic: str | None, holder: str, *, actor: Actor, file: StoredFile | None = None
) -> BankAccount:
    """Replace the account in force; a changed one waits for the call-back before any payment.

    The same numbers again change nothing. `file` is the RIB, not saved yet.
    """
    current = queries.bank_account_of(organisation.id)
    if current and (current.iban, current.bic, current.holder) == (iban, bic, holder) and file is None:
        return current
    now = clock.now()
    db.session.execute(
        sa.update(BankAccount)
        .where(BankAccount.organisation_id == organisation.id, BankAccount.replaced_at.is_(None))
        .values(replaced_at=now)
    )
    if file is not None:
        file.created_by_id = actor.person_id
        db.session.add(file)
        db.session.flush()
    kept_file = file.id if file is not None else (current.file_id if current and current.iban == iban else None)
    account = BankAccount(
        organisation_id=organisation.id, iban=iban, bic=bic, holder=holder, created_at=now, file_id=kept_file
    )
    db.session.add(account)
    record(actor, "organisation.bank_account_changed", organisation, personal=["iban", "bic", "holder"])
    return account


def keep_in_vault(organisation: Organisation, kind: str, file_id: int, *, actor: Actor) -> VaultDocument:
    """Keep a file for the organisation's next applications; it replaces the one of the same kind."""
    now = clock.now()
    db.session.execute(
        sa.update(VaultDocument)
        .where(
            VaultDocument.organisation_id == organisation.id,
            VaultDocument.kind == kind,
            VaultDocument.replaced_at.is_(None),
        )
        .values(replaced_at=now)
    )
    kept = VaultDocument(
        organisation_id=organisation.id, kind=kind, file_id=file_id, created_at=now, created_by_id=actor.person_id
    )
    db.session.add(kept)
    record(actor, "organisation.document_kept", organisation, kind=kind)
    return kept
