"""An application laid out for reading: the same sections on the page and in the PDF, every value in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal.accounts.rules.organisation import ApprovalLine, OrganisationSheet, YearSheet
from portal.calls.rules.budget import totals
from portal.calls.rules.budget_years import YearLine, aligned
from portal.calls.rules.filing import BudgetEntry, Dossier, PlacedShare, Project, Target
from portal.calls.rules.partners import Partner
from portal.calls.rules.questions import words_of
from portal.calls.rules.sections import asked_attestations
from portal.calls.states import QuestionKind, Section, Sex, Side
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
        *([_questions(dossier)] if dossier.answers else []),
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
        ("Publication au Journal officiel", _day(sheet.jo_published_on)),
        ("Adresse du siège", address or None),
        ("Adresse de correspondance", sheet.correspondence_address),
        ("Site internet", sheet.website),
        ("Adresse électronique", sheet.email),
        ("Téléphone", sheet.phone),
        ("Représentant légal", _named(sheet.representative_name, sheet.representative_role)),
        ("Signataire", _named(sheet.signatory_name, sheet.signatory_role)),
        ("Personne chargée du dossier", sheet.contact_name),
        ("Agréments", "\n".join(_approval(line) for line in sheet.approvals) or None),
        ("Reconnue d’utilité publique", _yes(sheet.public_utility)),
        ("Assujettie aux impôts commerciaux", _yes(sheet.subject_to_commercial_taxes)),
        ("Commissaire aux comptes", _yes(sheet.has_auditor)),
        ("Réseaux et fédérations", sheet.networks),
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
    rows = [row for row in rows if row[1] or row[0] not in _OPTIONAL]
    grids = (_past_years(sheet),) if sheet.past_years else ()
    return ReadSection(Section.ORGANISATION, tuple(rows), grids=grids)


_OPTIONAL = frozenset(
    {
        "RNA", "Publication au Journal officiel", "Adresse de correspondance", "Site internet", "Signataire",
        "Personne chargée du dossier", "Agréments", "Réseaux et fédérations",
    }
)  # fmt: skip


def _past_years(sheet: OrganisationSheet) -> Grid:
    return Grid(
        "Années précédentes",
        ("Année", "Budget", "Subventions publiques", "Réserves", "Personnes salariées"),
        tuple(_year_cells(year) for year in sheet.past_years),
        (1, 2, 3, 4),
    )


def _year_cells(year: YearSheet) -> tuple[str, ...]:
    amounts = (year.budget_cents, year.public_subsidies_cents, year.reserves_cents)
    return (
        str(year.year),
        *("–" if cents is None else format_euros(cents) for cents in amounts),
        _count(year.employees) or "–",
    )


def _approval(line: ApprovalLine) -> str:
    return ", ".join(part for part in (line.kind, line.given_by, _day(line.given_on)) if part)


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
            *((("Convention pluriannuelle", dossier.agreement.words),) if dossier.agreement else ()),
            ("Durée", _length(project)),
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
            *((("Ce qui change cette année", dossier.agreement.changes),) if dossier.agreement else ()),
            ("Besoin", project.need),
            ("Qui a repéré ce besoin", project.need_identified_by),
            ("Objectifs", project.objectives),
            *((("Objectifs de chaque année", project.objectives_by_year),) if project.years > 1 else ()),
            ("Description", project.description),
            ("Lieux", project.places),
            ("Étapes et calendrier", project.calendar),
            ("Locaux et matériel", project.equipment),
            ("Partenaires", project.partners_text),
            ("Moyens de droit commun", project.common_law_means),
        ),
        grids=(_partners(dossier.partners),) if dossier.partners else (),
    )


def _length(project: Project) -> str:
    return project.duration.label + (f", {project.years} ans" if project.years > 1 else "")


def _partners(partners: Sequence[Partner]) -> Grid:
    rows = tuple(
        (
            f"{partner.name} (SIRET {partner.siret})" if partner.siret else partner.name,
            partner.participation.label if partner.participation else "",
            partner.brings or "",
            format_share(partner.share_bp) if partner.share_bp is not None else "",
            format_euros(partner.reversement_cents) if partner.reversement_cents else "",
        )
        for partner in partners
    )
    columns = ("Structure", "Participation", "Apport", "Part du projet", "Reversement")
    return Grid("Structures partenaires", columns, rows, (3, 4))


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
    return ReadSection(Section.QUARTIERS, texts=_different_there(dossier.placements), grids=(grid,))


def _different_there(placements: Sequence[PlacedShare]) -> tuple[Row, ...]:
    """What a quartier has of its own: its theme, what is done otherwise."""
    said = [
        (place, [f"Thématique : {place.theme.label}" if place.theme else None, place.description])
        for place in placements
    ]
    return tuple(
        (f"Ce qui diffère à {place.quartier}", "\n".join(part for part in parts if part))
        for place, parts in said
        if any(parts)
    )


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
    lines = aligned([entries for _, entries in dossier.budgets])
    sums = [totals(entries) for _, entries in dossier.budgets]
    years = [str(year) for year, _ in dossier.budgets] if dossier.later_years else ["Montant"]
    grids = [
        _budget_grid("Charges", lines, Side.EXPENSE, False, years, [each.expenses for each in sums]),
        _budget_grid("Produits", lines, Side.INCOME, False, years, [each.income for each in sums]),
    ]
    spent, given = [each.in_kind_expenses for each in sums], [each.in_kind_income for each in sums]
    if any(spent) or any(given):
        grids += [
            _budget_grid("Emplois des contributions en nature", lines, Side.EXPENSE, True, years, spent),
            _budget_grid("Contributions en nature", lines, Side.INCOME, True, years, given),
        ]
    rule = dossier.indirect_costs_rule
    texts = (("Répartition des charges indirectes", rule),) if rule else ()
    return ReadSection(Section.BUDGET, texts=texts, grids=tuple(grids))


def _budget_grid(
    caption: str, lines: Sequence[YearLine], side: Side, in_kind: bool, years: Sequence[str], sums: Sequence[int]
) -> Grid:
    rows = tuple(
        (_entry_words(line.first), _account(line.first.account_code), *map(_cents, line.amounts))
        for line in lines
        if line.first.side is side and line.first.is_in_kind is in_kind
    )
    numbers = tuple(range(2, 2 + len(years)))
    return Grid(caption, ("Libellé", "Compte", *years), rows, numbers, ("Total", "", *map(_cents, sums)))


def _cents(amount: int | None) -> str:
    return "—" if amount is None else format_euros(amount)


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
    if any(year.funding for year in dossier.later_years):
        grids.append(_forecasts(dossier))
    return ReadSection(Section.FUNDING, grids=tuple(grids))


def _forecasts(dossier: Dossier) -> Grid:
    """What a multi-year project expects of the funders after the call's year."""
    names = {
        (asked.funder_id, asked.nature): (asked.funder, asked.nature_label)
        for year in dossier.later_years
        for asked in year.funding
    }
    amounts = [{(a.funder_id, a.nature): a.requested_cents for a in year.funding} for year in dossier.later_years]
    rows = tuple((*words, *(_cents(each.get(key)) for each in amounts)) for key, words in names.items())
    columns = ("Financeur", "Nature", *(str(year.year) for year in dossier.later_years))
    totals_of = ("Total", "", *(format_euros(sum(each.values())) for each in amounts))
    return Grid("Envisagé les années suivantes", columns, rows, tuple(range(2, len(columns))), totals_of)


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


def _questions(dossier: Dossier) -> ReadSection:
    """Short answers first, then those of some paragraphs, each group in the call's order."""
    read = [(answer, (answer.label, words_of(answer))) for answer in dossier.answers]
    return ReadSection(
        Section.QUESTIONS,
        rows=tuple(row for answer, row in read if answer.kind is not QuestionKind.LONG_TEXT),
        texts=tuple(row for answer, row in read if answer.kind is QuestionKind.LONG_TEXT),
    )


def _documents(dossier: Dossier) -> ReadSection:
    rows = tuple((document.label, document.file_name) for document in dossier.documents)
    return ReadSection(Section.DOCUMENTS, grids=(Grid("Documents joints", ("Document", "Fichier"), rows),))


def _signature(dossier: Dossier) -> ReadSection:
    words = asked_attestations(dossier.organisation.kind)
    made = [words[code] for code in words if code in dossier.attestations]
    return ReadSection(Section.SIGNATURE, texts=(("Attestations", "\n".join(f"• {each}" for each in made) or None),))
