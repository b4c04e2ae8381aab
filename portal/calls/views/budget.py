"""Filling the budget at one go: pasting from a spreadsheet, the workbook out and in. Nothing is written unseen."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from portal.calls.forms.budget import typed_of
from portal.calls.forms.budget_sending import PasteForm, SendWorkbookForm
from portal.calls.models import Application
from portal.calls.operations.sections import editable_sections
from portal.calls.queries.offered import chart_of
from portal.calls.queries.sections import Draft, dossier_of, drafts_of
from portal.calls.rules.budget import imbalances, totals
from portal.calls.rules.budget_chart import Chart
from portal.calls.rules.budget_paste import Outcome, ReadLine, read_block
from portal.calls.rules.budget_rows import BudgetRow, check_room, read_back, rows_of, with_rows, written
from portal.calls.rules.budget_workbook import About, budget_workbook
from portal.calls.rules.budget_workbook_in import SentBudget, sent_budget
from portal.calls.rules.differences import Change, differences
from portal.calls.rules.filing import Dossier
from portal.calls.states import Section
from portal.calls.views import blueprint
from portal.calls.views.filing import WRITES
from portal.calls.views.sections import conflict_page, keep_sent, section_of
from portal.foundation import clock
from portal.foundation.forms import ActionForm
from portal.foundation.refusals import Refusal
from portal.foundation.workbooks import UnusableWorkbook, read_workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass
class _Budget:
    """The budget that is about to be filled."""

    application: Application
    dossier: Dossier
    chart: Chart
    draft: Draft | None

    @property
    def version(self) -> int:
        return self.draft.version if self.draft else 0

    @property
    def years(self) -> list[int]:
        return [year for year, _ in self.dossier.budgets]


@dataclass
class Proposal:
    """The budget as it would be: what changes, and what the page keeps for the confirmation."""

    changes: list[Change]
    kept: str
    year_totals: list[Any]
    imbalances: list[str]


def _budget_of(application: Application) -> _Budget:
    chart = Chart(chart_of(application.call.chart_version))
    return _Budget(application, dossier_of(application), chart, drafts_of(application.id).get(Section.BUDGET))


def _barred(it: _Budget) -> Response | None:
    """Where to go instead while the section is closed, or holds words that would be lost."""
    application_id = it.application.id
    if Section.BUDGET not in editable_sections(it.application):
        return redirect(url_for(".read_application", application_id=application_id, _anchor=Section.BUDGET.value))
    if it.draft is not None and not it.draft.is_readable:
        flash("Corrigez d’abord ce qui n’a pas pu être lu dans cette page, pour ne rien perdre.", "warning")
        return redirect(url_for(".section", application_id=application_id, section=Section.BUDGET.value))
    return None


@blueprint.route("/dossiers/<int:application_id>/budget/coller", methods=["GET", "POST"])
@WRITES
def paste_budget(application: Application) -> ResponseReturnValue:
    """Paste a block of cells; what was understood is shown line by line, then confirmed."""
    it = _budget_of(application)
    if barred := _barred(it):
        return barred
    form = PasteForm(it.years)
    lines: list[ReadLine] = []
    proposal = None
    if form.validate_on_submit():
        try:
            lines = read_block(form.block.data or "", it.chart, len(it.years), form.places(it.years))
            proposal = _pasted(it, form, lines)
        except Refusal as refusal:
            form.refuse(Refusal(refusal.message, "block"))
    return _page("paste", it, form=form, lines=lines, proposal=proposal)


def _pasted(it: _Budget, form: PasteForm, lines: list[ReadLine]) -> Proposal | None:
    """The budget with the lines of a block, once each of them could be read."""
    rows = [line.row for line in lines if line.row is not None]
    wrong = [line.number for line in lines if line.outcome is Outcome.WRONG]
    if wrong:
        which = f"ligne {wrong[0]}" if len(wrong) == 1 else f"lignes {', '.join(map(str, wrong))}"
        raise Refusal(f"À corriger : {which}. Rien n’est enregistré tant que tout n’est pas compris.")
    if not rows:
        raise Refusal("Aucune ligne de budget n’a été trouvée dans ce bloc.")
    kept = rows_of(it.dossier, it.chart) if form.mode.data == "add" else []
    return _proposed(it, [*kept, *rows])


def _proposed(it: _Budget, rows: list[BudgetRow]) -> Proposal:
    """Raises Refusal when an account has too many lines."""
    check_room(rows)
    after = with_rows(it.dossier, rows)
    sums = [(year, totals(lines)) for year, lines in after.budgets]
    several = len(sums) > 1
    told = [f"{year} : {words}" if several else words for year, each in sums for words in imbalances(each)]
    changes = [change for change in differences(it.dossier, after) if change.section is Section.BUDGET]
    return Proposal(changes, written(rows), sums, told)


@blueprint.get("/dossiers/<int:application_id>/budget/classeur")
@WRITES
def budget_workbook_out(application: Application) -> ResponseReturnValue:
    """The budget as a workbook to fill."""
    it = _budget_of(application)
    if barred := _barred(it):
        return barred
    content = budget_workbook(it.dossier, it.chart, About(it.version, clock.now()))
    name = f"budget-{application.reference}.xlsx"
    return send_file(BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=name)


@blueprint.route("/dossiers/<int:application_id>/budget/classeur-rempli", methods=["GET", "POST"])
@WRITES
def budget_workbook_in(application: Application) -> ResponseReturnValue:
    """Send the workbook back; what is wrong is told by cell, what changes is shown, then confirmed."""
    it = _budget_of(application)
    if barred := _barred(it):
        return barred
    form = SendWorkbookForm()
    sent, proposal = None, None
    if form.validate_on_submit():
        try:
            sent = sent_budget(read_workbook(form.file.data.stream), it.dossier, it.chart)
            proposal = None if sent.faults else _proposed(it, sent.rows)
        except UnusableWorkbook as unusable:
            form.refuse(Refusal(str(unusable), "file"))
    return _page("workbook", it, form=form, sent=sent, proposal=proposal, is_older=_is_older(sent, it))


def _is_older(sent: SentBudget | None, it: _Budget) -> bool:
    """Whether the budget was saved since the workbook was downloaded."""
    return sent is not None and sent.version != it.version


@blueprint.post("/dossiers/<int:application_id>/budget/remplacer")
@WRITES
def replace_budget(application: Application) -> ResponseReturnValue:
    """Write the budget that was shown, whole; a second click writes the same."""
    it = _budget_of(application)
    if barred := _barred(it):
        return barred
    here = redirect(url_for(".section", application_id=application.id, section=Section.BUDGET.value))
    if not ActionForm().validate_on_submit():
        return here
    try:
        rows = read_back(request.form.get("lignes", ""), it.chart, len(it.years))
    except Refusal as refusal:
        flash(refusal.message, "danger")
        return here
    typed = typed_of(rows, it.dossier.indirect_costs_rule)
    sent = section_of(application, it.dossier, Section.BUDGET, typed)
    if keep_sent(sent, is_autosave=False):
        flash("Le budget est enregistré.", "success")
        return here
    if sent.form.conflict is not None:
        return conflict_page(sent, sent.form.conflict), 409
    flash(" ".join([*sent.form.form_errors, *map(str, sent.form.errors.values())]), "danger")
    return here


def _page(name: str, it: _Budget, **shown: Any) -> str:
    return render_template(
        f"calls/filing/budget_{name}.html",
        application=it.application,
        dossier=it.dossier,
        section=Section.BUDGET,
        years=it.years,
        chart=it.chart,
        version=it.version,
        page_name=secrets.token_hex(8),
        **shown,
    )
