"""A territorial report as JSON: the one form that the page, the PDF and the workbook are made from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from portal.evaluation.rules import totals
from portal.evaluation.rules.facts import Applications, Compared, Figure, Funding, ReportFacts, Territory
from portal.evaluation.rules.totals import Result

FORMAT = "territorial-report/1"

PEOPLE_METHOD = (
    "Les personnes sont un cumul non dédoublonné : une personne touchée par deux actions y compte deux fois. "
    "Ces effectifs sont réservés à l’usage interne."
)

PUBLIC_METHOD = (
    "Les nombres de personnes ne sont pas publiés, ni les parts calculées sur eux : une part sur peu de personnes "
    "dirait combien elles sont."
)

COUNTING_PEOPLE = frozenset({"people", "ratio"})

Json = dict[str, Any]


def build(facts: ReportFacts) -> Json:
    """The report, ready for `json.dumps`; its shape is schemas/territorial_report.schema.json.

    Amounts in integer cents, shares in basis points, figures as numbers; null is « non communiqué ».
    People counts make it internal: no version of this report is public as it stands.
    """
    year = [line for line in facts.funding if line.year == facts.year]
    before = [line for line in facts.funding if line.year == facts.year - 1]
    return {
        "format": FORMAT,
        "made_on": facts.made_on.isoformat(),
        "contract": asdict(facts.contract),
        "year": facts.year,
        "quartier": _territory(facts.territory),
        "profile": [_compared(each) for each in facts.territory.compared],
        "actions": [
            {
                "theme": line.theme,
                "organisation": line.organisation,
                "action": line.action,
                "description": line.description,
            }
            for line in facts.programme
        ],
        "counts": _counts(facts),
        "funding": _funding(year, before, facts.territory.figures),
        "indicators": [_indicator(each) for each in totals.results(facts.indicators, facts.measures)],
        "people": _people(facts),
        "coverage": _coverage(facts),
        "method": method(facts),
    }


def canonical(report: Json) -> str:
    """The text that is kept and hashed: sorted keys, no spaces, accents as they are."""
    return json.dumps(report, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def fingerprint(text: str) -> str:
    """SHA-256 of a canonical text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def without_people(report: Json) -> Json:
    """What everybody may read: nothing that tells a count of people, and nobody named for a bilan not sent."""
    return {
        **report,
        "people": None,
        "indicators": [each for each in report["indicators"] if each["kind"] not in COUNTING_PEOPLE],
        "coverage": {**report["coverage"], "not_answered": []},
        "method": [*(sentence for sentence in report["method"] if sentence != PEOPLE_METHOD), PUBLIC_METHOD],
    }


# -- identity and profile -----------------------------------------------------------------------


def _territory(territory: Territory) -> Json:
    return {
        "slug": territory.slug,
        "name": territory.name,
        "kind": territory.kind,
        "kind_label": territory.kind_label,
        "official_code": territory.official_code,
        "presentation": territory.presentation,
        "figures": [_figure(each) for each in territory.figures],
        "contradictions": [[_figure(each) for each in group] for group in totals.contradictions(territory.figures)],
        "landlords": [{"name": name, "share_bp": share} for name, share in territory.landlords],
        "schools": [{"category": category, "names": list(names)} for category, names in territory.schools],
        "equipment": list(territory.equipment),
    }


def _figure(figure: Figure) -> Json:
    return {
        "code": figure.code,
        "label": figure.label,
        "value": number(figure.value_thousandths),
        "unit": figure.unit,
        "year": figure.year,
        "source": figure.source,
    }


def _compared(compared: Compared) -> Json:
    def place(figure: Figure | None) -> Json | None:
        if figure is None:
            return None
        return {"value": number(figure.value_thousandths), "year": figure.year, "source": figure.source}

    return {
        "code": compared.quartier.code,
        "label": compared.quartier.label,
        "unit": compared.quartier.unit,
        "quartier": place(compared.quartier),
        "city": place(compared.city),
        "country": place(compared.country),
    }


def number(thousandths: int | None) -> int | float | None:
    """Exact thousandths as a JSON number, whole when it is."""
    if thousandths is None:
        return None
    whole, rest = divmod(thousandths, 1000)
    return thousandths / 1000 if rest else whole


# -- the programme ------------------------------------------------------------------------------


def _counts(facts: ReportFacts) -> Json:
    themes: dict[tuple[str | None, str | None], int] = {}
    for line in facts.programme:
        themes[line.theme, line.pillar] = themes.get((line.theme, line.pillar), 0) + 1
    pillars: dict[str | None, int] = {}
    for (_, pillar), count in themes.items():
        pillars[pillar] = pillars.get(pillar, 0) + count
    return {
        "actions": len(facts.programme),
        "organisations": len({line.organisation_id for line in facts.programme}),
        "by_theme": [
            {"theme": theme, "pillar": pillar, "actions": count}
            for (theme, pillar), count in sorted(themes.items(), key=lambda each: (-each[1], each[0][0] or ""))
        ],
        "by_pillar": [
            {"pillar": pillar, "actions": count}
            for pillar, count in sorted(pillars.items(), key=lambda each: (-each[1], each[0] or ""))
        ],
        "applications": _applications(facts.applications),
        "previous_applications": _applications(facts.previous_applications),
    }


