"""What follows a grant, on one page: payments expected and made, what is to be repaid; and its links."""

from __future__ import annotations

from collections.abc import Collection

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import access
from portal.accounts.access import current_person, my_scope_ids, requires, roles_of
from portal.accounts.rules import Role
from portal.calls.models import Application, FundingLine
from portal.calls.queries.follow_ups import FollowUp, Panel, register_follow_ups
from portal.calls.rules.cycle import DIRECTION
from portal.calls.states import ApplicationStatus, FundingStatus
from portal.committee.queries import payments as queries
from portal.committee.queries.adjusting import adjustment_of
from portal.committee.queries.conventions import conventions_of_application
from portal.committee.rules.adjusting import EDITABLE
from portal.committee.rules.payments import TOLD
from portal.committee.views import adjusting, blueprint, conventions
from portal.foundation import clock
from portal.foundation.money import format_euros
from portal.foundation.periods import to_paris

FUNDER_PEOPLE = (Role.FUNDER_AGENT, Role.STATE_OFFICER)
READERS = (Role.APPLICANT, *sorted(DIRECTION), Role.DELEGATE, *FUNDER_PEOPLE)


def _lines(application: Application, roles: Collection[Role]) -> list[FundingLine]:
    """The lines a reader follows: all for the Direction, those told to the applicant, their own for funders."""
    if set(roles) & {*DIRECTION, Role.DELEGATE}:
        return queries.lines_of_application(application.id)
    if Role.APPLICANT in roles:
        return queries.lines_of_application(application.id, TOLD)
    mine = my_scope_ids(*FUNDER_PEOPLE)
    return [line for line in queries.lines_of_application(application.id) if line.funder_id in mine]


@blueprint.get("/dossiers/<int:application_id>/apres-decision")
@requires(*READERS, on=Application)
def after_decision(application: Application) -> ResponseReturnValue:
    roles = roles_of(application)
    courses = queries.courses(_lines(application, roles))
    return render_template(
        "committee/payments/application.html",
        application=application,
        courses=courses,
        to_repay=[course for course in courses if _is_to_repay(application, course)],
        follow_ups=[each for each in _follow_ups(application) if each.url != _url(application)],
        staff=Role.APPLICANT not in roles,
        today=to_paris(clock.now()).date(),
    )


def _is_to_repay(application: Application, course: queries.Course) -> bool:
    """Money paid for an action that did not take place, as long as its funder did not settle it."""
    return application.status is ApplicationStatus.NOT_CARRIED_OUT and bool(course.paid_cents) and not course.leftover


def _url(application: Application) -> str:
    return url_for("committee.after_decision", application_id=application.id)


@register_follow_ups
def _follow_ups(application: Application) -> list[FollowUp]:
    """The adjusted project, the conventions and the payments that the reader of a page may open."""
    roles = roles_of(application) & set(READERS)
    if not roles or application.status is ApplicationStatus.DRAFT:
        return []
    return [*_adjustment(application, roles), *_conventions(application), *_payments(application, roles)]


def _adjustment(application: Application, roles: Collection[Role]) -> list[FollowUp]:
    found = adjustment_of(application.id)
    if found is None or not set(roles) & {Role.APPLICANT, *DIRECTION, Role.DELEGATE}:
        return []
    writing = found.status in EDITABLE
    label = "Ajuster mon projet" if writing and Role.APPLICANT in roles else "Projet ajusté"
    return [
        FollowUp(
            label,
            url_for("committee.adjustment", adjustment_id=found.id),
            found.status.label,
            adjusting.TONES[found.status],
            found.due_on if writing else None,
            Panel.GRANT,
        )
    ]


def _conventions(application: Application) -> list[FollowUp]:
    person = current_person()
    return [
        FollowUp(
            f"Convention {each.number} avec {each.funder.name}",
            url_for("committee.convention", convention_id=each.id),
            each.status.label,
            conventions.TONES[each.status],
            None,
            Panel.GRANT,
        )
        for each in conventions_of_application(application.id)
        if (roles := access.roles_of(each) & {Role.APPLICANT, *conventions.STAFF})
        and conventions.sees(person, each, roles)
    ]


def _payments(application: Application, roles: Collection[Role]) -> list[FollowUp]:
    lines = _lines(application, roles)
    if not lines:
        return []
    granted = sum(line.granted_cents or 0 for line in lines)
    paid = sum(line.paid_cents or 0 for line in lines)
    over = all(line.status is FundingStatus.PAID for line in lines)
    state = f"{format_euros(paid)} versés sur {format_euros(granted)}"
    return [FollowUp("Versements", _url(application), state, "success" if over else "info", None, Panel.GRANT)]
