"""Writing an organisation's sheet, its means by year, its vault."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import (
    Approval,
    Establishment,
    Organisation,
    OrganisationKind,
    OrganisationYear,
    VaultDocument,
)
from portal.accounts.operations.establishments import check_siren
from portal.accounts.queries import organisation as queries
from portal.accounts.rules.banking import PHONES
from portal.accounts.rules.identifiers import siren_of
from portal.accounts.rules.organisation import OrganisationSheet, leaves
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.folding import fold
from portal.foundation.periods import to_paris
from portal.foundation.refusals import Conflict, Refusal

PERSONAL = frozenset(
    {
        "representative_name", "representative_email", "representative_phone", "signatory_name", "email", "phone",
        "contact_name", "contact_email", "contact_phone",
    }
)  # fmt: skip

TRACED = PHONES | {"siret"}
"""What leaves an event even when the form saves itself."""


def save_sheet(
    organisation: Organisation,
    values: Mapping[str, Any],
    year: int,
    *,
    actor: Actor,
    version: int | None = None,
    page: str | None = None,
    quietly: bool = False,
    is_checked: bool = False,
) -> None:
    """Write the sheet: `values` holds the form's fields (identity, `kind`, `siret`, means of `year`).

    An empty field empties the column, except the SIRET, which is only ever replaced. `version` is the
    one the writer read: raises Conflict when somebody wrote since, unless that was the same `page`
    (a save whose answer was lost). Raises Refusal on `siret` or `rna` when the number is another
    organisation's. `quietly` (a form saving itself as one types) leaves an event only for a changed
    SIRET or telephone. `is_checked`: the writer read the whole sheet and says that it is right.
    """
    _lock(organisation)
    own_page = page is not None and page == organisation.saved_from
    if version is not None and version != organisation.version and not own_page:
        theirs = queries.sheet_of(organisation, year)
        if _would_change(theirs, values):
            raise Conflict("La fiche a été modifiée entre-temps.", theirs=theirs, mine=values)
    changed = _write_identity(organisation, values)
    changed += _write_siret(organisation, values.get("siret"))
    changed += _write_means(organisation, values, year)
    if changed:
        organisation.version += 1
        organisation.saved_from, organisation.saved_at = page, clock.now()
        organisation.saved_by_id = actor.person_id
    if is_checked:
        _note_check(organisation, actor)
    if is_checked and not changed:
        record(actor, "organisation.sheet_checked", organisation)
    if changed and (not quietly or TRACED & set(changed)):
        record(
            actor,
            "organisation.changed",
            organisation,
            fields=sorted(set(changed) - PERSONAL),
            personal=sorted(set(changed) & PERSONAL),
        )


def _would_change(sheet: OrganisationSheet, values: Mapping[str, Any]) -> bool:
    kept = {**vars(sheet), **vars(sheet.means)}
    asked = {*queries.IDENTITY, *queries.MEANS, "kind", "siret"} & set(values)
    return any((values[name] or None) != (kept[name] or None) for name in asked if not leaves(name, values[name]))


def _lock(organisation: Organisation) -> None:
    """Two writers at the same instant: the second waits and sees what the first wrote."""
    db.session.flush()
    db.session.refresh(organisation, with_for_update=True)


def confirm_sheet(organisation: Organisation, *, actor: Actor) -> None:
    """Somebody of the organisation read its sheet and says that it is still right."""
    _note_check(organisation, actor)
    record(actor, "organisation.sheet_checked", organisation)


def _note_check(organisation: Organisation, actor: Actor) -> None:
    organisation.checked_at, organisation.checked_by_id = clock.now(), actor.person_id


def add_approval(
    organisation: Organisation, kind: str, given_by: str | None, given_on: date | None, *, actor: Actor
) -> Approval:
    """Note an approval. Raises Refusal on `kind` when it is there already."""
    if any(fold(known.kind) == fold(kind) for known in queries.approvals_of(organisation.id)):
        raise Refusal("Cet agrément est déjà dans la liste.", "kind")
    approval = Approval(organisation_id=organisation.id, kind=kind, given_by=given_by, given_on=given_on)
    db.session.add(approval)
    record(actor, "organisation.approval_added", organisation, kind=kind)
    return approval


def remove_approval(approval: Approval, *, actor: Actor) -> None:
    """Take an approval out of the sheet."""
    organisation = db.session.get_one(Organisation, approval.organisation_id)
    record(actor, "organisation.approval_removed", organisation, kind=approval.kind)
    db.session.delete(approval)


def _write_identity(organisation: Organisation, values: Mapping[str, Any]) -> list[str]:
    if (rna := values.get("rna")) and queries.rna_holder(rna) not in (None, organisation.id):
        raise Refusal("Ce numéro RNA est celui d’une autre structure du portail.", "rna")
    wanted = {name: values[name] for name in queries.IDENTITY if name in values}
    if leaves("name", wanted.get("name")):
        wanted.pop("name", None)
    if not leaves("kind", values.get("kind")):
        wanted["kind"] = OrganisationKind(values["kind"])
    changed = [name for name, value in wanted.items() if (getattr(organisation, name) or None) != (value or None)]
    for name in changed:
        setattr(organisation, name, wanted[name])
    organisation.name_fold = fold(organisation.name)
    return changed


def _write_siret(organisation: Organisation, siret: str | None) -> list[str]:
    if not siret or siret == organisation.siret:
        return []
    check_siren(organisation, siret)
    organisation.siren = siren_of(siret)
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


def keep_in_vault(
    organisation: Organisation,
    kind: str,
    file_id: int,
    *,
    actor: Actor,
    dated_on: date | None = None,
    expires_on: date | None = None,
    beside: bool = False,
) -> VaultDocument:
    """Keep a file for the organisation's next applications; it replaces those of the same kind.

    `beside` keeps them: it is a further page of the same document. `dated_on` is the date written on
    it, `expires_on` the last day on which it serves.
    """
    now = clock.now()
    if not beside:
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
        organisation_id=organisation.id,
        kind=kind,
        file_id=file_id,
        dated_on=dated_on,
        expires_on=expires_on,
        created_at=now,
        created_by_id=actor.person_id,
    )
    db.session.add(kept)
    record(actor, "organisation.document_kept", organisation, kind=kind)
    return kept
