"""What each section of an application still lacks, in words, beside its fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum

from portal.accounts.rules import organisation
from portal.accounts.rules.organisation import COMMITTED_KINDS
from portal.calls.rules import budget, dauphin, documents, questions, residents
from portal.calls.rules.budget_lines import miscalculated
from portal.calls.rules.filing import BudgetEntry, Dossier, Target
from portal.calls.rules.partners import shares_told
from portal.calls.states import Section, Side
from portal.foundation.money import WHOLE_IN_BASIS_POINTS, format_euros, format_share
from portal.foundation.refusals import Refusal


class SectionState(StrEnum):
    TODO = "todo"
    BEGUN = "begun"
    COMPLETE = "complete"

    @property
    def label(self) -> str:
        return {"todo": "À commencer", "begun": "En cours", "complete": "Complet"}[self.value]


def state_of(lacks: Sequence[Refusal], *, is_saved: bool, is_readable: bool) -> SectionState:
    """Where a section stands: `is_saved` once it was saved in this application, `is_readable` when
    its last saved text became typed rows."""
    if not is_saved:
        return SectionState.TODO
    return SectionState.BEGUN if lacks or not is_readable else SectionState.COMPLETE


def lacking(section: Section, dossier: Dossier) -> list[Refusal]:
    """What the section needs before the application can be filed; an empty list when complete."""
    return _LACKING[section](dossier)


def warnings(section: Section, dossier: Dossier) -> list[str]:
    """What deserves a second look and prevents nothing."""
    return _WARNINGS[section](dossier) if section in _WARNINGS else []


def _asked(holder: object, fields: Iterable[tuple[str, str]]) -> list[Refusal]:
    return [Refusal(told, name) for name, told in fields if getattr(holder, name) in (None, "")]


def _organisation(dossier: Dossier) -> list[Refusal]:
    told = organisation.lacking(dossier.organisation)
    # The account is given by a member alone: what came on paper brings it as a document.
    return [each for each in told if dossier.reception is None or each.field != "bank"]


def _project(dossier: Dossier) -> list[Refusal]:
    told = _asked(
        dossier.project,
        [
            ("title", "Donnez un titre au projet."),
            ("is_renewal", "Dites si c’est une première demande ou un renouvellement."),
            ("contact_name", "Indiquez la personne à joindre au sujet du projet."),
            ("contact_email", "Indiquez l’adresse électronique de cette personne."),
            ("contact_phone", "Indiquez le téléphone de cette personne."),
            ("need", "Décrivez le besoin auquel le projet répond."),
            ("objectives", "Indiquez les objectifs du projet."),
            ("description", "Décrivez les actions prévues."),
            ("places", "Indiquez les lieux où le projet se déroule."),
            ("starts_on", "Indiquez la date de début."),
            ("ends_on", "Indiquez la date de fin."),
        ],
    )
    project = dossier.project
    if project.years > 1 and not project.objectives_by_year:
        told.append(Refusal("Dites les objectifs de chaque année du projet pluriannuel.", "objectives_by_year"))
    if dossier.agreement is not None and not dossier.agreement.changes:
        told.append(Refusal("Dites ce qui change cette année, ou que rien ne change.", "changes"))
    if project.starts_on and project.starts_on > dossier.call.actions_end_on:
        told.append(Refusal("Le projet commence après la période de l’appel.", "starts_on"))
    told += [Refusal(words, "partenaires") for words in shares_told(dossier.partners)]
    return told


def _project_warnings(dossier: Dossier) -> list[str]:
    call, project = dossier.call, dossier.project
    outside = (project.starts_on and project.starts_on < call.actions_start_on) or (
        project.ends_on and project.ends_on > call.actions_end_on
    )
    if not outside:
        return []
    period = f"du {call.actions_start_on:%d/%m/%Y} au {call.actions_end_on:%d/%m/%Y}"
    return [f"Les dates du projet sortent de la période prévue par l’appel ({period})."]


def share_gap(shares: Iterable[int | None]) -> int:
    """What shares (basis points) lack to make 100 %; negative when they exceed it."""
    return WHOLE_IN_BASIS_POINTS - sum(share or 0 for share in shares)


def _quartiers(dossier: Dossier) -> list[Refusal]:
    if not dossier.placements:
        return [Refusal("Indiquez au moins un quartier et sa part du public.", "quartiers")]
    gap = share_gap(place.share_bp for place in dossier.placements)
    told = []
    if gap > 0:
        told.append(
            Refusal(f"Il reste {format_share(gap)} du public à répartir : le total doit faire 100 %.", "quartiers")
        )
    if gap < 0:
        told.append(Refusal(f"Les parts dépassent 100 % de {format_share(-gap)}.", "quartiers"))
    told += [
        Refusal(
            f"{place.quartier} : indiquez combien d’habitants du quartier vous attendez.",
            f"residents_{place.quartier_id}",
        )
        for place in dossier.placements
        if place.residents_expected is None
    ]
    return told


def _quartiers_warnings(dossier: Dossier) -> list[str]:
    expected, rule = dossier.public.people_expected, dossier.call.residents_rule
    count = residents.residents_of(dossier.placements)
    if not expected or not dossier.placements or residents.is_met(rule, count, expected):
        return []
    return [residents.told(rule, count, expected)]


def _themes(dossier: Dossier) -> list[Refusal]:
    if dossier.policy.main_theme is None:
        return [Refusal("Choisissez la thématique principale du projet.", "main_theme")]
    return []


def _public(dossier: Dossier) -> list[Refusal]:
    public = dossier.public
    told = []
    if public.people_expected is None:
        told.append(Refusal("Indiquez combien de personnes vous attendez.", "people_expected"))
    if not public.outreach:
        told.append(Refusal("Dites comment vous allez vers ce public.", "outreach"))
    if not public.by_quartier:
        told.append(Refusal("Répartissez les personnes attendues par quartier.", "people"))
    expected = public.people_expected
    if expected is not None:
        if sum(count.people for count in public.by_quartier) > expected:
            told.append(Refusal("Le total par quartier dépasse le nombre de personnes attendues.", "people"))
        if sum(count.people for count in public.by_age) > expected:
            told.append(Refusal("Le total par âge dépasse le nombre de personnes attendues.", "ages"))
    return told


def _public_warnings(dossier: Dossier) -> list[str]:
    counted: dict[int, int] = {}
    for count in dossier.public.by_quartier:
        counted[count.quartier_id] = counted.get(count.quartier_id, 0) + count.people
    return [
        f"{place.quartier} : vous annoncez {place.residents_expected} habitants du quartier "
        f"(rubrique « Les quartiers ») pour {counted[place.quartier_id]} personnes attendues."
        for place in dossier.placements
        if place.quartier_id in counted and (place.residents_expected or 0) > counted[place.quartier_id]
    ]


def _budget(dossier: Dossier) -> list[Refusal]:
    asks = bool(dossier.funding)
    if not dossier.later_years:
        return _budget_of_year(dossier.budget, asks)
    return [
        Refusal(f"Année {year} : {lack.message}", lack.field)
        for year, lines in dossier.budgets
        for lack in _budget_of_year(lines, asks)
    ]


def _budget_of_year(lines: Sequence[BudgetEntry], asks: bool) -> list[Refusal]:
    """`asks`: whether something is already asked of the funders, whose section comes next."""
    sums = budget.totals(lines)
    if sums.expenses == 0:
        return [Refusal("Indiquez les charges du projet.", "charges")]
    if sums.gap > 0 and not asks:
        told = (
            f"Il manque {format_euros(sums.gap)} de produits : c’est normal à ce stade. Les financements demandés, à "
            "la rubrique suivante, s’y ajouteront."
        )
        return [Refusal(told, "equilibre"), *[Refusal(words, "equilibre") for words in budget.in_kind_imbalance(sums)]]
    if not any(entry.side is Side.INCOME and not entry.is_in_kind for entry in lines):
        return [Refusal("Indiquez les produits : ils doivent couvrir les charges.", "produits")]
    return [Refusal(told, "equilibre") for told in budget.imbalances(sums)]


def _budget_warnings(dossier: Dossier) -> list[str]:
    return _public_share(dossier) + [
        told
        for _, lines in dossier.budgets
        for entry in lines
        if (told := miscalculated(entry.label, entry.amount_cents))
    ]


def _public_share(dossier: Dossier) -> list[str]:
    sums, limit = budget.totals(dossier.budget), dossier.call.public_share_warn_bp
    share = sums.public_share_bp
    if limit is None or share is None or not budget.exceeds(sums, limit):
        return []
    return [
        f"Les financements publics couvrent {format_share(share)} du budget ; cet appel attend {format_share(limit)} "
        "au plus. Ce n’est pas un refus : cherchez d’autres ressources (participations, dons, fonds propres), ou dites "
        "pourquoi elles manquent dans la description du projet ; la Direction en tiendra compte."
    ]


def _funding(dossier: Dossier) -> list[Refusal]:
    if not dossier.funding:
        return [Refusal("Indiquez au moins un financement demandé.", "financements")]
    passed_on = sum(partner.reversement_cents for partner in dossier.partners)
    if passed_on > sum(asked.requested_cents for asked in dossier.funding):
        return [Refusal("Les sommes reversées dépassent le total demandé.", "reversements")]
    return dauphin.lacking(dossier.call.dauphin_rule, dossier.funding)


def _funding_warnings(dossier: Dossier) -> list[str]:
    told = []
    if dossier.placements and not dossier.has_qpv and any(asked.is_state for asked in dossier.funding):
        told.append(
            "L’État finance les actions qui touchent les habitants des quartiers prioritaires (QPV), et votre projet "
            "n’en désigne aucun. Vous pouvez maintenir cette demande ; les autres financeurs restent possibles."
        )
    told += dauphin.warnings(dossier.call.dauphin_rule, dossier.funding)
    return told + _public_share(dossier)


def _indicators(dossier: Dossier) -> list[Refusal]:
    answered = {target.indicator_id: target for target in dossier.targets if target.indicator_id is not None}
    told = [
        Refusal(
            f"{indicator.label} : indiquez un objectif, ou pourquoi il n’est pas mesurable.", f"value_{indicator.id}"
        )
        for indicator in dossier.offered_indicators
        if indicator.is_compulsory and not _is_answered(answered.get(indicator.id))
    ]
    if not dossier.evaluation_method:
        told.append(Refusal("Dites qui mesure, quand et comment.", "evaluation_method"))
    return told


def _is_answered(target: Target | None) -> bool:
    if target is None:
        return False
    if target.not_measured_reason:
        return True
    if target.kind == "ratio":
        return target.numerator is not None and bool(target.denominator)
    return target.value_thousandths is not None


def _documents(dossier: Dossier) -> list[Refusal]:
    return [
        Refusal(f"Ajoutez le document : {asked.label}.", f"document-{asked.id}")
        for asked in documents.lacking(dossier.requirements, dossier.documents)
    ]


def asked_attestations(organisation_kind: str) -> dict[str, str]:
    """The statements to make, by code, in order; words of version `WORDS_VERSION`."""
    committed = organisation_kind in COMMITTED_KINDS
    return {code: told for code, told in _ATTESTATIONS.items() if committed or code != "republican_commitment"}


WORDS_VERSION = "2026-1"
_ATTESTATIONS = {
    "sincerity": "Les informations de ce dossier sont exactes et complètes, budget compris.",
    "duties": "La structure est à jour de ses obligations sociales, fiscales et comptables.",
    "mandate": "Je suis habilité·e à engager la structure, par ma fonction ou par une délégation jointe.",
    "public_aid": "Les aides publiques que la structure a reçues ces trois dernières années figurent dans ses comptes, "
    "et elles respectent le plafond européen des aides de minimis (300 000 € sur trois ans) si elle y est soumise.",
    "republican_commitment": "La structure souscrit au contrat d’engagement républicain (loi du 24 août 2021), "
    "en informe ses membres et l’affiche.",
}


def _signature(dossier: Dossier) -> list[Refusal]:
    made = set(dossier.attestations)
    return [
        Refusal(f"À attester : {told}", f"attest_{code}")
        for code, told in asked_attestations(dossier.organisation.kind).items()
        if code not in made
    ]


_LACKING: dict[Section, Callable[[Dossier], list[Refusal]]] = {
    Section.ORGANISATION: _organisation,
    Section.PROJECT: _project,
    Section.QUARTIERS: _quartiers,
    Section.THEMES: _themes,
    Section.PUBLIC: _public,
    Section.BUDGET: _budget,
    Section.FUNDING: _funding,
    Section.INDICATORS: _indicators,
    Section.QUESTIONS: lambda dossier: questions.lacking(dossier.questions),
    Section.DOCUMENTS: _documents,
    Section.SIGNATURE: _signature,
}

_WARNINGS: dict[Section, Callable[[Dossier], list[str]]] = {
    Section.DOCUMENTS: lambda dossier: documents.warnings(dossier.documents),
    Section.PROJECT: _project_warnings,
    Section.QUARTIERS: _quartiers_warnings,
    Section.PUBLIC: _public_warnings,
    Section.BUDGET: _budget_warnings,
    Section.FUNDING: _funding_warnings,
    Section.QUESTIONS: lambda dossier: questions.changes_told(dossier.questions),
}
