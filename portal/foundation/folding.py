"""Two ways of bringing texts together: for search and order, and for « printed the same »."""

import unicodedata

_APOSTROPHES = {"\u2019": "'", "\u2018": "'", "\u02bc": "'"}
_PLAIN = str.maketrans({**_APOSTROPHES, "œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d"})
_STRAIGHT = str.maketrans(_APOSTROPHES)


def fold(text: str) -> str:
    """The text as search and French order see it: no accent, no case, no ligature, single spaces."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return _single_spaces(bare.translate(_PLAIN))


def printed_key(text: str) -> str:
    """What makes two printed titles the same: NFC, straight apostrophes, single spaces, no case.

    Accents count: « Été » and « Ete » stay two titles.
    """
    composed = unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).casefold())
    return _single_spaces(composed.translate(_STRAIGHT))


def _single_spaces(text: str) -> str:
    # str.split knows the no-break spaces of French typography as spaces.
    return " ".join(text.split())
