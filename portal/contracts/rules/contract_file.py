"""A contract file, from bytes to plain values. The schema beside this room says what it may hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from portal.contracts.rules.contract_rows import (
    ContractFile,
    FigureRow,
    FunderRow,
    PillarRow,
    QuartierRow,
    StructureRow,
    ThemeRow,
)
from portal.contracts.rules.contract_schema import Mistake, UnusableFile, parsed
from portal.contracts.rules.naming import of, slug_of
from portal.foundation.folding import fold, printed_key

DEFAULT_YEARS = (2015, 2023)
"""The contracts in force when files without a period were printed."""
DEFAULT_LEVELS = (("pilier", "piliers"), ("thématique", "thématiques"))
SCHOOL_CATEGORIES = {
    "groupes_scolaires": "Groupes scolaires",
    "maternelle": "Écoles maternelles",
    "elementaire_de_rattachement": "École élémentaire de rattachement",
    "ecoles": "Écoles",
    "colleges": "Collèges",
    "colleges_de_rattachement": "Collèges de rattachement",
    "accompagnement_scolarite": "Accompagnement à la scolarité",
    "autres": "Autres établissements",
}
_CITY_ENDS = ("_ville", "_commune", "_city")
_COUNTRY_ENDS = ("_national", "_nationale", "_france", "_pays", "_country")
_COUNTRY_WORDS = {"nationale", "national", "france", "pays", "country"}


@dataclass(frozen=True)
class Overrides:
    """What the command line says over the file; None leaves the file's word."""

    name: str | None = None
    slug: str | None = None
    start_year: int | None = None
    end_year: int | None = None


def read_contract_file(content: bytes, overrides: Overrides | None = None) -> ContractFile:
    """Read and check a contract file. Raises UnusableFile with every mistake found."""
    document = parsed(content)
    inexact = list(_inexact_numbers(document))
    if inexact:
        raise UnusableFile(inexact)
    file = _built(document, overrides or Overrides())
    doubtful = list(_inconsistencies(document, file))
    if doubtful:
        raise UnusableFile(doubtful)
    return file


def thousandths(value: int | Decimal | None) -> int | None:
    """The exact thousandths of a number; None stays None. Raises ValueError past three decimals."""
    if value is None:
        return None
    scaled = Decimal(value) * 1000
    if scaled != int(scaled):
        raise ValueError("au plus trois décimales")
    return int(scaled)


# -- building -----------------------------------------------------------------------------------


def _built(document: Mapping[str, Any], overrides: Overrides) -> ContractFile:
    named = document.get("contract", {})
    city = document["city"].strip()
    start = overrides.start_year or named.get("start_year") or DEFAULT_YEARS[0]
    end = overrides.end_year or named.get("end_year") or DEFAULT_YEARS[1]
    return ContractFile(
        slug=overrides.slug or named.get("slug") or slug_of(f"{city} {start} {end}"),
        name=overrides.name or named.get("name") or f"Contrat de ville {of(city)} {start}-{end}",
        city=city,
        insee_code=document["city_insee_code"],
        start_year=start,
        end_year=end,
        source=named.get("source") or document.get("_source"),
        is_demo=named.get("is_demo", False),
        levels=tuple((level["singular"], level["plural"]) for level in document.get("levels", ())) or DEFAULT_LEVELS,
        pillars=tuple(PillarRow(row["id"], row["label"], row.get("objective")) for row in document["pillars"]),
        themes=tuple(_theme(row) for row in document["themes"]),
        axes=tuple(document.get("transversal_axes", ())),
        priorities=tuple(_priorities(document)),
        bodies=tuple(row["name"] for row in document.get("governance", ())),
        working_groups=tuple(document.get("working_groups", ())),
        funders=tuple(FunderRow(**row) for row in document.get("funders", ())),
        comparisons=tuple(_comparison(row, city) for row in document.get("comparisons", ())),
        quartiers=tuple(_quartier(row) for row in document["territories"]),
    )


def _theme(row: Mapping[str, Any]) -> ThemeRow:
    return ThemeRow(
        slug=row.get("slug") or slug_of(row["label"]),
        label=row["label"],
        pillar=row.get("pillar"),
        printed_as=tuple(row.get("printed_as", ())),
        objective=row.get("objective"),
        basis=row.get("basis"),
    )


