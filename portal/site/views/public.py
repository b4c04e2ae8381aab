"""The home page and the calls, for anybody."""

from __future__ import annotations

from flask import Response, abort, current_app, render_template, url_for
from flask_login import current_user

from portal.accounts import access
from portal.accounts.access import public, requires
from portal.accounts.rules import Role
from portal.calls.models import Call
from portal.calls.rules.cycle import DIRECTION
from portal.contracts import queries as contracts
from portal.foundation import clock
from portal.foundation.web.formats import datetime_fr
from portal.quartiers import queries as quartiers
from portal.site.queries import calls, territories
from portal.site.queries.calls import PublicCall
from portal.site.rules.icalendar import closing_event
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
    return _call_page(calls.call_before_publication(call.id), back_url=url_for("calls.call_overview", call_id=call.id))


def _call_page(found: PublicCall, *, begin_url: str | None = None, back_url: str | None = None) -> str:
    return render_template(
        "site/call.html",
        page=calls.call_page(found),
        call=found,
        pillars=contracts.pillars_and_themes(found.contract_id),
        levels=contracts.level_names(found.contract_id),
        priorities=contracts.priorities(found.contract_id, found.year),
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


def _lacks_organisation() -> bool:
    """Whether the person is signed in with nothing to file for and nothing else to do here."""
    return bool(current_user.is_authenticated) and not access.my_grants()


@blueprint.get("/appels-a-projets/<int:call_id>/cloture.ics")
@public
def call_calendar(call_id: int) -> Response:
    """The closing date, to put in one's own calendar."""
    found = _published(call_id)
    event = closing_event(
        uid=f"appel-{found.id}@contrat-de-ville",
        title=f"Clôture : {found.title}",
        description=f"Dépôt des dossiers jusqu’au {datetime_fr(found.closes_at)} (heure de Paris).",
        at=found.closes_at,
        url=url_for(".call", call_id=found.id, _external=True),
        now=clock.now(),
    )
    name = f"cloture-appel-{found.id}.ics"
    return Response(event, mimetype="text/calendar", headers={"Content-Disposition": f"attachment; filename={name}"})


def _published(call_id: int) -> PublicCall:
    found = calls.public_call(call_id)
    if found is None:
        abort(404)
    tell_demo(found.is_demo)
    return found
