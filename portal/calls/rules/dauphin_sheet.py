"""An application in the order in which DAUPHIN asks for it, to be copied there field by field.

The order is that of the form cerfa n° 12156 (association's request for a subsidy), which that tool follows:
the structure, its representative, its means, then the project and its budget by account. Lengths are told,
never judged: no limit of that tool is documented.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from portal.accounts.rules.organisation import OrganisationSheet
from portal.calls.rules.budget import totals
from portal.calls.rules.dauphin import is_of_the_state
from portal.calls.rules.filing import BudgetEntry, Dossier
from portal.calls.rules.filing_sheet import laid_out
from portal.calls.states import Section, Sex, Side
from portal.foundation.money import format_share
from portal.foundation.quantities import format_decimal


@dataclass(frozen=True)
class CopyField:
    """A field to copy; `key` names it in the person's browser, `text` None is « non renseigné »."""

    key: str
    label: str
    text: str | None

    @property
    def length(self) -> int:
        return len(self.text or "")


@dataclass(frozen=True)
class BudgetCopy:
    """One side of the budget: (account, label, cents) and the same as a table to paste, in tabbed text."""

    key: str
    title: str
    lines: tuple[tuple[str, str, int], ...]
    total_cents: int

    @property
    def rows(self) -> list[tuple[str, str, str]]:
        """The lines in words: account, label, amount as it is pasted."""
        return [(code, _one_line(label), plain_euros(cents)) for code, label, cents in self.lines]

    @property
    def pasted(self) -> str:
        total = ("", "Total", plain_euros(self.total_cents))
        return "\n".join("\t".join(row) for row in [*self.rows, total])


@dataclass(frozen=True)
class CopyPart:
    key: str
    title: str
    fields: tuple[CopyField, ...] = ()
    budgets: tuple[BudgetCopy, ...] = ()


def plain_euros(cents: int) -> str:
    """An amount that any form takes: « 1234,56 », « 1234 » when it is whole."""
    euros, rest = divmod(cents, 100)
    return f"{euros},{rest:02d}" if rest else str(euros)


def copy_sheet(dossier: Dossier) -> list[CopyPart]:
    """The parts in order, with their fields."""
    sheet = dossier.organisation
    return [
        CopyPart("structure", "Votre structure : identification", _structure(sheet)),
        CopyPart("representant", "Représentant légal et personnes à joindre", _people(dossier)),
        CopyPart("relations", "Relations avec l’administration et d’autres associations", _relations(sheet)),
        CopyPart("moyens", f"Moyens humains et budget de la structure ({sheet.means.year})", _means(sheet)),
        CopyPart("projet", "Le projet", _project(dossier)),
        CopyPart("public", "Bénéficiaires et territoire", _public(dossier)),
        CopyPart("realisation", "Moyens, calendrier et évaluation", _carrying_out(dossier)),
        CopyPart("budget", f"Budget du projet {dossier.call.year}", _request(dossier), _budgets(dossier.budget)),
    ]


def as_text(dossier: Dossier) -> str:
    """The same as plain text, for whoever copies without JavaScript or keeps it aside."""
    parts = [f"DOSSIER {dossier.reference} — {dossier.project.title}"]
    for part in copy_sheet(dossier):
        parts.append(f"\n=== {part.title.upper()} ===")
        parts += [f"\n{field.label} :\n{field.text or '(non renseigné)'}" for field in part.fields]
        parts += [f"\n{budget.title} :\n{budget.pasted}" for budget in part.budgets]
    return "\n".join(parts) + "\n"


def _fields(stem: str, pairs: Iterable[tuple[str, str | None]]) -> tuple[CopyField, ...]:
    return tuple(CopyField(f"{stem}-{place}", label, text or None) for place, (label, text) in enumerate(pairs, 1))


