"""A funder's amounts as files: the workbook to fill, the report of what is sent, its confirmation."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

from flask import abort, flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, current_person, requires, usable_grants
from portal.accounts.operations.audit import audit_read
from portal.accounts.rules import Role
from portal.calls.models import Call
from portal.calls.queries.visibility import visible_applications
from portal.committee.queries.doors import Door, register_doors
from portal.committee.rules.acts import RECORDERS
from portal.committee.states import ActKind
from portal.committee.views.acts import roles_for
from portal.contracts.models import Funder
from portal.exchange import pending
from portal.exchange.forms.amounts import ACCEPT, PaymentsFileForm, VotesFileForm
from portal.exchange.operations import amounts as operations
from portal.exchange.queries import amounts as queries
from portal.exchange.rules.sent.model import awaiting_payments, awaiting_votes, payments_model, votes_model
from portal.exchange.rules.sent.votes import Defaults
from portal.exchange.views.blueprint import blueprint
from portal.exchange.views.imports import GONE, page_of
from portal.extensions import db
from portal.foundation import clock, files
from portal.foundation.forms import ActionForm, Form
from portal.foundation.refusals import Refusal
from portal.foundation.spreadsheets import XLSX

VOTES, PAYMENTS = operations.VOTES, operations.PAYMENTS
recorders = requires(Role.MANAGER, Role.FUNDER_AGENT, Role.STATE_OFFICER, on=Call)


@register_doors
def _door(call: Call, funder_id: int, _is_state: bool) -> list[Door]:
    if not roles_for(call, funder_id) & RECORDERS:
        return []
    return [
        Door("Envoyer les montants dans un fichier", url_for("exchange.amounts", call_id=call.id, funder_id=funder_id))
    ]


def _funder(call: Call, funder_id: int) -> Funder:
    """The funder, for whoever records its acts."""
    funder = db.session.get(Funder, funder_id)
    if funder is None or not roles_for(call, funder_id) & RECORDERS:
        abort(404)
    return funder


@blueprint.get("/programmation/<int:call_id>/montants/<int:funder_id>")
@recorders
def amounts(call: Call, funder_id: int) -> ResponseReturnValue:
    """The two workbooks to take, and where to send them back."""
    return _page(call, _funder(call, funder_id))


@blueprint.get("/programmation/<int:call_id>/montants/<int:funder_id>/votes.xlsx")
@recorders
def votes_workbook(call: Call, funder_id: int) -> ResponseReturnValue:
    funder = _funder(call, funder_id)
    known = queries.known_for_votes(call.id, funder.id, _visible(), current_person().id)
    lines = awaiting_votes(known.lines.lines, known.retained)
    content = votes_model(lines, funder=funder.name, call=call.title, made_at=clock.now())
    audit_read(current_actor(), "export.votes", call, funder=funder.id)
    return _download(content, f"montants-votes-{call.year}-{funder.slug}.xlsx")


@blueprint.get("/programmation/<int:call_id>/montants/<int:funder_id>/versements.xlsx")
@recorders
def payments_workbook(call: Call, funder_id: int) -> ResponseReturnValue:
    funder = _funder(call, funder_id)
    lines = awaiting_payments(queries.known_lines(call.id, funder.id, _visible()).lines)
    content = payments_model(lines, funder=funder.name, call=call.title, made_at=clock.now())
    audit_read(current_actor(), "export.payments", call, funder=funder.id)
    return _download(content, f"versements-{call.year}-{funder.slug}.xlsx")


@blueprint.post("/programmation/<int:call_id>/montants/<int:funder_id>/votes")
@recorders
def send_votes(call: Call, funder_id: int) -> ResponseReturnValue:
    """Send the amounts voted: put aside, compared, nothing is written."""
    funder, form = _funder(call, funder_id), VotesFileForm(prefix="votes-")
    if form.validate_on_submit():
        defaults = form.defaults()
        about = {
            "kind": VOTES,
            "act_kind": defaults.kind.value,
            "number": defaults.number,
            "decided_on": defaults.decided_on.isoformat() if defaults.decided_on else "",
            "cut_reason": defaults.cut_reason,
        }
        if (token := _put_aside(call, funder, form, about)) is not None:
            return redirect(url_for(".confirm_amounts", call_id=call.id, funder_id=funder.id, token=token))
    return _page(call, funder, votes=form)


@blueprint.post("/programmation/<int:call_id>/montants/<int:funder_id>/versements")
@recorders
def send_payments(call: Call, funder_id: int) -> ResponseReturnValue:
    """Send the amounts paid."""
    funder, form = _funder(call, funder_id), PaymentsFileForm(prefix="versements-")
    if form.validate_on_submit() and (token := _put_aside(call, funder, form, {"kind": PAYMENTS})) is not None:
        return redirect(url_for(".confirm_amounts", call_id=call.id, funder_id=funder.id, token=token))
    return _page(call, funder, payments=form)


@blueprint.route("/programmation/<int:call_id>/montants/<int:funder_id>/<token>", methods=["GET", "POST"])
@recorders
def confirm_amounts(call: Call, funder_id: int, token: str) -> ResponseReturnValue:
    """The report of the dry run; confirming records all of it, or nothing."""
    funder = _funder(call, funder_id)
    file = pending.read(token, person_id=current_person().id, contract_id=call.contract_id)
    if file is None or file.about.get("subject") != _subject(call, funder):
        flash(GONE, "warning")
        return redirect(url_for(".amounts", call_id=call.id, funder_id=funder.id))
    form = ActionForm()
    if form.validate_on_submit() and _imported(call, funder, file, form):
        plan = form.result
        flash(_done(file, plan), "success")
        return redirect(url_for(f"committee.{'acts' if file.about['kind'] == VOTES else 'payments'}", call_id=call.id))
    try:
        _, plan = _prepared(call, funder, file)
    except Refusal as refusal:
        flash(refusal.message, "danger")
        return redirect(url_for(".amounts", call_id=call.id, funder_id=funder.id))
    return render_template(
        "exchange/confirm_amounts.html",
        call=call,
        funder=funder,
        file=file,
        token=token,
        form=form,
        plan=plan,
        counts=plan.counts(),
        page=page_of(plan.reports),
        is_votes=file.about["kind"] == VOTES,
    )


def _visible() -> Any:
    return visible_applications(current_person().id, usable_grants())


def _subject(call: Call, funder: Funder) -> str:
    return f"{call.id}:{funder.id}"


def _put_aside(call: Call, funder: Funder, form: VotesFileForm | PaymentsFileForm, about: dict[str, str]) -> str | None:
    """The address of the file's report; None when it cannot be read, said beside its field."""
    name = files.clean_name(form.file.data.filename)
    about = {**about, "subject": _subject(call, funder)}
    try:
        held = files.hold(form.file.data.stream)
        file = pending.PendingFile(current_person().id, call.contract_id, call.year, held.name, name, about)
        _prepared(call, funder, file)
    except Refusal as refusal:
        form.refuse(refusal)
        return None
    return pending.signed(file)


