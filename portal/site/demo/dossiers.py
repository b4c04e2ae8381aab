"""The invented structures and their applications, filled section by section as their authors would."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from stdnum import luhn

from portal.accounts.models import Organisation, OrganisationKind, Person
from portal.accounts.operations.banking import change_bank_account
from portal.accounts.operations.membership import create_organisation
from portal.accounts.operations.officers import add_officer
from portal.accounts.operations.organisation import add_approval, save_sheet
from portal.accounts.operations.people import by
from portal.calls.models import Application, Call
from portal.calls.operations import budget, documents, sections_typed
from portal.calls.operations.filing import start_application
from portal.calls.operations.sections import save_section
from portal.calls.queries.offered import offered_indicators
from portal.calls.queries.sections import dossier_of
from portal.calls.rules.filing import AgeCount, PeopleCount, PlacedShare, Target
from portal.calls.states import Duration, Section, Sex, Side
from portal.contracts.queries import age_bands, axes, pillars_and_themes, priorities
from portal.contracts.rules.naming import slug_of
from portal.extensions import db
from portal.foundation import files
from portal.foundation.actors import Actor
from portal.foundation.money import largest_remainder
from portal.foundation.render import render_pdf
from portal.quartiers.queries import quartiers_of
from portal.site.demo import questions

STORY = json.loads((Path(__file__).parent / "story.json").read_text(encoding="utf-8"))
Project = dict[str, Any]

EXPENSES = (("641", "Salaires des intervenants", 50), ("604", "Ateliers confiés à des prestataires", 25))
"""Shares in % of a project's cost; what is left goes to supplies."""
SUPPLIES = ("601", "Matériel et fournitures")
VOLUNTEERING_CENTS = 1_500_00
METHOD = "Feuilles de présence et questionnaire de fin, relevés par l’équipe chaque trimestre."


@dataclass(frozen=True)
class Porteur:
    """An invented structure and the person who signs for it."""

    organisation: Organisation
    person: Person


def make_organisation(facts: dict[str, str], number: int, person: Person) -> Porteur:
    """A structure with its sheet and bank account; its numbers are valid and belong to nobody."""
    siren = _with_key(f"99{number:06d}")
    siret = _with_key(siren + "0001")
    kind = OrganisationKind(facts["kind"])
    rna = f"W13900{number:04d}" if kind is OrganisationKind.ASSOCIATION else None
    organisation = create_organisation(person, facts["name"], kind, siret, rna)
    values = {
        "name": facts["name"],
        "kind": kind,
        "siret": siret,
        "rna": rna,
        "created_on": date(2012, 3, number % 27 + 1),
        "address": facts["address"],
        "postcode": "13100",
        "town": "Aix-en-Provence",
        "email": f"contact{number}@demonstration.test",
        "phone": "04 00 00 00 00",
        "representative_name": facts["representative"],
        "representative_role": facts["role"],
        "representative_email": f"contact{number}@demonstration.test",
        "has_auditor": False,
        "volunteers": 12 + number,
        "employees": 3,
        "fte_hundredths": 240,
        "members_women": 30,
        "members_men": 25,
        "budget_cents": 140_000_00,
        "public_subsidies_cents": 60_000_00,
    }
    save_sheet(organisation, values, 2025, actor=by(person), is_checked=True)
    past = {"budget_cents": 128_500_00, "public_subsidies_cents": 52_000_00, "volunteers": 10 + number, "employees": 2}
    save_sheet(organisation, past, 2024, actor=by(person))
    add_officer(
        organisation, facts["representative"], facts["role"], date(2023, 6, number % 27 + 1), None, actor=by(person)
    )
    if kind is OrganisationKind.ASSOCIATION:
        add_approval(organisation, "Jeunesse et éducation populaire", "Préfecture", date(2016, 5, 12), actor=by(person))
    change_bank_account(organisation, _iban(number), None, facts["name"], actor=by(person))
    return Porteur(organisation, person)


def _with_key(stem: str) -> str:
    return stem + luhn.calc_check_digit(stem)


