"""Starting a draft from an earlier application: what is kept is written as if it had been typed, to be read again."""

from __future__ import annotations

from collections.abc import Callable, Collection

import sqlalchemy as sa

from portal.calls.models import Application, CarriedSection, SectionDraft
from portal.calls.operations import sections_typed as write
from portal.calls.operations.budget import TypedLine, write_budget
from portal.calls.queries import carrying as queries
from portal.calls.queries.submission import as_received
from portal.calls.rules import carrying as rules
from portal.calls.rules.carrying import Offer
from portal.calls.rules.filing import Dossier
from portal.calls.states import NEVER_FILED, ApplicationStatus, Section
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.refusals import Refusal

Writer = Callable[[Application, Dossier, Offer, bool], None]


def carry_over(
    application: Application, source: Application, kept: Collection[Section], *, from_bilan: bool, actor: Actor
) -> None:
    """Fill the `kept` sections of a draft from an earlier application of the same organisation.

    `from_bilan`: the people expected are those that the bilan of the source says were reached, when it
    tells them. What was typed in these sections is replaced. Raises Refusal.
    """
    db.session.refresh(application, with_for_update=True)
    _check(application, source)
    wanted = [section for section in rules.KEEPABLE if section in kept]
    if not wanted:
        raise Refusal("Choisissez au moins une rubrique à reprendre.", "kept")
    dossier, offer = as_received(source), queries.offer_of(application.call)
    application.is_renewal, application.renewal_of_id = True, source.id
    for section in wanted:
        _WRITERS[section](application, dossier, offer, from_bilan)
    _mark(application, source, wanted)
    application.version += 1
    record(actor, "application.carried_over", application, source=source.id, sections=wanted)


def _check(application: Application, source: Application) -> None:
    if application.status is not ApplicationStatus.DRAFT:
        raise Refusal("Ce dossier est déposé : il ne reprend plus rien.")
    same = source.organisation_id == application.organisation_id and source.id != application.id
    if not same or source.status in NEVER_FILED or source.call.year >= application.call.year:
        raise Refusal("Choisissez un dossier déposé par votre structure une année précédente.", "source")


def _project(application: Application, dossier: Dossier, _offer: Offer, _from_bilan: bool) -> None:
    years = application.call.year - dossier.call.year
    write.write_project(application, rules.project_values(dossier.project, years, dossier.application_id))
    write.write_partners(application, rules.partners_kept(dossier.partners))


def _quartiers(application: Application, dossier: Dossier, offer: Offer, _from_bilan: bool) -> None:
    write.write_placements(application, rules.placements_kept(dossier.placements, offer))


def _themes(application: Application, dossier: Dossier, offer: Offer, _from_bilan: bool) -> None:
    chosen = rules.policy_kept(dossier.policy, offer)
    write.write_policy(application, chosen.main_theme_id, chosen.secondary, chosen.axes, chosen.priorities)


def _public(application: Application, dossier: Dossier, offer: Offer, from_bilan: bool) -> None:
    actual = queries.public_reached(dossier.application_id) if from_bilan else None
    placed = {placement.quartier_id for placement in application.placements}
    public = rules.public_kept(dossier.public, actual, offer, placed)
    values = {
        "people_expected": public.people_expected,
        "public_characteristics": public.characteristics,
        "outreach": public.outreach,
    }
    write.write_public(application, values, public.by_quartier, public.by_age)


def _budget(application: Application, dossier: Dossier, offer: Offer, _from_bilan: bool) -> None:
    lines = [
        TypedLine(entry.side, entry.account_code, entry.label, entry.amount_cents)
        for entry in rules.budget_kept(dossier.budget, offer)
    ]
    write_budget(application, lines, dossier.indirect_costs_rule)


def _indicators(application: Application, dossier: Dossier, offer: Offer, _from_bilan: bool) -> None:
    write.write_targets(application, rules.targets_kept(dossier.targets, offer), dossier.evaluation_method)


_WRITERS: dict[Section, Writer] = {
    Section.PROJECT: _project,
    Section.QUARTIERS: _quartiers,
    Section.THEMES: _themes,
    Section.PUBLIC: _public,
    Section.BUDGET: _budget,
    Section.INDICATORS: _indicators,
}


def _mark(application: Application, source: Application, sections: Collection[Section]) -> None:
    """What was typed before gives way, so that nobody's save counts as having read what came instead."""
    for table in (SectionDraft, CarriedSection):
        db.session.execute(
            sa.delete(table).where(table.application_id == application.id, table.section.in_(list(sections)))
        )
    db.session.execute(
        sa.insert(CarriedSection),
        [
            {"application_id": application.id, "section": section, "source_id": source.id, "at": clock.now()}
            for section in sections
        ],
    )
