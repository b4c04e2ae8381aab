"""Opinions of the funders asked and of the partners invited."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import CursorResult

from portal.calls.models import Application
from portal.calls.operations.cycle import move_funding
from portal.calls.operations.table_changes import touch_application
from portal.calls.rules import cycle
from portal.calls.rules.cycle import DIRECTION
from portal.committee.models import Opinion
from portal.committee.operations.opinion_requests import settle
from portal.committee.operations.recusals import refuse_recused
from portal.committee.queries import opinions as queries
from portal.committee.rules.opinions import (
    ASKABLE,
    MOVED,
    NOTHING_ENVISAGED,
    Envisaged,
    check_envisaged,
    check_open,
    check_opinion,
)
from portal.committee.states import Verdict
from portal.contracts.models import Funder, Nature
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.folding import fold
from portal.foundation.money import format_euros
from portal.foundation.refusals import Conflict, Refusal


@dataclass(frozen=True)
class OpinionText:
    """What somebody says of an application."""

    verdict: Verdict | None
    reserve: str = ""
    reason: str = ""
    envisaged: Envisaged = NOTHING_ENVISAGED
    signed_by: str = ""


def give_opinion(
    application: Application, funder: Funder, text: OpinionText, version: int, *, actor: Actor, roles: Iterable[str]
) -> Opinion:
    """A funder's opinion on what it was asked, with what it envisages. `roles` are those held towards that funder.

    `version` is the one read, 0 when there was no opinion yet. Moves the funding lines that wait;
    one refused or given up before keeps its state.
    """
    refuse_recused(actor, application)
    check_open(application.status)
    lines = queries.lines_of_funder(application.id, funder.id)
    if not lines:
        raise Refusal(f"Rien n’est demandé à ce financeur : {funder.name}.")
    open_lines = [line for line in lines if line.status in ASKABLE]
    if not open_lines:
        raise Refusal(f"L’avis ne change plus : le financement est « {lines[0].status.label} ».")
    verdict = check_opinion(text.verdict, text.reserve, text.reason)
    envisaged = check_envisaged(verdict, text.envisaged, _whole([line.requested_cents for line in open_lines]))
    found = queries.opinion_of_funder(application.id, funder.id)
    for line in open_lines:
        if line.status in MOVED:
            move_funding(line, "give_opinion", actor=actor, roles=roles, verdict=text.verdict)
        else:
            cycle.FUNDING.check("give_opinion", line.status, roles, line)
    opinion = _claim(found, version, text) or Opinion(application_id=application.id, funder_id=funder.id)
    opinion.envisaged_cents = envisaged.cents
    opinion.envisaged_nature = Nature(envisaged.nature) if envisaged.nature else None
    touch_application(application)
    return _write(opinion, verdict, text, actor, roles)


def _whole(amounts: list[int | None]) -> int | None:
    """The sum of amounts all known; an unknown part makes the whole unknown."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if len(known) == len(amounts) else None


def enter_partner_opinion(
    application: Application,
    partner: str,
    text: OpinionText,
    *,
    opinion: Opinion | None = None,
    version: int = 0,
    actor: Actor,
    roles: Iterable[str],
) -> Opinion:
    """The Direction writes what a partner named in words says (city service, conseil citoyen…)."""
    if not DIRECTION & set(roles):
        raise Refusal("Seule la Direction saisit l’avis d’un partenaire.")
    refuse_recused(actor, application)
    check_open(application.status)
    name = " ".join(partner.split())
    if not name:
        raise Refusal("Indiquez qui donne cet avis.", "partner_name")
    others = [
        known for known in queries.partner_names(application.id) if opinion is None or known != opinion.partner_name
    ]
    if fold(name) in {fold(known) for known in others}:
        raise Refusal("L’avis de ce partenaire est déjà saisi : modifiez-le.", "partner_name")
    return _write_partner(application, name, text, opinion, version, actor, roles)


def give_partner_opinion(
    application: Application, partner: str, text: OpinionText, version: int, *, actor: Actor, roles: Iterable[str]
) -> Opinion:
    """What a partner asked by name says itself; replaces what the Direction may have typed for it."""
    refuse_recused(actor, application)
    check_open(application.status)
    found = queries.opinion_named(application.id, partner)
    return _write_partner(application, found.partner_name if found else partner, text, found, version, actor, roles)


def _write_partner(
    application: Application,
    name: str | None,
    text: OpinionText,
    found: Opinion | None,
    version: int,
    actor: Actor,
    roles: Iterable[str],
) -> Opinion:
    verdict = check_opinion(text.verdict, text.reserve, text.reason)
    mine = _claim(found, version, text) or Opinion(application_id=application.id)
    mine.partner_name = name
    return _write(mine, verdict, text, actor, roles)


def _claim(found: Opinion | None, version: int, text: OpinionText) -> Opinion | None:
    """Take an opinion already there at the version read; None when there is none."""
    if found is None:
        return None
    moved = db.session.execute(
        sa.update(Opinion)
        .where(Opinion.id == found.id, Opinion.version == version)
        .values(version=Opinion.version + 1)
        .execution_options(synchronize_session="fetch")
    )
    if not cast(CursorResult[Any], moved).rowcount:
        raise Conflict(
            "Cet avis a été modifié entre-temps par quelqu’un d’autre. Comparez, puis enregistrez celui qui convient.",
            theirs=_words(text_of(found)),
            mine=_words(text),
        )
    return found


def _write(opinion: Opinion, verdict: Verdict, text: OpinionText, actor: Actor, roles: Iterable[str]) -> Opinion:
    opinion.verdict = verdict
    opinion.reserve = text.reserve.strip() if verdict is Verdict.RESERVED else ""
    opinion.reason = text.reason.strip()
    opinion.signed_by = " ".join(text.signed_by.split()) or None
    opinion.person_id = actor.person_id
    opinion.given_at = clock.now()
    db.session.add(opinion)
    record(
        actor,
        "opinion.given",
        opinion,
        author=opinion.partner_name or opinion.funder_id,
        verdict=opinion.verdict,
        envisaged=opinion.envisaged_cents,
        personal=["signed_by"] if opinion.signed_by else (),
    )
    settle(opinion, actor=actor, roles=roles)
    return opinion


def text_of(opinion: Opinion) -> OpinionText:
    """An opinion given, as it was typed."""
    return OpinionText(
        opinion.verdict,
        opinion.reserve,
        opinion.reason,
        Envisaged(opinion.envisaged_cents, opinion.envisaged_nature),
        opinion.signed_by or "",
    )


def _words(text: OpinionText) -> dict[str, str]:
    words = {
        "Avis": text.verdict.label if text.verdict else "",
        "Réserve": text.reserve,
        "Motif": text.reason,
    }
    if text.envisaged.cents is not None:
        words["Montant envisagé"] = format_euros(text.envisaged.cents)
    return words
