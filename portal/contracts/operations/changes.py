"""What loading a file changes, collected as it happens, so that it can be told and refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

_WORDS = {
    "label": "libellé",
    "name": "nom",
    "objective": "objectif",
    "basis": "fondement",
    "parent_id": "rattachement",
    "position": "ordre",
    "start_year": "année de début",
    "end_year": "année de fin",
    "commune_name": "commune",
    "commune_insee_code": "code INSEE",
    "source": "source",
    "is_demo": "démonstration",
    "singular": "singulier",
    "plural": "pluriel",
    "kind": "statut",
    "official_code": "code officiel",
    "starts_on": "date de début",
    "ends_on": "date de fin",
    "presentation": "présentation",
    "value_thousandths": "valeur (en millièmes)",
    "unit": "unité",
    "year": "année",
    "note": "remarque",
    "share_bp": "part (en points de base)",
    "theme_id": "thématique",
}


@dataclass(frozen=True)
class Difference:
    """A value the portal holds and the file says otherwise."""

    what: str
    field: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.what}, {_WORDS.get(self.field, self.field)} : « {self.before} » → « {self.after} »"


@dataclass
class Changes:
    """Filled while a file is loaded: things added, and values that differ."""

    additions: list[str] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.additions or self.differences)

    def add(self, what: str) -> None:
        self.additions.append(what)

    def settle(self, what: str, thing: Any, **values: object) -> None:
        """Bring `thing` to the file's values, noting what differs. None says nothing and erases nothing."""
        for name, value in values.items():
            before = getattr(thing, name)
            if value is None or before == value:
                continue
            self.differences.append(Difference(what, name, _shown(before), _shown(value)))
            setattr(thing, name, value)

    def lines(self) -> list[str]:
        return [*(f"à ajouter : {what}" for what in self.additions), *map(str, self.differences)]


def _shown(value: object) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(getattr(value, "label", value))[:120]
