"""A reviewer's analyses without connection: the workbook out and in. Nothing is written unseen."""

from __future__ import annotations

import secrets
from io import BytesIO

from flask import abort, flash, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from portal.accounts.access import current_actor, current_person, requires, roles_of
from portal.accounts.operations.audit import audit_read
from portal.accounts.rules import Role
from portal.calls.models import Call
from portal.committee import pending_analyses as pending
from portal.committee.forms.analysis_workbook import SendAnalysesForm, keep_form
from portal.committee.operations import analysis_workbook as operations
from portal.committee.queries import analysis_workbook as queries
from portal.committee.rules.analysis_shape import AT_MOST
from portal.committee.rules.analysis_workbook import analysis_workbook
from portal.committee.rules.analysis_workbook_in import SentAnalyses, sent_analyses
from portal.committee.views import blueprint
from portal.foundation import files
from portal.foundation.quantities import plain_number
from portal.foundation.refusals import Refusal
from portal.foundation.web.formats import plural
from portal.foundation.workbooks import UnusableWorkbook, read_workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/appels/<int:call_id>/mes-analyses/classeur")
@requires(Role.REVIEWER, on=Call)
def analyses_out(call: Call) -> Response:
    """One's analyses of a call as a workbook to fill."""
    person = current_person()
    part = max(1, plain_number(request.args.get("partie")) or 1)
    applications = queries.to_analyse(call, person.id, part)
    if not applications:
        flash("Aucune analyse ne vous reste à rendre sur cet appel : il n’y a rien à télécharger.", "info")
        return redirect(url_for(".my_assessments"))
    content = analysis_workbook(applications, queries.about(call, person, secrets.token_hex(8)))
    audit_read(current_actor(), "export.analyses", call, applications=len(applications))
    name = f"analyses-{call.year}.xlsx" if part == 1 else f"analyses-{call.year}-partie-{part}.xlsx"
    return send_file(BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=name, max_age=0)


@blueprint.route("/appels/<int:call_id>/mes-analyses/renvoyer", methods=["GET", "POST"])
@requires(Role.REVIEWER, on=Call)
def send_analyses(call: Call) -> Response | str:
    """Send the workbook back: it is put aside, and what it would change is shown."""
    form = SendAnalysesForm()
    if form.validate_on_submit() and (token := _put_aside(call, form)) is not None:
        return redirect(url_for(".weigh_analyses", call_id=call.id, token=token))
    parts = queries.parts_of(call, current_person().id)
    return render_template("committee/analyses/send.html", call=call, form=form, parts=parts, at_most=AT_MOST)


def _put_aside(call: Call, form: SendAnalysesForm) -> str | None:
    """The name of the workbook's report; None when it cannot be read, said beside its field."""
    try:
        read_workbook(form.file.data.stream)
        form.file.data.stream.seek(0)
        held = files.hold(form.file.data.stream)
    except UnusableWorkbook as unusable:
        form.refuse(Refusal(str(unusable), "file"))
        return None
    except Refusal as refusal:
        form.refuse(refusal)
        return None
    return pending.signed(current_person().id, call.id, held.name)


@blueprint.route("/appels/<int:call_id>/mes-analyses/renvoyer/<token>", methods=["GET", "POST"])
@requires(Role.REVIEWER, on=Call)
def weigh_analyses(call: Call, token: str) -> Response | str:
    """What a workbook would change, before and after, or all that is wrong; then the confirmation."""
    person = current_person()
    sent = _read_again(call, token)
    report = operations.weigh(call, person, sent)
    form = keep_form(report)
    giving = "giving" in request.form
    if form.validate_on_submit() and form.attempt(
        operations.keep_analyses,
        call,
        person,
        sent,
        form.choices(report),
        giving=giving,
        actor=current_actor(),
        roles=roles_of(call),
    ):
        flash(_told(form.result), "success")
        return redirect(url_for(".my_assessments"))
    return render_template("committee/analyses/report.html", call=call, report=report, form=form)


def _read_again(call: Call, token: str) -> SentAnalyses:
    person = current_person()
    path = pending.path_of(token, person_id=person.id, call_id=call.id)
    if path is None:
        abort(404)
    try:
        with path.open("rb") as stream:
            book = read_workbook(stream)
    except UnusableWorkbook:
        abort(404)
    return sent_analyses(book, queries.about(call, person))


def _told(kept: operations.Kept) -> str:
    if not kept.changed and not kept.given:
        return "Ce classeur dit la même chose que ce qui est enregistré : rien n’a changé."
    words = [plural(kept.changed, "analyse est enregistrée", "analyses sont enregistrées")] if kept.changed else []
    if kept.given:
        words.append(plural(kept.given, "analyse est rendue", "analyses sont rendues"))
    return f"{', '.join(words)}."