def _applications(found: Applications | None) -> Json | None:
    return None if found is None else asdict(found)


# -- money --------------------------------------------------------------------------------------


def _funding(year: Sequence[Funding], before: Sequence[Funding], figures: Sequence[Figure]) -> Json:
    whole = totals.amounts_by(year, lambda _line: None).get(None, totals.Amounts(None, None))
    past = totals.amounts_by(before, lambda _line: None).get(None, totals.Amounts(None, None))
    by_funder = totals.amounts_by(year, _funder)
    past_by_funder = totals.amounts_by(before, _funder)
    nothing = totals.Amounts(None, None)
    return {
        "requested_cents": whole.requested_cents,
        "granted_cents": whole.granted_cents,
        "previous_granted_cents": past.granted_cents,
        "change_bp": totals.change_bp(whole.granted_cents, past.granted_cents),
        "unknown_amounts": sum(line.unknown for line in year),
        "by_funder": [
            {
                "funder": funder,
                "nature": nature,
                "nature_label": nature_label,
                **asdict(by_funder.get((funder, nature, nature_label), nothing)),
                "previous_granted_cents": past_by_funder.get((funder, nature, nature_label), nothing).granted_cents,
            }
            for funder, nature, nature_label in dict.fromkeys([*by_funder, *past_by_funder])
        ],
        "by_pillar": [
            {"pillar": pillar, **asdict(amounts)}
            for pillar, amounts in sorted(
                totals.amounts_by(year, lambda line: line.pillar).items(), key=lambda each: each[0] or "\uffff"
            )
        ],
        "per_resident": [
            {
                "population": number(each.value_thousandths),
                "year": each.year,
                "source": each.source,
                "granted_cents": totals.per_resident(whole.granted_cents, each.value_thousandths),
            }
            for each in totals.populations(figures)
        ],
    }


def _funder(line: Funding) -> tuple[str, str, str]:
    return line.funder, line.nature, line.nature_label


# -- results ------------------------------------------------------------------------------------


def _indicator(result: Result) -> Json:
    ratio = result.indicator.kind == "ratio"

    def shown(value: int | None) -> int | float | None:
        # A share is given in percent, like every other value a number one may read.
        return number(None if value is None else value * 10) if ratio else number(value)

    return {
        "code": result.indicator.code,
        "label": result.indicator.label,
        "theme": result.indicator.theme,
        "kind": result.indicator.kind,
        "unit": "%" if ratio else result.indicator.unit,
        "target": shown(result.target),
        "actual": shown(result.actual),
        "compared_target": shown(result.compared_target),
        "achieved_bp": result.achieved_bp,
        "asked": result.asked,
        "measured": result.measured,
        "not_measured": result.not_measured,
    }


def _people(facts: ReportFacts) -> Json | None:
    """Sums over actions: one person met by two of them counts twice, and the report says so."""
    if not facts.people:
        return None

    def side(actual: bool) -> Json | None:
        found = {each.sex: each.people for each in facts.people if each.is_actual is actual}
        if not found:
            return None
        by_sex = {sex: found.get(sex) for sex in ("women", "men", "unknown")}
        return {**by_sex, "total": sum(found.values())}

    return {"expected": side(False), "actual": side(True), "deduplicated": False}


def _coverage(facts: ReportFacts) -> Json:
    received = sum(each.received for each in facts.bilans)
    return {
        "due": len(facts.bilans),
        "received": received,
        "share_bp": totals.share_bp(received, len(facts.bilans)),
        "not_answered": [
            {
                "organisation": each.organisation,
                "action": each.action,
                "kind": each.kind_label,
                "due_on": each.due_on.isoformat() if each.due_on else None,
            }
            for each in facts.bilans
            if not each.received
        ],
    }


# -- method -------------------------------------------------------------------------------------


def method(facts: ReportFacts) -> list[str]:
    """How the figures were made, in sentences for the readers."""
    said = [
        "Les actions sont celles de la programmation de l’année, dans l’ordre où elle est imprimée ou, à défaut, "
        "par structure. Une action menée dans plusieurs quartiers figure dans chacun d’eux ; elle n’est comptée "
        "qu’une fois pour la ville.",
        "Un montant demandé ou attribué pour plusieurs quartiers est réparti selon la part de bénéficiaires "
        "annoncée pour chacun, au centime près : la somme des quartiers est celle de la ville.",
        "« Non communiqué » veut dire que le chiffre n’est pas connu ; il n’est jamais remplacé par zéro.",
        "Une valeur d’indicateur donnée pour toute une action est répartie de la même façon entre ses quartiers. "
        "Un taux est recalculé à partir de ses deux termes. Seuls les bilans envoyés sont pris en compte, et une "
        "valeur n’est comparée qu’à la cible des actions mesurées.",
    ]
    if facts.people:
        said.append(PEOPLE_METHOD)
    if facts.left_out:
        said.append("Hors dossiers déportés : les totaux laissent de côté les dossiers dont vous vous êtes retiré.")
    if facts.contract.is_demo:
        said.append("Contrat de démonstration : structures, personnes et montants sont fictifs.")
    return said
