"""The extraction of the State's services: sent, its columns said, its rows matched and chosen by hand."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, current_person, requires, usable_grants
from portal.accounts.rules import Role
from portal.calls.models import Call
from portal.calls.queries.visibility import visible_applications
from portal.committee.queries.doors import Door, register_doors
from portal.committee.views.acts import roles_for
from portal.contracts.models import Funder, FunderKind
from portal.exchange import pending
from portal.exchange.forms.amounts import ACCEPT
from portal.exchange.forms.extraction import ChoicesForm, ExtractionFileForm, columns_form
from portal.exchange.operations import extraction as operations
from portal.exchange.operations.amounts import Sent
from portal.exchange.views.blueprint import blueprint
from portal.exchange.views.imports import GONE, page_of
from portal.extensions import db
from portal.foundation import files
from portal.foundation.refusals import Refusal

READERS = (Role.OFFICER, Role.MANAGER, Role.DELEGATE, Role.STATE_OFFICER)
readers = requires(*READERS, on=Call)
_ROW = re.compile(r"ligne_([0-9]{1,6})")


@register_doors
def _door(call: Call, funder_id: int, is_state: bool) -> list[Door]:
    if not is_state or not roles_for(call, funder_id) & set(READERS):
        return []
    return [Door("Extraction DAUPHIN", url_for("exchange.extraction", call_id=call.id, funder_id=funder_id))]


def _state(call: Call, funder_id: int) -> Funder:
    funder = db.session.get(Funder, funder_id)
    if funder is None or funder.kind is not FunderKind.STATE or not roles_for(call, funder_id) & set(READERS):
        abort(404)
    return funder


@blueprint.route("/programmation/<int:call_id>/dauphin/<int:funder_id>", methods=["GET", "POST"])
@readers
def extraction(call: Call, funder_id: int) -> ResponseReturnValue:
    """Send the file: it is put aside, nothing is written."""
    funder, form = _state(call, funder_id), ExtractionFileForm()
    if form.validate_on_submit() and (token := _put_aside(call, funder, form)) is not None:
        return redirect(url_for(".extraction_columns", call_id=call.id, funder_id=funder.id, token=token))
    return render_template("exchange/extraction.html", call=call, funder=funder, form=form, accept=ACCEPT)


def _put_aside(call: Call, funder: Funder, form: ExtractionFileForm) -> str | None:
    name = files.clean_name(form.file.data.filename)
    try:
        held = files.hold(form.file.data.stream)
        about = {"kind": operations.KIND, "subject": _subject(call, funder)}
        file = pending.PendingFile(current_person().id, call.contract_id, call.year, held.name, name, about)
        operations.read(_sent(call, funder, file))
    except Refusal as refusal:
        form.refuse(refusal)
        return None
    return pending.signed(file)


def _subject(call: Call, funder: Funder) -> str:
    return f"dauphin:{call.id}:{funder.id}"


def _sent(call: Call, funder: Funder, file: pending.PendingFile) -> Sent:
    visible = visible_applications(current_person().id, usable_grants())
    return Sent(call, funder, files.files_root() / file.held, file.name, visible, current_person().id)


def _file(call: Call, funder: Funder, token: str) -> pending.PendingFile | None:
    file = pending.read(token, person_id=current_person().id, contract_id=call.contract_id)
    return file if file is not None and file.about.get("subject") == _subject(call, funder) else None


def _gone(call: Call, funder: Funder) -> ResponseReturnValue:
    flash(GONE, "warning")
    return redirect(url_for(".extraction", call_id=call.id, funder_id=funder.id))


@blueprint.route("/programmation/<int:call_id>/dauphin/<int:funder_id>/colonnes/<token>", methods=["GET", "POST"])
@readers
def extraction_columns(call: Call, funder_id: int, token: str) -> ResponseReturnValue:
    """Say what each column means; what was guessed is there, and what is said is kept for the next file."""
    funder = _state(call, funder_id)
    file = _file(call, funder, token)
    if file is None:
        return _gone(call, funder)
    table = operations.read(_sent(call, funder, file))
    form = columns_form(table, operations.places_offered(table, call.contract_id))
    if form.validate_on_submit():
        places = form.places()
        try:
            operations.check_places(places)
        except Refusal as refusal:
            form.refuse(Refusal(refusal.message, f"column_{refusal.field}"))
        else:
            if form.attempt(operations.remember_columns, call.contract_id, table, places, actor=current_actor()):
                said = pending.signed(replace(file, about={**file.about, "places": json.dumps(places)}))
                return redirect(url_for(".extraction_rows", call_id=call.id, funder_id=funder.id, token=said))
    return render_template(
        "exchange/extraction_columns.html",
        call=call,
        funder=funder,
        file=file,
        form=form,
        headings=[heading for _, heading in sorted(table.headings.items())],
        sample=[[row.at(place).value for place in sorted(table.headings)] for row in table.rows[:3]],
    )


@blueprint.route("/programmation/<int:call_id>/dauphin/<int:funder_id>/lignes/<token>", methods=["GET", "POST"])
@readers
def extraction_rows(call: Call, funder_id: int, token: str) -> ResponseReturnValue:
    """Each row beside the applications it may mean; what a person chooses is written, all or nothing."""
    funder = _state(call, funder_id)
    file = _file(call, funder, token)
    if file is None or "places" not in file.about:
        return _gone(call, funder)
    sent, form = _sent(call, funder, file), ChoicesForm()
    places: dict[str, int] = json.loads(file.about["places"])
    roles = roles_for(call, funder.id)
    _, found = operations.prepare(sent, places, roles)
    if form.validate_on_submit():
        only_certain = "certaines" in request.form
        choices = {row.number: row.candidates[0].line.id for row in found.certain} if only_certain else _choices()
        reason = form.cut_reason.data or ""
        by = {"actor": current_actor(), "roles": roles}
        if form.attempt(operations.import_extraction, sent, places, choices, cut_reason=reason, **by):
            flash(_told(form.result), "success")
            return redirect(url_for(".extraction_rows", call_id=call.id, funder_id=funder.id, token=token))
    return render_template(
        "exchange/extraction_rows.html",
        call=call,
        funder=funder,
        file=file,
        token=token,
        form=form,
        found=found,
        counts=found.counts(),
        chosen=_choices() if request.method == "POST" else {},
        page=page_of(found.others),
    )


def _choices() -> dict[int, int]:
    """{row number: line id} of what was ticked; « laisser de côté » is no choice."""
    return {
        int(named[1]): int(value)
        for name, value in request.form.items()
        if (named := _ROW.fullmatch(name)) and value.isascii() and value.isdigit() and len(value) < 16
    }


def _told(written: operations.Written) -> str:
    if not written.changed:
        return "Le portail contenait déjà tout cela : rien n’a changé."
    return f"Dossiers mis à jour d’après l’extraction : {written.changed}."
