"""The Direction asks for opinions, follows who answered, reminds, closes links."""

from __future__ import annotations

from datetime import date

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, current_person, requires, roles_of, usable_grants
from portal.accounts.operations.audit import audit_read
from portal.calls.models import Application, Call
from portal.calls.queries.visibility import visible_applications
from portal.calls.rules.cycle import DIRECTION
from portal.committee.forms.opinion_requests import AskForm, AskOneForm, RemindForm
from portal.committee.models import OpinionLink, OpinionRequest
from portal.committee.operations import asking_opinions as asking
from portal.committee.operations import opinion_requests as operations
from portal.committee.operations import reminding_opinions as reminding
from portal.committee.queries import desk as queue
from portal.committee.queries import opinion_following as following
from portal.committee.queries import opinion_sheet as sheets
from portal.committee.queries.opinion_plan import Plan, Seen, Selection, listed, plan_of
from portal.committee.queries.opinion_recipients import recipients_of
from portal.committee.rules.opinion_requests import FOLLOWERS, Addressee
from portal.committee.states import OpinionRequestStatus
from portal.committee.views import blueprint
from portal.committee.views.desk import desk_url
from portal.contracts import queries as contracts
from portal.foundation import clock
from portal.foundation.forms import perform
from portal.foundation.pagination import asked_page, paged
from portal.foundation.periods import to_paris
from portal.foundation.quantities import plain_number
from portal.foundation.web.formats import plural

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _seen() -> Seen:
    return visible_applications(current_person().id, usable_grants())


def _today() -> date:
    return to_paris(clock.now()).date()


# -- asking -----------------------------------------------------------------------------------------------


@blueprint.route("/appels/<int:call_id>/avis/demander", methods=["GET", "POST"])
@requires(*DIRECTION, on=Call)
def ask_opinions(call: Call) -> ResponseReturnValue:
    """Choose, see whom it reaches, send: the selection is in the address."""
    selection, chosen = _asked_selection(), _asked_recipients()
    form = AskForm()
    if form.validate_on_submit() and form.attempt(
        asking.ask_opinions, call, form.asking(selection, chosen), _seen(), actor=current_actor(), roles=roles_of(call)
    ):
        _tell_sent(form.result)
        return redirect(url_for(".opinions_followed", call_id=call.id))
    plan = plan_of(call, _seen(), selection, chosen)
    form.mark.data = plan.mark
    return render_template(
        "committee/asking/ask.html",
        call=call,
        form=form,
        plan=plan,
        chosen=chosen,
        selection=selection,
        recipients=recipients_of(call),
        page=paged(listed(call, _seen(), selection), asked_page()),
        quartiers=queue.quartiers_of(call),
        pillars=contracts.pillars_and_themes(call.contract_id),
        leaves_out=queue.leaves_out(call, current_person().id),
    )


def _asked_selection() -> Selection:
    asked = request.args
    return Selection(
        quartier_id=plain_number(asked.get("quartier")),
        theme_id=plain_number(asked.get("thematique")),
        funder_id=plain_number(asked.get("financeur")),
    )


def _asked_recipients() -> frozenset[Addressee]:
    return frozenset(who for key in request.args.getlist("a") if (who := Addressee.read(key)) is not None)


@blueprint.route("/dossiers/<int:application_id>/avis/demander", methods=["GET", "POST"])
@requires(*DIRECTION, on=Application)
def ask_on_application(application: Application) -> ResponseReturnValue:
    """The same on one application: who may be asked, who was."""
    call, selection = application.call, Selection(application_id=application.id)
    everybody = frozenset(each.addressee for each in recipients_of(call))
    offered = plan_of(call, _seen(), selection, everybody, also_declined=True)
    form = AskOneForm()
    form.offer(offered)
    if form.validate_on_submit():
        chosen = form.chosen()
        form.mark.data = plan_of(call, _seen(), selection, chosen, also_declined=True).mark
        wanted = form.asking(selection, chosen)
        if form.attempt(asking.ask_opinions, call, wanted, _seen(), actor=current_actor(), roles=roles_of(application)):
            _tell_sent(form.result)
            return redirect(desk_url(application) + "#avis")
    return render_template("committee/asking/ask_one.html", application=application, form=form, plan=offered)


def _tell_sent(plan: Plan) -> None:
    asked = plural(plan.requests, "avis est demandé", "avis sont demandés")
    flash(f"{asked} ; {plural(plan.mails, 'message part', 'messages partent')}.", "success")


@blueprint.post("/avis/demandes/<int:opinion_request_id>/retirer")
@requires(*DIRECTION, on=OpinionRequest)
def withdraw_opinion_request(opinion_request: OpinionRequest) -> ResponseReturnValue:
    application = opinion_request.application
    perform(operations.withdraw_request, opinion_request, actor=current_actor(), roles=roles_of(opinion_request))
    flash("La demande d’avis est retirée.", "success")
    return redirect(desk_url(application) + "#avis")


