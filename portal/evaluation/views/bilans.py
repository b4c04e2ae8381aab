"""Lists of bilans, and one bilan as it is read."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.accounts import access
from portal.accounts.access import requires
from portal.accounts.models import Person
from portal.accounts.rules import MemberLevel, Role
from portal.calls.models import Application
from portal.calls.queries.follow_ups import FollowUp, register_follow_ups
from portal.calls.queries.notices import Told, register_notice
from portal.calls.queries.visibility import visible_applications
from portal.evaluation.models import Bilan, BilanDocument
from portal.evaluation.operations.cycle import blocks_filing, is_open, may_write, previous_bilans_message
from portal.evaluation.queries import bilans, sheet
from portal.evaluation.rules.cycle import BILAN, DIRECTION, EDITABLE, is_late
from portal.evaluation.states import BilanStatus
from portal.evaluation.views import blueprint
from portal.extensions import db
from portal.foundation import clock, files
from portal.foundation.pagination import asked_page, paged
from portal.foundation.periods import to_paris

STAFF = (Role.OFFICER, Role.MANAGER, Role.DELEGATE, Role.STATE_OFFICER, Role.FUNDER_AGENT)
READERS = (Role.APPLICANT, *STAFF)

TONES = {
    BilanStatus.DUE: "warning",
    BilanStatus.BEGUN: "info",
    BilanStatus.SUBMITTED: "info",
    BilanStatus.TO_CORRECT: "danger",
    BilanStatus.ACCEPTED: "success",
    BilanStatus.NOT_CARRIED_OUT: "neutral",
    BilanStatus.POSTPONEMENT_ASKED: "info",
}


UNSENT = frozenset({BilanStatus.DUE, BilanStatus.BEGUN})


def may_read(_person: Person, bilan: Bilan, roles: frozenset[Role]) -> bool:
    """The organisation and the Direction follow a bilan from the start; funders read it once sent."""
    return bool(roles & {Role.APPLICANT, *DIRECTION}) or bilan.status not in UNSENT


@blueprint.app_template_global()
def bilan_tone(status: BilanStatus) -> str:
    return TONES[status]


@register_notice
def _previous_bilans(application: Application) -> Told | None:
    """Shown from the draft's first page on: what to return before filing again, and where."""
    words = previous_bilans_message(application)
    if words is None:
        return None
    missing = bilans.unanswered_before(application)
    named = [each for each in missing if each.bilan_id is not None]
    links = tuple(
        (
            f"{each.kind.label} {each.year}, « {each.title} »",
            url_for("evaluation.show", bilan_id=each.bilan_id),
        )
        for each in named
    )
    if len(named) < len(missing):
        links += (("Mes bilans", url_for("evaluation.mine")),)
    return Told(words, links, blocks_filing(application))


@register_follow_ups
def _bilans_of(application: Application) -> list[FollowUp]:
    """The bilans of an application, on its page: those that its reader may open."""
    person = access.current_person()
    return [
        FollowUp(
            bilan.kind.label,
            url_for("evaluation.show", bilan_id=bilan.id),
            bilan.status.label,
            bilan_tone(bilan.status),
            bilan.due_on if bilan.status in EDITABLE else None,
        )
        for bilan in bilans.bilans_of(application.id)
        if (roles := access.roles_of(bilan) & set(READERS)) and may_read(person, bilan, roles)
    ]


@blueprint.get("/mes-bilans")
@requires(Role.APPLICANT)
def mine() -> str:
    lines = bilans.lines_of_organisations(access.organisations_of_person(current_user.id))
    return render_template("evaluation/mine.html", lines=lines, late=_late(lines))


@blueprint.get("/bilans")
@requires(*STAFF)
def all_bilans() -> str:
    visible = visible_applications(current_user.id, access.usable_grants())
    asked = request.args.get("statut", "")
    today = to_paris(clock.now()).date()
    page = paged(
        bilans.staff_list(
            visible,
            year=_year(),
            status=BilanStatus(asked) if asked in set(BilanStatus) else None,
            late_on=today if asked == "retard" else None,
        ),
        asked_page(),
    )
    lines = bilans.as_lines(page.rows)
    return render_template(
        "evaluation/bilans.html",
        page=page,
        lines=lines,
        late=_late(lines),
        hidden=_unsent(lines),
        years=[("", "Toutes"), *((str(year), str(year)) for year in bilans.years_of(visible))],
        statuses=[("", "Tous"), ("retard", "En retard"), *((status.value, status.label) for status in BilanStatus)],
    )


