"""The délégué du Préfet's Excel summaries."""

from __future__ import annotations

import sqlalchemy as sa
from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from portal.accounts.access import current_actor, current_person, my_scope_ids, requires, usable_grants
from portal.contracts.models import Contract
from portal.contracts.queries import contracts
from portal.exchange.forms.delegate import DelegateForm
from portal.exchange.operations import delegate as operations
from portal.exchange.queries import delegate as queries
from portal.exchange.views.blueprint import blueprint

EXPORTERS = operations.EXPORTERS


@blueprint.get("/exports")
@requires(*EXPORTERS)
def exports() -> str:
    """The contracts whose summaries the person may take."""
    mine = set(my_scope_ids(*EXPORTERS))
    return render_template("exchange/exports.html", contracts=[line for line in contracts() if line.id in mine])


@blueprint.route("/contrats/<int:contract_id>/exports/synthese", methods=["GET", "POST"])
@requires(*EXPORTERS, on=Contract)
def delegate_export(contract: Contract) -> Response | str:
    form = DelegateForm()
    years = queries.years_of([contract.id])
    form.offer(contract.id, years, queries.calls_with_years(contract.id))
    if form.validate_on_submit() and form.attempt(
        operations.ask_for_workbook, form.selection(contract.id), _allowed(), actor=current_actor()
    ):
        flash("Le classeur se prépare. Vous pouvez quitter cette page : il vous attendra dans « Mes travaux ».")
        return redirect(url_for("accounts.task", task_id=form.result))
    return render_template("exchange/delegate.html", contract=contract, form=form, years=years)


def _allowed() -> sa.Select[tuple[int]]:
    return operations.allowed_to(current_person().id, usable_grants())
