"""Which grants are given under a convention: private bodies, above the threshold from one funder in the year."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from portal.accounts.models import OrganisationKind
from portal.calls.models import Application, Call, FundingLine
from portal.calls.states import FundingStatus
from portal.committee.rules.conventions import counts, is_needed
from portal.committee.rules.payments import TOLD
from portal.extensions import db

PRIVATE_LAW = frozenset(
    {
        OrganisationKind.ASSOCIATION,
        OrganisationKind.FOUNDATION,
        OrganisationKind.MUTUAL,
        OrganisationKind.ESUS,
        OrganisationKind.LANDLORD,
    }
)
"""The bodies that must sign a convention above the threshold; the others are public."""


def under_convention(lines: Collection[FundingLine], statuses: Collection[FundingStatus] = TOLD) -> set[int]:
    """The ids of the lines that a convention must cover, counting what is in `statuses`.

    All that its funder granted its organisation in the year adds up, whatever the call (loi 2000-321
    art. 10, décret 2001-495). Applications, organisations, calls and contracts must be loaded.
    """
    organisations = {line.application.organisation_id for line in lines}
    rows = db.session.execute(
        sa.select(Application.organisation_id, FundingLine.funder_id, Call.year, FundingLine.nature,
                  sa.func.sum(FundingLine.granted_cents))
        .join(Application, Application.id == FundingLine.application_id)
        .join(Call, Call.id == Application.call_id)
        .where(Application.organisation_id.in_(organisations), FundingLine.granted_cents > 0,
               FundingLine.status.in_(statuses))
        .group_by(Application.organisation_id, FundingLine.funder_id, Call.year, FundingLine.nature)
    ).all()  # fmt: skip
    found = set()
    for line in lines:
        application, contract = line.application, line.application.call.contract
        total = sum(
            int(cents)
            for organisation_id, funder_id, year, nature, cents in rows
            if (organisation_id, funder_id, year)
            == (application.organisation_id, line.funder_id, application.call.year)
            and counts(nature, in_kind=contract.convention_counts_in_kind)
        )
        private = application.organisation.kind in PRIVATE_LAW
        if is_needed(private=private, total_cents=total, threshold_cents=contract.convention_threshold_cents):
            found.add(line.id)
    return found
