"""The instruction desk: its calls, its queue, the file of an application on one screen."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask_login import current_user

from portal.accounts import access
from portal.accounts.access import requires, roles_of
from portal.accounts.rules import Role
from portal.calls.models import Application, Call
from portal.calls.queries.follow_ups import follow_ups_of
from portal.calls.queries.sections import dossier_of
from portal.calls.queries.submission import submission_of
from portal.calls.rules.budget import totals
from portal.calls.rules.filing import Dossier
from portal.calls.rules.filing_sheet import laid_out
from portal.calls.rules.submission import thawed
from portal.calls.states import ApplicationStatus, Section
from portal.committee.queries import admissibility, completeness, opinions, recusals, reviewing, scoring
from portal.committee.queries import desk as queue
from portal.committee.queries import desk_file as files_of
from portal.committee.rules import scoring as scores
from portal.committee.rules.corrections import is_overdue
from portal.committee.rules.desk import READERS, Sight, Stage
from portal.committee.rules.differences import differences
from portal.committee.rules.history import words_of
from portal.committee.views import blueprint
from portal.foundation import clock
from portal.foundation.pagination import asked_page
from portal.foundation.periods import to_paris
from portal.foundation.quantities import plain_number
from portal.foundation.web import navigation
from portal.foundation.web.navigation import Item


@blueprint.get("/instruction")
@requires(*queue.DESK_ROLES)
def desk_calls() -> str:
    """The calls that somebody instructs."""
    found = queue.desk_calls(current_user.id, access.usable_grants())
    return render_template("committee/desk_calls.html", calls=found)


@blueprint.get("/instruction/<int:call_id>")
@requires(*queue.DESK_ROLES, on=Call)
def desk(call: Call) -> str:
    """The queue of a call, filtered by the address."""
    waiting = queue.DeskQueue(call, current_user.id, access.usable_grants(), _today())
    wanted = _asked_filter()
    return render_template(
        "committee/desk.html",
        call=call,
        page=waiting.page(wanted, asked_page()),
        wanted=wanted,
        by_status=waiting.by_status(),
        by_stage=waiting.by_stage(),
        quartiers=queue.quartiers_of(call),
        stage_choices=[(stage.value, stage.label) for stage in Stage],
        status_choices=[(status.value, status.label) for status in ApplicationStatus],
        leaves_out=queue.leaves_out(call, current_user.id),
        instructs=bool(roles_of(call) & {Role.OFFICER, Role.MANAGER}),
    )


def _asked_filter() -> queue.DeskFilter:
    """What the address asks; a value that means nothing asks for nothing."""
    asked = request.args
    return queue.DeskFilter(
        words=asked.get("q", "").strip()[:200],
        status=ApplicationStatus(asked["statut"]) if asked.get("statut") in set(ApplicationStatus) else None,
        stage=Stage(asked["etape"]) if asked.get("etape") in set(Stage) else None,
        quartier_id=plain_number(asked.get("quartier")),
        order=asked.get("sort", ""),
    )


@blueprint.get("/dossiers/<int:application_id>/instruction")
@requires(*READERS, on=Application)
def application(application: Application) -> str:
    """Everything of one application, as far as the reader's roles go."""
    sight = Sight.of(roles_of(application))
    dossier = dossier_of(application)
    return render_template(
        "committee/application.html",
        application=application,
        dossier=dossier,
        parts_filed=[part for part in laid_out(dossier) if part.section is not Section.DOCUMENTS],
        budget=totals(dossier.budget),
        sight=sight,
        tabs=_tabs(sight),
        follow_ups=follow_ups_of(application),
        is_draft=application.status is ApplicationStatus.DRAFT,
        **_people_and_past(application, sight),
        **_instruction(application, dossier, sight),
        **_committee(application, sight),
    )


def _tabs(sight: Sight) -> list[Item]:
    """The parts of the page, for a reader who knows where to go."""
    parts = [("Dossier", "depose", True), ("Documents", "documents", True), ("Financements", "financements", True)]
    parts += [("Complétude", "completude", sight.checklist), ("Analyses", "analyses", sight.checklist)]
    parts += [("Avis", "avis", True), ("Décisions", "decisions", sight.decisions)]
    parts += [("Historique", "historique", sight.history)]
    return [Item(label, f"#{anchor}") for label, anchor, shown in parts if shown]


def _whole(amounts: list[int | None]) -> int | None:
    """The sum of amounts all known; an unknown part makes the whole unknown."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if amounts and len(known) == len(amounts) else None


def _own_funders() -> frozenset[int]:
    return frozenset(each for each, _ in opinions.funder_names(access.usable_grants()))


def _people_and_past(application: Application, sight: Sight) -> dict[str, Any]:
    grants = access.usable_grants()
    own = None if sight.all_amounts else _own_funders()
    funding = files_of.funding_rows(application.id)
    return {
        "funding": funding,
        "asked_total": _whole([row.requested_cents for row in funding]),
        "shows_amounts": {row.id: own is None or row.funder_id in own for row in funding},
        "past": files_of.past_applications(application, current_user.id, grants) if own is None else [],
        "funder_history": files_of.funder_history(application, current_user.id, grants, own),
    }


def _instruction(application: Application, dossier: Dossier, sight: Sight) -> dict[str, Any]:
    found: dict[str, Any] = {"stage": None, "checks": [], "requests": [], "changes": [], "recused": [], "history": []}
    if sight.checklist:
        found["checks"] = completeness.checklist(application.id)
        found["requests"] = [
            (asked, is_overdue(asked.status, asked.due_on, _today()))
            for asked in completeness.requests_on(application.id)
        ]
        submission = submission_of(application.id) if found["requests"] else None
        if submission is not None:
            found["changes"] = differences(laid_out(thawed(submission.snapshot)), laid_out(dossier))
        found["recused"] = recusals.recused_names(application)
    if sight.history:
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
    candidates = reviewing.reviewers_of(application.call) if sight.instructs else []
    return {
        "own": state,
        "sees_scores": sees,
        "sheets": scoring.sheets_of(application) if sees else [],
        "summary": scoring.summaries(application.call, [application.id])[application.id] if sees else None,
        "written_score": scores.written_score,
        "reviewers": reviewers,
        "candidates": [each for each in candidates if each.id not in free],
        "opinions": opinions.opinions_on(application.id, mine),
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
