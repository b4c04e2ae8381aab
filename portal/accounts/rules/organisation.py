"""An organisation as plain values, what its sheet still lacks, which bodies are private."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal.foundation.refusals import Refusal

PRIVATE_KINDS = frozenset({"association", "foundation", "mutual", "esus"})
"""The bodies of which a funder asks statutes, accounts, and a convention above the threshold."""

COMMITTED_KINDS = frozenset({"association", "foundation"})
"""Those that sign the republican commitment (law 2021-1109)."""


AUDITOR_THRESHOLD_CENTS = 153_000_00
"""Public subsidies of a year above which accounts are published and audited (C. com. L612-4, D612-5)."""

DELEGATION = "delegation"
"""The vault document asked when somebody signs in the representative's place."""


@dataclass(frozen=True)
class YearSheet:
    """People and money of one year; None is not said. Full-time equivalents in hundredths, money in cents."""

    year: int
    volunteers: int | None = None
    civic_volunteers: int | None = None
    employees: int | None = None
    fte_hundredths: int | None = None
    aided_jobs: int | None = None
    members_women: int | None = None
    members_men: int | None = None
    budget_cents: int | None = None
    public_subsidies_cents: int | None = None
    reserves_cents: int | None = None


@dataclass(frozen=True)
class ApprovalLine:
    """An approval that an administration gave."""

    kind: str
    given_by: str | None
    given_on: date | None


@dataclass(frozen=True)
class BankSheet:
    """The account in force; only the end of its IBAN leaves the bank page."""

    iban_end: str
    bic: str | None
    holder: str
    is_checked: bool


@dataclass(frozen=True)
class OrganisationSheet:
    """Who an organisation is, as its full form shows it, with the means of one year."""

    id: int
    name: str
    kind: str
    kind_label: str
    version: int
    means: YearSheet
    acronym: str | None = None
    siret: str | None = None
    rna: str | None = None
    jo_published_on: date | None = None
    created_on: date | None = None
    address: str | None = None
    postcode: str | None = None
    town: str | None = None
    correspondence_address: str | None = None
    website: str | None = None
    email: str | None = None
    phone: str | None = None
    representative_name: str | None = None
    representative_role: str | None = None
    representative_email: str | None = None
    representative_phone: str | None = None
    signatory_name: str | None = None
    signatory_role: str | None = None
    has_auditor: bool | None = None
    subject_to_commercial_taxes: bool | None = None
    public_utility: bool | None = None
    networks: str | None = None
    contact_name: str | None = None
    contact_email: str | None = None
    contact_phone: str | None = None
    bank: BankSheet | None = None
    approvals: tuple[ApprovalLine, ...] = ()
    # The years before that of `means`, the last first.
    past_years: tuple[YearSheet, ...] = ()

    @property
    def is_private(self) -> bool:
        return self.kind in PRIVATE_KINDS


NEVER_EMPTIED = frozenset({"name", "kind", "siret"})
"""What is known of a structure does not become unknown again: left empty, these fields change nothing."""


def leaves(field: str, value: object) -> bool:
    """Whether what was typed leaves a field of the sheet as it is."""
    return field in NEVER_EMPTIED and value in (None, "", "unknown")


def needs_check(checked_on: date | None, today: date) -> bool:
    """Whether the sheet must be read again: once each calendar year."""
    return checked_on is None or checked_on.year < today.year


ASKED: Sequence[tuple[str, str]] = (
    ("name", "Indiquez le nom de votre structure."),
    ("siret", "Indiquez le numéro SIRET."),
    ("address", "Indiquez l’adresse du siège."),
    ("postcode", "Indiquez le code postal du siège."),
    ("town", "Indiquez la commune du siège."),
    ("email", "Indiquez une adresse électronique de la structure."),
    ("phone", "Indiquez un numéro de téléphone."),
    ("representative_name", "Indiquez qui représente légalement la structure."),
    ("representative_role", "Indiquez la fonction de cette personne."),
)


def lacking(sheet: OrganisationSheet) -> list[Refusal]:
    """What the sheet still needs before an application can be filed, beside each field."""
    told = [Refusal(words, name) for name, words in ASKED if not getattr(sheet, name)]
    if sheet.kind == "unknown":
        told.append(Refusal("Choisissez la nature de votre structure.", "kind"))
    if sheet.kind == "association" and not sheet.rna:
        told.append(Refusal("Indiquez le numéro RNA de l’association.", "rna"))
    if sheet.means.public_subsidies_cents is None:
        told.append(
            Refusal(
                f"Indiquez les subventions publiques reçues en {sheet.means.year} (0 s’il n’y en a pas).",
                "public_subsidies_cents",
            )
        )
    if sheet.means.budget_cents is None:
        told.append(Refusal(f"Indiquez le budget de la structure en {sheet.means.year}.", "budget_cents"))
    if sheet.bank is None:
        told.append(Refusal("Indiquez le compte bancaire de la structure.", "bank"))
    return told
