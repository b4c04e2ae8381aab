"""What a saved view may hold."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from portal.foundation.refusals import Refusal

LONGEST_NAME = 60
LONGEST_QUERY = 1_000
MOST_VIEWS = 30
"""Views one person keeps of one list."""

LEFT_OUT = frozenset({"page", "csrf_token"})


def kept_query(query: str) -> str:
    """The address of a list without its page number and empty answers, in the order given."""
    pairs = [(name, value) for name, value in parse_qsl(query) if name not in LEFT_OUT]
    return urlencode(pairs)


def checked_name(name: str) -> str:
    """The name as kept. Raises Refusal on `name`."""
    words = " ".join(name.split())
    if not words:
        raise Refusal("Donnez un nom à cette vue.", "name")
    if len(words) > LONGEST_NAME:
        raise Refusal(f"Choisissez un nom de {LONGEST_NAME} caractères au plus.", "name")
    return words


def check_room(kept: int) -> None:
    """Raises Refusal when somebody already keeps as many views of a list as may be."""
    if kept >= MOST_VIEWS:
        raise Refusal(f"Vous gardez déjà {MOST_VIEWS} vues de cette liste : retirez-en une d’abord.")
