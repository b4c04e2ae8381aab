"""« Ajuster mon projet », from both sides."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from portal.accounts.access import current_actor, current_person, requires, roles_of, usable_grants
from portal.accounts.models import Person
from portal.accounts.rules import MemberLevel, Role
from portal.calls.forms.budget import BudgetSection
from portal.calls.forms.sections import SectionForm, of_words
from portal.calls.queries.sections import dossier_of
from portal.calls.queries.visibility import visible_applications
from portal.calls.rules.budget import totals
from portal.calls.rules.budget_rows import group_totals
from portal.calls.rules.cycle import DIRECTION
from portal.calls.rules.differences import by_section, differences
from portal.calls.states import Section
from portal.calls.views.filing import FILERS, own_or_on_behalf
from portal.committee.forms import adjusting as forms
from portal.committee.models import Adjustment
from portal.committee.operations import adjusting as operations
from portal.committee.queries import adjusting as queries
from portal.committee.rules import adjusting as rules
from portal.committee.states import AdjustmentChoice, AdjustmentStatus
from portal.committee.views import blueprint
from portal.foundation import clock
from portal.foundation.forms import ActionForm
from portal.foundation.pagination import asked_page
from portal.foundation.periods import to_paris
from portal.foundation.quantities import plain_number
from portal.foundation.refusals import Conflict
from portal.foundation.web.formats import time_fr

TONES = {
    AdjustmentStatus.ASKED: "warning",
    AdjustmentStatus.SUBMITTED: "info",
    AdjustmentStatus.TO_CORRECT: "danger",
    AdjustmentStatus.ACCEPTED: "success",
    AdjustmentStatus.RENOUNCED: "neutral",
}
PARTS = "any({}):part".format(", ".join(part.value for part in rules.PARTS))


def _writes(person: Person, adjustment: Adjustment, roles: frozenset[Role]) -> bool:
    return own_or_on_behalf(person, adjustment.application, roles)


reads = requires(Role.APPLICANT, *DIRECTION, Role.DELEGATE, on=Adjustment)
authors = requires(*FILERS, on=Adjustment, level=MemberLevel.EDITOR, narrowed_by=_writes)
direction = requires(*DIRECTION, on=Adjustment)


def _who(adjustment: Adjustment) -> dict[str, Any]:
    return {"actor": current_actor(), "roles": roles_of(adjustment, level=MemberLevel.EDITOR)}


def _home(adjustment: Adjustment, said: str = "") -> ResponseReturnValue:
    if said:
        flash(said, "success")
    return redirect(url_for(".adjustment", adjustment_id=adjustment.id))


@blueprint.get("/projets-ajustes")
@requires(*DIRECTION, Role.DELEGATE)
def adjustments() -> ResponseReturnValue:
    """Those to read first, then those awaited."""
    visible = visible_applications(current_person().id, usable_grants())
    return render_template(
        "committee/adjusting/list.html",
        page=queries.adjustments_seen(visible, asked_page()),
        tones=TONES,
        today=_today(),
        editable=rules.EDITABLE,
    )


@blueprint.get("/projets-ajustes/<int:adjustment_id>")
@reads
def adjustment(adjustment: Adjustment) -> ResponseReturnValue:
    return _page(adjustment, ActionForm(formdata=None))


def _page(adjustment: Adjustment, form: Any) -> str:
    roles = roles_of(adjustment, level=MemberLevel.EDITOR)
    writes = bool(roles & set(FILERS)) and own_or_on_behalf(current_person(), adjustment.application, roles)
    editing = writes and adjustment.status in rules.EDITABLE
    base = forms.base_of(adjustment.application)
    adjusted = forms.adjusted_of(adjustment, base)
    lacking = rules.lacking(adjusted)
    steps = {step.name for step in rules.ADJUSTMENT.available(adjustment.status, roles)}
    shown = editing or adjustment.status in (AdjustmentStatus.SUBMITTED, AdjustmentStatus.ACCEPTED)
    changed = shown and (editing or adjustment.choice is AdjustmentChoice.ADJUST)
    return render_template(
        "committee/adjusting/show.html",
        adjustment=adjustment,
        application=adjustment.application,
        form=form,
        tone=TONES[adjustment.status],
        editing=editing,
        may_renounce=writes and "renounce" in steps,
        answers=bool(roles & DIRECTION) and "accept" in steps,
        staff=Role.APPLICANT not in roles,
        answers_of=_answers(adjustment),
        parts=[_step(adjustment, part, part in lacking) for part in rules.PARTS] if editing else [],
        lacking=lacking,
        changes=by_section(differences(dossier_of(adjustment.application), adjusted.dossier)) if changed else [],
        late=adjustment.status in rules.EDITABLE and adjustment.due_on < _today(),
    )


def _today() -> Any:
    return to_paris(clock.now()).date()


def _answers(adjustment: Adjustment) -> list[tuple[str, int | None, int | None]]:
    """(funder, asked, given) of each request; given is None as long as no letter told it."""
    given = {(each.funder_id, each.nature): each for each in queries.answers_of(adjustment.application_id)}
    return [
        (f"{line.funder.name} — {line.nature.label}", line.requested_cents, answer.given_cents)
        for line in adjustment.application.funding_lines
        if (answer := given.get((line.funder_id, line.nature.value))) is not None
    ]


def _step(adjustment: Adjustment, part: Section, lacks: bool) -> dict[str, str]:
    """A part as the `steps` macro shows it: one that nobody touched is still as filed."""
    touched = part.value in adjustment.raw
    return {
        "label": rules.LABELS[part],
        "url": url_for(".adjusted_part", adjustment_id=adjustment.id, part=part.value),
        "state": "error" if lacks and touched else "todo" if lacks else "done",
        "detail": "" if lacks else ("modifié" if touched else "comme déposé"),
    }


# -- writing ------------------------------------------------------------------------------------


@blueprint.route(f"/projets-ajustes/<int:adjustment_id>/<{PARTS}>", methods=["GET", "POST"])
@authors
def adjusted_part(adjustment: Adjustment, part: str) -> ResponseReturnValue:
    """One part to write, in the filing's own form."""
    section = Section(part)
    if adjustment.status not in rules.EDITABLE:
        return _home(adjustment)
    base = forms.base_of(adjustment.application)
    if request.method == "GET":
        form = forms.part_form(adjustment, section, base, request.args.get("ajouter", ""))
        if forms.words_of(adjustment, section) is not None:
            form.validate()
        return _part_page(adjustment, section, form, _known_version(adjustment, section))
    form, version = _sent(adjustment, section, base)
    readable = form.validate()
    if "recalculer" in request.form:
        return _part_page(adjustment, section, form, version)
    saved = _save(adjustment, section, form, version, is_autosave=False)
    if not saved or not readable:
        # Saving again, after having compared, keeps what was typed here.
        return _part_page(adjustment, section, form, _known_version(adjustment, section), form.conflict)
    flash("C’est enregistré.", "success")
    if extra := request.form.get("ajouter", ""):
        return redirect(
            url_for(".adjusted_part", adjustment_id=adjustment.id, part=part, ajouter=extra, _anchor=f"compte-{extra}")
        )
    following = rules.PARTS[rules.PARTS.index(section) + 1 :][:1]
    if "suite" in request.form and following:
        return redirect(url_for(".adjusted_part", adjustment_id=adjustment.id, part=following[0].value))
    if "suite" in request.form:
        return _home(adjustment)
    return redirect(url_for(".adjusted_part", adjustment_id=adjustment.id, part=part))


