"""A scenario computed in the demonstration's call; nobody takes it up."""

from __future__ import annotations

from portal.accounts.models import Person
from portal.accounts.operations.people import by
from portal.accounts.rules import HeldGrant
from portal.calls.models import Call
from portal.calls.operations.calling import set_scenarios
from portal.committee.operations.scenarios import create_scenario
from portal.committee.queries.programme import Reader
from portal.committee.rules.scenarios.model import Rules
from portal.committee.rules.scenarios.parameters import Parameters
from portal.site.demo.stages import DIRECTION

RULES = Rules(minimum_cents=500_00, max_cut_bp=6_000)


def share(call: Call, officer: Person, manager: Person) -> None:
    """The head of the Direction opens scenarios for the call, the officer asks for one."""
    set_scenarios(call, is_enabled=True, version=call.version, actor=by(manager))
    grants = [HeldGrant(each.role, each.scope_kind, each.scope_id, each.level) for each in officer.grants]
    create_scenario(
        call,
        "Au moins 500 € ou rien (fictif)",
        Parameters(RULES),
        reader=Reader(officer.id, grants, funder_ids=None, reads_scores=True, oversees=True),
        actor=by(officer),
        roles=DIRECTION,
    )
