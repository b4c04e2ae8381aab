"""Answering a request without the committee's pages: by a link, or as a partner who has an account."""

from __future__ import annotations

from portal.calls.rules.cycle import GUEST
from portal.committee.models import Opinion, OpinionRequest
from portal.committee.operations.opinion_requests import move_request
from portal.committee.operations.opinions import OpinionText, give_opinion, give_partner_opinion
from portal.committee.queries.opinion_links import SHOWN, has_stepped_out
from portal.committee.rules.opinion_requests import may_answer
from portal.committee.rules.opinions import check_opinion
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import Actor
from portal.foundation.periods import to_paris
from portal.foundation.refusals import Refusal, Refusals

ROLES = frozenset({GUEST})


def answer_request(request: OpinionRequest, text: OpinionText, version: int, *, actor: Actor) -> Opinion:
    """Give or correct the opinion asked, as long as the request takes an answer. Raises Refusal otherwise."""
    _check(request)
    _check_words(text)
    application = request.application
    if request.funder is not None:
        return give_opinion(application, request.funder, text, version, actor=actor, roles=ROLES)
    return give_partner_opinion(application, request.addressee, text, version, actor=actor, roles=ROLES)


def decline_request(request: OpinionRequest, reason: str, *, actor: Actor) -> None:
    """Say that no opinion will be given, and why: a tie with the structure, nothing to say of it."""
    _check(request)
    move_request(request, "decline", actor=actor, roles=ROLES, reason=reason.strip())
    request.declined_reason, request.answered_at = reason.strip(), clock.now()


def _check_words(text: OpinionText) -> None:
    """Every mistake at once: what the opinion lacks, and the name of whoever gives it."""
    refusals = []
    try:
        check_opinion(text.verdict, text.reserve, text.reason)
    except Refusals as several:
        refusals += several.refusals
    except Refusal as one:
        refusals.append(one)
    if not text.signed_by.strip():
        refusals.append(Refusal("Indiquez votre nom.", "signed_by"))
    if refusals:
        raise Refusals(refusals)


def _check(request: OpinionRequest) -> None:
    # That row alone: PostgreSQL holds no row of what is joined to it.
    db.session.refresh(request, with_for_update={"of": OpinionRequest})
    if request.contact is None or has_stepped_out(request.contact, request.application):
        raise Refusal("Vous vous êtes déporté·e de ce dossier : vous ne pouvez pas y intervenir.")
    today = to_paris(clock.now()).date()
    grace = request.application.call.contract.opinion_grace_days
    if request.status not in SHOWN or not may_answer(request.status, request.due_on, today, grace):
        raise Refusal("Cette demande n’attend plus de réponse.")
