"""The simple tools of the programming table: asked by the address, previewed, then applied to the lines kept."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, current_person, requires
from portal.accounts.rules import Role
from portal.calls.models import Call
from portal.committee.forms.programme_tools import ToolForm, read_seen, written
from portal.committee.operations import programme_tools as operations
from portal.committee.queries import acts as act_queries
from portal.committee.queries import programme as table
from portal.committee.queries import programme_tools as queries
from portal.committee.queries.programme import Reader
from portal.committee.rules.acts import PROPOSERS, may_speak
from portal.committee.views import blueprint
from portal.committee.views.acts import roles_for
from portal.committee.views.programme_reader import reader_of
from portal.contracts import queries as contracts
from portal.contracts.models import FunderKind
from portal.foundation.forms import ActionForm
from portal.foundation.refusals import Refusal


@blueprint.get("/programmation/<int:call_id>/outils")
@requires(*PROPOSERS, on=Call)
def programme_tools(call: Call) -> ResponseReturnValue:
    """Which tool, with which figures, on which lines."""
    return _asking(call, _form(call, reader_of(call), _speaking(call)))


@blueprint.route("/programmation/<int:call_id>/outils/apercu", methods=["GET", "POST"])
@requires(*PROPOSERS, on=Call)
def programme_preview(call: Call) -> ResponseReturnValue:
    """What the tool of the address would do; a POST does it, or counts again the lines kept."""
    reader, speaking = reader_of(call), _speaking(call)
    asked = _form(call, reader, speaking)
    if not asked.validate():
        return _asking(call, asked)
    choice, settings = asked.choice(speaking), asked.settings()
    form, seen = ActionForm(), read_seen(request.form.getlist("ligne"))
    applies = form.validate_on_submit() and "recompter" not in request.form
    if applies and form.attempt(
        operations.apply_tool, call, reader, choice, settings, seen, actor=current_actor(), roles=speaking
    ):
        flash(f"{settings.words}. Lignes proposées : {form.result}.", "success")
        return redirect(url_for(".programme", call_id=call.id))
    if form.conflict:
        choice = replace(choice, seen=frozenset(each.line_id for each in seen))
    try:
        found = queries.preview(call, reader, choice, settings)
    except Refusal as refusal:
        asked.refuse(refusal)
        return _asking(call, asked)
    return _shown(call, form, settings.words, found, {each.line_id for each in seen})


def _shown(call: Call, form: ActionForm, words: str, found: queries.Preview, kept: set[int]) -> str:
    """Everything is ticked at first; then what was kept, except what somebody else changed."""
    lines = {each.line.id for each in found.proposed}
    # Words by line id, as `apply_tool` raises them.
    changed: Any = form.conflict.theirs if form.conflict else {}
    picked = (kept & lines) - set(changed) if request.method == "POST" else lines
    return render_template(
        "committee/programme/tools/preview.html",
        call=call,
        form=form,
        words=words,
        preview=found,
        picked=picked,
        effects=found.effects(picked),
        difference=sum(each.change.difference for each in found.proposed if each.line.id in picked),
        written=lambda each: written(operations.Seen(each.line.id, each.line.version, each.cents)),
        changed=changed,
        gone=[operations.GONE] * len(set(changed) - lines - {line.id for line, _words in found.left}),
        back=f"{url_for('.programme_tools', call_id=call.id)}?{urlencode(list(request.args.items(multi=True)))}",
        hidden=table.hidden_from(call.id, current_person().id),
    )


def _asking(call: Call, form: ToolForm) -> str:
    return render_template(
        "committee/programme/tools/ask.html",
        call=call,
        form=form,
        hidden=table.hidden_from(call.id, current_person().id),
    )


def _speaking(call: Call) -> dict[int, frozenset[Role]]:
    """The funders that the signed-in person may propose for, with their roles there."""
    funders = act_queries.funders_of(call.id, current_person().id)
    held = {funder.id: roles_for(call, funder.id) for funder in funders}
    return {
        each.id: held[each.id] for each in funders if may_speak(held[each.id], is_state=each.kind is FunderKind.STATE)
    }


def _form(call: Call, reader: Reader, speaking: dict[int, frozenset[Role]]) -> ToolForm:
    form = ToolForm(request.args) if request.args else ToolForm(formdata=None)
    funders = act_queries.funders_of(call.id, current_person().id)
    form.offer(
        [(each.id, each.name) for each in funders if each.id in speaking],
        [(each.id, each.name) for each in call.quartiers],
        [(each.id, each.label) for each in contracts.pillars_and_themes(call.contract_id) if each.id],
        queries.organisations_in(call.id, reader),
        pillar=contracts.level_names(call.contract_id)[0].singular,
    )
    return form
