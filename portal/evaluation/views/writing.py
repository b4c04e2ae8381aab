"""The pages on which an organisation writes its bilan, one section at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.accounts import access
from portal.accounts.access import current_actor, requires
from portal.accounts.models import Person
from portal.accounts.rules import MemberLevel, Role
from portal.evaluation.forms import bilan as forms
from portal.evaluation.models import Bilan
from portal.evaluation.operations import answers, cycle
from portal.evaluation.queries import sheet
from portal.evaluation.views import blueprint
from portal.evaluation.views.bilans import SECTIONS, section_steps
from portal.foundation import files
from portal.foundation.forms import perform
from portal.foundation.refusals import Refusal
from portal.foundation.web.requests import takes_files


def _writes(_person: Person, bilan: Bilan, roles: frozenset[Role]) -> bool:
    return cycle.may_write(roles, bilan.application)


authors = requires(Role.APPLICANT, Role.OFFICER, Role.MANAGER, on=Bilan, level=MemberLevel.EDITOR, narrowed_by=_writes)


def _who(bilan: Bilan) -> dict[str, Any]:
    return {"actor": current_actor(), "roles": access.roles_of(bilan, level=MemberLevel.EDITOR)}


def _section(bilan: Bilan, form: Any, name: str, save: Callable[[], bool], **context: Any) -> Response | str:
    """One section: closed when the bilan is sent, saved when it is right, else shown with what was typed."""
    try:
        cycle.ensure_open(bilan)
    except Refusal as closed:
        flash(closed.message, "warning")
        return redirect(url_for("evaluation.show", bilan_id=bilan.id))
    if request.method == "GET":
        form.version.data = str(bilan.version)
    elif form.validate_on_submit() and save():
        flash("C’est enregistré.", "success")
        return redirect(_after(bilan, name))
    conflict = form.conflict
    if conflict is not None:
        # Saving again, after having compared, keeps what was typed here.
        form.version.data = str(bilan.version)
    steps = section_steps({each.section for each in sheet.missing_of(bilan)}, bilan, name)
    return render_template(
        f"evaluation/{name}.html",
        bilan=bilan,
        form=form,
        steps=steps,
        conflict=conflict,
        title=SECTIONS[name],
        **context,
    )


def _after(bilan: Bilan, name: str) -> str:
    """The next section, or this one again while a gap waits for its word."""
    if name == "budget" and forms.needs_words(sheet.budget_of(bilan)):
        flash("Certains postes s’écartent de plus de 10 % du prévu : dites pourquoi ci-dessous.", "warning")
        return url_for("evaluation.budget", bilan_id=bilan.id) + "#ecarts"
    names = list(SECTIONS)
    return url_for(f"evaluation.{names[names.index(name) + 1]}", bilan_id=bilan.id)


@blueprint.route("/bilans/<int:bilan_id>/recit", methods=["GET", "POST"])
@authors
def recit(bilan: Bilan) -> Response | str:
    form = forms.WordsForm(obj=bilan if request.method == "GET" else None)

    def save() -> bool:
        words = {column: form[column].data or "" for column in sheet.WORDS}
        return form.attempt(answers.save_words, bilan, words, form.read_version, **_who(bilan))

    return _section(bilan, form, "recit", save)


@blueprint.route("/bilans/<int:bilan_id>/budget", methods=["GET", "POST"])
@authors
def budget(bilan: Bilan) -> Response | str:
    shown = sheet.budget_of(bilan)
    form = forms.budget_form(bilan, shown)

    def save() -> bool:
        typed = forms.typed_budget(form, shown)
        if typed is None:
            return False
        return form.attempt(answers.save_budget, bilan, typed, form.read_version, **_who(bilan))

    return _section(
        bilan,
        form,
        "budget",
        save,
        sheet=shown,
        explanations=[forms.explanation_name(gap.side, gap.account_code) for gap in shown.to_explain],
        extra_lines=forms.EXTRA_LINES,
    )


@blueprint.route("/bilans/<int:bilan_id>/public", methods=["GET", "POST"])
@authors
def public(bilan: Bilan) -> Response | str:
    shown = sheet.people_of(bilan)
    form = forms.people_form(bilan, shown)

    def save() -> bool:
        return form.attempt(
            answers.save_people, bilan, forms.typed_people(form, shown), form.read_version, **_who(bilan)
        )

    return _section(bilan, form, "public", save, sheet=shown)


@blueprint.route("/bilans/<int:bilan_id>/indicateurs", methods=["GET", "POST"])
@authors
def indicateurs(bilan: Bilan) -> Response | str:
    targets = sheet.targets_of(bilan)
    form = forms.indicators_form(targets)

    def save() -> bool:
        return form.attempt(
            answers.save_indicators, bilan, forms.typed_indicators(form, targets), form.read_version, **_who(bilan)
        )

    return _section(bilan, form, "indicateurs", save, targets=targets)


@blueprint.route("/bilans/<int:bilan_id>/documents", methods=["GET", "POST"])
@authors
@takes_files
def documents(bilan: Bilan) -> Response | str:
    form = forms.DocumentForm()
    if form.validate_on_submit() and _joined(form, bilan):
        flash("Le document est joint.", "success")
        return redirect(url_for("evaluation.documents", bilan_id=bilan.id))
    steps = section_steps({each.section for each in sheet.missing_of(bilan)}, bilan, "documents")
    return render_template(
        "evaluation/documents.html",
        bilan=bilan,
        form=form,
        steps=steps,
        title=SECTIONS["documents"],
        documents=sheet.documents_of(bilan),
        accept=files.ACCEPT,
    )


def _joined(form: forms.DocumentForm, bilan: Bilan) -> bool:
    """Bytes first, outside any transaction; then the row that names them."""
    upload = form.file.data
    try:
        stored = files.receive(upload.stream, upload.filename or "", field="file")
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    return form.attempt(answers.add_document, bilan, stored, form.label.data or "", **_who(bilan))


@blueprint.post("/bilans/<int:bilan_id>/documents/<int:document_id>/retirer")
@authors
def remove_document(bilan: Bilan, document_id: int) -> Response:
    perform(answers.remove_document, bilan, document_id, actor=current_actor())
    flash("Le document est retiré.", "success")
    return redirect(url_for("evaluation.documents", bilan_id=bilan.id))


@blueprint.route("/bilans/<int:bilan_id>/envoi", methods=["GET", "POST"])
@authors
def envoi(bilan: Bilan) -> Response | str:
    form = forms.SignForm()
    if request.method == "GET":
        organisation = bilan.application.organisation
        form.signatory_name.data = organisation.signatory_name or organisation.representative_name or ""
        form.signatory_role.data = organisation.signatory_role or organisation.representative_role or ""
    elif form.validate_on_submit() and form.attempt(
        cycle.submit,
        bilan,
        name=form.signatory_name.data or "",
        role=form.signatory_role.data or "",
        sincere=bool(form.sincere.data),
        **_who(bilan),
    ):
        flash("Le bilan est envoyé. La Direction Politique de la Ville va le lire.", "success")
        return redirect(url_for("evaluation.show", bilan_id=bilan.id))
    missing = sheet.missing_of(bilan)
    return render_template(
        "evaluation/envoi.html",
        bilan=bilan,
        form=form,
        missing=missing,
        sections=SECTIONS,
        steps=section_steps({each.section for each in missing}, bilan, "envoi"),
        title=SECTIONS["envoi"],
    )


@blueprint.route("/bilans/<int:bilan_id>/non-realisee", methods=["GET", "POST"])
@authors
def not_carried_out(bilan: Bilan) -> Response | str:
    form = forms.ReasonForm()
    if form.validate_on_submit() and form.attempt(
        cycle.declare_not_carried_out, bilan, form.reason.data or "", **_who(bilan)
    ):
        flash("L’action est déclarée non réalisée.", "success")
        return redirect(url_for("evaluation.show", bilan_id=bilan.id))
    return render_template("evaluation/not_carried_out.html", bilan=bilan, form=form)


@blueprint.route("/bilans/<int:bilan_id>/prolongation", methods=["GET", "POST"])
@authors
def postponement(bilan: Bilan) -> Response | str:
    form = forms.PostponementForm()
    if form.validate_on_submit() and form.attempt(
        cycle.ask_postponement, bilan, form.until.data, form.reason.data or "", **_who(bilan)
    ):
        flash("La demande est envoyée à la Direction Politique de la Ville.", "success")
        return redirect(url_for("evaluation.show", bilan_id=bilan.id))
    return render_template("evaluation/postponement.html", bilan=bilan, form=form)
