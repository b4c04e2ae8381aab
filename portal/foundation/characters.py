"""What a text may carry that nobody typed on purpose: controls, and marks that turn what is read around."""

from __future__ import annotations

import re
import unicodedata

# Embeddings, overrides and isolates: « exe.fdp » is shown where « fdp.exe » is written.
_DIRECTIONS = dict.fromkeys(map(ord, "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))
_KEPT = frozenset("\n\t")


def tidy_words(text: str) -> str:
    """A text of several lines, without controls nor marks of direction; ends of lines as « \\n »."""
    lines = re.sub(r"\r\n?|[\u2028\u2029\x0b\x0c\x85]", "\n", text).translate(_DIRECTIONS)
    return "".join(c for c in lines if c in _KEPT or unicodedata.category(c) not in {"Cc", "Cs"})


def tidy_line(text: str) -> str:
    """A text of one line: an end of line in it becomes a space."""
    return re.sub(r"[\n\t]+", " ", tidy_words(text))
