"""Opinions: those a funder owes, the one it gives, those the Direction enters for partners."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.accounts import access
from portal.accounts.access import current_actor, requires, roles_of
from portal.accounts.rules import Role
from portal.calls.models import Application
from portal.calls.rules.cycle import DIRECTION, FUNDER_SIDE
from portal.calls.states import ApplicationStatus
from portal.committee.forms.opinions import FunderOpinionForm, OpinionForm, PartnerOpinionForm, saved
from portal.committee.models import Opinion
from portal.committee.operations import opinions as operations
from portal.committee.queries import opinions as queries
from portal.committee.views import blueprint
from portal.committee.views.desk import desk_url
from portal.contracts.models import Funder, FunderKind
from portal.extensions import db
from portal.foundation.pagination import asked_page, paged
from portal.foundation.quantities import plain_number
from portal.foundation.web import navigation


@blueprint.get("/avis")
@requires(*FUNDER_SIDE)
def opinions_to_give() -> str:
    """« Avis à rendre »: what the funders one speaks for were asked."""
    grants = access.usable_grants()
    state = request.args.get("etat", "a_rendre")
    funder = request.args.get("financeur", "")
    statement = queries.opinions_to_give(
        current_user.id,
        grants,
        given={"a_rendre": False, "rendus": True}.get(state),
        funder_id=plain_number(funder),
    )
    return render_template(
        "committee/opinions_to_give.html",
        page=paged(statement, asked_page()),
        state=state,
        funders=queries.funder_names(grants),
    )


@blueprint.route("/dossiers/<int:application_id>/avis/<int:funder_id>", methods=["GET", "POST"])
@requires(*FUNDER_SIDE, *DIRECTION, on=Application)
def give_opinion(application: Application, funder_id: int) -> Response | str:
    """The opinion of one funder asked."""
    funder = db.session.get(Funder, funder_id)
    lines = queries.lines_of_funder(application.id, funder_id)
    roles = roles_towards(application, funder) if funder and lines else frozenset()
    if funder is None or not roles:
        abort(404)
    opinion = queries.opinion_of_funder(application.id, funder.id)
    form = FunderOpinionForm(data=saved(opinion))
    if form.validate_on_submit() and form.attempt(
        operations.give_opinion,
        application,
        funder,
        form.text(),
        form.read_version,
        actor=current_actor(),
        roles=roles,
    ):
        flash("L’avis est enregistré.", "success")
        return redirect(_after_opinion(application, funder, roles))
    _take_shown_version(form, queries.opinion_of_funder(application.id, funder.id))
    return render_template(
        "committee/give_opinion.html",
        application=application,
        funder=funder,
        lines=lines,
        opinion=opinion,
        form=form,
        proposable=lines if opinion and application.status is ApplicationStatus.ADMISSIBLE else [],
    )


def _after_opinion(application: Application, funder: Funder, roles: frozenset[str]) -> str:
    """Back to what is left to answer; where an amount may already be proposed, to the page that leads there."""
    if not roles & FUNDER_SIDE:
        return desk_url(application)
    if application.status is ApplicationStatus.ADMISSIBLE:
        return url_for(".give_opinion", application_id=application.id, funder_id=funder.id)
    return url_for(".opinions_to_give")


@blueprint.route("/dossiers/<int:application_id>/avis-partenaires", methods=["GET", "POST"], defaults={"opinion_id": 0})
@blueprint.route("/dossiers/<int:application_id>/avis-partenaires/<int:opinion_id>", methods=["GET", "POST"])
@requires(*DIRECTION, on=Application)
def partner_opinion(application: Application, opinion_id: int) -> Response | str:
    """What a partner says, entered by the Direction."""
    opinion = queries.opinion_of_partner(application.id, opinion_id) if opinion_id else None
    if opinion_id and opinion is None:
        abort(404)
    form = PartnerOpinionForm(data=saved(opinion))
    if form.validate_on_submit() and form.attempt(
        operations.enter_partner_opinion,
        application,
        form.partner_name.data or "",
        form.text(),
        opinion=opinion,
        version=form.read_version,
        actor=current_actor(),
        roles=roles_of(application),
    ):
        flash("L’avis est enregistré.", "success")
        return redirect(desk_url(application))
    _take_shown_version(form, opinion)
    return render_template("committee/partner_opinion.html", application=application, opinion=opinion, form=form)


def roles_towards(application: Application, funder: Funder) -> frozenset[Role]:
    """The roles in which the signed-in person may speak for a funder about an application.

    Another funder's agent has none; the State's delegate speaks for the State; the Direction enters
    what a funder without an account says.
    """
    towards_application = roles_of(application)
    spoken = (towards_application & DIRECTION) | (roles_of(funder) & {Role.FUNDER_AGENT, Role.STATE_OFFICER})
    if funder.kind is FunderKind.STATE:
        spoken |= towards_application & {Role.DELEGATE}
    return frozenset(spoken)


def _take_shown_version(form: OpinionForm, opinion: Opinion | None) -> None:
    """After a conflict, what is saved next replaces the version just shown: that is now a choice."""
    if form.conflict is not None and opinion is not None:
        form.take_version(opinion.version)


navigation.add_entry(
    "Avis à rendre", "committee.opinions_to_give", lambda: bool(access.all_roles() & FUNDER_SIDE), order=34
)
