"""An application laid out for reading: the same sections on the page and in the PDF, every value in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal.calls.rules.budget import totals
from portal.calls.rules.filing import BudgetEntry, Dossier, Target
from portal.calls.rules.sections import asked_attestations
from portal.calls.states import Section, Sex, Side
from portal.foundation.money import format_euros, format_share, group_thousands
from portal.foundation.quantities import format_decimal, format_thousandths

Row = tuple[str, str | None]


@dataclass(frozen=True)
class Grid:
    """A table: its caption, its columns (those of `numbers` to the right), its rows, its total."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...] = ()
    total: tuple[str, ...] | None = None


@dataclass(frozen=True)
class ReadSection:
    """One section: short answers, then texts, then tables. None is « non renseigné »."""

    section: Section
    rows: tuple[Row, ...] = ()
    texts: tuple[Row, ...] = ()
    grids: tuple[Grid, ...] = ()


def laid_out(dossier: Dossier) -> list[ReadSection]:
    """The sections of an application in order."""
    return [
        _organisation(dossier),
        _project(dossier),
        _quartiers(dossier),
        _themes(dossier),
        _public(dossier),
        _budget(dossier),
        _funding(dossier),
        _indicators(dossier),
        _documents(dossier),
        _signature(dossier),
    ]


def _day(day: date | None) -> str | None:
    return f"{day:%d/%m/%Y}" if day else None


def _count(number: int | None) -> str | None:
    return None if number is None else group_thousands(number)


def _yes(answer: bool | None, yes: str = "oui", no: str = "non") -> str | None:
    return None if answer is None else (yes if answer else no)


def _organisation(dossier: Dossier) -> ReadSection:
    sheet, means = dossier.organisation, dossier.organisation.means
    address = "\n".join(part for part in (sheet.address, f"{sheet.postcode or ''} {sheet.town or ''}".strip()) if part)
    rows: list[Row] = [
        ("Nom", sheet.name + (f" ({sheet.acronym})" if sheet.acronym else "")),
        ("Nature", sheet.kind_label),
        ("SIRET", sheet.siret),
        ("RNA", sheet.rna),
        ("Adresse du siège", address or None),
        ("Adresse électronique", sheet.email),
        ("Téléphone", sheet.phone),
        ("Représentant légal", _named(sheet.representative_name, sheet.representative_role)),
        ("Signataire", _named(sheet.signatory_name, sheet.signatory_role)),
        ("Reconnue d’utilité publique", _yes(sheet.public_utility)),
        ("Commissaire aux comptes", _yes(sheet.has_auditor)),
        (f"Budget {means.year}", None if means.budget_cents is None else format_euros(means.budget_cents)),
        (
            f"Subventions publiques {means.year}",
            None if means.public_subsidies_cents is None else format_euros(means.public_subsidies_cents),
        ),
        ("Bénévoles", _count(means.volunteers)),
        ("Personnes salariées", _count(means.employees)),
        ("Équivalents temps plein", None if means.fte_hundredths is None else format_decimal(means.fte_hundredths, 2)),
        (
            "Compte bancaire",
            f"finissant par {sheet.bank.iban_end}, au nom de {sheet.bank.holder}" if sheet.bank else None,
        ),
    ]
    optional = {"RNA", "Signataire"}
    return ReadSection(Section.ORGANISATION, tuple(row for row in rows if row[1] or row[0] not in optional))


def _named(name: str | None, role: str | None) -> str | None:
    return ", ".join(part for part in (name, role) if part) or None


def _project(dossier: Dossier) -> ReadSection:
    project = dossier.project
    fte = project.staff_fte_hundredths
    return ReadSection(
        Section.PROJECT,
        rows=(
            ("Titre", project.title or None),
            ("Nature de la demande", _yes(project.is_renewal, "renouvellement", "première demande")),
            ("Durée", project.duration.label),
            ("Début", _day(project.starts_on)),
            ("Fin", _day(project.ends_on)),
            ("Personnes salariées", _count(project.staff_count)),
            ("Équivalents temps plein", None if fte is None else format_decimal(fte, 2)),
            ("Bénévoles", _count(project.volunteers_count)),
            ("Contact", _named(project.contact_name, None)),
            ("Adresse électronique du contact", project.contact_email),
            ("Téléphone du contact", project.contact_phone),
        ),
        texts=(
            ("Besoin", project.need),
            ("Qui a repéré ce besoin", project.need_identified_by),
            ("Objectifs", project.objectives),
            ("Description", project.description),
            ("Lieux", project.places),
            ("Étapes et calendrier", project.calendar),
            ("Locaux et matériel", project.equipment),
            ("Partenaires", project.partners_text),
            ("Moyens de droit commun", project.common_law_means),
        ),
    )


def _quartiers(dossier: Dossier) -> ReadSection:
    rows = tuple(
        (
            place.quartier,
            "non communiqué" if place.share_bp is None else format_share(place.share_bp),
            _count(place.residents_expected) or "non communiqué",
        )
        for place in dossier.placements
    )
    grid = Grid("Quartiers du projet", ("Quartier", "Part du public", "Habitants attendus"), rows, (1, 2))
    return ReadSection(Section.QUARTIERS, grids=(grid,))


