"""Filing a later year of a multi-year agreement: a light application, filled from what was agreed."""

from __future__ import annotations

from datetime import date
from typing import Any

from portal.calls.models import AgreementYear, Application, CarriedSection
from portal.calls.models import Call as CallRow
from portal.calls.operations import sections_typed as write
from portal.calls.operations.budget import TypedFunding, TypedLine, write_budget, write_funding
from portal.calls.operations.filing import start_application
from portal.calls.queries.agreement import is_granted, year_begun
from portal.calls.queries.carrying import offer_of
from portal.calls.queries.submission import as_received
from portal.calls.rules import carrying
from portal.calls.rules.agreement import due_year
from portal.calls.rules.carrying import Offer
from portal.calls.rules.filing import Dossier, LaterYear
from portal.calls.states import Section
from portal.contracts.models import Nature
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.folding import fold
from portal.foundation.refusals import Refusal


def continue_agreement(first: Application, call: CallRow, *, actor: Actor) -> Application:
    """Begin the light application of the next year of an agreement in `call`; a second click finds it.

    Raises Refusal when the agreement has no year there, or was not granted.
    """
    # Whoever begins the same year waits here for whoever is beginning it.
    db.session.refresh(first, with_for_update=True)
    index = due_year(first.duration, first.years, first.status, first.call.year, call.year)
    if index is None or call.contract_id != first.call.contract_id or not is_granted(first.id):
        raise Refusal("Cette convention n’a pas d’année à déposer dans cet appel.")
    begun = year_begun(first.id, index)
    if begun is not None:
        return begun
    application = start_application(call, first.organisation, actor=actor)
    db.session.flush()
    before = year_begun(first.id, index - 1) if index > 2 else None
    previous = before or first
    application.agreement = AgreementYear(first=first, year_index=index)
    application.is_renewal, application.renewal_of_id = True, previous.id
    dossier, offer = as_received(previous), offer_of(call)
    _agreed(application, dossier, offer)
    _forecast(application, first, index, offer)
    db.session.flush()
    db.session.add_all(
        CarriedSection(application_id=application.id, section=section, source_id=previous.id, at=clock.now())
        for section in (Section.PROJECT, Section.BUDGET, Section.FUNDING)
    )
    record(actor, "application.agreement_continued", application, first=first.id, year_index=index)
    return application


def _agreed(application: Application, dossier: Dossier, offer: Offer) -> None:
    """What the agreement says stands: words, quartiers, themes, people, indicators."""
    years = application.call.year - dossier.call.year
    write.write_project(application, carrying.project_values(dossier.project, years, dossier.application_id))
    write.write_partners(application, carrying.partners_kept(dossier.partners))
    write.write_placements(application, carrying.placements_kept(dossier.placements, offer))
    chosen = carrying.policy_kept(dossier.policy, offer)
    write.write_policy(application, chosen.main_theme_id, chosen.secondary, chosen.axes, chosen.priorities)
    placed = {placement.quartier_id for placement in application.placements}
    public = carrying.public_kept(dossier.public, None, offer, placed)
    values = {
        "people_expected": public.people_expected,
        "public_characteristics": public.characteristics,
        "outreach": public.outreach,
    }
    write.write_public(application, values, public.by_quartier, public.by_age)
    write.write_targets(application, carrying.targets_kept(dossier.targets, offer), dossier.evaluation_method)


def _forecast(application: Application, first: Application, index: int, offer: Offer) -> None:
    """The budget of the year, and what was to be asked of each funder then."""
    dossier = as_received(first)
    year = next((each for each in dossier.later_years if each.index == index), None)
    if year is None:
        return
    lines = [
        TypedLine(entry.side, entry.account_code, entry.label, entry.amount_cents)
        for entry in carrying.budget_kept(year.budget, offer)
    ]
    write_budget(application, lines, dossier.indirect_costs_rule)
    write_funding(application, _asked(year))


def _asked(year: LaterYear) -> list[TypedFunding]:
    return [TypedFunding(line.funder_id, Nature(line.nature), line.requested_cents) for line in year.funding]


def write_year(application: Application, values: dict[str, Any]) -> None:
    """What the light file says of the project. Raises Refusal on `ends_on` when it ends before it starts."""
    starts_on: date | None = values["starts_on"]
    ends_on: date | None = values["ends_on"]
    if starts_on and ends_on and ends_on < starts_on:
        raise Refusal("La date de fin précède la date de début.", "ends_on")
    if application.agreement is None:
        raise Refusal("Ce dossier ne continue aucune convention.")
    application.agreement.changes = values["changes"]
    for name in ("starts_on", "ends_on", "calendar", "contact_name", "contact_email", "contact_phone"):
        setattr(application, name, values[name])
    application.title_fold = fold(application.title)
