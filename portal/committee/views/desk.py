"""The instruction desk: its calls, its queue, the file of an application on one screen."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask_login import current_user

from portal.accounts import access
from portal.accounts.access import requires, roles_of
from portal.calls.models import Application
from portal.calls.queries.agreement import YearOfAgreement, years_of_agreement
from portal.calls.queries.follow_ups import by_panel, follow_ups_of
from portal.calls.queries.messages import exchanges_of
from portal.calls.queries.organisation_year import told_of_year
from portal.calls.queries.submission import as_received, versions_of
from portal.calls.queries.visibility import visible_applications
from portal.calls.rules.budget import totals
from portal.calls.rules.filing import Dossier
from portal.calls.rules.filing_sheet import laid_out
from portal.calls.rules.organisation_year import YearTold
from portal.calls.states import ApplicationStatus, MessageSide, Section
from portal.committee.queries import (
    admissibility,
    completeness,
    opinion_requests,
    opinions,
    recusals,
    reviewing,
    scoring,
    visits,
)
from portal.committee.queries import desk as queue
from portal.committee.queries import desk_file as files_of
from portal.committee.queries.corrections import rounds_of
from portal.committee.rules import scoring as scores
from portal.committee.rules.corrections import is_overdue
from portal.committee.rules.desk import READERS, Sight
from portal.committee.rules.history import words_of
from portal.committee.views import blueprint
from portal.foundation import clock
from portal.foundation.periods import to_paris
from portal.foundation.web import navigation
from portal.foundation.web.navigation import Item


@blueprint.get("/instruction")
@requires(*queue.DESK_ROLES)
def desk_calls() -> str:
    """The calls that somebody instructs."""
    found = queue.desk_calls(current_user.id, access.usable_grants())
    return render_template("committee/desk_calls.html", calls=found)


@blueprint.get("/dossiers/<int:application_id>/instruction")
@requires(*READERS, on=Application)
def application(application: Application) -> str:
    """Everything of one application, as far as the reader's roles go."""
    sight = Sight.of(roles_of(application))
    dossier = as_received(application)
    return render_template(
        "committee/application.html",
        application=application,
        dossier=dossier,
        versions=versions_of(application.id),
        parts_filed=[part for part in laid_out(dossier) if part.section is not Section.DOCUMENTS],
        budget=totals(dossier.budget),
        sight=sight,
        tabs=_tabs(sight),
        agreement=_agreement(application),
        follow_ups=by_panel(follow_ups_of(application)),
        is_draft=application.status is ApplicationStatus.DRAFT,
        exchanges=exchanges_of(application.id, MessageSide.DIRECTION) if sight.instructs else None,
        **_people_and_past(application, dossier, sight),
        **_instruction(application, sight),
        **_committee(application, sight),
    )


def _agreement(application: Application) -> list[YearOfAgreement]:
    """The other years of a multi-year agreement that the reader may open."""
    years = years_of_agreement(application)
    if len(years) < 2:
        return []
    seen = queue.among_visible([year.id for year in years], current_user.id, access.usable_grants())
    return [year for year in years if year.id in seen]


def _tabs(sight: Sight) -> list[Item]:
    """The parts of the page, for a reader who knows where to go."""
    parts = [("Dossier", "depose", True), ("Documents", "documents", True), ("Financements", "financements", True)]
    parts += [("Complétude", "completude", sight.checklist), ("Analyses", "analyses", sight.checklist)]
    parts += [("Avis", "avis", True), ("Décisions", "decisions", sight.decisions)]
    parts += [("Suivi", "suivi", sight.history), ("Historique", "historique", sight.history)]
    return [Item(label, f"#{anchor}") for label, anchor, shown in parts if shown]


def _whole(amounts: list[int | None]) -> int | None:
    """The sum of amounts all known; an unknown part makes the whole unknown."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if amounts and len(known) == len(amounts) else None


def _own_funders() -> frozenset[int]:
    return frozenset(each for each, _ in opinions.funder_names(access.usable_grants()))


def _people_and_past(application: Application, dossier: Dossier, sight: Sight) -> dict[str, Any]:
    grants = access.usable_grants()
    own = None if sight.all_amounts else _own_funders()
    funding = files_of.funding_rows(application.id)
    return {
        "funding": funding,
        "asked_total": _whole([row.requested_cents for row in funding]),
        "shows_amounts": {row.id: own is None or row.funder_id in own for row in funding},
        # The whole of the structure's year is for those who read every amount.
        "year": told_of_year(application, dossier, visible_applications(current_user.id, grants))
        if own is None
        else YearTold(),
        "past": files_of.past_applications(application, current_user.id, grants) if own is None else [],
        "funder_history": files_of.funder_history(application, current_user.id, grants, own),
    }


def _instruction(application: Application, sight: Sight) -> dict[str, Any]:
    found: dict[str, Any] = {"stage": None, "checks": [], "requests": [], "rounds": {}, "recused": [], "history": []}
    if sight.checklist:
        found["checks"] = completeness.checklist(application.id)
        found["requests"] = [
            (asked, is_overdue(asked.status, asked.due_on, _today()))
            for asked in completeness.requests_on(application.id)
        ]
        found["rounds"] = rounds_of(application.id)
        found["recused"] = recusals.recused_names(application)
    if sight.history:
        found["notes"], found["visits"] = visits.notes_of(application.id), visits.visits_of(application.id)
        waiting = queue.DeskQueue(application.call, current_user.id, access.usable_grants(), _today())
        found["stage"] = waiting.stage_of(application.id)
        found["history"] = [
            {"when": row.at, "title": words, "text": row.reason, "by": row.by}
            for row in files_of.history(application.id)
            if (words := words_of(row.action)) is not None
        ]
    return found


def _committee(application: Application, sight: Sight) -> dict[str, Any]:
    state = scoring.own_state(application.id, current_user.id)
    sees = scores.sees_scores(
        oversees=sight.oversees,
        reviews=sight.reviews,
        blind=application.call.blind_scoring,
        own_final=state.is_final,
        own_pending=state.is_pending,
    )
    mine = None if sight.all_opinions else _own_funders()
    reviewers = reviewing.assigned_reviewers(application.id) if sight.checklist else []
    free = {each.person_id for each in reviewers}
    analysed = application.agreement is None
    candidates = reviewing.reviewers_of(application.call) if sight.instructs and analysed else []
    return {
        "own": state,
        "sees_scores": sees,
        "sheets": scoring.sheets_of(application) if sees else [],
        "summary": scoring.summaries(application.call, [application.id])[application.id] if sees else None,
        "written_score": scores.written_score,
        "reviewers": reviewers,
        "candidates": [each for each in candidates if each.id not in free],
        "opinions": opinions.opinions_on(application.id, mine),
        "opinion_requests": opinion_requests.requests_on(application.id) if sight.history else [],
        "own_funders": _own_funders(),
        "proposal": admissibility.proposal_on(application.id) if sight.checklist else None,
        "decisions": admissibility.decisions_on(application.id) if sight.decisions else [],
    }


def desk_url(application: Application) -> str:
    """Where the instruction of an application is read."""
    return url_for("committee.application", application_id=application.id)


def _today() -> Any:
    return to_paris(clock.now()).date()


navigation.add_entry(
    "Instruction", "committee.desk_calls", lambda: bool(access.all_roles() & queue.DESK_ROLES), order=30
)
