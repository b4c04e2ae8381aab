"""The questions of a call: their list, one question, their order, the preview."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.calls.forms.calling import RemovalForm
from portal.calls.forms.calling_questions import QuestionForm, WordingForm, preview_form, shown_terms
from portal.calls.models import Call, CallQuestion
from portal.calls.operations import calling_questions as operations
from portal.calls.queries.questions import answers_by_question, questions_to_preview, retired_of, terms_of
from portal.calls.rules.cycle import DIRECTION
from portal.calls.rules.questions import copied_label
from portal.calls.states import CHOICE_KINDS, CallStatus, QuestionKind
from portal.calls.views import blueprint
from portal.extensions import db
from portal.foundation import files
from portal.foundation.forms import ActionForm
from portal.foundation.quantities import plain_number


@blueprint.get("/appels/<int:call_id>/questions")
@requires(*DIRECTION, on=Call)
def call_questions(call: Call) -> ResponseReturnValue:
    """The questions in order, what each may become, those retired."""
    return render_template(
        "calls/questions/list.html",
        call=call,
        questions=questions_to_preview(call),
        retired=retired_of(call),
        answers=answers_by_question(call.id),
        may_edit=call.status is not CallStatus.ARCHIVED,
    )


@blueprint.route("/appels/<int:call_id>/questions/apercu", methods=["GET", "POST"])
@requires(*DIRECTION, on=Call)
def preview_call_questions(call: Call) -> ResponseReturnValue:
    """The section exactly as an association meets it; what is typed here is kept nowhere."""
    form = preview_form(questions_to_preview(call), request.form if request.method == "POST" else None)
    if request.method == "POST":
        form.validate()
    return render_template("calls/questions/preview.html", call=call, form=form, accept=files.ACCEPT)


@blueprint.route("/appels/<int:call_id>/questions/nouvelle", methods=["GET", "POST"])
@requires(*DIRECTION, on=Call)
def add_call_question(call: Call) -> ResponseReturnValue:
    """A new question at the end of the others, blank or filled like the one named by `copie`."""
    questions = questions_to_preview(call)
    form = QuestionForm(data={"version": call.version, **_copied(call, [each.label for each in questions])})
    form.offer(questions)
    if form.validate_on_submit() and form.save(
        operations.add_question, call, form.terms(QuestionKind(form.kind.data)), actor=current_actor()
    ):
        return _saved(call, form.result, "La question est ajoutée.")
    return _page(call, form, "Ajouter une question", None)


@blueprint.route("/appels/<int:call_id>/questions/<int:call_question_id>", methods=["GET", "POST"])
@requires(*DIRECTION, on=Call)
def edit_call_question(call: Call, call_question_id: int) -> ResponseReturnValue:
    """All of the question while the call is in preparation; its words once it is published."""
    question = _question_of(call, call_question_id)
    shown = {"version": call.version, **shown_terms(terms_of(question))}
    if call.status is CallStatus.PUBLISHED:
        form: WordingForm = WordingForm(data=shown)
        if question.kind not in CHOICE_KINDS:
            del form.options
    else:
        form = whole = QuestionForm(data=shown)
        questions = questions_to_preview(call)
        whole.offer(questions[: [each.id for each in questions].index(question.id)])
    if form.validate_on_submit() and form.save(
        operations.change_question, call, question, form.terms(_kind(form, question)), actor=current_actor()
    ):
        return _saved(call, question, "La question est enregistrée.")
    return _page(call, form, "Modifier une question", question)


@blueprint.route("/appels/<int:call_id>/questions/<int:call_question_id>/retirer", methods=["GET", "POST"])
@requires(*DIRECTION, on=Call)
def remove_call_question(call: Call, call_question_id: int) -> ResponseReturnValue:
    question = _question_of(call, call_question_id)
    form = RemovalForm(data={"version": call.version})
    label = question.label
    if form.validate_on_submit() and form.save(operations.remove_question, call, question, actor=current_actor()):
        flash("La question est retirée.", "success")
        return redirect(url_for(".call_questions", call_id=call.id))
    answers = answers_by_question(call.id).get(call_question_id, 0)
    return render_template("calls/questions/remove.html", call=call, form=form, label=label, answers=answers)


@blueprint.post("/appels/<int:call_id>/questions/<int:call_question_id>/deplacer")
@requires(*DIRECTION, on=Call)
def move_call_question(call: Call, call_question_id: int) -> ResponseReturnValue:
    """One place up (`sens` « haut ») or down; a move that a condition forbids says why."""
    question = _question_of(call, call_question_id)
    form = ActionForm()
    if not form.validate_on_submit():
        abort(400)
    up = request.form.get("sens") == "haut"
    if form.attempt(operations.move_question, call, question, up=up, actor=current_actor()):
        flash(f"La question est maintenant à la place {form.result}.", "success")
    else:
        flash(" ".join(form.form_errors), "warning")
    return redirect(url_for(".call_questions", call_id=call.id, _anchor=f"question-{call_question_id}"))


def _copied(call: Call, taken: list[str]) -> dict[str, Any]:
    """What the form shows of the question to copy; nothing when none is named."""
    question_id = plain_number(request.args.get("copie"))
    if question_id is None:
        return {}
    shown = shown_terms(terms_of(_question_of(call, question_id)))
    return {**shown, "label": copied_label(shown["label"], taken)}


def _kind(form: WordingForm, question: CallQuestion) -> QuestionKind:
    """The kind chosen; that of the question where the form lets nobody choose."""
    return QuestionKind(form.kind.data) if isinstance(form, QuestionForm) else question.kind


def _question_of(call: Call, question_id: int) -> CallQuestion:
    question = db.session.get(CallQuestion, question_id)
    if question is None or question.call_id != call.id or question.retired_at is not None:
        abort(404)
    return question


def _saved(call: Call, question: CallQuestion, words: str) -> ResponseReturnValue:
    flash(words, "success")
    return redirect(url_for(".call_questions", call_id=call.id, _anchor=f"question-{question.id}"))


def _page(call: Call, form: WordingForm, title: str, question: CallQuestion | None) -> str:
    retired = [option.label for option in question.options if option.retired_at is not None] if question else []
    return render_template(
        "calls/questions/form.html",
        call=call,
        form=form,
        title=title,
        question=question,
        terms=terms_of(question) if question else None,
        retired_options=retired,
    )