def _sent(call: Call, funder: Funder, file: pending.PendingFile) -> operations.Sent:
    return operations.Sent(call, funder, files.files_root() / file.held, file.name, _visible(), current_person().id)


def _defaults(file: pending.PendingFile) -> Defaults:
    about = file.about
    on = about.get("decided_on")
    decided_on = date.fromisoformat(on) if on else None
    return Defaults(ActKind(about["act_kind"]), about.get("number", ""), decided_on, about.get("cut_reason", ""))


def _prepared(call: Call, funder: Funder, file: pending.PendingFile) -> tuple[str, Any]:
    sent = _sent(call, funder, file)
    if file.about["kind"] == VOTES:
        return operations.prepare_votes(sent, _defaults(file))
    return operations.prepare_payments(sent)


def _imported(call: Call, funder: Funder, file: pending.PendingFile, form: Form) -> bool:
    sent, by = _sent(call, funder, file), {"actor": current_actor(), "roles": roles_for(call, funder.id)}
    if file.about["kind"] == VOTES:
        return form.attempt(operations.import_votes, sent, _defaults(file), **by)
    return form.attempt(operations.import_payments, sent, **by)


def _done(file: pending.PendingFile, plan: Any) -> str:
    written = plan.counts()["new"]
    if not written:
        return "Le portail contenait déjà tout cela : rien n’a changé."
    what = "Montants attribués" if file.about["kind"] == VOTES else "Versements enregistrés"
    return f"{what} : {written}."


def _page(
    call: Call, funder: Funder, votes: VotesFileForm | None = None, payments: PaymentsFileForm | None = None
) -> ResponseReturnValue:
    return render_template(
        "exchange/amounts.html",
        call=call,
        funder=funder,
        votes=votes or VotesFileForm(formdata=None, prefix="votes-"),
        payments=payments or PaymentsFileForm(formdata=None, prefix="versements-"),
        accept=ACCEPT,
    )


def _download(content: bytes, name: str) -> ResponseReturnValue:
    answer = send_file(BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=name, max_age=0)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
