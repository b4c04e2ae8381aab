"""What a structure's other applications of the year mean for this one: thresholds of the law, shared salaries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from portal.accounts.rules.organisation import OrganisationSheet
from portal.foundation.folding import fold
from portal.foundation.money import format_euros

IN_KIND_NATURES = frozenset({"tfpb", "post"})
"""Support that is no money: counted towards a convention where the contract says so."""
SALARY_ACCOUNTS = ("641", "645")


@dataclass(frozen=True)
class AskedInYear:
    """What the structure asks of a funder in the year, all its applications together; cents."""

    funder: str
    is_public: bool
    nature: str
    cents: int


@dataclass(frozen=True)
class SalaryLine:
    """A line of salaries or social charges of one of its applications of the year."""

    application_id: int
    reference: str
    title: str
    account_code: str
    account_label: str
    label: str
    cents: int

    @property
    def own_words(self) -> str:
        """The label as far as it says more than the account."""
        return "" if fold(self.label) == fold(self.account_label) else fold(self.label)


@dataclass(frozen=True)
class Thresholds:
    """Those of the contract, cents."""

    convention_cents: int
    auditor_cents: int
    counts_in_kind: bool


@dataclass(frozen=True)
class Notice:
    """Something that the year's figures bring about: the fact, what it means for the applicant, the text of law."""

    fact: str
    meaning: str
    source: str


@dataclass(frozen=True)
class SharedSalary:
    """A line of this application that another one seems to hold too, and by what they are alike."""

    own: SalaryLine
    other: SalaryLine
    alike: str


@dataclass(frozen=True)
class YearTold:
    """What a page says of the structure's year."""

    notices: tuple[Notice, ...] = ()
    shared_salaries: tuple[SharedSalary, ...] = ()


def told_of_year(
    application_id: int,
    sheet: OrganisationSheet,
    year: int,
    asked: Sequence[AskedInYear],
    salaries: Sequence[SalaryLine],
    thresholds: Thresholds,
) -> YearTold:
    """Everything there is to say, the law first."""
    notices = [*_conventions(sheet, year, asked, thresholds), *_auditor(sheet, year, asked, thresholds)]
    notices += _salaries_beyond(sheet, salaries)
    return YearTold(tuple(notices), tuple(shared_salaries(application_id, salaries)))


def _conventions(
    sheet: OrganisationSheet, year: int, asked: Iterable[AskedInYear], thresholds: Thresholds
) -> list[Notice]:
    if not sheet.is_private:
        return []
    sums: dict[str, int] = {}
    for line in asked:
        if line.is_public and (thresholds.counts_in_kind or line.nature not in IN_KIND_NATURES):
            sums[line.funder] = sums.get(line.funder, 0) + line.cents
    return [
        Notice(
            f"{funder} : {format_euros(cents)} pour {year}, toutes les actions de la structure comprises, donc plus de "
            f"{format_euros(thresholds.convention_cents)}.",
            "Si ce montant est accordé, la loi demande de signer une convention avec ce financeur avant le versement. "
            "Vous n’avez rien à faire maintenant : elle vous sera proposée après la décision.",
            "Loi n° 2000-321 du 12 avril 2000, article 10 ; décret n° 2001-495 du 6 juin 2001.",
        )
        for funder, cents in sums.items()
        if cents > thresholds.convention_cents
    ]


def _auditor(sheet: OrganisationSheet, year: int, asked: Iterable[AskedInYear], thresholds: Thresholds) -> list[Notice]:
    """Accounts and an auditor: by what was received the year before, else by what is asked now."""
    if not sheet.is_private:
        return []
    received, limit = sheet.means.public_subsidies_cents or 0, thresholds.auditor_cents
    expected = sum(line.cents for line in asked if line.is_public and line.nature not in IN_KIND_NATURES)
    law = "Code de commerce, articles L. 612-4 et D. 612-5."
    duties = (
        "une association qui reçoit plus que ce seuil de subventions publiques dans l’année établit des comptes "
        "annuels (bilan, compte de résultat, annexe), les publie, et nomme un commissaire aux comptes."
    )
    if received > limit:
        fact = (
            f"{format_euros(received)} de subventions publiques reçues en {sheet.means.year}, donc plus de "
            f"{format_euros(limit)}."
        )
        return [Notice(fact, f"Le rapport du commissaire aux comptes est demandé dans les documents : {duties}", law)]
    if expected > limit:
        fact = (
            f"{format_euros(expected)} de financements publics demandés pour {year}, donc plus de "
            f"{format_euros(limit)}."
        )
        return [Notice(fact, f"Rien à joindre pour l’instant. Si tout est accordé : {duties}", law)]
    return []


def _salaries_beyond(sheet: OrganisationSheet, salaries: Iterable[SalaryLine]) -> list[Notice]:
    """The salaries of the projects together against the whole budget of the structure."""
    whole = sheet.means.budget_cents
    lines = list(salaries)
    total = sum(line.cents for line in lines)
    if not whole or total <= whole or len({line.application_id for line in lines}) < 2:
        return []
    return [
        Notice(
            f"Les salaires de tous les projets de l’année font {format_euros(total)}, plus que le budget entier de la "
            f"structure ({format_euros(whole)} en {sheet.means.year}).",
            "Le budget de la structure contient celui de chaque projet. Vérifiez l’un et les autres : un salaire est "
            "peut-être compté en entier dans plusieurs projets.",
            "Règle de l’appel : un même temps de travail ne se finance qu’une fois.",
        )
    ]


def shared_salaries(application_id: int, lines: Sequence[SalaryLine]) -> list[SharedSalary]:
    """The salaries of the application that look the same in another of the year: same amount, or same words."""
    own = [line for line in lines if line.application_id == application_id and line.cents]
    others = [line for line in lines if line.application_id != application_id and line.cents]
    return [
        SharedSalary(line, other, alike)
        for line in own
        for other in others
        if line.account_code == other.account_code and (alike := _alike(line, other))
    ]


def _alike(line: SalaryLine, other: SalaryLine) -> str:
    same_words = bool(line.own_words) and line.own_words == other.own_words
    if line.cents == other.cents:
        return "même montant, mêmes mots" if same_words else "même montant"
    return "mêmes mots" if same_words else ""
