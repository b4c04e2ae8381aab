"""Conventions: those of a call, one of them from both sides, and the words they are made from."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import (
    current_actor,
    current_person,
    my_scope_ids,
    requires,
    roles_of,
    usable_grants,
)
from portal.accounts.models import Organisation, Person
from portal.accounts.rules import MemberLevel, Role
from portal.calls.models import Call
from portal.calls.queries.visibility import visible_applications
from portal.calls.rules.cycle import DIRECTION
from portal.committee.forms.conventions import AcceptForm, ConventionForm, SignedForm
from portal.committee.forms.payments import ToldReasonForm
from portal.committee.models import Convention
from portal.committee.operations import conventions as operations
from portal.committee.queries import conventions as queries
from portal.committee.rules import wording
from portal.committee.rules.conventions import CONVENTION, KEEPERS
from portal.committee.states import ConventionStatus
from portal.committee.views import blueprint
from portal.committee.views.acts import roles_for
from portal.contracts.models import Funder
from portal.extensions import db
from portal.foundation.files import ACCEPT, StoredFile, attachment
from portal.foundation.forms import perform
from portal.foundation.pagination import asked_page
from portal.foundation.web.requests import takes_files

FUNDER_PEOPLE = (Role.FUNDER_AGENT, Role.STATE_OFFICER)
STAFF = (*sorted(DIRECTION), Role.DELEGATE, *FUNDER_PEOPLE)

TONES = {
    ConventionStatus.DRAFTED: "neutral",
    ConventionStatus.SENT: "warning",
    ConventionStatus.RETURNED: "info",
    ConventionStatus.ACTIVE: "success",
    ConventionStatus.ENDED: "neutral",
}


def sees(person: Person, convention: Convention, roles: Collection[Role]) -> bool:
    """The structure reads a convention once sent; staff, unless they stepped out of one of its actions."""
    if Role.APPLICANT in roles and convention.sent_at is not None:
        return True
    return bool(set(roles) - {Role.APPLICANT}) and not queries.touches_recusal(convention, person.id)


reads = requires(Role.APPLICANT, *STAFF, on=Convention, narrowed_by=sees)
keeps = requires(*KEEPERS, on=Convention, narrowed_by=sees)


@blueprint.get("/programmation/<int:call_id>/conventions")
@requires(*STAFF, on=Call)
def conventions(call: Call) -> ResponseReturnValue:
    """Those needed and those made: all for the Direction, their own for funders."""
    roles, mine = roles_of(call), frozenset(my_scope_ids(*FUNDER_PEOPLE))
    wide = bool(roles & {*DIRECTION, Role.DELEGATE})
    visible = visible_applications(current_person().id, usable_grants())
    page = queries.conventions_of_call(call, visible, None if wide else mine, asked_page())
    return render_template(
        "committee/conventions/list.html",
        call=call,
        page=page,
        rows=queries.as_rows(page),
        tones=TONES,
        prepares=lambda row: bool(roles & DIRECTION) or row.funder_id in mine,
        directs=bool(roles & DIRECTION),
        manages=Role.MANAGER in roles,
    )


@blueprint.post("/programmation/<int:call_id>/conventions/<int:funder_id>/<int:organisation_id>")
@requires(*KEEPERS, on=Call)
def draft_convention(call: Call, funder_id: int, organisation_id: int) -> ResponseReturnValue:
    funder = db.session.get(Funder, funder_id)
    organisation = db.session.get(Organisation, organisation_id)
    if funder is None or organisation is None:
        abort(404)
    roles = roles_for(call, funder.id)
    if not roles & KEEPERS:
        abort(404)
    made = perform(operations.draft_convention, call, funder, organisation, actor=current_actor(), roles=roles)
    flash(f"La convention {made.number} est préparée : relisez-la, puis envoyez-la à la structure.", "success")
    return redirect(url_for(".convention", convention_id=made.id))


# -- one convention -----------------------------------------------------------------------------


@blueprint.get("/conventions/<int:convention_id>")
@reads
def convention(convention: Convention) -> ResponseReturnValue:
    return _page(convention)


def _page(convention: Convention, **forms: Any) -> str:
    roles = roles_of(convention, level=MemberLevel.EDITOR)
    staff = bool(roles_of(convention) & set(STAFF))
    steps = {step.name for step in CONVENTION.available(convention.status, roles)}
    return render_template(
        "committee/conventions/show.html",
        convention=convention,
        steps=steps if sees(current_person(), convention, roles) else set(),
        staff=staff,
        tone=TONES[convention.status],
        total=sum(action.amount_cents for action in convention.actions),
        signed_form=forms.get("signed") or SignedForm(formdata=None),
        accept_form=forms.get("accept") or AcceptForm(formdata=None),
        blocks=wording.blocks(convention.body),
        accept=ACCEPT,
    )


def _who(convention: Convention) -> dict[str, Any]:
    return {"actor": current_actor(), "roles": roles_of(convention, level=MemberLevel.EDITOR)}


def _back(convention: Convention, said: str) -> ResponseReturnValue:
    flash(said, "success")
    return redirect(url_for(".convention", convention_id=convention.id))


def _document(file_id: int | None) -> ResponseReturnValue:
    """One of a convention's files, once it is there."""
    return attachment(db.session.get_one(StoredFile, file_id)) if file_id is not None else abort(404)


