"""Making territorial reports, keeping versions of them, publishing one."""

from __future__ import annotations

import json

import sqlalchemy as sa

from portal.accounts.rules import Role
from portal.calls.queries.visibility import recused_applications
from portal.contracts.models import Contract
from portal.evaluation.models import TerritorialReport
from portal.evaluation.queries import reports
from portal.evaluation.queries.aggregation import Scope, waits_for_notification
from portal.evaluation.queries.reports import Wanted
from portal.evaluation.rules import charts, document
from portal.evaluation.rules.report import Json, build, canonical, fingerprint
from portal.extensions import db
from portal.foundation import clock, outbox
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.files import StoredFile
from portal.foundation.periods import to_paris
from portal.foundation.refusals import Refusal
from portal.foundation.render import render_chart, render_pdf

JOB = "evaluation.report_pdf"
READERS = frozenset({Role.OFFICER, Role.MANAGER, Role.DELEGATE, Role.STEERING})


def make_report(wanted: Wanted, allowed: sa.Select[tuple[int]] | None = None) -> Json:
    """The report as the database is now; `allowed` limits it to what a person may see (None: everything)."""
    return build(reports.facts(wanted, to_paris(clock.now()).date(), allowed))


def make_pdf(report: Json, version: int | None = None) -> bytes:
    """The printed report. Slow (charts need a process each): from a job or the command line. Raises RenderError."""
    pictures = {name: render_chart(spec).decode() for name, spec in charts.charts(report).items()}
    return render_pdf("document", document.document(report, pictures, version), title=document.title(report))


def keep_version(wanted: Wanted, *, actor: Actor) -> TerritorialReport:
    """Freeze the report as it is now, whole, and ask for its PDF."""
    # Two people freezing at once take two numbers.
    db.session.execute(sa.select(Contract.id).where(Contract.id == wanted.contract_id).with_for_update())
    text = canonical(make_report(wanted))
    kept = TerritorialReport(
        contract_id=wanted.contract_id,
        quartier_id=wanted.quartier_id,
        year=wanted.year,
        number=reports.last_number(wanted) + 1,
        payload=text,
        sha256=fingerprint(text),
        made_at=clock.now(),
        made_by_id=actor.person_id,
    )
    db.session.add(kept)
    db.session.flush()
    record(
        actor, "report.kept", kept, year=kept.year, quartier=kept.quartier_id, number=kept.number, sha256=kept.sha256
    )
    outbox.enqueue(
        JOB,
        key=task_key(kept.id),
        label=f"PDF du compte rendu {wanted.slug} {wanted.year}, version {kept.number}",
        owner_person_id=actor.person_id,
        queue="slow",
        report_id=kept.id,
    )
    return kept


def task_key(report_id: int) -> str:
    return f"{JOB}:{report_id}"


def report_of(kept: TerritorialReport) -> Json:
    """The frozen report, word for word."""
    found: Json = json.loads(kept.payload)
    return found


def attach_pdf(report_id: int, stored: StoredFile) -> None:
    """Hang the PDF on its version; the first one made stays."""
    kept = db.session.get_one(TerritorialReport, report_id)
    if kept.pdf_file_id is None:
        db.session.add(stored)
        db.session.flush()
        kept.pdf_file_id = stored.id


def publish(kept: TerritorialReport, *, actor: Actor) -> None:
    """Let everybody read a version, without its people counts. The versions before it are no longer public.

    Nobody learns a grant from the public report: raises Refusal while one waits to be notified.
    """
    db.session.refresh(kept, with_for_update=True)
    if kept.published_at is not None:
        raise Refusal("C’est déjà fait : cette version est publiée.")
    if waits_for_notification(Scope(kept.contract_id, kept.year, kept.quartier_id)):
        raise Refusal("Des financements attribués ne sont pas encore notifiés aux porteurs : notifiez-les d’abord.")
    for other in reports.published_versions(reports.wanted_of(kept)):
        other.published_at = None
    kept.published_at = clock.now()
    record(actor, "report.published", kept, number=kept.number)


def withdraw(kept: TerritorialReport, *, actor: Actor) -> None:
    """Take a published version back."""
    if kept.published_at is None:
        raise Refusal("C’est déjà fait : cette version n’est pas publiée.")
    kept.published_at = None
    record(actor, "report.withdrawn", kept, number=kept.number)


def has_left_out(person_id: int, wanted: Wanted) -> bool:
    """Whether a person stepped out of an application that this report counts.

    A kept version is whole: they neither make nor open one.
    """
    scope = Scope(wanted.contract_id, wanted.year, wanted.quartier_id)
    left = recused_applications(person_id).subquery()
    # The year before is in the report too, as what it is compared with.
    found = sa.select(left.c.id).where(left.c.id.in_(scope.applications(wanted.year, wanted.year - 1)))
    return bool(db.session.execute(sa.select(found.exists())).scalar())
