"""Mandates declared and ended by those who hold them."""

from __future__ import annotations

from datetime import date

from portal.accounts.models import Mandate, Organisation, Person
from portal.accounts.operations.people import by
from portal.extensions import db
from portal.foundation.events import record
from portal.foundation.refusals import Refusal

ENDS_BEFORE = "La fin du mandat ne peut pas précéder son début."


def declare_mandate(
    person: Person, organisation: Organisation, office: str, starts_on: date, ends_on: date | None
) -> Mandate:
    """Somebody declares an office they hold or held; it pre-fills their recusals."""
    if ends_on is not None and ends_on < starts_on:
        raise Refusal(ENDS_BEFORE, "ends_on")
    mandate = Mandate(
        organisation_id=organisation.id,
        person_id=person.id,
        holder_name=person.display_name,
        office=office,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    db.session.add(mandate)
    record(
        by(person),
        "mandate.declared",
        mandate,
        organisation_id=organisation.id,
        office=office,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    return mandate


def end_mandate(mandate: Mandate, ends_on: date, *, person: Person) -> None:
    """Say when an office ended or will end."""
    if ends_on < mandate.starts_on:
        raise Refusal(ENDS_BEFORE, "ends_on")
    before, mandate.ends_on = mandate.ends_on, ends_on
    record(by(person), "mandate.ended", mandate, ends_on=[before and before.isoformat(), ends_on])
