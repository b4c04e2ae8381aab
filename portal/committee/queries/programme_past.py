"""What earlier years granted to the same action: the one renewed, or the same title of the same structure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.calls.models import Application, Call, FundingLine
from portal.calls.states import Origin
from portal.contracts.models import Nature
from portal.extensions import db

Key = tuple[int, int, Nature]
"""An application of today, a funder, a nature."""


@dataclass
class PastYear:
    """Cents granted in one earlier year; `unknown` holds the applications whose past action is imported without
    its amounts."""

    cents: dict[Key, int] = field(default_factory=dict)
    unknown: set[int] = field(default_factory=set)


def past_years(call: Call, ids: Collection[int]) -> tuple[PastYear, PastYear]:
    """The years N-1 and N-2 of some applications of a call, in three queries."""
    before = _same_action(ids, call.year - 1)
    # N-2 is looked for from N-1 too: an action may have changed its title once.
    since = _descendants(before)
    earlier = {
        (application, past): imported
        for (known, past), imported in _same_action([*ids, *since], call.year - 2).items()
        for application in since.get(known, {known})
    }
    granted = _granted({past for _application, past in (*before, *earlier)})
    return _year(before, granted), _year(earlier, granted)


def previous_grants(call: Call, ids: Collection[int]) -> tuple[dict[Key, int], set[int]]:
    """The year N-1 alone: the cents granted, and the applications whose past action has no known amount."""
    before = _same_action(ids, call.year - 1)
    year = _year(before, _granted({past for _application, past in before}))
    return year.cents, year.unknown


def _same_action(ids: Collection[int], year: int) -> dict[tuple[int, int], bool]:
    """(application, the same action in `year`): whether the latter is imported."""
    before, before_call = aliased(Application), aliased(Call)
    same = sa.or_(
        before.id == Application.renewal_of_id,
        sa.and_(
            Application.renewal_of_id.is_(None),
            before.organisation_id == Application.organisation_id,
            before.title_fold == Application.title_fold,
        ),
    )
    rows = db.session.execute(
        sa.select(Application.id, before.id, before.origin)
        .join(before, same)
        .join(before_call, before_call.id == before.call_id)
        .where(Application.id.in_(ids), before_call.year == year)
    )
    return {(row[0], row[1]): row[2] is Origin.IMPORTED for row in rows}


def _descendants(before: Iterable[tuple[int, int]]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for application, past in before:
        found[past].add(application)
    return found


def _granted(past: Collection[int]) -> dict[int, dict[tuple[int, Nature], int]]:
    """What was granted by funder and nature, where it is known, by past application."""
    rows = db.session.execute(
        sa.select(
            FundingLine.application_id, FundingLine.funder_id, FundingLine.nature, FundingLine.granted_cents
        ).where(FundingLine.application_id.in_(past), FundingLine.granted_cents.is_not(None))
    )
    found: dict[int, dict[tuple[int, Nature], int]] = defaultdict(dict)
    for application_id, funder_id, nature, cents in rows:
        found[application_id][funder_id, nature] = cents
    return found


def _year(actions: Mapping[tuple[int, int], bool], granted: Mapping[int, Mapping[tuple[int, Nature], int]]) -> PastYear:
    year = PastYear()
    for (application, past), imported in actions.items():
        amounts = granted.get(past, {})
        if imported and not amounts:
            year.unknown.add(application)
        for (funder_id, nature), cents in amounts.items():
            key = (application, funder_id, nature)
            year.cents[key] = year.cents.get(key, 0) + cents
    return year
