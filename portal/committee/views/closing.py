"""Closing the applications of a call."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, current_person, requires, roles_of, usable_grants
from portal.calls.models import Call
from portal.calls.queries.visibility import visible_applications
from portal.committee.forms.sittings import PickForm
from portal.committee.operations import closing as operations
from portal.committee.queries import closing as queries
from portal.committee.queries.sittings import applications
from portal.committee.views import blueprint
from portal.committee.views.sittings import DIRECT


@blueprint.route("/programmation/<int:call_id>/cloture", methods=["GET", "POST"])
@requires(*DIRECT, on=Call)
def closing(call: Call) -> ResponseReturnValue:
    rows = queries.to_close(call, visible_applications(current_person().id, usable_grants()))
    form = PickForm()
    form.offer([row.id for row in rows])
    if form.validate_on_submit() and form.attempt(
        operations.close_applications,
        applications(form.ids),
        actor=current_actor(),
        roles=roles_of(call),
    ):
        flash("Les dossiers choisis sont clos.", "success")
        return redirect(url_for(".closing", call_id=call.id))
    return render_template("committee/closing/list.html", form=form, call=call, rows=rows)
