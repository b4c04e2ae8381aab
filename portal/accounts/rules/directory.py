"""Reading what the public directory of companies answers (API Recherche d’entreprises, /search).

The answer is somebody else's: each value is checked, what cannot be used is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from stdnum.exceptions import ValidationError
from stdnum.fr import siren as stdnum_siren

from portal.accounts.rules.identifiers import rna_number, siret_number
from portal.foundation.characters import tidy_line
from portal.foundation.refusals import Refusal

LONGEST = 200
SHORTEST_QUESTION = 3
"""The directory refuses shorter questions."""

KINDS: Sequence[tuple[str, str]] = (
    # The beginning of the legal category (nomenclature Insee), the longest first.
    ("7331", "eple"), ("7361", "ccas"), ("7210", "commune"), ("7410", "gip"), ("9300", "foundation"),
    ("5546", "landlord"), ("5646", "landlord"), ("4140", "landlord"),
    ("734", "epci"), ("82", "mutual"), ("92", "association"), ("7", "other_public"),
)  # fmt: skip


@dataclass(frozen=True)
class Company:
    """A structure as the directory knows it. None is not said."""

    siren: str
    name: str
    acronym: str | None = None
    kind: str | None = None
    siret: str | None = None
    rna: str | None = None
    created_on: date | None = None
    address: str | None = None
    postcode: str | None = None
    town: str | None = None
    closed_on: date | None = None
    is_closed: bool = False
    # The establishment asked for by its SIRET, when it is closed.
    asked_is_closed: bool = False

    @property
    def place(self) -> str:
        return " ".join(part for part in (self.postcode, self.town) if part)


TAKEN = ("name", "acronym", "kind", "siret", "rna", "created_on", "address", "postcode", "town")
"""The fields of a sheet that the directory may fill."""


class NotTheFormat(ValueError):
    """The answer is not the one the directory documents."""


def question(text: str) -> str:
    """What is asked of the directory: a number without its spaces, or words. Raises Refusal on `q`."""
    words = " ".join(text.split())[:LONGEST]
    bare = words.replace(" ", "")
    if bare.isascii() and bare.isdigit() and len(bare) in (9, 14):
        return bare
    if len(words) < SHORTEST_QUESTION:
        raise Refusal("Indiquez un nom d’au moins trois lettres, un SIREN, un SIRET ou un numéro RNA.", "q")
    try:
        return rna_number(words)
    except Refusal:
        return words.upper()


def companies(answer: object, asked: str) -> list[Company]:
    """The companies of an answer, in its order. Raises NotTheFormat."""
    if not isinstance(answer, Mapping) or not isinstance(answer.get("results"), list):
        raise NotTheFormat("no list of results")
    return [found for line in answer["results"] if (found := _company(line, asked)) is not None]


def _company(line: object, asked: str) -> Company | None:
    if not isinstance(line, Mapping):
        return None
    siren, name = _siren(line.get("siren")), _words(line.get("nom_raison_sociale")) or _words(line.get("nom_complet"))
    if siren is None or name is None:
        return None
    seat, extra = _mapping(line.get("siege")), _mapping(line.get("complements"))
    shown, asked_is_closed = _establishment(line, seat, asked)
    is_closed = line.get("etat_administratif") == "C"
    postcode, town = _words(seat.get("code_postal")), _words(seat.get("libelle_commune"))
    return Company(
        siren=siren,
        name=name,
        acronym=_words(line.get("sigle")),
        kind=_kind(line.get("nature_juridique"), extra),
        siret=None if is_closed else _siret(shown, siren),
        rna=_rna(extra.get("identifiant_association")),
        created_on=_day(line.get("date_creation")),
        address=_street(seat, postcode, town),
        postcode=postcode,
        town=town,
        closed_on=_day(line.get("date_fermeture")),
        is_closed=is_closed,
        asked_is_closed=asked_is_closed,
    )


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _establishment(line: Mapping[str, Any], seat: Mapping[str, Any], asked: str) -> tuple[object, bool]:
    """The SIRET to offer: the one asked for when it is open, the seat's otherwise; whether the asked one is closed."""
    matching = line.get("matching_etablissements")
    listed = [seat, *(matching if isinstance(matching, list) else [])]
    for place in listed:
        if isinstance(place, Mapping) and place.get("siret") == asked:
            if place.get("etat_administratif") != "F":
                return asked, False
            return (None if place is seat else _open_siret(seat)), True
    return _open_siret(seat), False


def _open_siret(seat: Mapping[str, Any]) -> object:
    return None if seat.get("etat_administratif") == "F" else seat.get("siret")


def _words(value: object) -> str | None:
    """A text worth showing: « [NON-DIFFUSIBLE] » and the like say nothing."""
    if not isinstance(value, str):
        return None
    words = " ".join(tidy_line(value).split())[:LONGEST]
    return None if not words or words.startswith("[") else words


def _siren(value: object) -> str | None:
    try:
        return str(stdnum_siren.validate(value)) if isinstance(value, str) else None
    except ValidationError:
        return None


def _siret(value: object, siren: str) -> str | None:
    try:
        number = siret_number(value) if isinstance(value, str) else None
    except Refusal:
        return None
    return number if number is not None and number.startswith(siren) else None


def _rna(value: object) -> str | None:
    try:
        return rna_number(value) if isinstance(value, str) else None
    except Refusal:
        return None


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _kind(category: object, extra: Mapping[str, Any]) -> str | None:
    code = category if isinstance(category, str) else ""
    for beginning, kind in KINDS:
        if code.startswith(beginning):
            return kind
    return "association" if extra.get("est_association") is True else None


def _street(seat: Mapping[str, Any], postcode: str | None, town: str | None) -> str | None:
    """The number and the street alone; the whole line when they are not told apart."""
    parts = [_words(seat.get(name)) for name in ("numero_voie", "indice_repetition", "type_voie", "libelle_voie")]
    if parts[-1] is not None:
        return " ".join(part for part in parts if part)
    whole = _words(seat.get("adresse"))
    end = " ".join(part for part in (postcode, town) if part)
    return (whole.removesuffix(end).strip() or None) if whole else None
