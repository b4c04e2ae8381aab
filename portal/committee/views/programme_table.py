"""The programming table of a call: its page, what changed since it was opened, the columns somebody keeps."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from urllib.parse import urlencode

from flask import current_app, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_person, requires, roles_of
from portal.calls.models import Call
from portal.calls.rules.cycle import DIRECTION, FUNDING
from portal.calls.states import FundingStatus
from portal.committee.operations.programme_layout import keep_columns
from portal.committee.queries import acts as act_queries
from portal.committee.queries import programme as queries
from portal.committee.queries.programme_changes import changes, columns_kept
from portal.committee.queries.programme_rows import TableLine, TableRow
from portal.committee.queries.programme_totals import group_sums, totals
from portal.committee.rules.acts import may_speak
from portal.committee.rules.arbitration import OUTCOMES
from portal.committee.rules.programme_layout import Column, Group, Layout, Sort, read_layout
from portal.committee.views import blueprint
from portal.committee.views.programme import READERS
from portal.committee.views.programme_reader import filters_asked, held_on, reader_of
from portal.contracts import queries as contracts
from portal.foundation.forms import perform
from portal.foundation.pagination import PER_PAGE, asked_page
from portal.foundation.quantities import plain_number
from portal.foundation.web.addresses import local_path, same_page

ASK_EVERY_MS = 4000
"""How often an open table asks what changed; PROGRAMME_POLL_MS of the app's configuration says otherwise."""


@blueprint.get("/programmation/<int:call_id>")
@requires(*READERS, on=Call)
def programme(call: Call) -> ResponseReturnValue:
    reader, filters, layout = reader_of(call), filters_asked(), _layout()
    # Before the rows: what changes while they are read is asked for again, never missed.
    revision = call.table_revision
    page, rows = queries.table(call, reader, filters, asked_page(), layout)
    funders = act_queries.funders_of(call.id, current_person().id)
    return render_template(
        "committee/programme/table.html",
        **_shown(call, reader, layout),
        page=page,
        sections=_sections(call, reader, filters, layout, rows),
        filters=filters,
        revision=revision,
        changes_url=f"{url_for('.programme_changes', call_id=call.id)}?{urlencode([*request.args.items(multi=True)])}",
        every=current_app.config.get("PROGRAMME_POLL_MS", ASK_EVERY_MS),
        funders=[funder for funder in funders if reader.funder_ids is None or funder.id in reader.funder_ids],
        quartiers=call.quartiers,
        pillars=contracts.pillars_and_themes(call.contract_id),
        statuses=FundingStatus,
        outcomes=OUTCOMES,
        all_columns=Column,
        groups=Group,
        sorts=Sort,
        here=same_page(colonnes=None, page=None),
    )


@blueprint.get("/programmation/<int:call_id>/changements")
@requires(*READERS, on=Call)
def programme_changes(call: Call) -> ResponseReturnValue:
    """For the script of the table: ?depuis=<revision seen>&dossiers=1,2,3 and the filters of its address.

    Answers {"revision"} alone when nothing changed; else also the rows to show anew, the applications no longer
    seen, the envelopes and totals, and in words who changed what.
    """
    revision, since = call.table_revision, plain_number(request.args.get("depuis"))
    if since == revision:
        return jsonify(revision=revision)
    reader, filters, layout = reader_of(call), filters_asked(), _layout()
    asked = [plain_number(word) for word in request.args.get("dossiers", "").split(",")]
    shown = [each for each in asked if each is not None][:PER_PAGE]
    found = changes(call, reader, filters, layout, since=since or 0, shown=shown)
    values = _shown(call, reader, layout)
    return jsonify(
        revision=revision,
        rows=[render_template("committee/programme/_row.html", row=row, **values) for row in found.rows],
        gone=found.gone,
        told=[{"line": each.line_id, "by": each.by, "words": each.words} for each in found.told],
        envelopes=render_template("committee/programme/_table_envelopes.html", **values),
        totals=render_template("committee/programme/_totals.html", **values),
        lead=render_template("committee/programme/_lead.html", **values),
    )


@blueprint.post("/programmation/<int:call_id>/colonnes")
@requires(*READERS, on=Call)
def programme_columns(call: Call) -> ResponseReturnValue:
    """Keep the columns ticked, and go back to the table with them in its address."""
    words = request.form.getlist("colonnes")
    columns = read_layout(words, "", "").columns
    perform(keep_columns, current_person().id, columns)
    back = local_path(request.form.get("ici")) or ""
    here = url_for(".programme", call_id=call.id)
    path = back if back.partition("?")[0] == here else here
    kept = "&".join(f"colonnes={column.value}" for column in Column if column in columns) or "colonnes="
    return redirect(f"{path}{'&' if '?' in path else '?'}{kept}")


# -- what the address asks ------------------------------------------------------------------------


def _layout() -> Layout:
    columns: list[str] | None = request.args.getlist("colonnes")
    if "colonnes" not in request.args:
        columns = columns_kept(current_person().id)
    return read_layout(columns, request.args.get("groupe", ""), request.args.get("ordre", ""))


# -- what is shown --------------------------------------------------------------------------------


def _shown(call: Call, reader: queries.Reader, layout: Layout) -> dict[str, object]:
    """What the page and its pieces fetched later have in common."""
    held = lru_cache(lambda funder_id: held_on(funder_id, call))
    return {
        "call": call,
        "reader": reader,
        "layout": layout,
        "columns": {column.name: column in layout.columns for column in Column},
        "width": 3 + len(layout.columns),
        "level": contracts.level_names(call.contract_id)[0],
        "totals": totals(call, reader),
        "envelopes": queries.envelopes(call, reader),
        "hidden": queries.hidden_from(call.id, current_person().id),
        "directs": bool(roles_of(call) & DIRECTION),
        "opens": lambda line: may_speak(held(line.funder_id), is_state=line.is_state),
        "speaks": lambda line: _speaks(line, held(line.funder_id)),
    }


@dataclass(frozen=True)
class Section:
    """Rows of the page under one heading; `key` and `label` None for those of no group, or without groups."""

    key: int | None
    label: str | None
    applications: int
    sums: object
    rows: tuple[TableRow, ...]


def _sections(
    call: Call, reader: queries.Reader, filters: queries.Filters, layout: Layout, rows: Collection[TableRow]
) -> list[Section]:
    if layout.group is None:
        return [Section(None, None, 0, None, tuple(rows))] if rows else []
    sums = group_sums(call, reader, filters, layout, {row.group_key for row in rows})
    return [
        Section(key, label, sums[key].applications, sums[key].sums, tuple(together))
        for (key, label), together in groupby(rows, lambda row: (row.group_key, row.group_label))
    ]


def _speaks(line: TableLine, held: Collection[str]) -> bool:
    """Whether the reader may propose on a line, guards aside: for showing the field."""
    return line.status in FUNDING.steps["propose"].sources and may_speak(held, is_state=line.is_state)
