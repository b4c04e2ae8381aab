"""An application that nobody has begun, so that the Direction walks through the form of a call.

It is made of objects that are never added to the session: nothing of it can be stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from portal.accounts.models import Organisation, OrganisationKind
from portal.calls.models import Application, Call
from portal.calls.queries.offered import offered_quartiers
from portal.calls.queries.sections import dossier_of
from portal.calls.rules.filing import Dossier, PlacedShare
from portal.calls.rules.pre_projects import equal_parts
from portal.calls.states import ApplicationStatus, Duration, Origin
from portal.foundation import clock
from portal.foundation.database import Base
from portal.foundation.periods import months_after, to_paris

NOBODY = 0
"""The id of what is not stored: no row has it."""


@dataclass(frozen=True)
class Profile:
    """Whose form is shown: what decides its documents and its attestations."""

    code: str
    label: str
    kind: OrganisationKind
    is_renewal: bool
    duration: Duration = Duration.ONE_YEAR
    is_young: bool = False


PROFILES = (
    Profile("association", "Une association, première demande", OrganisationKind.ASSOCIATION, False),
    Profile("renouvellement", "Une association qui renouvelle", OrganisationKind.ASSOCIATION, True),
    Profile(
        "pluriannuel", "Une association, sur plusieurs années", OrganisationKind.ASSOCIATION, True, Duration.MULTI_YEAR
    ),
    Profile("jeune", "Une association de moins d’un an", OrganisationKind.ASSOCIATION, False, is_young=True),
    Profile("college", "Un établissement scolaire", OrganisationKind.EPLE, False),
    Profile("public", "Une commune, un bailleur", OrganisationKind.COMMUNE, False),
)


def profile_of(code: str | None) -> Profile:
    """The profile of an address; the first when it names none."""
    return next((profile for profile in PROFILES if profile.code == code), PROFILES[0])


def sample(call: Call, profile: Profile) -> tuple[Application, Dossier]:
    """The empty application of somebody of that profile, placed in every quartier of the call.

    The quartiers are there because other sections ask their questions for each of them.
    """
    born_on = months_after(to_paris(call.closes_at).date(), -3 if profile.is_young else -60)
    organisation = Organisation(
        **_defaults(Organisation), id=NOBODY, name="Votre structure", kind=profile.kind, created_on=born_on
    )
    application = Application(
        **_defaults(Application, but=("duration",)),
        id=NOBODY,
        call_id=call.id,
        call=call,
        organisation_id=NOBODY,
        organisation=organisation,
        number=NOBODY,
        origin=Origin.ONLINE,
        status=ApplicationStatus.DRAFT,
        title="",
        created_at=clock.now(),
        is_renewal=profile.is_renewal,
        duration=profile.duration,
    )
    offered = offered_quartiers(call)
    places = tuple(
        PlacedShare(quartier_id, name, False, share, None)
        for (quartier_id, name, _kind), share in zip(offered, equal_parts(len(offered)), strict=True)
    )
    return application, replace(dossier_of(application), placements=places)


def _defaults(table: type[Base], but: Sequence[str] = ()) -> dict[str, Any]:
    """What a row of a table holds when nothing else is said; the database is not there to say it."""
    columns = ((column.name, column.default) for column in table.__table__.columns if column.name not in but)
    return {name: default.arg for name, default in columns if default is not None and default.is_scalar}
