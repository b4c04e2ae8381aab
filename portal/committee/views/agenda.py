"""Composing the agenda of a sitting: applications by selection, their order, and points in words."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, current_person, requires, roles_of, usable_grants
from portal.calls.queries.visibility import visible_applications
from portal.committee.forms.sittings import ConclusionForm, PickForm, TopicForm
from portal.committee.models import AgendaItem, AgendaTopic, Sitting
from portal.committee.operations import agenda as operations
from portal.committee.queries import agenda as queries
from portal.committee.queries.sittings import applications
from portal.committee.rules.agenda import Order, Waiting
from portal.committee.views import blueprint
from portal.committee.views.sittings import DIRECT
from portal.contracts import queries as contracts
from portal.extensions import db
from portal.foundation.forms import perform
from portal.foundation.marks import mark_of
from portal.foundation.pagination import asked_page, paged
from portal.foundation.quantities import plain_number
from portal.quartiers.queries import quartiers_of


@blueprint.route("/seances/<int:sitting_id>/ordre-du-jour", methods=["GET", "POST"])
@requires(*DIRECT, on=Sitting)
def sitting_agenda(sitting: Sitting) -> ResponseReturnValue:
    """Choose applications by filters, then all of them or those ticked."""
    choice = _choice()
    visible = visible_applications(current_person().id, usable_grants())
    statement = queries.candidates(sitting, visible, choice)
    page = paged(statement, asked_page())
    form = PickForm()
    form.offer([row.id for row in page.rows])
    if form.validate_on_submit():
        picked = queries.candidate_ids(statement) if "tous" in request.form else form.ids
        if form.attempt(operations.add_to_agenda, sitting, applications(picked), actor=current_actor()):
            flash(f"Dossiers inscrits à l’ordre du jour : {form.result}.", "success")
            return redirect(url_for(".sitting", sitting_id=sitting.id))
    return render_template(
        "committee/sittings/agenda.html",
        form=form,
        sitting=sitting,
        page=page,
        choices=_choices(sitting, choice),
    )


def _choices(sitting: Sitting, choice: queries.Choice) -> list[tuple[str, str, list[tuple[object, str]], object]]:
    """The filters: name, label, options, what is chosen."""
    everything: list[tuple[object, str]] = [("", "Tous")]
    level = contracts.level_names(sitting.contract_id)[0].singular
    quartiers = [(each.id, each.name) for each in quartiers_of(sitting.contract_id)]
    pillars = [(each.id, each.label) for each in contracts.pillars_and_themes(sitting.contract_id) if each.id]
    funders = [(each.id, each.name) for each in queries.funders_asked(sitting)]
    return [
        ("etat", "Dossiers", [(each.value, each.label) for each in Waiting], choice.waiting.value),
        ("quartier", "Quartier", [*everything, *quartiers], choice.quartier_id or ""),
        ("pilier", level.capitalize(), [*everything, *pillars], choice.pillar_id or ""),
        ("financeur", "Financeur", [*everything, *funders], choice.funder_id or ""),
    ]


def _choice() -> queries.Choice:
    asked = request.args.get("etat", "")
    return queries.Choice(
        Waiting(asked) if asked in set(Waiting) else Waiting.KIND,
        plain_number(request.args.get("quartier")),
        plain_number(request.args.get("pilier")),
        plain_number(request.args.get("financeur")),
    )


@blueprint.post("/ordre-du-jour/<int:agenda_item_id>/retirer")
@requires(*DIRECT, on=AgendaItem)
def take_off_agenda(agenda_item: AgendaItem) -> ResponseReturnValue:
    sitting_id = agenda_item.sitting_id
    perform(operations.take_off_agenda, agenda_item, actor=current_actor(), roles=roles_of(agenda_item))
    flash("Le dossier est retiré de l’ordre du jour.", "success")
    return redirect(url_for(".order_agenda", sitting_id=sitting_id))


# -- the order ------------------------------------------------------------------------------------


@blueprint.get("/seances/<int:sitting_id>/ordre")
@requires(*DIRECT, on=Sitting)
def order_agenda(sitting: Sitting) -> ResponseReturnValue:
    visible = visible_applications(current_person().id, usable_grants())
    return render_template(
        "committee/sittings/order.html",
        sitting=sitting,
        page=queries.items_page(sitting, visible, asked_page()),
        orders=list(Order),
        form=TopicForm(),
    )


@blueprint.post("/ordre-du-jour/<int:agenda_item_id>/deplacer/<any(first, up, down, last):where>")
@requires(*DIRECT, on=AgendaItem)
def move_agenda_item(agenda_item: AgendaItem, where: str) -> ResponseReturnValue:
    sitting_id, item_id = agenda_item.sitting_id, agenda_item.id
    perform(operations.move_item, agenda_item, where, actor=current_actor())
    page = plain_number(request.form.get("page")) or 1
    return redirect(url_for(".order_agenda", sitting_id=sitting_id, page=page, _anchor=f"point-{item_id}"))


@blueprint.post("/seances/<int:sitting_id>/ordre/<any(quartier, numero, structure):order>")
@requires(*DIRECT, on=Sitting)
def sort_agenda(sitting: Sitting, order: str) -> ResponseReturnValue:
    perform(operations.sort_agenda, sitting, Order(order), actor=current_actor())
    flash(f"L’ordre du jour est classé {Order(order).label}.", "success")
    return redirect(url_for(".order_agenda", sitting_id=sitting.id))


# -- points in words ------------------------------------------------------------------------------


@blueprint.post("/seances/<int:sitting_id>/points")
@requires(*DIRECT, on=Sitting)
def add_topic(sitting: Sitting) -> ResponseReturnValue:
    form = TopicForm()
    if form.validate_on_submit() and form.attempt(
        operations.add_topic,
        sitting,
        form.words.data or "",
        comes_first=form.place.data == "before",
        actor=current_actor(),
    ):
        flash("Le point est à l’ordre du jour.", "success")
        return redirect(url_for(".order_agenda", sitting_id=sitting.id, _anchor="points"))
    visible = visible_applications(current_person().id, usable_grants())
    page = queries.items_page(sitting, visible, 1)
    return render_template("committee/sittings/order.html", sitting=sitting, page=page, orders=list(Order), form=form)


def _topic(sitting: Sitting, topic_id: int) -> AgendaTopic:
    topic = db.session.get(AgendaTopic, topic_id)
    if topic is None or topic.sitting_id != sitting.id:
        abort(404)
    return topic


@blueprint.route("/seances/<int:sitting_id>/points/<int:topic_id>", methods=["GET", "POST"])
@requires(*DIRECT, on=Sitting)
def conclude_topic(sitting: Sitting, topic_id: int) -> ResponseReturnValue:
    topic = _topic(sitting, topic_id)
    form = ConclusionForm(conclusion=topic.conclusion, seen=mark_of(topic.conclusion))
    if form.validate_on_submit() and form.attempt(
        operations.conclude_topic,
        topic,
        sitting,
        form.conclusion.data or "",
        seen=form.seen.data,
        actor=current_actor(),
    ):
        flash("Ce qui a été dit est noté.", "success")
        return redirect(url_for(".sitting", sitting_id=sitting.id, _anchor="points"))
    if form.conflict:
        # Saving again is then a choice made with both texts in sight.
        form.seen.data = mark_of(topic.conclusion)
    return render_template("committee/sittings/topic.html", form=form, sitting=sitting, topic=topic)


@blueprint.post("/seances/<int:sitting_id>/points/<int:topic_id>/retirer")
@requires(*DIRECT, on=Sitting)
def remove_topic(sitting: Sitting, topic_id: int) -> ResponseReturnValue:
    perform(operations.remove_topic, _topic(sitting, topic_id), sitting, actor=current_actor())
    flash("Le point est retiré de l’ordre du jour.", "success")
    return redirect(url_for(".order_agenda", sitting_id=sitting.id, _anchor="points"))
