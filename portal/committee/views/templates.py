"""The words of letters and conventions: the contract's, those of a funder; tried on a real file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, current_person, requires, usable_grants
from portal.accounts.rules import Role
from portal.calls.models import Application
from portal.calls.queries.visibility import visible_applications
from portal.committee.forms.templates import ResetForm, TemplateForm
from portal.committee.models import Convention, DocumentTemplate
from portal.committee.operations import templates as operations
from portal.committee.queries import templates as queries
from portal.committee.queries.conventions import blocks_of, touches_recusal
from portal.committee.queries.conventions import values_of as values_of_convention
from portal.committee.queries.documents import printed
from portal.committee.queries.letter_samples import telling_of
from portal.committee.queries.letter_words import document
from portal.committee.rules.templates import MODELS
from portal.committee.rules.wording import Block, checked, filled
from portal.committee.states import TemplateKind
from portal.committee.views import blueprint
from portal.contracts.models import Contract, Funder
from portal.extensions import db
from portal.foundation.files import made_at_once
from portal.foundation.quantities import plain_number
from portal.foundation.refusals import Refusal
from portal.foundation.render import render_pdf

SLUGS = {
    TemplateKind.GRANT: "attribution",
    TemplateKind.GRANT_LOWER: "attribution-inferieure",
    TemplateKind.REJECTION: "rejet",
    TemplateKind.INADMISSIBILITY: "irrecevabilite",
    TemplateKind.WAITING_LIST: "liste-complementaire",
    TemplateKind.ADJOURNMENT: "ajournement",
    TemplateKind.FUNDER_REFUSAL: "refus-d-un-financeur",
    TemplateKind.CONVENTION: "convention",
}
"""How addresses name each kind."""
KINDS = {slug: kind for kind, slug in SLUGS.items()}


@blueprint.get("/contrats/<int:contract_id>/modeles")
@requires(Role.MANAGER, on=Contract)
def templates(contract: Contract) -> ResponseReturnValue:
    return render_template(
        "committee/templates/list.html", contract=contract, kinds=queries.kinds_of(contract.id), slugs=SLUGS
    )


@dataclass
class Editing:
    """One template being written: its kind, whose it is, what is kept of it."""

    contract: Contract
    kind: TemplateKind
    funder: Funder | None
    known: DocumentTemplate | None = field(init=False)

    def __post_init__(self) -> None:
        self.known = queries.template_of(self.contract.id, self.kind, self.funder.id if self.funder else None)

    @property
    def version(self) -> int:
        return self.known.version if self.known else 0

    @property
    def is_written(self) -> bool:
        return self.known is not None and self.known.body is not None

    @property
    def words(self) -> str:
        return queries.words_in_force(self.contract.id, self.kind, self.funder.id if self.funder else None)

    @property
    def followed(self) -> str:
        """What is followed without this template."""
        return queries.common_words(self.contract.id, self.kind) if self.funder else MODELS[self.kind].words

    def url(self, endpoint: str) -> str:
        values: dict[str, Any] = {"financeur": self.funder.id} if self.funder else {}
        return url_for(endpoint, contract_id=self.contract.id, kind=SLUGS[self.kind], **values)


def _editing(contract: Contract, slug: str) -> Editing:
    """What the address names: an unknown kind, or a funder that has no words of its own, is not there."""
    kind, asked = KINDS.get(slug), request.args.get("financeur")
    if kind is None:
        abort(404)
    if not asked:
        return Editing(contract, kind, None)
    number = plain_number(asked)
    if not kind.is_of_funder or number not in {funder.id for funder in queries.funders_of(contract.id)}:
        abort(404)
    return Editing(contract, kind, db.session.get_one(Funder, number))


@blueprint.route("/contrats/<int:contract_id>/modeles/<kind>", methods=["GET", "POST"])
@requires(Role.MANAGER, on=Contract)
def template(contract: Contract, kind: str) -> ResponseReturnValue:
    """Write the words (`financeur` in the address: that funder's); try them on something real, or save them."""
    editing = _editing(contract, kind)
    form = TemplateForm(version=str(editing.version))
    if request.method == "GET":
        form.body.data = editing.words
    form.body.data = (form.body.data or "").replace("\r\n", "\n")
    preview = None
    if form.validate_on_submit():
        if form.asks("essayer"):
            preview = _tried(form, editing)
        elif form.asks("pdf") and (blocks := _tried(form, editing)) is not None:
            return _pdf(blocks, editing)
        elif form.asks("enregistrer") and form.attempt(
            operations.save_template, contract, editing.kind, editing.funder, form.body.data, form.read_version,
            actor=current_actor(),
        ):  # fmt: skip
            flash("Le modèle est enregistré : les prochains documents le suivront.", "success")
            return redirect(url_for(".templates", contract_id=contract.id))
    if form.conflict:
        form.take_version(Editing(contract, editing.kind, editing.funder).version)
    return render_template(
        "committee/templates/edit.html",
        contract=contract,
        editing=editing,
        form=form,
        model=MODELS[editing.kind],
        samples=_samples(editing),
        preview=preview,
        chosen=plain_number(request.form.get("essai")),
    )


@blueprint.route("/contrats/<int:contract_id>/modeles/<kind>/origine", methods=["GET", "POST"])
@requires(Role.MANAGER, on=Contract)
def reset_template(contract: Contract, kind: str) -> ResponseReturnValue:
    """Give back the words followed without this template: both texts are shown first."""
    editing = _editing(contract, kind)
    form = ResetForm(version=str(editing.version))
    if form.validate_on_submit() and form.attempt(
        operations.reset_template, contract, editing.kind, editing.funder, form.read_version, actor=current_actor()
    ):
        flash("Le texte d’origine est rétabli : les prochains documents le suivront.", "success")
        return redirect(url_for(".templates", contract_id=contract.id))
    if form.conflict:
        form.take_version(Editing(contract, editing.kind, editing.funder).version)
    return render_template("committee/templates/reset.html", contract=contract, editing=editing, form=form)


# -- trying ---------------------------------------------------------------------------------------


def _visible() -> Any:
    return visible_applications(current_person().id, usable_grants())


def _samples(editing: Editing) -> list[queries.Sample]:
    funder_id = editing.funder.id if editing.funder else None
    if editing.kind is TemplateKind.CONVENTION:
        return queries.sample_conventions(editing.contract.id, funder_id, current_person().id)
    return queries.sample_applications(editing.contract.id, funder_id, _visible())


def _tried(form: TemplateForm, editing: Editing) -> list[Block] | None:
    """The document that the words typed make of something real; nothing is kept. None: the form says why."""
    try:
        words = checked(form.body.data or "", MODELS[editing.kind])
        if editing.kind is TemplateKind.CONVENTION:
            return _tried_convention(words, editing)
        return document(telling_of(editing.kind, _application(form, editing), editing.funder), words)
    except Refusal as refusal:
        form.refuse_all(refusal)
        return None


def _tried_convention(words: str, editing: Editing) -> list[Block]:
    sample = db.session.get(Convention, plain_number(request.form.get("essai")) or 0)
    person_id = current_person().id
    if sample is None or sample.contract_id != editing.contract.id or touches_recusal(sample, person_id):
        raise Refusal("Choisissez une convention pour essayer le modèle.")
    return blocks_of(sample, filled(words, values_of_convention(sample)))


def _application(form: TemplateForm, editing: Editing) -> Application:
    """The application typed, else the one chosen in the list; among those the reader sees."""
    visible, typed = _visible(), form.dossier.data or ""
    if typed:
        found = queries.application_named(editing.contract.id, typed, visible)
        if found is None:
            raise Refusal("Aucun dossier que vous voyez ne porte ce numéro.", "dossier")
        return db.session.get_one(Application, found)
    chosen = plain_number(request.form.get("essai"))
    if chosen is None or not queries.is_sample(editing.contract.id, chosen, visible):
        raise Refusal("Choisissez un dossier pour essayer le modèle.")
    return db.session.get_one(Application, chosen)


def _pdf(blocks: list[Block], editing: Editing) -> ResponseReturnValue:
    title = f"Essai — {editing.kind.label}"
    content = render_pdf("document", printed(blocks, editing.contract, editing.contract.contact_service), title=title)
    return made_at_once(content, f"{title}.pdf", "application/pdf")