def _themes(dossier: Dossier) -> ReadSection:
    policy = dossier.policy
    return ReadSection(
        Section.THEMES,
        rows=(
            ("Pilier", policy.pillar),
            ("Thématique principale", policy.main_theme.label if policy.main_theme else None),
            ("Autres thématiques", ", ".join(each.label for each in policy.secondary_themes) or None),
            ("Axes transversaux", ", ".join(each.label for each in policy.axes) or None),
            ("Priorités municipales", ", ".join(each.label for each in policy.priorities) or None),
        ),
    )


def _public(dossier: Dossier) -> ReadSection:
    public = dossier.public
    names = {place.quartier_id: place.quartier for place in dossier.placements}
    counted = {(count.quartier_id, count.sex): count.people for count in public.by_quartier}
    by_quartier = tuple(
        (name, *(_count(counted.get((quartier_id, sex))) or "—" for sex in Sex))
        for quartier_id, name in names.items()
        if any((quartier_id, sex) in counted for sex in Sex)
    )
    grids = []
    if by_quartier:
        columns = ("Quartier", *(sex.label for sex in Sex))
        grids.append(Grid("Personnes attendues par quartier", columns, by_quartier, (1, 2, 3)))
    if public.by_age:
        ages = tuple((count.label, group_thousands(count.people)) for count in public.by_age)
        grids.append(Grid("Personnes attendues par âge", ("Âge", "Personnes"), ages, (1,)))
    return ReadSection(
        Section.PUBLIC,
        rows=(("Personnes attendues", _count(public.people_expected)),),
        texts=(("Public", public.characteristics), ("Comment le public est touché", public.outreach)),
        grids=tuple(grids),
    )


def _budget(dossier: Dossier) -> ReadSection:
    sums = totals(dossier.budget)
    grids = [
        _budget_grid("Charges", dossier.budget, Side.EXPENSE, False, sums.expenses),
        _budget_grid("Produits", dossier.budget, Side.INCOME, False, sums.income),
    ]
    if sums.in_kind_expenses or sums.in_kind_income:
        grids += [
            _budget_grid(
                "Emplois des contributions en nature", dossier.budget, Side.EXPENSE, True, sums.in_kind_expenses
            ),
            _budget_grid("Contributions en nature", dossier.budget, Side.INCOME, True, sums.in_kind_income),
        ]
    rule = dossier.indirect_costs_rule
    texts = (("Répartition des charges indirectes", rule),) if rule else ()
    return ReadSection(Section.BUDGET, texts=texts, grids=tuple(grids))


def _budget_grid(caption: str, entries: Sequence[BudgetEntry], side: Side, in_kind: bool, total: int) -> Grid:
    rows = tuple(
        (_entry_words(entry), _account(entry.account_code), format_euros(entry.amount_cents))
        for entry in entries
        if entry.side is side and entry.is_in_kind is in_kind
    )
    return Grid(caption, ("Libellé", "Compte", "Montant"), rows, (2,), ("Total", "", format_euros(total)))


def _account(code: str) -> str:
    return code if code.isdigit() else "—"


def _entry_words(entry: BudgetEntry) -> str:
    if entry.funder_id is not None or not entry.account_label or entry.label == entry.account_label:
        return entry.label
    return f"{entry.account_label} : {entry.label}"


def _funding(dossier: Dossier) -> ReadSection:
    rows = tuple(
        (asked.funder, asked.nature_label, asked.external_ref or "", format_euros(asked.requested_cents))
        for asked in dossier.funding
    )
    total = format_euros(sum(asked.requested_cents for asked in dossier.funding))
    grids = [
        Grid(
            "Financements demandés",
            ("Financeur", "Nature", "Référence", "Montant"),
            rows,
            (3,),
            ("Total", "", "", total),
        )
    ]
    if dossier.partners:
        passed = tuple((p.name, p.brings or "", format_euros(p.reversement_cents)) for p in dossier.partners)
        grids.append(Grid("Reversements", ("Partenaire", "Rôle", "Somme"), passed, (2,)))
    return ReadSection(Section.FUNDING, grids=tuple(grids))


def _indicators(dossier: Dossier) -> ReadSection:
    rows = tuple((target.label, _target_words(target)) for target in dossier.targets)
    return ReadSection(
        Section.INDICATORS,
        texts=(("Méthode", dossier.evaluation_method),),
        grids=(Grid("Objectifs", ("Indicateur", "Objectif"), rows),),
    )


def _target_words(target: Target) -> str:
    if target.not_measured_reason:
        return f"Non mesurable : {target.not_measured_reason}"
    if target.kind == "ratio" and target.denominator:
        share = format_share(target.numerator * 10_000 // target.denominator) if target.numerator is not None else "—"
        return f"{_count(target.numerator) or '—'} sur {group_thousands(target.denominator)} ({share})"
    if target.value_thousandths is None:
        return "non communiqué"
    if target.kind == "amount":
        return format_euros(target.value_thousandths // 10)
    return f"{format_thousandths(target.value_thousandths)} {target.unit}".strip()


def _documents(dossier: Dossier) -> ReadSection:
    rows = tuple((document.label, document.file_name) for document in dossier.documents)
    return ReadSection(Section.DOCUMENTS, grids=(Grid("Documents joints", ("Document", "Fichier"), rows),))


def _signature(dossier: Dossier) -> ReadSection:
    words = asked_attestations(dossier.organisation.kind)
    made = [words[code] for code in words if code in dossier.attestations]
    return ReadSection(Section.SIGNATURE, texts=(("Attestations", "\n".join(f"• {each}" for each in made) or None),))