def _iban(number: int) -> str:
    """A French IBAN with right keys, at a bank code that no bank has."""
    bank, branch, account = "99999", "00001", f"{number:011d}"
    rib_key = 97 - (89 * int(bank) + 15 * int(branch) + 3 * int(account)) % 97
    bban = f"{bank}{branch}{account}{rib_key:02d}"
    check = 98 - int(f"{bban}152700") % 97
    return f"FR{check:02d}{bban}"


def fill(call: Call, porteur: Porteur, project: Project, funders: dict[str, int]) -> Application:
    """Begin an application and write its sections; a draft stops after the project."""
    actor = by(porteur.person)
    application = start_application(call, porteur.organisation, actor=actor)
    db.session.flush()
    writers: dict[Section, Callable[[], None]] = {
        Section.ORGANISATION: lambda: None,
        Section.PROJECT: lambda: sections_typed.write_project(application, _project_values(call, porteur, project)),
        Section.QUARTIERS: lambda: sections_typed.write_placements(application, _shares(call, project)),
        Section.THEMES: lambda: _write_policy(application, call, project),
        Section.PUBLIC: lambda: _write_people(application, call, project),
        Section.BUDGET: lambda: _write_budget(application, project),
        Section.FUNDING: lambda: _write_funding(application, _asked(call, project, funders)),
        Section.INDICATORS: lambda: sections_typed.write_targets(application, _targets(call, project), METHOD),
        Section.QUESTIONS: lambda: questions.answer(application, hours=2 + project["people"] % 9),
    }
    for section, write in writers.items():
        if project["stage"] == "draft" and section not in (Section.ORGANISATION, Section.PROJECT):
            return application
        # No words as typed: the form shows the rows.
        save_section(application, section, {}, version=0, page="demonstration", actor=actor, write=write)
    _join_documents(application, call, actor)
    return application


def _join_documents(application: Application, call: Call, actor: Actor) -> None:
    by_id = {requirement.id: requirement for requirement in call.requirements}
    for asked in dossier_of(application).requirements:
        if asked.is_compulsory:
            stored = files.keep(sample_pdf(), f"{slug_of(asked.label)}-fictif.pdf", "application/pdf")
            documents.add_document(application, by_id[asked.id], stored, actor=actor)


def _project_values(call: Call, porteur: Porteur, project: Project) -> dict[str, Any]:
    return {
        "title": project["title"],
        "duration": Duration.MULTI_YEAR if "years" in project else Duration.ONE_YEAR,
        "years": project.get("years"),
        "objectives_by_year": project.get("objectives_by_year"),
        "is_renewal": bool(project.get("renewal")),
        "renewal_of_id": None,
        "contact_name": porteur.person.display_name,
        "contact_email": porteur.person.email,
        "contact_phone": "04 00 00 00 00",
        "need": project["need"],
        "need_identified_by": "Réunions avec les habitants et les partenaires du quartier.",
        "objectives": project["objectives"],
        "description": project["description"],
        "places": "Locaux associatifs et espaces publics du quartier.",
        "starts_on": call.actions_start_on,
        "ends_on": call.actions_end_on,
        "calendar": "De janvier à décembre, hors trois premières semaines d’août.",
        "staff_count": 3,
        "staff_fte_hundredths": 120,
        "volunteers_count": 8,
        "equipment": "Une salle, du matériel d’animation.",
        "partners_text": "Centre social, écoles, conseil citoyen.",
        "common_law_means": "Salle prêtée par la Ville.",
    }