def _priorities(document: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    for key in sorted(document):
        if key.startswith("priorities_"):
            year = int(key.removeprefix("priorities_"))
            yield from ((year, label) for label in document[key])


def _figure(row: Mapping[str, Any], scope: str = "quartier", code: str | None = None) -> FigureRow:
    return FigureRow(
        scope=scope,
        code=code or row["id"],
        label=row["label"],
        value_thousandths=thousandths(row["value"]),
        unit=row["unit"],
        year=row.get("year"),
        source=row.get("source"),
        note=row.get("note"),
    )


def _comparison(row: Mapping[str, Any], city: str) -> FigureRow:
    scope = _scope(row["scope"], city)
    ends = _COUNTRY_ENDS if scope == "country" else _CITY_ENDS
    code = next((row["id"].removesuffix(end) for end in ends if row["id"].endswith(end)), row["id"])
    return _figure(row, scope, code)


def _scope(printed: str, city: str) -> str:
    folded = fold(printed)
    if folded in _COUNTRY_WORDS:
        return "country"
    return "city" if folded in {fold(city), "city", "ville", "commune"} else ""


def _quartier(row: Mapping[str, Any]) -> QuartierRow:
    return QuartierRow(
        slug=row.get("slug") or slug_of(row["name"]),
        name=row["name"],
        kind=row["kind"],
        official_code=row.get("official_code"),
        starts_on=_day(row.get("starts_on")),
        ends_on=_day(row.get("ends_on")),
        presentation=row.get("presentation") or row.get("history"),
        figures=tuple(_figure(figure) for figure in row.get("figures", ())),
        structures=tuple(_structures(row)),
    )


def _structures(row: Mapping[str, Any]) -> Iterator[StructureRow]:
    for landlord in row.get("landlords", ()):
        share = landlord.get("share")
        yield StructureRow("landlord", None, landlord["name"], None if share is None else int(share * 100))
    for key, names in row.get("schools", {}).items():
        category = SCHOOL_CATEGORIES.get(key) or key.replace("_", " ").capitalize()
        yield from (StructureRow("school", category, name) for name in names)
    yield from (StructureRow("equipment", None, name) for name in row.get("equipment", ()))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


# -- what the schema cannot say -----------------------------------------------------------------


def _inexact_numbers(document: Mapping[str, Any]) -> Iterator[Mistake]:
    """What would make building fail: too many decimals, days that do not exist."""
    for index, row in enumerate(document.get("comparisons", ())):
        yield from _inexact(f"comparisons[{index}].value", row["value"])
    for number, territory in enumerate(document["territories"]):
        at = f"territories[{number}]"
        for index, row in enumerate(territory.get("figures", ())):
            yield from _inexact(f"{at}.figures[{index}].value", row["value"])
        for index, row in enumerate(territory.get("landlords", ())):
            if row.get("share") is not None and Decimal(row["share"]) * 100 % 1:
                yield Mistake(f"{at}.landlords[{index}].share", "au plus deux décimales.")
        for key in ("starts_on", "ends_on"):
            try:
                _day(territory.get(key))
            except ValueError:
                yield Mistake(f"{at}.{key}", "cette date n’existe pas dans le calendrier.")


def _inexact(path: str, value: int | Decimal | None) -> Iterator[Mistake]:
    try:
        scaled = thousandths(value)
    except ValueError:
        yield Mistake(path, "au plus trois décimales.")
        return
    if scaled is not None and abs(scaled) >= 10**17:
        yield Mistake(path, "nombre trop grand.")


def _inconsistencies(document: Mapping[str, Any], file: ContractFile) -> Iterator[Mistake]:
    if file.end_year < file.start_year:
        yield Mistake("contract", "l’année de fin précède l’année de début.")
    yield from _repeated("pillars", (row.slug for row in file.pillars))
    yield from _repeated("themes", (row.slug for row in file.themes))
    yield from _repeated("territories", (fold(row.name) for row in file.quartiers))
    yield from _repeated("territories", (row.slug for row in file.quartiers))
    yield from _repeated("transversal_axes", (printed_key(label) for label in file.axes))
    yield from _repeated("comparisons", (f"{row.scope} {row.code}" for row in file.comparisons))
    for index, row in enumerate(file.comparisons):
        if not row.scope:
            printed = document["comparisons"][index]["scope"]
            yield Mistake(f"comparisons[{index}].scope", f"« {printed} » n’est ni la commune ni le pays.")
    yield from _theme_mistakes(file)
    for index, quartier in enumerate(file.quartiers):
        at = f"territories[{index}]"
        yield from _repeated(f"{at}.figures", (figure.code for figure in quartier.figures))
        if quartier.starts_on and quartier.ends_on and quartier.ends_on < quartier.starts_on:
            yield Mistake(f"{at}.ends_on", "la date de fin précède la date de début.")


def _theme_mistakes(file: ContractFile) -> Iterator[Mistake]:
    pillars = {pillar.slug for pillar in file.pillars}
    owners: dict[str, str] = {fold(theme.label): theme.slug for theme in file.themes}
    for index, theme in enumerate(file.themes):
        if theme.pillar is not None and theme.pillar not in pillars:
            yield Mistake(f"themes[{index}].pillar", f"aucun pilier n’a l’identifiant « {theme.pillar} ».")
        for number, printed in enumerate(theme.printed_as):
            if owners.setdefault(fold(printed), theme.slug) != theme.slug:
                yield Mistake(
                    f"themes[{index}].printed_as[{number}]", f"« {printed} » désigne déjà une autre thématique."
                )


def _repeated(path: str, keys: Iterable[str]) -> Iterator[Mistake]:
    seen: dict[str, int] = {}
    for index, key in enumerate(keys):
        if key in seen:
            yield Mistake(f"{path}[{index}]", f"déjà donné en {path}[{seen[key]}] (« {key} »).")
        seen.setdefault(key, index)
