"""The line of the checklist on what was typed on behalf: it follows what the organisation answers."""

from __future__ import annotations

from portal.calls.models import Application, Reception
from portal.calls.operations.cycle import follows
from portal.calls.states import ApplicationStatus, Confirmation
from portal.committee.operations.completeness import refresh_checklist
from portal.committee.queries.completeness import checks_of, register_check
from portal.committee.rules.completeness import Check
from portal.committee.states import CheckResult
from portal.extensions import db
from portal.foundation.actors import SYSTEM, Actor


@register_check
def _confirmation_check(application: Application) -> Check | None:
    reception = application.reception
    if reception is None:
        return None
    result = {Confirmation.CONFIRMED: CheckResult.OK, Confirmation.REFUSED: CheckResult.MISSING}
    return Check(
        "confirmed_by_organisation",
        "Confirmation par la structure",
        result.get(reception.confirmation, CheckResult.TO_CHECK),
        f"{reception.confirmation.label}.",
    )


@follows("reception.confirmation_asked")
@follows("reception.confirmed")
@follows("reception.correction_asked")
@follows("reception.refused")
def _say_so_in_the_checklist(reception: Reception, *, actor: Actor) -> None:
    application = reception.application
    if application.status is ApplicationStatus.SUBMITTED and checks_of(application.id):
        db.session.flush()
        refresh_checklist(application, actor=SYSTEM)
