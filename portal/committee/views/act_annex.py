"""The annex of an act, for the services of the assembly: as a document, or as a sheet."""

from __future__ import annotations

from flask import Response, abort
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, current_person, requires, usable_grants
from portal.accounts.operations.audit import audit_read
from portal.accounts.rules import Role
from portal.calls.models import Call
from portal.calls.queries.visibility import visible_applications
from portal.committee.models import FundingAct
from portal.committee.queries import act_annex as queries
from portal.committee.queries.documents import printed
from portal.committee.rules import act_annex as rules
from portal.committee.rules.act_annex import Annex
from portal.committee.rules.acts import RECORDERS
from portal.committee.views import blueprint
from portal.committee.views.acts import READERS, roles_for
from portal.contracts.models import Contract, Funder
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.files import made_at_once
from portal.foundation.periods import to_paris
from portal.foundation.render import render_pdf
from portal.foundation.spreadsheets import Column, add_table, bytes_of, mark_total, new_book, write_value

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLUMNS = [
    Column("Financeur", width=30),
    *(
        Column(heading, width=width)
        for heading, width in zip(rules.HEADINGS[:-1], (12, 36, 18, 44, 30, 24), strict=True)
    ),
    Column(rules.HEADINGS[-1], "euros", 16),
]


@blueprint.get("/actes/<int:funding_act_id>/annexe.<any(pdf, xlsx):form>")
@requires(*READERS, on=FundingAct)
def act_annex(funding_act: FundingAct, form: str) -> ResponseReturnValue:
    annex = queries.annex_of(funding_act, current_person().id)
    audit_read(current_actor(), "act.annex", funding_act, form=form)
    return _answer(annex, funding_act.call.contract, form)


@blueprint.get("/programmation/<int:call_id>/actes/nouveau/<int:funder_id>/annexe.<any(pdf, xlsx):form>")
@requires(Role.MANAGER, Role.FUNDER_AGENT, Role.STATE_OFFICER, on=Call)
def draft_annex(call: Call, funder_id: int, form: str) -> ResponseReturnValue:
    """The annex of an act to be taken, from what was arbitrated."""
    funder = db.session.get(Funder, funder_id)
    if funder is None or not roles_for(call, funder_id) & RECORDERS:
        abort(404)
    person_id = current_person().id
    annex = queries.annex_awaiting(call, funder, visible_applications(person_id, usable_grants()), person_id)
    audit_read(current_actor(), "act.draft_annex", call, funder=funder.id, form=form)
    return _answer(annex, call.contract, form)


def _answer(annex: Annex, contract: Contract, form: str) -> Response:
    if form == "pdf":
        data = printed(rules.blocks(annex), contract, annex.funder) | {"show_title": True, "landscape": True}
        content, media_type = render_pdf("document", data, title=annex.title), "application/pdf"
    else:
        content, media_type = _sheet(annex), XLSX
    return made_at_once(content, f"{annex.title}.{form}", media_type)


def _sheet(annex: Annex) -> bytes:
    """A table and its total; the warning, when there is one, below."""
    book = new_book(annex.title, to_paris(clock.now()).date())
    rows = [
        [annex.funder, line.reference, line.organisation, line.siret, line.title, line.quartiers, line.nature,
         line.amount_cents]
        for line in annex.lines
    ]  # fmt: skip
    sheet = add_table(book, "Annexe", COLUMNS, rows)
    last = len(rows) + 2
    write_value(sheet.cell(last, 1), "text", "Total")
    write_value(sheet.cell(last, len(COLUMNS)), "euros", annex.total_cents)
    mark_total(sheet.cell(last, 1))
    mark_total(sheet.cell(last, len(COLUMNS)))
    if annex.warning:
        write_value(sheet.cell(last + 2, 1), "text", annex.warning)
    return bytes_of(book)
