"""The dated SIRETs of an organisation: one opened, one ended."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from portal.accounts.models import Establishment, Organisation
from portal.accounts.queries import organisation as queries
from portal.accounts.rules.identifiers import siren_of
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import Actor
from portal.foundation.database import broke
from portal.foundation.events import record
from portal.foundation.periods import to_paris
from portal.foundation.refusals import Refusal

TAKEN = "Ce SIRET est déjà celui d’une structure du portail."


def check_siren(organisation: Organisation, siret: str) -> None:
    """Raises Refusal on `siret` when its SIREN is not the organisation's, or is another's."""
    siren = siren_of(siret)
    if organisation.siren and organisation.siren != siren:
        raise Refusal(
            "Ce SIRET n’appartient pas à votre structure : ses neuf premiers chiffres devraient être "
            f"{organisation.siren}.",
            "siret",
        )
    if queries.siren_holder(siren) not in (None, organisation.id):
        raise Refusal("Ce SIRET est celui d’une autre structure du portail : demandez à la rejoindre.", "siret")


def add_establishment(organisation: Organisation, siret: str, starts_on: date, *, actor: Actor) -> Establishment:
    """A SIRET that the organisation has since `starts_on`. `siret` is a checked one.

    Raises Refusal on `siret` or `starts_on`.
    """
    check_siren(organisation, siret)
    if starts_on > _today():
        raise Refusal("Cette date est à venir : ajoutez le SIRET quand il sera en vigueur.", "starts_on")
    known = db.session.execute(sa.select(Establishment.id).where(Establishment.siret == siret)).first()
    if known is not None:
        raise Refusal(TAKEN, "siret")
    organisation.siren = siren_of(siret)
    place = Establishment(siret=siret, starts_on=starts_on)
    organisation.establishments.append(place)
    organisation.version += 1
    try:
        db.session.flush()
    except IntegrityError as error:
        if broke(error, "uq_establishment_siret") or broke(error, "uq_organisation_siren"):
            raise Refusal(TAKEN, "siret") from error
        raise
    record(actor, "organisation.siret_added", organisation, siret=siret, starts_on=starts_on)
    return place


def end_establishment(place: Establishment, ends_on: date, *, actor: Actor) -> None:
    """The organisation left this SIRET; it keeps another one. Raises Refusal on `ends_on`."""
    organisation = place.organisation
    if place.ends_on is not None:
        raise Refusal("Ce SIRET est déjà clos.")
    if place.starts_on is not None and ends_on < place.starts_on:
        raise Refusal("La fin ne peut pas précéder le début.", "ends_on")
    if ends_on > _today():
        raise Refusal("Cette date est à venir.", "ends_on")
    if not any(other.ends_on is None for other in organisation.establishments if other.id != place.id):
        raise Refusal("Ajoutez d’abord le SIRET qui le remplace : la structure en garde un en vigueur.", "ends_on")
    place.ends_on = ends_on
    organisation.version += 1
    record(actor, "organisation.siret_ended", organisation, siret=place.siret, ends_on=ends_on)


def _today() -> date:
    return to_paris(clock.now()).date()