def _structure(sheet: OrganisationSheet) -> tuple[CopyField, ...]:
    return _fields(
        "structure",
        [
            ("SIRET", sheet.siret),
            ("Nom", sheet.name),
            ("Sigle", sheet.acronym),
            ("Nature juridique", sheet.kind_label),
            ("Numéro RNA", sheet.rna),
            ("Date de publication au Journal officiel", _day(sheet.jo_published_on)),
            ("Adresse du siège", sheet.address),
            ("Code postal", sheet.postcode),
            ("Commune", sheet.town),
            ("Adresse de correspondance", sheet.correspondence_address),
            ("Téléphone", sheet.phone),
            ("Adresse électronique", sheet.email),
            ("Site internet", sheet.website),
        ],
    )


def _people(dossier: Dossier) -> tuple[CopyField, ...]:
    sheet, project = dossier.organisation, dossier.project
    return _fields(
        "representant",
        [
            ("Représentant légal : nom", sheet.representative_name),
            ("Représentant légal : fonction", sheet.representative_role),
            ("Représentant légal : téléphone", sheet.representative_phone),
            ("Représentant légal : adresse électronique", sheet.representative_email),
            ("Signataire, si ce n’est pas le représentant légal", sheet.signatory_name),
            ("Signataire : fonction", sheet.signatory_role),
            ("Personne chargée du dossier : nom", project.contact_name or sheet.contact_name),
            ("Personne chargée du dossier : téléphone", project.contact_phone or sheet.contact_phone),
            ("Personne chargée du dossier : adresse électronique", project.contact_email or sheet.contact_email),
        ],
    )


def _relations(sheet: OrganisationSheet) -> tuple[CopyField, ...]:
    approvals = [
        ", ".join(part for part in (each.kind, each.given_by, _day(each.given_on)) if part) for each in sheet.approvals
    ]
    return _fields(
        "relations",
        [
            ("Agréments : nature, par qui, date", "\n".join(approvals)),
            ("Reconnue d’utilité publique", _yes(sheet.public_utility)),
            ("Assujettie aux impôts commerciaux", _yes(sheet.subject_to_commercial_taxes)),
            ("Commissaire aux comptes", _yes(sheet.has_auditor)),
            ("Réseaux et fédérations", sheet.networks),
        ],
    )


def _means(sheet: OrganisationSheet) -> tuple[CopyField, ...]:
    means = sheet.means
    return _fields(
        "moyens",
        [
            ("Nombre de bénévoles", _count(means.volunteers)),
            ("Nombre de volontaires (service civique…)", _count(means.civic_volunteers)),
            ("Nombre de personnes salariées", _count(means.employees)),
            ("Équivalents temps plein", _decimal(means.fte_hundredths)),
            ("Nombre d’emplois aidés", _count(means.aided_jobs)),
            ("Adhérentes", _count(means.members_women)),
            ("Adhérents", _count(means.members_men)),
            ("Budget de la structure, en euros", _euros(means.budget_cents)),
            ("Subventions publiques, en euros", _euros(means.public_subsidies_cents)),
        ],
    )


def _project(dossier: Dossier) -> tuple[CopyField, ...]:
    project, policy = dossier.project, dossier.policy
    renewal = {True: "Renouvellement", False: "Première demande", None: None}[project.is_renewal]
    return _fields(
        "projet",
        [
            ("Première demande ou renouvellement", renewal),
            ("Annuel ou pluriannuel", f"Pluriannuel, {project.years} ans" if project.years > 1 else "Annuel"),
            ("Intitulé", project.title),
            ("Objectifs", project.objectives),
            ("À quel besoin cela répond-il ?", project.need),
            ("Qui a identifié ce besoin ?", project.need_identified_by),
            ("Description", project.description),
            ("Thématique", policy.main_theme.label if policy.main_theme else None),
            ("Autres thématiques", ", ".join(each.label for each in policy.secondary_themes)),
        ],
    )


