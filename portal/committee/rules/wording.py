"""Texts with placeholders: how they are checked, filled, and become the blocks of a document.

One mechanism for letters and conventions. A text is plain: a line that begins with « # » is a
heading, with « - » an item of a list, any other a paragraph. Placeholders stand between braces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from portal.foundation.refusals import Refusal, Refusals

Block = dict[str, Any]
Value = str | Sequence[str]
"""What a placeholder stands for: words, or the items of a list."""

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_MARKS = ("#", "- ", "\\")
MOST_FAULTS = 12
"""Beyond, one more line of a list of mistakes helps nobody."""


@dataclass(frozen=True)
class Placeholder:
    """What may be named between braces: what it stands for, and an example."""

    meaning: str
    example: str


@dataclass(frozen=True)
class Model:
    """A kind of text: its usual words, what it may name, and what it must (name → why, a clause)."""

    words: str
    placeholders: Mapping[str, Placeholder]
    required: Mapping[str, str]


# -- checking -------------------------------------------------------------------------------------


def checked(text: str, model: Model) -> str:
    """The text, ends of lines made « \\n ». Raises Refusals on `body`: each mistake with its line and word."""
    tidy = text.replace("\r\n", "\n").strip()
    faults = [
        *(fault for number, line in enumerate(tidy.split("\n"), 1) for fault in _faults(number, line, model)),
        *_missing(tidy, model),
    ]
    if faults:
        raise Refusals([Refusal(fault, "body") for fault in faults[:MOST_FAULTS]])
    return tidy


def _faults(number: int, line: str, model: Model) -> Iterator[str]:
    for name in dict.fromkeys(_PLACEHOLDER.findall(line)):
        if name not in model.placeholders:
            near = get_close_matches(name.strip().lower(), model.placeholders, n=1, cutoff=0.6)
            advice = f" Vouliez-vous écrire {{{near[0]}}} ?" if near else ""
            yield f"Ligne {number} : le repère {{{name}}} n’existe pas.{advice}"
    rest = _PLACEHOLDER.sub(lambda found: " " * len(found[0]), line)
    for found in re.finditer(r"\{\w*|\w*\}", rest):
        lack = "n’est pas fermée" if found[0].startswith("{") else "n’est pas ouverte"
        yield f"Ligne {number}, « {found[0]} » : l’accolade {lack}."


def _missing(text: str, model: Model) -> Iterator[str]:
    named = set(_PLACEHOLDER.findall(text))
    for name, why in model.required.items():
        if name not in named:
            yield f"Il manque le repère {{{name}}} : {why}."


# -- filling --------------------------------------------------------------------------------------


def filled(text: str, values: Mapping[str, Value]) -> str:
    """The words with each placeholder replaced, all at once: what a value holds is never filled again.

    Nor does it mark the text: a value that begins a line with « # » or « - » is escaped by « \\ ».
    A line that only held empty values goes.
    """
    lines = (_filled_line(line, values) for line in text.split("\n"))
    return "\n".join(line for line in lines if line is not None)


def _filled_line(line: str, values: Mapping[str, Value]) -> str | None:
    if not _PLACEHOLDER.search(line):
        return line

    def told(found: re.Match[str]) -> str:
        value = values[found[1]]
        if isinstance(value, str):
            return _harmless(value, starts_line=found.start() == 0)
        items = "\n".join(f"- {one_line(item)}" for item in value)
        return items if found.start() == 0 or not items else "\n" + items

    made = _PLACEHOLDER.sub(told, line)
    return made if made.strip("#- ") else None


def _harmless(value: str, *, starts_line: bool) -> str:
    first, *others = re.split(r"\r\n?|\n", value)
    return "\n".join([_escaped(first) if starts_line else first, *map(_escaped, others)])


def _escaped(line: str) -> str:
    return f"\\{line}" if line.startswith(_MARKS) else line


def one_line(text: str) -> str:
    """A value that stays on its line."""
    return " ".join(text.split())


# -- blocks ---------------------------------------------------------------------------------------


def blocks(text: str) -> list[Block]:
    """The blocks of filled words: headings, lists, paragraphs."""
    made: list[Block] = []
    for line in text.split("\n"):
        if line.startswith("#"):
            made.append({"kind": "heading", "text": line.lstrip("#").strip()})
        elif line.startswith("- "):
            if made and made[-1]["kind"] == "list":
                made[-1]["items"].append(line[2:])
            else:
                made.append({"kind": "list", "items": [line[2:]]})
        elif line.strip():
            made.append(paragraph(line.removeprefix("\\")))
    return made


def paragraph(words: str) -> Block:
    return {"kind": "paragraph", "text": words}
