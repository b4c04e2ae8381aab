"""Who analyses what: a balanced, repeatable distribution that never gives a file to somebody recused."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence


def balanced(
    applications: Sequence[int],
    reviewers: Sequence[int],
    *,
    per_application: int,
    assigned: Mapping[int, Collection[int]],
    recused: Collection[tuple[int, int]],
) -> list[tuple[int, int]]:
    """The (application, reviewer) pairs to add so that each application has `per_application` reviewers.

    `assigned` says who already has what; `recused` holds (application, reviewer) pairs that must never
    be. The least loaded reviewer comes first, equal loads in the order given: the same question
    always has the same answer. An application lacking eligible reviewers gets those there are.
    Applications with the fewest eligible reviewers are served first, so that none is left out
    because the only person who could take it was given others.
    """
    known = set(reviewers)
    forbidden = set(recused)
    load = dict.fromkeys(reviewers, 0)
    for people in assigned.values():
        for person in people:
            if person in known:
                load[person] += 1
    eligible = {
        each: [
            person for person in reviewers if (each, person) not in forbidden and person not in assigned.get(each, ())
        ]
        for each in applications
    }
    rank = {reviewer: position for position, reviewer in enumerate(reviewers)}
    added = []
    for each in sorted(applications, key=lambda one: (len(eligible[one]), applications.index(one))):
        wanted = per_application - len(assigned.get(each, ()))
        chosen = sorted(eligible[each], key=lambda person: (load[person], rank[person]))[: max(0, wanted)]
        for person in chosen:
            load[person] += 1
            added.append((each, person))
    order = {each: position for position, each in enumerate(applications)}
    return sorted(added, key=lambda pair: (order[pair[0]], rank[pair[1]]))