# -- following --------------------------------------------------------------------------------------------


@blueprint.get("/appels/<int:call_id>/avis")
@requires(*FOLLOWERS, on=Call)
def opinions_followed(call: Call) -> ResponseReturnValue:
    """Who has answered what, recipient by recipient."""
    seen, today = _seen(), _today()
    return render_template(
        "committee/asking/followed.html",
        call=call,
        page=paged(following.by_recipient(call, seen, today), asked_page()),
        totals=following.totals(call, seen, today),
        **_about(call),
    )


@blueprint.get("/appels/<int:call_id>/avis/demandes")
@requires(*FOLLOWERS, on=Call)
def opinion_requests(call: Call) -> ResponseReturnValue:
    """Request by request."""
    seen, today, wanted = _seen(), _today(), _asked_of_list()
    return render_template(
        "committee/asking/requests.html",
        call=call,
        page=paged(following.followed(call, seen, wanted, today), asked_page()),
        today=today,
        states=[*((each.value, each.label) for each in OpinionRequestStatus), (following.LATE, "En retard")],
        recipients=following.recipients_asked(call, seen),
        quartiers=queue.quartiers_of(call),
        **_about(call),
    )


def _about(call: Call) -> dict[str, bool]:
    return {
        "instructs": bool(roles_of(call) & DIRECTION),
        "leaves_out": queue.leaves_out(call, current_person().id),
    }


def _asked_of_list() -> following.Wanted:
    asked = request.args
    state = asked.get("etat", "")
    return following.Wanted(
        state if state == following.LATE or state in set(OpinionRequestStatus) else "",
        Addressee.read(asked.get("a", "")),
        plain_number(asked.get("quartier")),
    )


@blueprint.get("/appels/<int:call_id>/avis/tableur")
@requires(*FOLLOWERS, on=Call)
def opinions_sheet(call: Call) -> ResponseReturnValue:
    """The same list, as filtered, as a spreadsheet."""
    content = sheets.written(call, _seen(), _asked_of_list(), _today())
    audit_read(current_actor(), "export.opinions", call)
    return send_file(content, mimetype=XLSX, as_attachment=True, download_name=f"avis-{call.year}.xlsx")


@blueprint.route("/appels/<int:call_id>/avis/relancer", methods=["GET", "POST"])
@requires(*DIRECTION, on=Call)
def remind_opinions(call: Call) -> ResponseReturnValue:
    """Whom a reminder would reach, told before it leaves."""
    wanted, form = _asked_of_list(), RemindForm()
    if form.validate_on_submit() and form.attempt(
        reminding.remind_unanswered,
        call,
        _seen(),
        wanted,
        form.mark.data or "",
        form.words.data or "",
        actor=current_actor(),
        roles=roles_of(call),
    ):
        number = len(form.result.lines)
        flash(f"Le rappel part vers {plural(number, 'destinataire', 'destinataires')}.", "success")
        return redirect(url_for(".opinions_followed", call_id=call.id))
    plan = reminding.reminder_plan(call, _seen(), wanted)
    form.mark.data = plan.mark
    return render_template(
        "committee/asking/remind.html",
        call=call,
        form=form,
        plan=plan,
        recipients=following.recipients_asked(call, _seen()),
        leaves_out=queue.leaves_out(call, current_person().id),
    )


# -- links ------------------------------------------------------------------------------------------------


@blueprint.post("/avis/liens/<int:opinion_link_id>/renvoyer")
@requires(*DIRECTION, on=OpinionLink)
def send_opinion_link(opinion_link: OpinionLink) -> ResponseReturnValue:
    number, due_on = following.awaited_by_link(opinion_link, _seen())
    perform(
        asking.send_link_again,
        opinion_link,
        number,
        due_on or _today(),
        actor=current_actor(),
        roles=roles_of(opinion_link),
    )
    flash(f"Un nouveau lien part vers {opinion_link.contact.name} ; le précédent ne sert plus.", "success")
    return redirect(url_for(".opinions_followed", call_id=opinion_link.call_id))


@blueprint.post("/avis/liens/<int:opinion_link_id>/fermer")
@requires(*DIRECTION, on=OpinionLink)
def close_opinion_link(opinion_link: OpinionLink) -> ResponseReturnValue:
    perform(asking.close_link, opinion_link, actor=current_actor(), roles=roles_of(opinion_link))
    flash(f"Le lien de {opinion_link.contact.name} n’ouvre plus rien.", "success")
    return redirect(url_for(".opinions_followed", call_id=opinion_link.call_id))
