"""Every line of every table of steps: a refused actor, a wrong state, a failed guard, a repeat.

The tables are found, not named: a new one is tested as it comes. What each guard says of real
things is tested with its operation.
"""

from __future__ import annotations

import importlib
import pkgutil

import pytest

import portal
from portal.foundation.refusals import Refusal
from portal.foundation.transitions import Step, TransitionTable

ALL_ROLES = frozenset(role for role in importlib.import_module("portal.accounts.rules").Role) | {"system"}

# Steps that may be taken again from where they lead: an opinion, an amount or a decision is replaced.
REPEATABLE = {
    ("le dossier", "decide"),
    ("le financement", "give_opinion"),
    ("le financement", "propose"),
    ("le financement", "arbitrate"),
    ("la demande de correction", "extend"),
    # Corrected until its date.
    ("la demande d’avis", "give"),
    # Some applications, then others.
    ("le scénario", "apply"),
    # Part after part; a second mistake may be taken back after a first.
    ("le financement", "pay_in_part"),
    ("le financement", "take_back_in_part"),
}


def tables() -> list[TransitionTable]:
    """The tables of all rules."""
    seen: list[TransitionTable] = []
    for module in pkgutil.walk_packages(portal.__path__, "portal."):
        if ".rules" not in module.name:
            continue
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, TransitionTable) and not any(value is table for table in seen):
                seen.append(value)
    return seen


LINES = [
    pytest.param(table, step, id=f"{table.subject}: {step.name}".replace("\u2019", "'"))
    for table in tables()
    for step in table
]
each_line = pytest.mark.parametrize(("table", "step"), LINES)


class Unmet(Refusal):
    """The refusal of a guard of these tests."""


@pytest.fixture
def guards(session_app, monkeypatch):
    """Replace the checks under every guard name of a table by one check."""

    def replace(table: TransitionTable, check) -> None:
        monkeypatch.setattr(table, "_guards", {name: [check] for name in table._guards})

    return replace


def met(_subject: object, **_values: object) -> None:
    """A guard that lets everything pass."""


def test_every_table_is_found():
    assert {table.subject for table in tables()} == {
        "le dossier",
        "la note d’opportunité",
        "le financement",
        "l’appel à projets",
        "la demande de correction",
        "la demande d’avis",
        "l’analyse",
        "la séance",
        "la visite",
        "la saisie",
        "le bilan",
        "la convention",
        "le projet ajusté",
        "le scénario",
    }


@each_line
def test_whoever_has_the_role_takes_the_step_from_each_of_its_states(table: TransitionTable, step: Step, guards):
    guards(table, met)
    for state in step.sources:
        for role in step.by:
            assert table.check(step.name, state, [role]) is step
            assert step in table.available(state, [role])


@each_line
def test_no_other_role_takes_it(table: TransitionTable, step: Step, guards):
    guards(table, met)
    state = min(step.sources)
    others = ALL_ROLES - step.by
    with pytest.raises(Refusal, match=f"^Vous n’avez pas qualité pour « {step.label} ».$"):
        table.check(step.name, state, others)
    assert step not in table.available(state, others)


@each_line
def test_it_is_not_taken_from_another_state(table: TransitionTable, step: Step, guards):
    guards(table, met)
    for state in set(table.states) - step.sources - {step.target}:
        with pytest.raises(Refusal, match=f"^« {step.label} » n’est pas possible dans l’état actuel : "):
            table.check(step.name, state, step.by)
        assert step not in table.available(state, step.by)


@each_line
def test_it_is_not_taken_twice(table: TransitionTable, step: Step, guards):
    guards(table, met)
    if (table.subject, step.name) in REPEATABLE:
        assert table.check(step.name, step.target, step.by) is step
        return
    with pytest.raises(Refusal, match=f"^C’est déjà fait : {table.subject} "):
        table.check(step.name, step.target, step.by)


@each_line
def test_each_of_its_guards_can_stop_it(table: TransitionTable, step: Step, guards, monkeypatch):
    def unmet(subject: object, **values: object) -> None:
        raise Unmet(f"{subject} {values}")

    for name in step.guards:
        guards(table, met)
        monkeypatch.setitem(table._guards, name, [unmet])
        with pytest.raises(Unmet, match=r"^the thing \{'word': 'why'\}$"):
            table.check(step.name, min(step.sources), step.by, "the thing", word="why")


@each_line
def test_each_of_its_guards_has_a_check(session_app, table: TransitionTable, step: Step):
    assert [name for name in step.guards if not table._guards[name]] == []


@pytest.mark.parametrize("table", tables(), ids=lambda table: table.subject)
def test_a_guard_that_no_step_names_cannot_be_registered(table: TransitionTable):
    with pytest.raises(KeyError, match="no step has a guard named 'nowhere'"):
        table.guard("nowhere")


@each_line
def test_it_says_its_states_its_verb_and_its_event(table: TransitionTable, step: Step):
    assert step.sources <= set(table.states)
    assert step.target in set(table.states)
    assert step.label[0].isupper()
    assert len(step.event.split(".")) == 2
    assert all(table.label_of(state) != state for state in table.states)
