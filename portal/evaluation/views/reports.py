"""Territorial reports on screen: as the data are now, as they were kept, as they are published."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Response as FlaskResponse
from flask import abort, current_app, flash, g, make_response, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.accounts import access
from portal.accounts.access import current_actor, my_scope_ids, public, requires
from portal.accounts.models import Person
from portal.accounts.operations.audit import audit_read
from portal.accounts.rules import Role
from portal.calls.queries.visibility import visible_applications
from portal.contracts.models import Contract
from portal.evaluation.models import TerritorialReport
from portal.evaluation.operations import reports as operations
from portal.evaluation.queries import reports
from portal.evaluation.queries.reports import CITY, Wanted
from portal.evaluation.rules import charts, document, wording
from portal.evaluation.rules.report import Json, canonical, without_people
from portal.evaluation.rules.workbook import workbook
from portal.evaluation.views import blueprint
from portal.extensions import db
from portal.foundation import files
from portal.foundation.forms import perform
from portal.foundation.outbox import Task
from portal.foundation.refusals import Refusal
from portal.quartiers import queries as quartiers

READERS = operations.READERS
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SCHEMA = "evaluation/schemas/territorial_report.schema.json"


@blueprint.get("/rapports")
@requires(*READERS)
def report_list() -> str:
    """The years and quartiers whose report the person may read."""
    lines = reports.years(my_scope_ids(*READERS))
    territories = {each: quartiers.quartiers_of(each) for each in {line.contract_id for line in lines}}
    return render_template("evaluation/reports.html", lines=lines, territories=territories, city=CITY)


def _wanted(contract: Contract, year: int, slug: str) -> Wanted:
    try:
        return reports.find(None if slug == CITY else slug, year, contract.slug)
    except Refusal:
        abort(404)


def _live(wanted: Wanted) -> Json:
    """The report as this person may see it: without the applications they stepped out of."""
    return operations.make_report(wanted, _allowed())


def _allowed() -> sa.Select[tuple[int]]:
    return visible_applications(current_user.id, access.usable_grants())


@blueprint.get("/rapports/<int:contract_id>/<int:year>/<slug>")
@requires(*READERS, on=Contract)
def report(contract: Contract, year: int, slug: str) -> str:
    wanted = _wanted(contract, year, slug)
    return render_template(
        "evaluation/report.html",
        report=_live(wanted),
        wanted=wanted,
        versions=[] if operations.has_left_out(current_user.id, wanted) else reports.versions(wanted),
        may_keep=access.may(contract, Role.OFFICER, Role.MANAGER),
        **_words(),
    )


def _words() -> dict[str, Any]:
    return {
        "wording": wording,
        "identity_rows": document.identity_rows,
        "contradiction_words": document.contradiction_words,
        "funding_rows": document.funding_rows,
        "coverage_words": document.coverage_words,
        "theme_counts": charts.theme_counts,
        "granted_by_funder": charts.granted_by_funder,
        "sexes": document.SEXES,
    }


@blueprint.get("/rapports/<int:contract_id>/<int:year>/<slug>.<any(json, xlsx):form>")
@requires(*READERS, on=Contract)
def report_file(contract: Contract, year: int, slug: str, form: str) -> FlaskResponse:
    wanted = _wanted(contract, year, slug)
    made = _live(wanted)
    audit_read(current_actor(), "export.report", contract, year=year, territory=slug, form=form)
    return _file(made, form, f"compte-rendu-{slug}-{year}")


def _file(made: Json, form: str, name: str) -> FlaskResponse:
    content = workbook(made) if form == "xlsx" else canonical(made).encode()
    answer = make_response(content)
    answer.mimetype = XLSX if form == "xlsx" else "application/json"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@blueprint.post("/rapports/<int:contract_id>/<int:year>/<slug>/figer")
@requires(Role.OFFICER, Role.MANAGER, on=Contract)
def keep_report(contract: Contract, year: int, slug: str) -> Response:
    wanted = _wanted(contract, year, slug)
    if operations.has_left_out(current_user.id, wanted):
        abort(
            409, description="Vous vous êtes retiré d’un dossier de ce compte rendu : une autre personne doit le figer."
        )
    report_id = perform(lambda: operations.keep_version(wanted, actor=current_actor()).id)
    flash("La version est figée ; son PDF se prépare.", "success")
    return redirect(url_for("evaluation.version", territorial_report_id=report_id))


# -- kept versions ------------------------------------------------------------------------------


def _open_to(person: Person, kept: TerritorialReport, _roles: frozenset[Role]) -> bool:
    return not operations.has_left_out(person.id, reports.wanted_of(kept))


readers_of_version = requires(*READERS, on=TerritorialReport, narrowed_by=_open_to)


@blueprint.get("/rapports/versions/<int:territorial_report_id>")
@readers_of_version
def version(territorial_report: TerritorialReport) -> str:
    kept = territorial_report
    key = operations.task_key(kept.id)
    task = db.session.execute(sa.select(Task).where(Task.key == key)).scalar_one_or_none()
    return render_template(
        "evaluation/version.html",
        kept=kept,
        report=operations.report_of(kept),
        wanted=reports.wanted_of(kept),
        task=task,
        mine=task is not None and task.owner_person_id == current_user.id,
        may_publish=access.may(kept, Role.MANAGER),
        **_words(),
    )


@blueprint.get("/rapports/versions/<int:territorial_report_id>.<any(json, xlsx, pdf):form>")
@readers_of_version
def version_file(territorial_report: TerritorialReport, form: str) -> FlaskResponse:
    kept = territorial_report
    wanted = reports.wanted_of(kept)
    if form == "pdf" and kept.pdf_file_id is None:
        abort(404)
    audit_read(current_actor(), "export.report", kept, form=form)
    if form == "pdf":
        return files.attachment(db.session.get_one(files.StoredFile, kept.pdf_file_id))
    return _file(operations.report_of(kept), form, f"compte-rendu-{wanted.slug}-{kept.year}-v{kept.number}")


@blueprint.post("/rapports/versions/<int:territorial_report_id>/publier")
@requires(Role.MANAGER, on=TerritorialReport, narrowed_by=_open_to)
def publish_version(territorial_report: TerritorialReport) -> Response:
    perform(operations.publish, territorial_report, actor=current_actor())
    flash("La version est publiée, sans les effectifs de personnes ni les parts qui s’en déduisent.", "success")
    return redirect(url_for("evaluation.version", territorial_report_id=territorial_report.id))


@blueprint.post("/rapports/versions/<int:territorial_report_id>/retirer")
@requires(Role.MANAGER, on=TerritorialReport, narrowed_by=_open_to)
def withdraw_version(territorial_report: TerritorialReport) -> Response:
    perform(operations.withdraw, territorial_report, actor=current_actor())
    flash("La version n’est plus publique.", "success")
    return redirect(url_for("evaluation.version", territorial_report_id=territorial_report.id))


# -- what everybody may read --------------------------------------------------------------------


def _published(report_id: int) -> TerritorialReport:
    kept = db.session.get(TerritorialReport, report_id)
    if kept is None or kept.published_at is None:
        abort(404)
    g.subject = kept  # so that an invented contract is told on its page
    return kept


@blueprint.get("/comptes-rendus/<int:report_id>")
@public
def published_report(report_id: int) -> str:
    kept = _published(report_id)
    shown = without_people(operations.report_of(kept))
    return render_template("evaluation/published.html", kept=kept, report=shown, **_words())


@blueprint.get("/comptes-rendus/<int:report_id>.<any(json, xlsx):form>")
@public
def published_file(report_id: int, form: str) -> FlaskResponse:
    kept = _published(report_id)
    wanted = reports.wanted_of(kept)
    shown = without_people(operations.report_of(kept))
    return _file(shown, form, f"compte-rendu-{wanted.slug}-{kept.year}")


@blueprint.get("/schemas/territorial_report.schema.json")
@public
def report_schema() -> FlaskResponse:
    """The JSON Schema that every report follows."""
    with current_app.open_resource(SCHEMA) as file:
        answer = make_response(file.read())
    answer.mimetype = "application/schema+json"
    return answer