@blueprint.get("/conventions/<int:convention_id>.pdf")
@reads
def convention_file(convention: Convention) -> ResponseReturnValue:
    return _document(convention.file_id)


@blueprint.get("/conventions/<int:convention_id>.docx")
@keeps
def convention_word(convention: Convention) -> ResponseReturnValue:
    """The same words, to be worked on."""
    return _document(convention.word_file_id)


@blueprint.get("/conventions/<int:convention_id>/exemplaire-signe")
@reads
def signed_file(convention: Convention) -> ResponseReturnValue:
    return _document(convention.signed_file_id)


@blueprint.route("/conventions/<int:convention_id>/modifier", methods=["GET", "POST"])
@keeps
def edit_convention(convention: Convention) -> ResponseReturnValue:
    if convention.status is not ConventionStatus.DRAFTED:
        return redirect(url_for(".convention", convention_id=convention.id))
    form = ConventionForm(obj=convention)
    anew = "refaire" in request.form
    if form.validate_on_submit() and form.attempt(
        operations.edit_convention, convention, form.read_version, form.terms(anew=anew), **_who(convention)
    ):
        return _back(convention, "La convention est modifiée ; son document se refait.")
    if form.conflict:
        # Saving again is then a choice made with both texts in sight.
        form.version.data = str(convention.version)
    return render_template("committee/conventions/edit.html", convention=convention, form=form)


@blueprint.post("/conventions/<int:convention_id>/envoyer")
@keeps
def send_convention(convention: Convention) -> ResponseReturnValue:
    perform(operations.send, convention, **_who(convention))
    return _back(convention, "La convention est dans l’espace de la structure, qui en est prévenue.")


@blueprint.post("/conventions/<int:convention_id>/signee")
@requires(Role.APPLICANT, *KEEPERS, on=Convention, level=MemberLevel.EDITOR, narrowed_by=sees)
@takes_files
def return_convention(convention: Convention) -> ResponseReturnValue:
    """The signed copy, deposited by the structure, or by the Direction for it."""
    form = SignedForm()
    sent = form.validate_on_submit() and form.receive()
    if sent and form.attempt(operations.return_signed, convention, form.stored, **_who(convention)):
        return _back(convention, "L’exemplaire signé est déposé : il va être vérifié.")
    return _page(convention, signed=form)


@blueprint.post("/conventions/<int:convention_id>/accepter")
@keeps
def accept_convention(convention: Convention) -> ResponseReturnValue:
    form = AcceptForm()
    if form.validate_on_submit() and form.attempt(
        operations.accept, convention, form.signed_on.data, **_who(convention)
    ):
        return _back(convention, "La convention est en vigueur ; la structure en est prévenue.")
    return _page(convention, accept=form)


REASONED = {
    "reprendre": ("revise", operations.revise, "La convention est reprise : la structure ne la voit plus."),
    "redemander": ("ask_again", operations.ask_again, "Un autre exemplaire est demandé à la structure."),
    "terminer": ("end", operations.end, "La convention est terminée."),
    "remettre": ("resume", operations.resume, "La convention est de nouveau en préparation."),
}
"""Steps that ask for a reason, by the end of their address: (step, operation, what is said)."""


@blueprint.route(
    "/conventions/<int:convention_id>/<any(reprendre, redemander, terminer, remettre):step>", methods=["GET", "POST"]
)
@keeps
def move_convention(convention: Convention, step: str) -> ResponseReturnValue:
    name, operation, said = REASONED[step]
    form = ToldReasonForm()
    if form.validate_on_submit() and form.attempt(operation, convention, form.reason.data or "", **_who(convention)):
        return _back(convention, said)
    return render_template(
        "committee/conventions/reason.html", convention=convention, form=form, label=CONVENTION.steps[name].label
    )
