"""Small tables that say what may move: who, from where, under which guard, telling whom.

Views, tests and guides read the same tables. A step that is not in its table changes nothing
and says why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from portal.foundation.refusals import Refusal

Guard = Callable[..., None]
"""Called with the subject and the step's keyword values; raises Refusal to forbid the step."""


@dataclass(frozen=True)
class Step:
    """One line of a table.

    `by` holds the roles (or "system") that may take it; `label` is the French verb on the button.
    """

    name: str
    sources: frozenset[str]
    target: str
    by: frozenset[str]
    label: str
    event: str
    guards: tuple[str, ...] = ()
    message: str | None = None


def step(
    name: str,
    sources: Iterable[str],
    target: str,
    by: Iterable[str],
    label: str,
    event: str,
    guards: tuple[str, ...] = (),
    message: str | None = None,
) -> Step:
    """One line of a table, from plain sets."""
    return Step(name, frozenset(sources), target, frozenset(by), label, event, guards, message)


class TransitionTable:
    """The steps of one kind of thing (`subject` names it in French, with its article)."""

    def __init__(self, subject: str, states: type[StrEnum], steps: Iterable[Step]) -> None:
        self.subject = subject
        self.states = states
        self.steps = {step.name: step for step in steps}
        self._guards: dict[str, list[Guard]] = {name: [] for step in self.steps.values() for name in step.guards}

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps.values())

    def guard(self, name: str) -> Callable[[Guard], Guard]:
        """Register a check under a guard's name; a higher room may add its own."""
        if name not in self._guards:
            raise KeyError(f"{self.subject}: no step has a guard named {name!r}")

        def register(check: Guard) -> Guard:
            if check not in self._guards[name]:
                self._guards[name].append(check)
            return check

        return register

    def check(self, name: str, state: str, roles: Iterable[str], subject: object = None, **values: Any) -> Step:
        """The step `name` if it may be taken now, else Refusal in words."""
        step = self.steps[name]
        if not step.by & set(roles):
            raise Refusal(f"Vous n’avez pas qualité pour « {step.label} ».")
        if state == step.target and state not in step.sources:
            raise Refusal(f"C’est déjà fait : {self.subject} est dans cet état.")
        if state not in step.sources:
            raise Refusal(f"« {step.label} » n’est pas possible dans l’état actuel : {self.label_of(state)}.")
        for guard_name in step.guards:
            for check in self._guards[guard_name]:
                check(subject, **values)
        return step

    def available(self, state: str, roles: Iterable[str]) -> list[Step]:
        """The steps open from `state` to somebody with `roles`, guards aside."""
        mine = set(roles)
        return [step for step in self if state in step.sources and step.by & mine]

    def label_of(self, state: str) -> str:
        return str(getattr(self.states(state), "label", state))
