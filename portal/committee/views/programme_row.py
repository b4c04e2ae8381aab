"""All the funding lines of one application on one page: the programming table for those without its script."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.calls.models import Application
from portal.calls.rules.cycle import FUNDING
from portal.committee.forms.programme import chosen, row_form
from portal.committee.operations import programme as operations
from portal.committee.queries import programme as queries
from portal.committee.queries.programme_rows import TableRow
from portal.committee.rules.acts import PROPOSERS, acting_roles, may_speak
from portal.committee.rules.programme_layout import BARE
from portal.committee.views import blueprint
from portal.committee.views.programme_reader import held_on, reader_of


@blueprint.route("/programmation/dossiers/<int:application_id>", methods=["GET", "POST"])
@requires(*PROPOSERS, on=Application)
def programme_row(application: Application) -> ResponseReturnValue:
    row = _row(application)
    if row is None:
        flash("Ce dossier n’est pas dans le tableau : sa recevabilité n’est pas prononcée.", "warning")
        return redirect(url_for(".programme", call_id=application.call_id))
    held = {line.id: held_on(line.funder_id, application) for line in row.lines}
    open_lines = [
        line
        for line in row.lines
        if line.status in FUNDING.steps["propose"].sources and may_speak(held[line.id], is_state=line.is_state)
    ]
    form = row_form(open_lines)(formdata=chosen(request.form, open_lines) if request.method == "POST" else None)
    if form.validate_on_submit() and form.attempt(
        operations.propose_row,
        application,
        form.wanted(open_lines),
        actor=current_actor(),
        roles={line.id: acting_roles(held[line.id], is_state=line.is_state) for line in open_lines},
    ):
        flash(f"Dossier {application.reference} : propositions enregistrées." if form.result else "Rien n’a changé.")
        return redirect(url_for(".programme", call_id=application.call_id, _anchor=f"dossier-{application.id}"))
    if form.is_submitted():
        # Read again: what a colleague wrote meanwhile is what the person must choose from.
        row = _row(application) or row
    wanted = form.wanted(open_lines)
    return render_template(
        "committee/programme/row.html",
        form=form,
        application=application,
        row=row,
        editable={line.id for line in open_lines},
        conflicts={
            line.id
            for line in row.lines
            if line.id in wanted and not wanted[line.id].is_left and wanted[line.id].version != line.version
        },
        envelopes={each.id: each for each in queries.envelopes(application.call, reader_of(application.call))},
        back=url_for(".programme", call_id=application.call_id, _anchor=f"dossier-{application.id}"),
    )


def _row(application: Application) -> TableRow | None:
    """The application as its reader's table shows it; None when it is not there."""
    call = application.call
    found = queries.rows_among(call, reader_of(call), queries.Filters(), BARE, [application.id])
    return next(iter(found[application.id]), None)
