"""The help, the example and the words to explain beside each field of the sections: data in one file."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from portal.calls.states import Section

DATA = Path(__file__).parents[1] / "data" / "help.json"
_RANK = re.compile(r"_[0-9]+(?=_|$)")


@dataclass(frozen=True)
class Help:
    """What stands beside a field; `words` are codes of the glossary."""

    help: str = ""
    example: str = ""
    words: tuple[str, ...] = ()


NONE = Help()


@cache
def every_help() -> dict[str, dict[str, Help]]:
    """The help of each field by section, then by field name."""
    read = json.loads(DATA.read_text(encoding="utf-8"))
    return {
        section: {
            name: Help(said.get("help", ""), said.get("example", ""), tuple(said.get("words", ())))
            for name, said in fields.items()
        }
        for section, fields in read.items()
    }


def help_of(section: Section, name: str) -> Help:
    """The help of a field. The ids and ranks in a name do not count: `ref_12_specific` is `ref_specific`."""
    return every_help().get(section.value, {}).get(_RANK.sub("", name), NONE)
