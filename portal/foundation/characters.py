"""What a text may carry that nobody typed on purpose: controls, and marks that turn what is read around."""

from __future__ import annotations

import re
import unicodedata

# Embeddings, overrides and isolates: « exe.fdp » is shown where « fdp.exe » is written.
_DIRECTIONS = dict.fromkeys(map(ord, "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))
_KEPT = frozenset("\n\t")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def for_xml(text: str) -> str:
    """The text without what XML 1.0 cannot hold: neither a sheet nor a letter could be written with it."""
    return _NOT_XML.sub("", text)


def tidy_words(text: str) -> str:
    """A text of several lines without what nobody types on purpose; ends of lines as « \\n »."""
    lines = re.sub(r"\r\n?|[\u2028\u2029\x0b\x0c\x85]", "\n", text).translate(_DIRECTIONS)
    return "".join(c for c in for_xml(lines) if c in _KEPT or unicodedata.category(c) not in {"Cc", "Cs"})


def tidy_line(text: str) -> str:
    """A text of one line: an end of line in it becomes a space."""
    return re.sub(r"[\n\t]+", " ", tidy_words(text))
