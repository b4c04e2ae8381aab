"""Who acts: a signed-in person, a guest with a single-purpose link, or the portal itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Actor:
    """The author of an event. `person_id` is None for a guest and for the portal."""

    kind: str
    person_id: int | None = None
    label: str = ""

    @classmethod
    def person(cls, person_id: int, label: str) -> Actor:
        return cls("person", person_id, label)

    @classmethod
    def guest(cls, label: str) -> Actor:
        return cls("guest", None, label)


SYSTEM = Actor("system", None, "Portail")
