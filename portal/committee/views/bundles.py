"""Gathering the letters or the conventions of a call: the selection shown first, then one PDF or an archive."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, current_person, requires, roles_of, usable_grants
from portal.accounts.rules import Role
from portal.calls.models import Call
from portal.calls.rules.cycle import DIRECTION
from portal.committee.forms.bundles import BundleForm
from portal.committee.operations import bundles as operations
from portal.committee.queries import bundles as queries
from portal.committee.states import BundleKind, LetterKind
from portal.committee.views import blueprint
from portal.foundation.pagination import asked_page
from portal.foundation.quantities import plain_number

READERS = (*sorted(DIRECTION), Role.DELEGATE, Role.FUNDER_AGENT, Role.STATE_OFFICER)
SENT = {"notifie": True, "a-notifier": False}


def _reader() -> queries.Reader:
    return queries.Reader(current_person().id, usable_grants())


def _filters() -> queries.Filters:
    """What the address asks; what it cannot mean is left out."""
    kinds = {kind.value: kind for kind in LetterKind}
    return queries.Filters(
        act_id=plain_number(request.args.get("acte")),
        sitting_id=plain_number(request.args.get("seance")),
        kind=kinds.get(request.args.get("nature", "")),
        sent=SENT.get(request.args.get("etat", "")),
    )


@blueprint.route("/programmation/<int:call_id>/courriers", methods=["GET", "POST"])
@requires(*READERS, on=Call)
def letters(call: Call) -> ResponseReturnValue:
    """The letters of a call, of an act or of a sitting; POST gathers those of the selection."""
    reader, filters, form = _reader(), _filters(), BundleForm()
    ready = queries.ready_letters(call.id, filters, reader)
    if form.validate_on_submit() and form.attempt(
        operations.ask_bundle, BundleKind.LETTERS, call, ready, form.terms(), actor=current_actor()
    ):
        return redirect(url_for("accounts.task", task_id=form.result))
    page = queries.letters_page(call.id, filters, reader, asked_page())
    return render_template(
        "committee/bundles/letters.html",
        call=call,
        form=form,
        page=page,
        rows=queries.letter_rows(page),
        ready=len(ready),
        directs=bool(roles_of(call) & DIRECTION),
        works=bool(roles_of(call) & set(READERS) - {Role.DELEGATE}),
        acts=queries.acts_with_letters(call.id),
        sittings=queries.sittings_with_letters(call.id),
        kinds=LetterKind,
    )


@blueprint.route("/programmation/<int:call_id>/conventions/reunir", methods=["GET", "POST"])
@requires(*READERS, on=Call)
def bundle_conventions(call: Call) -> ResponseReturnValue:
    reader, form = _reader(), BundleForm()
    ready = queries.ready_conventions(call.id, reader)
    if form.validate_on_submit() and form.attempt(
        operations.ask_bundle, BundleKind.CONVENTIONS, call, ready, form.terms(), actor=current_actor()
    ):
        return redirect(url_for("accounts.task", task_id=form.result))
    page = queries.conventions_page(call.id, reader, asked_page())
    return render_template(
        "committee/bundles/conventions.html",
        call=call,
        form=form,
        page=page,
        rows=queries.convention_rows(page),
        ready=len(ready),
        directs=bool(roles_of(call) & DIRECTION),
    )