def _year() -> int | None:
    text = request.args.get("annee", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) == 4 else None


def _unsent(lines: list[bilans.BilanLine]) -> set[int]:
    """Those that only the Direction opens: the others read a bilan once it is sent."""
    return set() if access.all_roles() & DIRECTION else {line.id for line in lines if line.status in UNSENT}


def _late(lines: list[bilans.BilanLine]) -> set[int]:
    today = to_paris(clock.now()).date()
    return {line.id for line in lines if is_late(line.status, line.due_on, today)}


@blueprint.get("/bilans/<int:bilan_id>")
@requires(*READERS, on=Bilan, narrowed_by=may_read)
def show(bilan: Bilan) -> str:
    roles = access.roles_of(bilan, level=MemberLevel.EDITOR)
    return render_template("evaluation/show.html", bilan=bilan, **_content(bilan), **_possible(bilan, roles))


def _content(bilan: Bilan) -> dict[str, Any]:
    """What the bilan holds; a draft is its author's alone."""
    roles = access.roles_of(bilan)
    draft = bilan.status in {BilanStatus.DUE, BilanStatus.BEGUN}
    if draft and not may_write(roles, bilan.application):
        return {"readable": False}
    return {
        "readable": True,
        "words": [(question, getattr(bilan, column)) for column, question in sheet.WORDS.items()],
        "budget": sheet.budget_of(bilan),
        "people": sheet.people_of(bilan),
        "targets": sheet.targets_of(bilan),
        "documents": sheet.documents_of(bilan),
    }


def _possible(bilan: Bilan, roles: frozenset[Role]) -> dict[str, Any]:
    """What this person may do now, and what is missing before sending."""
    writes = may_write(roles, bilan.application)
    names = {step.name for step in BILAN.available(bilan.status, roles)}
    if not writes:
        names -= {"begin", "submit", "declare_not_carried_out", "ask_postponement"}
    editing = writes and is_open(bilan)
    missing = sheet.missing_of(bilan) if editing else []
    today = to_paris(clock.now()).date()
    return {
        "steps": names,
        "editing": editing,
        "missing": missing,
        "sections": section_steps({each.section for each in missing}, bilan) if editing else [],
        "late": is_late(bilan.status, bilan.due_on, today),
        "is_staff": bool(roles & set(STAFF)),
    }


SECTIONS = {
    "recit": "Ce qui a été fait",
    "budget": "Le budget réalisé",
    "public": "Le public touché",
    "indicateurs": "Les indicateurs",
    "documents": "Les documents",
    "envoi": "Signature et envoi",
}


def section_steps(lacking: set[str], bilan: Bilan, current: str = "") -> list[dict[str, str]]:
    """The sections in order, as the `steps` macro shows them."""

    def state(section: str) -> str:
        if section == current:
            return "current"
        return "todo" if section in lacking | {"documents", "envoi"} else "done"

    return [
        {
            "label": label,
            "url": url_for(f"evaluation.{section}", bilan_id=bilan.id),
            "state": state(section),
            "detail": "facultatif" if section == "documents" and current != "documents" else "",
        }
        for section, label in SECTIONS.items()
    ]


@blueprint.get("/bilans/<int:bilan_id>/documents/<int:document_id>")
@requires(*READERS, on=Bilan, narrowed_by=may_read)
def document(bilan: Bilan, document_id: int) -> Response:
    found = db.session.get(BilanDocument, document_id)
    if found is None or found.bilan_id != bilan.id or found.removed_at is not None:
        abort(404)
    draft = bilan.status in {BilanStatus.DUE, BilanStatus.BEGUN}
    if draft and not may_write(access.roles_of(bilan), bilan.application):
        abort(404)
    return files.attachment(found.file)
