"""Names and the short forms made from them."""

from __future__ import annotations

import re

from portal.foundation.folding import fold

_LITTLE_WORDS = {"d", "de", "des", "du", "et", "l", "la", "le", "les"}


def slug_of(text: str) -> str:
    """The part of an address made from a name: « Jas de Bouffan » → « jas-de-bouffan »."""
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")[:100].strip("-")


def of(name: str) -> str:
    """« de Marseille », « d’Aix-en-Provence »."""
    return f"d’{name}" if fold(name)[:1] in tuple("aeiouyh") else f"de {name}"


def same_body_key(name: str) -> str:
    """What two spellings of a body share: « Pays d’Aix Habitat », « Pays Aix Habitat »."""
    words = re.split(r"[^a-z0-9]+", fold(name))
    return " ".join(word for word in words if word and word not in _LITTLE_WORDS)