@blueprint.post(f"/projets-ajustes/<int:adjustment_id>/<{PARTS}>/enregistrement")
@authors
def autosave_adjusted_part(adjustment: Adjustment, part: str) -> ResponseReturnValue:
    """A part saved by the page itself: the same words, answered as JSON."""
    section = Section(part)
    form, version = _sent(adjustment, section, forms.base_of(adjustment.application))
    readable = form.validate()
    if not _save(adjustment, section, form, version, is_autosave=True):
        if form.conflict is not None:
            return jsonify(state="conflict", message=form.conflict.message), 409
        return jsonify(state="refused", message=" ".join(form.form_errors)), 422
    errors = {name: " ".join(map(str, told)) for name, told in form.errors.items() if name}
    return jsonify(state="saved" if readable else "unread", version=form.result, at=time_fr(clock.now()), errors=errors)


def _sent(adjustment: Adjustment, section: Section, base: Any) -> tuple[SectionForm, int]:
    typed = {name: texts for name, texts in request.form.lists() if name != "csrf_token"}
    form = of_words(forms.FORMS[section], adjustment.application, base, typed)
    return form, plain_number(request.form.get("version", "")) or 0


def _save(adjustment: Adjustment, section: Section, form: SectionForm, version: int, *, is_autosave: bool) -> bool:
    return form.attempt(
        operations.save_part,
        adjustment,
        section,
        form.typed(MultiDict(request.form)),
        version=version,
        page=request.form.get("page", "")[:32] or secrets.token_hex(8),
        sequence=plain_number(request.form.get("sequence", "")) or 0,
        actor=current_actor(),
        is_autosave=is_autosave,
    )


def _known_version(adjustment: Adjustment, section: Section) -> int:
    return int(adjustment.raw.get(section.value, {}).get("version", 0))


