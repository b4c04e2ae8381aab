"""The home page and the calls, for anybody."""

from __future__ import annotations

from flask import Response, abort, current_app, render_template, request, url_for
from flask_login import current_user

from portal.accounts import access
from portal.accounts.access import public, requires
from portal.accounts.rules import Role
from portal.calls.models import Call
from portal.calls.rules.cycle import DIRECTION
from portal.contracts import queries as contracts
from portal.foundation.calendars import calendar_file as icalendar_file
from portal.quartiers import queries as quartiers
from portal.site.queries import calls, territories
from portal.site.queries.calls import PublicCall
from portal.site.rules.call_dates import calendar_entries, following
from portal.site.rules.call_words import words_of_case
from portal.site.rules.moments import Moment
from portal.site.views.blueprint import blueprint
from portal.site.views.doors import door
from portal.site.views.subject import tell_demo


@blueprint.get("/")
@public
def home() -> str:
    """What the portal is for, what is open, where."""
    known = sorted(contracts.contracts(), key=lambda contract: (contract.is_demo, -contract.start_year))
    shown = known[0] if known else None
    return render_template(
        "site/home.html",
        calls=calls.public_calls(),
        contract=shown,
        quartiers=quartiers.quartiers_of(shown.id) if shown else [],
        latest=territories.latest_year(demo=shown.is_demo) if shown else None,
    )


@blueprint.get("/appels-a-projets")
@public
def call_list() -> str:
    return render_template("site/calls.html", calls=calls.public_calls(), Moment=Moment)


@blueprint.get("/appels-a-projets/<int:call_id>")
@public
def call(call_id: int) -> str:
    found = _published(call_id)
    return _call_page(found, begin_url=_begin_url(found.id) if found.moment is Moment.OPEN else None)


@blueprint.get("/appels-a-projets/<int:call_id>/apercu")
@requires(*DIRECTION, on=Call)
def call_preview(call: Call) -> str:
    """The same page for those who prepare the call, before anybody else sees it."""
    return _call_page(
        calls.call_before_publication(call.id),
        begin_url=url_for("calls.preview_form", call_id=call.id),
        back_url=url_for("calls.call_overview", call_id=call.id),
    )


def _call_page(found: PublicCall, *, begin_url: str | None = None, back_url: str | None = None) -> str:
    page = calls.call_page(found)
    return render_template(
        "site/call.html",
        page=page,
        call=found,
        pillars=contracts.pillars_and_themes(found.contract_id),
        levels=contracts.level_names(found.contract_id),
        priorities=contracts.priorities(found.contract_id, found.year),
        following=following(page.plan),
        words_of_case=words_of_case,
        notes_url=_notes_url(found.id) if page.notes_until and not back_url else None,
        begin_url=begin_url,
        back_url=back_url,
        join_url=door("accounts.organisations") if _lacks_organisation() else None,
        Moment=Moment,
    )


def _begin_url(call_id: int) -> str | None:
    """Where a file is begun; somebody signed out is asked to sign in on the way."""
    if current_user.is_authenticated:
        # Staff have nothing to file for; somebody without a structure is shown how to get one.
        return door("calls.start_application", call_id=call_id) if access.my_scope_ids(Role.APPLICANT) else None
    known = "calls.start_application" in current_app.view_functions
    return url_for("calls.start_application", call_id=call_id) if known else None


def _notes_url(call_id: int) -> str | None:
    """Where a note d'opportunité is begun, for whoever may have something to propose."""
    if current_user.is_authenticated and not access.my_scope_ids(Role.APPLICANT):
        return None
    return url_for("calls.start_note", call_id=call_id)


def _lacks_organisation() -> bool:
    """Whether the person is signed in with nothing to file for and nothing else to do here."""
    return bool(current_user.is_authenticated) and not access.my_grants()


@blueprint.get("/appels-a-projets/<int:call_id>/calendrier")
@public
def call_calendar(call_id: int) -> str:
    """The dates of a call, and how to have them in one's own calendar."""
    found = _published(call_id)
    address = url_for(".calendar_file", call_id=found.id, _external=True)
    return render_template(
        "site/call_calendar.html",
        call=found,
        plan=calls.public_plan(found.id),
        address=address,
        # The scheme that opens a calendar program on its « subscribe » page.
        subscribe_url=f"webcal://{address.split('://', 1)[1]}",
    )


@blueprint.get("/appels-a-projets/<int:call_id>/calendrier.ics")
@public
def calendar_file(call_id: int) -> Response:
    """The same dates as an iCalendar file: asked again and again by those who subscribe."""
    found = _published(call_id)
    entries = calendar_entries(calls.calendar_name(found), calls.public_plan(found.id))
    content = icalendar_file(found.title, url_for(".call", call_id=found.id, _external=True), entries)
    answer = Response(content, content_type="text/calendar; charset=utf-8")
    if "fichier" in request.args:
        answer.headers["Content-Disposition"] = f"attachment; filename=appel-{found.id}.ics"
    answer.add_etag()
    answer.make_conditional(request)
    return answer


def _published(call_id: int) -> PublicCall:
    found = calls.public_call(call_id)
    if found is None:
        abort(404)
    tell_demo(found.is_demo)
    return found
