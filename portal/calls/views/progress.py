"""How a call fills up, and writing to those who have begun."""

from __future__ import annotations

from typing import cast

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, current_person, requires
from portal.calls.forms.reminders import ReminderForm
from portal.calls.models import Call
from portal.calls.operations import reminders as operations
from portal.calls.queries import progress as queries
from portal.calls.queries.calling import window_of
from portal.calls.rules.calling import is_open
from portal.calls.rules.cycle import DIRECTION
from portal.calls.rules.reminders import Selection
from portal.calls.views import blueprint
from portal.calls.views.calling import tabs
from portal.foundation import clock

RECENT = 14
"""How many days are shown unfolded."""


@blueprint.get("/appels/<int:call_id>/avancement")
@requires(*DIRECTION, on=Call)
def call_progress(call: Call) -> ResponseReturnValue:
    """Applications begun and filed day by day, how far drafts are, past reminders."""
    person_id = current_person().id
    progress = queries.progress_of(call, person_id)
    return render_template(
        "calls/progress.html",
        call=call,
        tabs=tabs(call, "call_progress"),
        progress=progress,
        recent=progress.days[-RECENT:],
        earlier=progress.days[:-RECENT],
        most=max((max(day.begun_so_far, day.filed_so_far) for day in progress.days), default=0),
        reminders=queries.past_reminders(call.id, person_id),
        is_open=is_open(window_of(call), clock.now()),
    )


@blueprint.route("/appels/<int:call_id>/rappel", methods=["GET", "POST"])
@requires(*DIRECTION, on=Call)
def remind_beginners(call: Call) -> ResponseReturnValue:
    """Whom a reminder would reach, told before it leaves."""
    asked = request.args.get("qui", "")
    selection = Selection(asked) if asked in set(Selection) else Selection.ALL
    form = ReminderForm()
    if form.validate_on_submit() and form.attempt(
        operations.remind_beginners, call, form.reminder(selection), actor=current_actor()
    ):
        people = cast(int, form.result)
        words = "Le rappel part vers une personne." if people == 1 else f"Le rappel part vers {people} personnes."
        flash(words, "success")
        return redirect(url_for(".call_progress", call_id=call.id))
    found = queries.reminder_list(call, selection, current_person().id)
    form.mark.data = found.mark
    return render_template(
        "calls/remind_beginners.html",
        call=call,
        form=form,
        found=found,
        selection=selection,
        selections=Selection,
        reminders=queries.past_reminders(call.id, current_person().id),
    )