def _part_page(
    adjustment: Adjustment, section: Section, form: SectionForm, version: int, conflict: Conflict | None = None
) -> str:
    base = forms.base_of(adjustment.application)
    adjusted = forms.adjusted_with(forms.adjusted_of(adjustment, base), form)
    place = rules.PARTS.index(section)
    template = "committee/adjusting/projet.html"
    if section is not Section.PROJECT:
        template = f"calls/filing/sections/{section.value}.html"
    return render_template(
        template,
        section_frame="committee/adjusting/part.html",
        adjustment=adjustment,
        application=adjustment.application,
        dossier=adjusted.dossier,
        filed=dossier_of(adjustment.application),
        section=section,
        part_label=rules.LABELS[section],
        form=form,
        version=version,
        page_name=secrets.token_hex(8),
        saved=adjustment.raw.get(section.value),
        lacks=rules.lacking(adjusted).get(section, []),
        place=place + 1,
        count=len(rules.PARTS),
        totals=totals(adjusted.dossier.budget),
        year_totals=[(year, totals(lines)) for year, lines in adjusted.dossier.budgets],
        group_totals=group_totals(form.rows()) if isinstance(form, BudgetSection) else {},
        person_id=current_person().id,
        both=_both(conflict, form) if conflict else None,
    )


def _both(conflict: Conflict, form: SectionForm) -> tuple[dict[str, str], dict[str, str]]:
    """What is saved and what was typed, by label, where they differ."""
    sides: list[Any] = [conflict.theirs, conflict.mine]
    names = [field.name for field in form if sides[0].get(field.name) != sides[1].get(field.name)]
    saved, typed = ({form[name].label.text: " ".join(side.get(name, [])) for name in names} for side in sides)
    return saved, typed


@blueprint.post("/projets-ajustes/<int:adjustment_id>/envoyer")
@authors
def submit_adjustment(adjustment: Adjustment) -> ResponseReturnValue:
    form = ActionForm()
    adjusted = forms.adjusted_of(adjustment)
    if form.validate_on_submit() and form.attempt(operations.submit, adjustment, adjusted, **_who(adjustment)):
        return _home(adjustment, "Le projet ajusté est envoyé : la Direction va le lire.")
    return _page(adjustment, form)


@blueprint.route("/projets-ajustes/<int:adjustment_id>/garder", methods=["GET", "POST"])
@authors
def keep_project(adjustment: Adjustment) -> ResponseReturnValue:
    if adjustment.status not in rules.EDITABLE:
        return _home(adjustment)
    form = forms.KeepForm()
    if form.validate_on_submit() and form.attempt(
        operations.keep_as_filed, adjustment, form.explanation.data or "", **_who(adjustment)
    ):
        return _home(adjustment, "Votre réponse est envoyée à la Direction.")
    return render_template("committee/adjusting/keep.html", adjustment=adjustment, form=form)


@blueprint.route("/projets-ajustes/<int:adjustment_id>/renoncer", methods=["GET", "POST"])
@authors
def renounce(adjustment: Adjustment) -> ResponseReturnValue:
    if adjustment.status not in rules.OPEN:
        return _home(adjustment)
    form = forms.RenounceForm()
    if form.validate_on_submit() and form.attempt(
        operations.renounce, adjustment, form.reason.data or "", **_who(adjustment)
    ):
        return _home(adjustment, "Vous avez renoncé à la subvention. Les financeurs en sont informés.")
    paid = sum(line.paid_cents or 0 for line in adjustment.application.funding_lines)
    return render_template("committee/adjusting/renounce.html", adjustment=adjustment, form=form, paid=paid)


# -- answering ----------------------------------------------------------------------------------


@blueprint.post("/projets-ajustes/<int:adjustment_id>/accepter")
@direction
def accept_adjustment(adjustment: Adjustment) -> ResponseReturnValue:
    form = ActionForm()
    after = forms.adjusted_of(adjustment).dossier
    if form.validate_on_submit() and form.attempt(
        operations.accept, adjustment, after, actor=current_actor(), roles=roles_of(adjustment)
    ):
        return _home(adjustment, "Le projet ajusté est accepté : la convention et le bilan s’y réfèrent.")
    return _page(adjustment, form)


@blueprint.route("/projets-ajustes/<int:adjustment_id>/reprendre", methods=["GET", "POST"])
@direction
def ask_adjustment_again(adjustment: Adjustment) -> ResponseReturnValue:
    form = forms.AskAgainForm(due_on=_today() + timedelta(days=14))
    if form.validate_on_submit() and form.attempt(
        operations.ask_again,
        adjustment,
        form.reason.data or "",
        form.due_on.data,
        actor=current_actor(),
        roles=roles_of(adjustment),
    ):
        return _home(adjustment, "La demande est envoyée à la structure.")
    return render_template("committee/adjusting/ask_again.html", adjustment=adjustment, form=form)
