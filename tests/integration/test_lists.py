"""Lists without a test beside their room: as many queries for 1 row as for 200."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from portal.accounts.rules import Role
from portal.committee.models import Sitting, SittingKind
from portal.foundation import clock
from portal.foundation.database import unit_of_work
from portal.foundation.folding import fold
from portal.foundation.outbox import Task
from portal.quartiers.models import ContractQuartier, Quartier, QuartierKind
from tests import factories, world
from tests.queries import counted
from tests.visitors import Visitor


def _sitting(side: world.Side, who: int, number: int) -> Sitting:
    kind = side.sample(SittingKind)
    return Sitting(kind_id=kind.id, contract_id=side.contract.id, title=f"Séance {number}", held_on=date(2026, 3, 5))


def _kind(side: world.Side, who: int, number: int) -> SittingKind:
    return SittingKind(
        contract_id=side.contract.id,
        code=f"kind-{number}",
        label=f"Comité {number}",
        pronounces_admissibility=True,
        arbitrates=False,
        position=number + 10,
    )


def _task(side: world.Side, who: int, number: int) -> Task:
    return Task(
        key=f"list-{number}",
        name="example",
        arguments={},
        queue="default",
        label=f"Classeur {number}",
        owner_person_id=who,
        created_at=clock.now(),
    )


def _quartier(side: world.Side, who: int, number: int) -> ContractQuartier:
    name = f"Cité {number}"
    quartier = Quartier(slug=f"cite-{number}", name=name, name_fold=fold(name), position=number)
    return ContractQuartier(contract_id=side.contract.id, quartier=quartier, kind=QuartierKind.QPV)


@pytest.mark.parametrize(
    ("address", "make"),
    [
        ("/seances", _sitting),
        ("/seances/natures", _kind),
        ("/travaux", _task),
        ("/rapports", _quartier),
    ],
)
def test_a_list_asks_as_many_queries_for_1_row_as_for_200(app, address: str, make: Callable[..., Any]):
    side = world.build("a")
    person = factories.staff(Role.MANAGER, side.contract)
    visitor = Visitor(app, person)
    counts = []
    for numbers in (range(1), range(1, 200)):
        rows = [make(side, person.id, number) for number in numbers]
        with unit_of_work() as session:
            session.add_all(rows)
        with counted() as queries:
            assert visitor.get(address).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("address", ["/instruction", "/programmation"])
def test_a_list_of_calls_asks_as_many_queries_for_1_call_as_for_31(app, address: str):
    side = world.build("a")
    visitor = Visitor(app, factories.staff(Role.OFFICER, side.contract))
    counts = []
    for more in (0, 30):
        for _ in range(more):
            factories.call(side.contract, [side.quartier])
        with counted() as queries:
            assert visitor.get(address).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
