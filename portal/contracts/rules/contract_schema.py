"""Reading a JSON file against its published schema, numbers exact, mistakes told in plain words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

SCHEMA_PATH = Path(__file__).parent.parent / "schemas" / "contract.schema.json"


@dataclass(frozen=True)
class Mistake:
    """Something wrong in the file, at a JSON path (`territories[0].figures[2].value`; "" = the whole)."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path or 'fichier'} : {self.message}"


class UnusableFile(ValueError):
    """The file does not hold what it should; every mistake is told at once."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__("\n".join(str(mistake) for mistake in mistakes))
        self.mistakes = mistakes


def parsed(content: bytes, schema: Path = SCHEMA_PATH) -> Any:
    """The document of a file that follows the schema (a contract's by default). Raises UnusableFile."""
    document = _parsed(content)
    mistakes = [_told(error) for error in _validator(schema).iter_errors(document)]
    if mistakes:
        raise UnusableFile(sorted(mistakes, key=lambda mistake: mistake.path))
    return document


def _parsed(content: bytes) -> Any:
    if b"\\u0000" in content or b"\0" in content:
        raise UnusableFile([Mistake("", "le fichier contient un caractère nul.")])
    try:
        return json.loads(content.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise UnusableFile([Mistake("", "le fichier n’est pas encodé en UTF-8.")]) from None
    except json.JSONDecodeError as error:
        where = f"ligne {error.lineno}, colonne {error.colno}"
        raise UnusableFile([Mistake("", f"ce n’est pas du JSON valable ({where}).")]) from None
    except (ValueError, RecursionError):
        raise UnusableFile([Mistake("", "ce n’est pas du JSON valable.")]) from None


def _no_constant(name: str) -> None:
    raise ValueError(name)


@cache
def _validator(schema: Path) -> Any:
    return jsonschema.Draft202012Validator(json.loads(schema.read_text(encoding="utf-8")))


def _path(parts: Iterable[str | int]) -> str:
    text = ""
    for part in parts:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")


_TYPES = {
    "string": "un texte",
    "integer": "un nombre entier",
    "number": "un nombre",
    "array": "une liste",
    "object": "un objet",
    "boolean": "vrai ou faux",
    "null": "rien (null)",
}


def _told(error: Any) -> Mistake:
    """A validation error in plain words."""
    return Mistake(_path(error.absolute_path), _words(error))


def _words(error: Any) -> str:
    words: Callable[[Any], str] = _WORDS.get(error.validator, _default_words)
    return words(error)


def _type_words(error: Any) -> str:
    wanted = error.validator_value if isinstance(error.validator_value, list) else [error.validator_value]
    return "il faut " + " ou ".join(_TYPES[kind] for kind in wanted) + "."


def _missing_words(error: Any) -> str:
    missing = [key for key in error.validator_value if key not in error.instance]
    return "il manque " + ", ".join(f"« {key} »" for key in missing) + "."


def _unknown_words(error: Any) -> str:
    known = set(error.schema.get("properties", ()))
    patterns = error.schema.get("patternProperties", ())
    unknown = [key for key in error.instance if key not in known and not any(re.search(each, key) for each in patterns)]
    return "clé inconnue : " + ", ".join(f"« {key} »" for key in sorted(unknown)) + "."


def _default_words(error: Any) -> str:
    return f"la règle « {error.validator} » n’est pas respectée."


_WORDS: dict[str, Callable[[Any], str]] = {
    "type": _type_words,
    "required": _missing_words,
    "additionalProperties": _unknown_words,
    "enum": lambda error: "il faut l’une de ces valeurs : " + ", ".join(map(str, error.validator_value)) + ".",
    "pattern": lambda error: f"« {str(error.instance)[:60]} » n’a pas la forme attendue.",
    "maxLength": lambda error: f"texte trop long : au plus {error.validator_value} caractères.",
    "minItems": lambda error: f"il faut au moins {error.validator_value} élément(s).",
    "maxItems": lambda error: f"il faut au plus {error.validator_value} élément(s).",
    "minimum": lambda error: f"au moins {error.validator_value}.",
    "maximum": lambda error: f"au plus {error.validator_value}.",
}
