"""The programming table as a workbook: its columns are chosen, it waits in « Mes travaux »."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, current_person, requires
from portal.calls.models import Call
from portal.committee.forms.programme_export import ProgrammeExportForm
from portal.committee.operations.programme_export import ask_for_programme
from portal.committee.queries.programme import Filters, hidden_from
from portal.committee.views import blueprint
from portal.committee.views.programme import READERS
from portal.committee.views.programme_reader import filters_asked


@blueprint.route("/programmation/<int:call_id>/export", methods=["GET", "POST"])
@requires(*READERS, on=Call)
def programme_export(call: Call) -> ResponseReturnValue:
    """The filters are those of the address, as on the table."""
    form = ProgrammeExportForm()
    filters = filters_asked()
    if form.validate_on_submit() and form.attempt(
        ask_for_programme, call, filters, form.colonnes.data or [], actor=current_actor()
    ):
        flash("Le classeur se prépare. Vous pouvez quitter cette page : il vous attendra dans « Mes travaux ».")
        return redirect(url_for("accounts.task", task_id=form.result))
    return render_template(
        "committee/programme/tools/export.html",
        call=call,
        form=form,
        filtered=filters != Filters(),
        hidden=hidden_from(call.id, current_person().id),
    )
