"""Who analyses what: a balanced, repeatable distribution that never gives a file to somebody recused."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Generic, TypeVar

Turn = TypeVar("Turn")


def balanced(
    applications: Sequence[int],
    reviewers: Sequence[int],
    *,
    per_application: int,
    assigned: Mapping[int, Collection[int]],
    recused: Collection[tuple[int, int]],
    loads: Mapping[int, int] | None = None,
) -> list[tuple[int, int]]:
    """The (application, reviewer) pairs to add so that each application has `per_application` reviewers.

    `assigned` says who already has what, `loads` how much each reviewer has in all when other
    applications count too; `recused` holds (application, reviewer) pairs that must never
    be. The least loaded reviewer comes first; among equal loads, the one who has read the least with
    those already chosen, so that each reader's marks are crossed with everybody's; then the order given:
    the same question always has the same answer. An application lacking eligible reviewers gets those
    there are.
    Applications with the fewest eligible reviewers are served first, so that none is left out
    because the only person who could take it was given others.
    """
    forbidden = set(recused)
    load = _loads(reviewers, assigned, loads)
    eligible = {
        each: [
            person for person in reviewers if (each, person) not in forbidden and person not in assigned.get(each, ())
        ]
        for each in applications
    }
    rank = {reviewer: position for position, reviewer in enumerate(reviewers)}
    together = Counter(pair for people in assigned.values() for pair in permutations(people, 2))
    added = []
    for each in sorted(applications, key=lambda one: (len(eligible[one]), applications.index(one))):
        readers, able = list(assigned.get(each, ())), list(eligible[each])
        while able and len(readers) < per_application:
            met = {person: sum(together[person, reader] for reader in readers) for person in able}
            person = min(able, key=lambda one: (load[one], met[one], rank[one]))
            together.update(pair for reader in readers for pair in ((person, reader), (reader, person)))
            load[person] += 1
            readers.append(person)
            able.remove(person)
            added.append((each, person))
    order = {each: position for position, each in enumerate(applications)}
    return sorted(added, key=lambda pair: (order[pair[0]], rank[pair[1]]))


def levelled(
    movable: Collection[tuple[int, int]],
    reviewers: Sequence[int],
    *,
    assigned: Mapping[int, Collection[int]],
    recused: Collection[tuple[int, int]],
    loads: Mapping[int, int] | None = None,
) -> list[tuple[int, int]]:
    """The same (application, reviewer) pairs given so that loads are as even as can be, with few moves.

    `assigned` holds them too, with those that stay. A pair goes from hand to hand when no single move
    would do: A gives to B, who gives to C.
    """
    board = _Board(movable, reviewers, assigned, recused, _loads(reviewers, assigned, loads))
    while path := board.path():
        for application, giver, taker in path:
            board.move(application, giver, taker)
    return sorted(board.pairs())


class _Board:
    """Who has what while it is levelled."""

    def __init__(
        self,
        movable: Collection[tuple[int, int]],
        reviewers: Sequence[int],
        assigned: Mapping[int, Collection[int]],
        recused: Collection[tuple[int, int]],
        load: dict[int, int],
    ) -> None:
        self.reviewers, self.load, self.forbidden = reviewers, load, set(recused)
        self.holders = {application: set(people) for application, people in assigned.items()}
        self.hands: dict[int, set[int]] = {person: set() for person in reviewers}
        for application, person in movable:
            self.hands[person].add(application)

    def pairs(self) -> list[tuple[int, int]]:
        return [(application, person) for person, held in self.hands.items() for application in held]

    def move(self, application: int, giver: int, taker: int) -> None:
        self.hands[giver].remove(application)
        self.hands[taker].add(application)
        self.holders[application] = (self.holders[application] - {giver}) | {taker}
        self.load[giver] -= 1
        self.load[taker] += 1

    def path(self) -> list[tuple[int, int, int]]:
        """Moves (application, giver, taker) that bring one analysis from somebody to somebody else who has
        at least two fewer; empty when loads are level."""
        for source in sorted(self.reviewers, key=lambda person: -self.load[person]):
            reached = self._reached_from(source)
            lightest = min(reached, key=lambda person: (self.load[person], self.reviewers.index(person)))
            if self.load[source] - self.load[lightest] >= 2:
                return self._back(reached, lightest)
        return []

    def _reached_from(self, source: int) -> dict[int, tuple[int, int] | None]:
        """Everybody to whom something may come from `source`: (application, giver) by taker."""
        reached: dict[int, tuple[int, int] | None] = {source: None}
        waiting = deque([source])
        while waiting:
            giver = waiting.popleft()
            for taker in self.reviewers:
                if taker not in reached and (application := self._given(giver, taker)) is not None:
                    reached[taker] = (application, giver)
                    waiting.append(taker)
        return reached

    def _given(self, giver: int, taker: int) -> int | None:
        able = (
            application
            for application in self.hands[giver]
            if taker not in self.holders[application] and (application, taker) not in self.forbidden
        )
        return min(able, default=None)

    def _back(self, reached: Mapping[int, tuple[int, int] | None], taker: int) -> list[tuple[int, int, int]]:
        moves = []
        while (step := reached[taker]) is not None:
            moves.append((step[0], step[1], taker))
            taker = step[1]
        return moves


def _loads(
    reviewers: Sequence[int], assigned: Mapping[int, Collection[int]], loads: Mapping[int, int] | None
) -> dict[int, int]:
    if loads is not None:
        return {person: loads.get(person, 0) for person in reviewers}
    return {person: sum(person in people for people in assigned.values()) for person in reviewers}


@dataclass(frozen=True)
class Place(Generic[Turn]):
    """Where one stands in a round. `after` is the next still to give, from there and then from the start."""

    rank: int
    previous: Turn | None
    following: Turn | None
    after: Turn | None


def place_in(turns: Sequence[Turn], here: int, is_given: Callable[[Turn], bool]) -> Place[Turn]:
    """The place of the turn at index `here`; ranks count from 1."""
    ahead = [*turns[here + 1 :], *turns[:here]]
    return Place(
        here + 1,
        turns[here - 1] if here else None,
        turns[here + 1] if here + 1 < len(turns) else None,
        next((turn for turn in ahead if not is_given(turn)), None),
    )
