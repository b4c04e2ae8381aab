"""The officers of an organisation, as the organisation itself says them."""

from __future__ import annotations

from datetime import date

from portal.accounts.models import Mandate, Organisation
from portal.extensions import db
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.refusals import Refusal

ENDS_BEFORE = "La fin du mandat ne peut pas précéder son début."


def add_officer(
    organisation: Organisation, holder_name: str, office: str, starts_on: date, ends_on: date | None, *, actor: Actor
) -> Mandate:
    """Note who holds an office. It names no account: it recuses nobody by itself."""
    _check(starts_on, ends_on)
    mandate = Mandate(
        organisation_id=organisation.id, holder_name=holder_name, office=office, starts_on=starts_on, ends_on=ends_on
    )
    db.session.add(mandate)
    record(actor, "organisation.officer_added", organisation, office=office, personal=["holder_name"])
    return mandate


def edit_officer(
    mandate: Mandate, holder_name: str, office: str, starts_on: date, ends_on: date | None, *, actor: Actor
) -> None:
    """Correct an office, or say when it ended. What a person declared of themselves is theirs to change."""
    if mandate.person_id is not None:
        raise Refusal("Ce mandat a été déclaré par la personne elle-même : elle seule peut le modifier.")
    _check(starts_on, ends_on)
    mandate.holder_name, mandate.office = holder_name, office
    mandate.starts_on, mandate.ends_on = starts_on, ends_on
    record(
        actor,
        "organisation.officer_changed",
        mandate.organisation,
        office=office,
        starts_on=starts_on,
        ends_on=ends_on,
        personal=["holder_name"],
    )


def _check(starts_on: date, ends_on: date | None) -> None:
    if ends_on is not None and ends_on < starts_on:
        raise Refusal(ENDS_BEFORE, "ends_on")