def _public(dossier: Dossier) -> tuple[CopyField, ...]:
    public = dossier.public
    return _fields(
        "public",
        [
            ("Nombre de bénéficiaires", _count(public.people_expected)),
            *((f"Dont : {sex.label.lower()}", _count(_of_sex(dossier, sex))) for sex in Sex),
            ("Bénéficiaires : caractéristiques", public.characteristics),
            ("Comment ce public est-il touché ?", public.outreach),
            ("Âges", "\n".join(f"{count.label} : {count.people}" for count in public.by_age)),
            ("Territoire : quartiers", "\n".join(_place(dossier))),
            ("Lieux de réalisation", dossier.project.places),
        ],
    )


def _of_sex(dossier: Dossier, sex: Sex) -> int | None:
    counts = [count.people for count in dossier.public.by_quartier if count.sex is sex]
    return sum(counts) if counts else None


def _place(dossier: Dossier) -> list[str]:
    return [
        place.quartier
        + (" (quartier prioritaire)" if place.is_qpv else "")
        + (f" : {format_share(place.share_bp)} du public" if place.share_bp is not None else "")
        for place in dossier.placements
    ]


def _carrying_out(dossier: Dossier) -> tuple[CopyField, ...]:
    project = dossier.project
    (indicators,) = [part for part in laid_out(dossier) if part.section is Section.INDICATORS]
    targets = [f"{label} : {target}" for grid in indicators.grids for label, target in grid.rows]
    return _fields(
        "realisation",
        [
            ("Moyens matériels", project.equipment),
            ("Personnes salariées sur le projet", _count(project.staff_count)),
            ("Équivalents temps plein sur le projet", _decimal(project.staff_fte_hundredths)),
            ("Bénévoles sur le projet", _count(project.volunteers_count)),
            ("Moyens de droit commun", project.common_law_means),
            ("Partenaires", _partners(dossier)),
            ("Date de début", _day(project.starts_on)),
            ("Date de fin", _day(project.ends_on)),
            ("Calendrier", project.calendar),
            ("Indicateurs proposés", "\n".join(targets)),
            ("Méthode d’évaluation", dossier.evaluation_method),
        ],
    )


def _partners(dossier: Dossier) -> str:
    named = [" : ".join(part for part in (each.name, each.brings) if part) for each in dossier.partners]
    return "\n".join([*named, *([dossier.project.partners_text] if dossier.project.partners_text else [])])


def _request(dossier: Dossier) -> tuple[CopyField, ...]:
    asked = sum(each.requested_cents for each in dossier.funding if is_of_the_state(each))
    return _fields(
        "demande",
        [
            ("Subvention demandée à l’État, en euros", _euros(asked)),
            ("Total des charges, en euros", _euros(totals(dossier.budget).expenses)),
            ("Règle de répartition des charges indirectes", dossier.indirect_costs_rule),
        ],
    )


def _budgets(entries: Sequence[BudgetEntry]) -> tuple[BudgetCopy, ...]:
    """The four tables of the form: charges, products, and contributions in kind on both sides."""
    titles = {
        (Side.EXPENSE, False): ("charges", "Charges"),
        (Side.INCOME, False): ("produits", "Produits"),
        (Side.EXPENSE, True): ("emplois-nature", "Emplois des contributions en nature"),
        (Side.INCOME, True): ("contributions-nature", "Contributions en nature"),
    }
    found = []
    for (side, in_kind), (key, title) in titles.items():
        lines = tuple(
            (entry.account_code if entry.account_code.isdigit() else "", entry.label, entry.amount_cents)
            for entry in entries
            if entry.side is side and entry.is_in_kind is in_kind
        )
        if lines:
            found.append(BudgetCopy(key, title, lines, sum(cents for _, _, cents in lines)))
    return tuple(found)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _day(day: date | None) -> str | None:
    return f"{day:%d/%m/%Y}" if day else None


def _count(number: int | None) -> str | None:
    return None if number is None else str(number)


def _decimal(hundredths: int | None) -> str | None:
    return None if hundredths is None else format_decimal(hundredths, 2)


def _euros(cents: int | None) -> str | None:
    return None if cents is None else plain_euros(cents)


def _yes(answer: bool | None) -> str | None:
    return {True: "Oui", False: "Non", None: None}[answer]
