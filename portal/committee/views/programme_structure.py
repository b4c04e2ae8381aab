"""The programming table seen from one structure: all its projects in the call, funder by funder."""

from __future__ import annotations

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_person, requires
from portal.accounts.models import Organisation
from portal.calls.models import Call
from portal.committee.queries.programme import hidden_from
from portal.committee.queries.programme_structure import structure_view, structures
from portal.committee.views import blueprint
from portal.committee.views.programme import READERS
from portal.committee.views.programme_reader import reader_of
from portal.extensions import db
from portal.foundation.pagination import asked_page


@blueprint.get("/programmation/<int:call_id>/structures")
@requires(*READERS, on=Call)
def programme_structures(call: Call) -> ResponseReturnValue:
    """The structures of the table: each leads to its projects."""
    page, rows = structures(call, reader_of(call), asked_page())
    return render_template(
        "committee/programme/tools/structures.html",
        call=call,
        page=page,
        rows=rows,
        hidden=hidden_from(call.id, current_person().id),
    )


@blueprint.get("/programmation/<int:call_id>/structures/<int:organisation_id>")
@requires(*READERS, on=Call)
def programme_structure(call: Call, organisation_id: int) -> ResponseReturnValue:
    organisation = db.session.get(Organisation, organisation_id)
    view = structure_view(call, organisation, reader_of(call)) if organisation is not None else None
    if view is None:
        abort(404)
    return render_template(
        "committee/programme/tools/structure.html",
        call=call,
        organisation=organisation,
        view=view,
        hidden=hidden_from(call.id, current_person().id),
    )