def _shares(call: Call, project: Project) -> list[PlacedShare]:
    known = {line.slug: line for line in quartiers_of(call.contract_id)}
    people = project["people"]
    return [
        PlacedShare(known[slug].id, known[slug].name, True, share * 100, people * share // 100)
        for slug, share in project["quartiers"].items()
    ]


def _write_policy(application: Application, call: Call, project: Project) -> None:
    themes = [theme for pillar in pillars_and_themes(call.contract_id) for theme in pillar.themes]
    main = next(theme for theme in themes if theme.label == project["theme"])
    chosen = [axis.id for axis in axes(call.contract_id) if axis.label in project["axes"]]
    answered = [entry.id for entry in priorities(call.contract_id)][:1]
    sections_typed.write_policy(application, main.id, [], chosen, answered)


def _write_people(application: Application, call: Call, project: Project) -> None:
    shares = _shares(call, project)
    parts = largest_remainder(project["people"], [share.share_bp or 0 for share in shares])
    by_quartier = []
    for share, people in zip(shares, parts, strict=True):
        women = people * 55 // 100
        by_quartier += [
            PeopleCount(share.quartier_id, Sex.WOMEN, women),
            PeopleCount(share.quartier_id, Sex.MEN, people - women),
            PeopleCount(share.quartier_id, Sex.UNKNOWN, 0),
        ]
    bands = age_bands(call.contract_id)
    by_age = [
        AgeCount(band.id, band.label, people)
        for band, people in zip(bands, largest_remainder(project["people"], [1] * len(bands)), strict=True)
    ]
    values = {
        "people_expected": project["people"],
        "public_characteristics": "Habitants du quartier, en majorité aux revenus modestes.",
        "outreach": "Présence au pied des immeubles et au marché, relais par les écoles et le centre social.",
    }
    sections_typed.write_public(application, values, by_quartier, by_age)


def _asked(call: Call, project: Project, funders: dict[str, int]) -> list[budget.TypedFunding]:
    """What the project asks of the funders that have an envelope in the call."""
    natures = {envelope.funder_id: envelope.nature for envelope in call.envelopes}
    return [
        budget.TypedFunding(funders[kind], natures[funders[kind]], euros * 100)
        for kind, euros in project["asks"].items()
        if funders.get(kind) in natures
    ]


def _later_years(application: Application) -> range:
    return range(2, application.years + 1)


def _write_funding(application: Application, asked: list[budget.TypedFunding]) -> None:
    """A multi-year project expects as much of each funder in its later years."""
    forecasts = [
        budget.TypedForecast(line.funder_id, line.nature, year, line.requested_cents)
        for year in _later_years(application)
        for line in asked
    ]
    budget.write_funding(application, asked, forecasts)


def _write_budget(application: Application, project: Project) -> None:
    """A balanced budget: what the funders are not asked comes from the structure's own resources."""
    total = project["total"] * 100
    spent = [budget.TypedLine(Side.EXPENSE, code, label, total * share // 100) for code, label, share in EXPENSES]
    rest = total - sum(line.amount_cents for line in spent)
    own = total - sum(euros * 100 for euros in project["asks"].values())
    lines = [
        *spent,
        budget.TypedLine(Side.EXPENSE, SUPPLIES[0], SUPPLIES[1], rest),
        budget.TypedLine(Side.INCOME, "756", "Cotisations et fonds propres affectés", own),
        budget.TypedLine(Side.EXPENSE, "864", "Temps des bénévoles", VOLUNTEERING_CENTS),
        budget.TypedLine(Side.INCOME, "875", "Bénévolat", VOLUNTEERING_CENTS),
    ]
    again = [replace(line, year_index=year) for year in _later_years(application) for line in lines]
    budget.write_budget(application, [*lines, *again], None)


def _targets(call: Call, project: Project) -> list[Target]:
    return [
        _target(offered, project)
        for offered in offered_indicators(call.id)
        if offered.is_compulsory or offered.code in ("S4", "S9")
    ]


def _target(offered: Any, project: Project) -> Target:
    common = (offered.id, offered.label, offered.unit, offered.kind)
    if offered.kind == "ratio":
        return Target(*common, numerator=project["people"] * 8 // 10, denominator=project["people"])
    amount = project["people"] if offered.kind == "people" else 40
    return Target(*common, value_thousandths=amount * 1000)


@cache
def sample_pdf() -> bytes:
    words = "Document inventé, joint aux dossiers de la démonstration pour montrer où il se trouve."
    blocks = [{"kind": "paragraph", "text": words}]
    return render_pdf("document", {"blocks": blocks}, title="Document fictif")
