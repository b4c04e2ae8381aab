"""The plain lists of a contract: axes, priorities by year, bodies, working groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, may, requires
from portal.accounts.rules import Role
from portal.contracts import queries
from portal.contracts.forms.taxonomy import LineForm, YearLineForm
from portal.contracts.models import Contract
from portal.contracts.operations import lists as operations
from portal.contracts.operations.lists import KINDS, Line, ListKind
from portal.contracts.views.blueprint import READERS, blueprint
from portal.foundation.forms import perform


@dataclass(frozen=True)
class Words:
    """How a list is spoken of."""

    title: str
    lead: str
    one: str
    add: str


WORDS = {
    "axes": Words(
        "Axes transversaux",
        "Ce que toute action peut servir, quelle que soit sa thématique.",
        "l’axe",
        "Ajouter un axe",
    ),
    "priorites": Words(
        "Priorités de la Ville", "Année par année, ce que la Ville met en avant.", "la priorité", "Ajouter une priorité"
    ),
    "instances": Words(
        "Instances du contrat", "Qui pilote, instruit et suit le contrat.", "l’instance", "Ajouter une instance"
    ),
    "groupes": Words(
        "Groupes de travail", "Les groupes thématiques du contrat.", "le groupe", "Ajouter un groupe de travail"
    ),
}


@blueprint.get("/contrats/<int:contract_id>/listes/<kind>")
@requires(*READERS, on=Contract)
def list_of(contract: Contract, kind: str) -> ResponseReturnValue:
    known = _kind(kind)
    return render_template(
        "contracts/list.html",
        contract=contract,
        kind=kind,
        words=WORDS[kind],
        by_year=known.by_year,
        can_be_retired=known.can_be_retired,
        entries=_entries(contract, kind),
        editable=may(contract, Role.MANAGER),
    )


@blueprint.route("/contrats/<int:contract_id>/listes/<kind>/ajouter", methods=["GET", "POST"])
@requires(Role.MANAGER, on=Contract)
def add_line(contract: Contract, kind: str) -> ResponseReturnValue:
    known = _kind(kind)
    form: LineForm = YearLineForm() if known.by_year else LineForm()
    if form.validate_on_submit() and form.attempt(
        operations.add_line, contract, known, form.label.data, _year(form), actor=current_actor()
    ):
        return _done(contract, kind, "La ligne est ajoutée.")
    return _page(contract, kind, form, None)


@blueprint.route("/contrats/<int:contract_id>/listes/<kind>/<int:line_id>/modifier", methods=["GET", "POST"])
@requires(Role.MANAGER, on=Contract)
def edit_line(contract: Contract, kind: str, line_id: int) -> ResponseReturnValue:
    known = _kind(kind)
    line = _line(contract, known, line_id)
    shown = {"label": operations.label_of(known, line), "year": getattr(line, "year", None)}
    form: LineForm = YearLineForm(data=shown) if known.by_year else LineForm(data=shown)
    if form.validate_on_submit() and form.attempt(
        operations.rename_line, contract, known, line, form.label.data, _year(form), actor=current_actor()
    ):
        return _done(contract, kind, "La ligne est modifiée.")
    return _page(contract, kind, form, shown["label"])


@blueprint.post("/contrats/<int:contract_id>/listes/<kind>/<int:line_id>/retirer")
@requires(Role.MANAGER, on=Contract)
def retire_line(contract: Contract, kind: str, line_id: int) -> ResponseReturnValue:
    known = _kind(kind)
    perform(operations.retire_line, known, _line(contract, known, line_id), actor=current_actor())
    return _done(contract, kind, "La ligne est retirée.")


@blueprint.post("/contrats/<int:contract_id>/listes/<kind>/<int:line_id>/remettre")
@requires(Role.MANAGER, on=Contract)
def restore_line(contract: Contract, kind: str, line_id: int) -> ResponseReturnValue:
    known = _kind(kind)
    if not known.can_be_retired:
        abort(404)
    perform(operations.restore_line, known, _line(contract, known, line_id), actor=current_actor())
    return _done(contract, kind, "La ligne est de nouveau proposée.")


@blueprint.post("/contrats/<int:contract_id>/listes/<kind>/<int:line_id>/deplacer")
@requires(Role.MANAGER, on=Contract)
def move_line(contract: Contract, kind: str, line_id: int) -> ResponseReturnValue:
    known = _kind(kind)
    up = request.form.get("sens") == "haut"
    perform(operations.move_line, contract, known, _line(contract, known, line_id), up=up, actor=current_actor())
    return _done(contract, kind, "L’ordre est modifié.")


def _kind(kind: str) -> ListKind:
    if kind not in KINDS:
        abort(404)
    return KINDS[kind]


def _line(contract: Contract, kind: ListKind, line_id: int) -> Line:
    line = operations.line_of(contract, kind, line_id)
    if line is None:
        abort(404)
    return line


def _entries(contract: Contract, kind: str) -> list[queries.Entry]:
    if kind == "axes":
        return queries.axes(contract.id, with_retired=True)
    if kind == "priorites":
        return queries.priorities(contract.id, with_retired=True)
    return queries.governance(contract.id, working_groups=kind == "groupes")


def _year(form: LineForm) -> int | None:
    year: Any = form["year"].data if "year" in form else None
    return year


def _page(contract: Contract, kind: str, form: LineForm, label: str | None) -> str:
    return render_template(
        "contracts/line.html", contract=contract, kind=kind, words=WORDS[kind], form=form, label=label
    )


def _done(contract: Contract, kind: str, words: str) -> ResponseReturnValue:
    flash(words, "success")
    return redirect(url_for(".list_of", contract_id=contract.id, kind=kind))
