"""How the signed-in person reads a call's programming table, for all the pages made of it."""

from __future__ import annotations

from flask import request

from portal.accounts.access import Scoped, current_person, my_scope_ids, roles_of, usable_grants
from portal.accounts.rules import Role
from portal.calls.models import Call
from portal.calls.states import FundingStatus
from portal.committee.queries.programme import Filters, Reader
from portal.committee.rules.arbitration import OUTCOMES
from portal.committee.rules.desk import COMMITTEE, OVERSEERS
from portal.foundation.quantities import plain_number

FUNDER_PEOPLE = (Role.FUNDER_AGENT, Role.STATE_OFFICER)


def reader_of(call: Call) -> Reader:
    """The committee reads all of it, funders their own lines."""
    roles = roles_of(call)
    committee = bool(roles & COMMITTEE)
    return Reader(
        person_id=current_person().id,
        grants=usable_grants(),
        funder_ids=None if committee else frozenset(my_scope_ids(*FUNDER_PEOPLE)),
        reads_scores=committee and call.scoring_enabled,
        oversees=bool(roles & OVERSEERS),
    )


def held_on(funder_id: int, thing: Scoped) -> frozenset[Role]:
    """The reader's roles that reach the lines of a funder: its people on their own only."""
    roles = roles_of(thing)
    return roles if funder_id in my_scope_ids(*FUNDER_PEOPLE) else roles - set(FUNDER_PEOPLE)


def filters_asked() -> Filters:
    """The filters of the address, whatever is odd in it left aside."""
    asked = request.args
    return Filters(
        plain_number(asked.get("financeur")),
        plain_number(asked.get("quartier")),
        plain_number(asked.get("pilier")),
        " ".join(asked.get("mots", "").split())[:200],
        next((each for each in FundingStatus if each.value == asked.get("etat")), None),
        next((each for each in OUTCOMES if each.value == asked.get("decision")), None),
        asked.get("alertes") == "1",
    )
