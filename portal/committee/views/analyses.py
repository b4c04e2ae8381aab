"""The analyses of a call for those who oversee them."""

from __future__ import annotations

from flask import render_template, request
from flask_login import current_user

from portal.accounts import access
from portal.accounts.access import requires, roles_of
from portal.calls.models import Call
from portal.calls.rules.cycle import DIRECTION
from portal.committee.queries.analyses import Analyses
from portal.committee.queries.desk import leaves_out
from portal.committee.rules.desk import OVERSEERS
from portal.committee.views import blueprint
from portal.foundation.pagination import asked_page


@blueprint.get("/instruction/<int:call_id>/analyses")
@requires(*OVERSEERS, on=Call)
def analyses(call: Call) -> str:
    """Mean, spread and who is awaited, application by application; those that disagree stand out."""
    found = Analyses(call, current_user.id, access.usable_grants())
    order = request.args.get("sort", "")
    return render_template(
        "committee/analyses/overview.html",
        call=call,
        page=found.page(request.args.get("montrer", ""), order, asked_page()),
        totals=found.totals(),
        order=order,
        leaves_out=leaves_out(call, current_user.id),
        instructs=bool(roles_of(call) & DIRECTION),
        disagreement=call.contract.disagreement_points,
    )
