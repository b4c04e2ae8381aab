"""Giving the opinions asked without the committee's pages: by a link, or as a partner with an account.

A GET shows and writes nothing; what a link opens is one contact's, in one call.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from flask import abort, flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from portal.accounts import access
from portal.accounts.access import current_actor, current_person, public, signed_in
from portal.accounts.rules import Role
from portal.calls.models import ApplicationDocument
from portal.calls.queries.submission import as_received, was_received
from portal.calls.rules.cycle import FUNDER_SIDE
from portal.calls.rules.filing_sheet import laid_out
from portal.committee.forms.opinion_requests import DeclineForm
from portal.committee.forms.opinions import InvitedFunderForm, InvitedOpinionForm, OpinionForm, saved
from portal.committee.models import OpinionLink, OpinionRequest
from portal.committee.operations import answering_opinions as operations
from portal.committee.opinion_links import read_link
from portal.committee.queries import opinion_links as queries
from portal.committee.queries.opinions import lines_of_funder, opinion_named, opinion_of_funder
from portal.committee.rules.opinion_requests import (
    LinkOver,
    last_day,
    may_answer,
    shown_sections,
    shows_document,
)
from portal.committee.views import blueprint
from portal.extensions import db, limiter
from portal.foundation import clock, files
from portal.foundation.actors import Actor
from portal.foundation.pagination import asked_page, paged
from portal.foundation.periods import to_paris
from portal.foundation.web import navigation

Page = Callable[..., ResponseReturnValue]
INVITED = frozenset({Role.REVIEWER, Role.RESIDENT})
"""Those with an account who may be asked as a partner: a service of the committee, the conseil citoyen."""


def _nothing_found(response: Any) -> bool:
    return response.status_code in (404, 410)


def _link_key() -> str:
    # The queue server keeps counters for a while: a digest rather than a link that opens.
    return hashlib.sha256(str((request.view_args or {}).get("token", "")).encode()).hexdigest()


def by_link(view: Page) -> Page:
    """A page that a link opens: the view gets the link in place of the token, or the visitor reads why not.

    Guessing is slowed down by computer, sending by link. Nothing is kept by browsers nor robots, and
    the address is never told to another page.
    """

    @wraps(view)
    def guarded(token: str, **values: Any) -> ResponseReturnValue:
        found = read_link(token)
        if isinstance(found, LinkOver):
            return _discreet(make_response(render_template("committee/answering/over.html", why=found.label), 410))
        # The frame says when the call is an invented contract's.
        g.subject = found.call
        return _discreet(make_response(view(found, token=token, **values)))

    slow_guessing = limiter.limit("30 per 15 minutes", deduct_when=_nothing_found)
    slow_sending = limiter.limit("120 per hour", key_func=_link_key, methods=["POST"])
    return public(slow_guessing(slow_sending(guarded)))


def _discreet(response: Response) -> Response:
    # The origin alone: forms must still show that they come from this site.
    response.headers["Referrer-Policy"] = "strict-origin"
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Cache-Control"] = "private, no-store"
    return response


# -- by a link --------------------------------------------------------------------------------------------


@blueprint.get("/avis/invitation/<token>")
@by_link
def invitation(link: OpinionLink, token: str) -> ResponseReturnValue:
    """All that the holder of the link was asked about."""
    return render_template(
        "committee/answering/list.html",
        link=link,
        token=token,
        requests=queries.requests_of_link(link),
        answerable=_answerable,
    )


@blueprint.route("/avis/invitation/<token>/<int:asked_id>", methods=["GET", "POST"])
@by_link
def invited_opinion(link: OpinionLink, token: str, asked_id: int) -> ResponseReturnValue:
    """One application: read it, then answer."""
    asked = queries.request_of_link(link, asked_id) or abort(404)
    form = _form_for(asked)
    if form.validate_on_submit() and form.attempt(
        operations.answer_request, asked, form.text(), form.read_version, actor=Actor.guest(asked.addressee)
    ):
        flash(f"Merci, votre avis sur « {asked.application.title} » est enregistré.", "success")
        return redirect(url_for(".invitation", token=token))
    return _page(asked, form, DeclineForm(formdata=None), token=token)


@blueprint.post("/avis/invitation/<token>/<int:asked_id>/decliner")
@by_link
def decline_invited_opinion(link: OpinionLink, token: str, asked_id: int) -> ResponseReturnValue:
    asked = queries.request_of_link(link, asked_id) or abort(404)
    form = DeclineForm()
    if form.validate_on_submit() and form.attempt(
        operations.decline_request, asked, form.why.data or "", actor=Actor.guest(asked.addressee)
    ):
        flash("C’est noté : aucun avis n’est attendu de vous sur ce dossier.", "success")
        return redirect(url_for(".invitation", token=token))
    return _page(asked, _form_for(asked, empty=True), form, token=token)


@blueprint.get("/avis/invitation/<token>/<int:asked_id>/pieces/<int:document_id>")
@by_link
def invited_document(link: OpinionLink, token: str, asked_id: int, document_id: int) -> ResponseReturnValue:
    """A document of the project, as far as the link goes."""
    asked = queries.request_of_link(link, asked_id) or abort(404)
    return files.attachment(_document(asked, document_id).file)


# -- with an account --------------------------------------------------------------------------------------


@blueprint.get("/avis/demandes")
@signed_in
def opinions_asked_of_me() -> ResponseReturnValue:
    """What was asked, as a partner, of the address of the signed-in person."""
    statement = queries.requests_of_address(current_person().email_fold)
    return render_template("committee/answering/mine.html", page=paged(statement, asked_page()), answerable=_answerable)


@blueprint.route("/avis/demandes/<int:asked_id>", methods=["GET", "POST"])
@signed_in
def my_invited_opinion(asked_id: int) -> ResponseReturnValue:
    asked = _mine(asked_id)
    form = _form_for(asked)
    if form.validate_on_submit() and form.attempt(
        operations.answer_request, asked, form.text(), form.read_version, actor=current_actor()
    ):
        flash(f"Votre avis sur « {asked.application.title} » est enregistré.", "success")
        return redirect(url_for(".opinions_asked_of_me"))
    return _page(asked, form, DeclineForm(formdata=None))


@blueprint.post("/avis/demandes/<int:asked_id>/decliner")
@signed_in
def decline_my_opinion(asked_id: int) -> ResponseReturnValue:
    asked, form = _mine(asked_id), DeclineForm()
    if form.validate_on_submit() and form.attempt(
        operations.decline_request, asked, form.why.data or "", actor=current_actor()
    ):
        flash("C’est noté : aucun avis n’est attendu de vous sur ce dossier.", "success")
        return redirect(url_for(".opinions_asked_of_me"))
    return _page(asked, _form_for(asked, empty=True), form)


@blueprint.get("/avis/demandes/<int:asked_id>/pieces/<int:document_id>")
@signed_in
def my_invited_document(asked_id: int, document_id: int) -> ResponseReturnValue:
    return files.attachment(_document(_mine(asked_id), document_id).file)


# Funders' people have their own list, which leads here too.
navigation.add_entry(
    "Avis à rendre",
    "committee.opinions_asked_of_me",
    lambda: bool(access.all_roles() & INVITED) and not access.all_roles() & FUNDER_SIDE,
    order=34,
)


def _mine(asked_id: int) -> OpinionRequest:
    return queries.request_of_address(current_person().email_fold, asked_id) or abort(404)


# -- what both show ---------------------------------------------------------------------------------------


def _answerable(asked: OpinionRequest) -> bool:
    return may_answer(asked.status, asked.due_on, to_paris(clock.now()).date(), _grace(asked))


def _grace(asked: OpinionRequest) -> int:
    return asked.application.call.contract.opinion_grace_days


def _form_for(asked: OpinionRequest, *, empty: bool = False) -> OpinionForm:
    """The form of an opinion; `empty` leaves aside what another form of the page sent."""
    kind = InvitedOpinionForm if asked.funder_id is None else InvitedFunderForm
    known = saved(_known(asked))
    return kind(formdata=None, data=known) if empty else kind(data=known)


def _known(asked: OpinionRequest) -> Any:
    """The opinion already there, be it typed by the Direction."""
    if asked.funder_id is not None:
        return opinion_of_funder(asked.application_id, asked.funder_id)
    return opinion_named(asked.application_id, asked.addressee)


def _page(asked: OpinionRequest, form: OpinionForm, decline: DeclineForm, *, token: str | None = None) -> str:
    application, for_funder = asked.application, asked.funder_id is not None
    g.subject = application
    dossier = as_received(application)
    known = _known(asked)
    if form.conflict is not None and known is not None:
        # Saving again is then a choice made with both texts in sight.
        form.take_version(known.version)
    codes = queries.document_codes(application.call_id)
    return render_template(
        "committee/answering/application.html",
        asked=asked,
        application=application,
        form=form,
        decline=decline,
        token=token,
        opinion=known,
        sections=shown_sections(laid_out(dossier), speaks_for_funder=for_funder),
        documents=[
            document
            for document in dossier.documents
            if shows_document(_code(codes, document.requirement_id), speaks_for_funder=for_funder)
        ],
        lines=lines_of_funder(application.id, asked.funder_id) if asked.funder_id is not None else [],
        answerable=_answerable(asked),
        last_day=last_day(asked.due_on, _grace(asked)),
    )


def _document(asked: OpinionRequest, document_id: int) -> ApplicationDocument:
    document = db.session.get(ApplicationDocument, document_id)
    if document is None or document.application_id != asked.application_id:
        abort(404)
    code = _code(queries.document_codes(asked.application.call_id), document.requirement_id)
    shown = shows_document(code, speaks_for_funder=asked.funder_id is not None)
    return document if shown and was_received(asked.application, document) else abort(404)


def _code(codes: Mapping[int, str], requirement_id: int | None) -> str | None:
    return None if requirement_id is None else codes[requirement_id]
