"""The words of the contrat de ville, explained once for every page that uses them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).parents[1] / "data" / "glossary.json"


@dataclass(frozen=True)
class Term:
    """A word and what it means, in plain French; `source` names the text of law when there is one."""

    code: str
    word: str
    meaning: str
    example: str | None = None
    source: str | None = None


@cache
def glossary() -> dict[str, Term]:
    """Every term by its code, in the order of the alphabet."""
    return {line["code"]: Term(**line) for line in json.loads(DATA.read_text(encoding="utf-8"))}


def term(code: str) -> Term:
    """One term. Raises KeyError when the glossary has no such word: a page never explains it otherwise."""
    return glossary()[code]
