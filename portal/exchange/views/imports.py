"""Importing a past programme: the file is sent, its report read line by line, then confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, current_person, requires
from portal.contracts.models import Contract
from portal.contracts.views.blueprint import READERS
from portal.exchange import pending
from portal.exchange.forms.imports import ActionsFileForm
from portal.exchange.operations import actions as operations
from portal.exchange.queries import imports as queries
from portal.exchange.views.blueprint import blueprint
from portal.foundation import files
from portal.foundation.forms import ActionForm
from portal.foundation.pagination import PER_PAGE, Page, asked_page
from portal.foundation.refusals import Refusal

GONE = "Ce fichier n’attend plus de confirmation. Envoyez-le à nouveau."


@blueprint.get("/contrats/<int:contract_id>/imports")
@requires(*READERS, on=Contract)
def imports(contract: Contract) -> ResponseReturnValue:
    """What was imported so far."""
    return render_template("exchange/imports.html", contract=contract, runs=queries.past_imports(contract.id))


@blueprint.route("/contrats/<int:contract_id>/imports/actions", methods=["GET", "POST"])
@requires(*READERS, on=Contract)
def send_actions(contract: Contract) -> ResponseReturnValue:
    """Send the file. It is put aside, compared, and nothing is written."""
    form = ActionsFileForm()
    if form.validate_on_submit() and (token := _put_aside(contract, form)) is not None:
        return redirect(url_for(".confirm_actions", contract_id=contract.id, token=token))
    return render_template("exchange/send_actions.html", contract=contract, form=form)


@blueprint.route("/contrats/<int:contract_id>/imports/actions/<token>", methods=["GET", "POST"])
@requires(*READERS, on=Contract)
def confirm_actions(contract: Contract, token: str) -> ResponseReturnValue:
    """The report of the dry run; confirming imports all of it, or nothing."""
    file = pending.read(token, person_id=current_person().id, contract_id=contract.id)
    path = file.path() if file else None
    if file is None or path is None:
        flash(GONE, "warning")
        return redirect(url_for(".send_actions", contract_id=contract.id))
    form = ActionForm()
    if form.validate_on_submit() and form.attempt(
        operations.import_actions, contract, file.year, path, file.name, actor=current_actor()
    ):
        flash(f"Programmation {file.year} : {len(form.result.plan.placements)} lignes reprises.", "success")
        return redirect(url_for(".imports", contract_id=contract.id))
    plan = operations.prepare(contract, file.year, path, file.name).plan
    return render_template(
        "exchange/confirm_actions.html",
        contract=contract,
        file=file,
        token=token,
        form=form,
        plan=plan,
        counts=plan.counts(),
        page=page_of(plan.reports),
    )


def _put_aside(contract: Contract, form: ActionsFileForm) -> str | None:
    """The address of the file's report; None when it cannot be read, said beside its field."""
    name = files.clean_name(form.file.data.filename)
    try:
        held = files.hold(form.file.data.stream)
        file = pending.PendingFile(current_person().id, contract.id, cast(int, form.year.data), held.name, name)
        operations.prepare(contract, file.year, files.files_root() / held.name, name)
    except Refusal as refusal:
        form.refuse(refusal)
        return None
    return pending.signed(file)


def page_of(reports: Sequence[Any]) -> Page:
    """The page asked of the lines of a report."""
    number = min(asked_page(), max(1, -(-len(reports) // PER_PAGE)))
    return Page(reports[(number - 1) * PER_PAGE : number * PER_PAGE], number, PER_PAGE, len(reports))
