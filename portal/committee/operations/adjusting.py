"""« Ajuster mon projet »: asked when a grant is lower than asked, written by its author, accepted by the Direction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from portal.calls.models import Application, BudgetLine, Measure, PeopleByAge, PeopleByQuartier
from portal.calls.operations.cycle import move_application
from portal.calls.rules.cycle import SYSTEM_ROLE
from portal.calls.rules.filing import Dossier
from portal.calls.states import ApplicationStatus, Phase, Section
from portal.committee.models import Adjustment
from portal.committee.operations.recusals import refuse_recused
from portal.committee.queries import adjusting as queries
from portal.committee.queries.letters import readers_of
from portal.committee.rules import adjusting as rules
from portal.committee.states import AdjustmentChoice, AdjustmentStatus
from portal.contracts.models import Nature
from portal.extensions import db
from portal.foundation import clock, outbox
from portal.foundation.actors import SYSTEM, Actor
from portal.foundation.events import record
from portal.foundation.periods import to_paris
from portal.foundation.refusals import Conflict, Refusal, Refusals
from portal.foundation.web.formats import date_fr

Typed = Mapping[str, list[str]]

NEWLY_TOLD = "Une nouvelle décision d’un financeur change les montants : reprenez le projet ajusté."
REMINDED_BEFORE = timedelta(days=7)


def _today() -> date:
    return to_paris(clock.now()).date()


# -- asked --------------------------------------------------------------------------------------


def ask_when_cut(application: Application) -> None:
    """Ask for an adjusted project once a letter told an amount lower than asked; again when another one does.

    To be called in the unit of work that sends a letter.
    """
    db.session.flush()
    if application.status is not ApplicationStatus.DECIDED:
        return
    adjustment = queries.adjustment_of(application.id)
    if adjustment is None:
        if rules.is_cut(queries.answers_of(application.id)):
            _ask(application)
    elif adjustment.status in rules.ADJUSTMENT.steps["reopen"].sources:
        adjustment.due_on = _later(application)
        adjustment.correction_message = NEWLY_TOLD
        _forget_rows(application)
        _move(adjustment, "reopen", actor=SYSTEM, roles={SYSTEM_ROLE}, reason=NEWLY_TOLD)


def _later(application: Application) -> date:
    return _today() + timedelta(days=application.call.contract.adjustment_days)


def _ask(application: Application) -> None:
    adjustment = Adjustment(
        application=application,
        status=AdjustmentStatus.ASKED,
        due_on=_later(application),
        asked_at=clock.now(),
        raw={},
    )
    db.session.add(adjustment)
    db.session.flush()
    record(SYSTEM, "adjustment.asked", adjustment, due_on=adjustment.due_on)
    _tell(adjustment, "adjustment_asked")


def remind_adjustments() -> None:
    """A week before the date, and the day after: once each."""
    today = _today()
    for adjustment in queries.due_between(today, today + REMINDED_BEFORE):
        _tell(adjustment, "adjustment_reminder", moment="before")
    for adjustment in queries.due_between(today - REMINDED_BEFORE, today - timedelta(days=1)):
        _tell(adjustment, "adjustment_reminder", moment="after")


outbox.periodic(remind_adjustments)


def _tell(adjustment: Adjustment, template: str, *, moment: str = "", reason: str = "") -> None:
    application = adjustment.application
    for person_id, email in readers_of(application.organisation_id):
        outbox.mail(
            template,
            to=email,
            person_id=person_id,
            key=f"{template}:{adjustment.id}:{moment or adjustment.version}:{adjustment.due_on}:{person_id}",
            reference=application.reference,
            title=application.title,
            due_on=date_fr(adjustment.due_on),
            is_late=moment == "after",
            reason=reason,
            path=f"/projets-ajustes/{adjustment.id}",
        )


# -- written ------------------------------------------------------------------------------------


def save_part(
    adjustment: Adjustment,
    part: Section,
    typed: Typed,
    *,
    version: int,
    page: str,
    sequence: int = 0,
    actor: Actor,
    is_autosave: bool = False,
) -> int:
    """Keep a part word for word; the part's new version.

    `version` is the one that the page showed (0: never saved); `page` names that page, so that a save
    whose answer was lost does not collide with its own repeat, and `sequence` counts its saves: an
    earlier one that arrives late is left out. Raises Conflict when somebody else saved.
    """
    _lock(adjustment)
    _check_editable(adjustment)
    current = adjustment.raw.get(part.value, {})
    known = int(current.get("version", 0))
    words = {name: list(texts) for name, texts in typed.items()}
    if known != version and current.get("page") != page and current.get("typed") != words:
        raise Conflict(
            "Quelqu’un d’autre a enregistré cette page depuis que vous l’avez ouverte. Rien n’est perdu : "
            "comparez, puis enregistrez à nouveau pour garder votre saisie.",
            theirs=current.get("typed", {}),
            mine=words,
        )
    if current.get("page") == page and sequence < current.get("sequence", 0):
        return known
    saved = {"typed": words, "version": known + 1, "page": page, "sequence": sequence}
    adjustment.raw = adjustment.raw | {part.value: saved}
    if not is_autosave:
        record(actor, "adjustment.part_saved", adjustment, section=part)
    return known + 1


def _lock(adjustment: Adjustment) -> None:
    db.session.flush()
    db.session.refresh(adjustment, with_for_update=True)


def _check_editable(adjustment: Adjustment) -> None:
    if adjustment.status not in rules.EDITABLE:
        words = rules.ADJUSTMENT.label_of(adjustment.status).lower()
        raise Refusal(f"Le projet ajusté ne se modifie plus : {words}.")


def submit(adjustment: Adjustment, adjusted: rules.Adjusted, *, actor: Actor, roles: Iterable[str]) -> None:
    """Send the project as adjusted. Raises Refusals naming what its parts lack."""
    _lock(adjustment)
    if adjustment.status in rules.EDITABLE and (missing := rules.lacking(adjusted)):
        raise Refusals([refusal for refusals in missing.values() for refusal in refusals])
    project = adjusted.dossier.project
    _send(adjustment, AdjustmentChoice.ADJUST, adjusted.explanation, actor=actor, roles=roles)
    adjustment.starts_on, adjustment.ends_on = project.starts_on, project.ends_on
    adjustment.calendar = project.calendar or ""
    adjustment.people_expected = adjusted.dossier.public.people_expected


def keep_as_filed(adjustment: Adjustment, explanation: str, *, actor: Actor, roles: Iterable[str]) -> None:
    """The project stays as filed: `explanation` says which other funding makes up for what lacks."""
    _lock(adjustment)
    _send(adjustment, AdjustmentChoice.KEEP, explanation, actor=actor, roles=roles)


def _send(
    adjustment: Adjustment, choice: AdjustmentChoice, explanation: str, *, actor: Actor, roles: Iterable[str]
) -> None:
    refuse_recused(actor, adjustment.application)
    _move(adjustment, "submit", actor=actor, roles=roles, explanation=explanation)
    adjustment.choice, adjustment.explanation = choice, explanation.strip()
    adjustment.submitted_at, adjustment.submitted_by_id = clock.now(), actor.person_id
    adjustment.correction_message = None


def renounce(adjustment: Adjustment, reason: str, *, actor: Actor, roles: Iterable[str]) -> None:
    """The project does not take place: its application says so, and its money is free again."""
    _lock(adjustment)
    application = adjustment.application
    refuse_recused(actor, application)
    roles = frozenset(roles)
    _move(adjustment, "renounce", actor=actor, roles=roles, reason=reason)
    adjustment.choice, adjustment.explanation = AdjustmentChoice.RENOUNCE, reason.strip()
    adjustment.submitted_at, adjustment.submitted_by_id = clock.now(), actor.person_id
    move_application(application, "not_carried_out", actor=actor, roles=roles, reason=reason.strip())


# -- answered -----------------------------------------------------------------------------------


def ask_again(adjustment: Adjustment, reason: str, due_on: date | None, *, actor: Actor, roles: Iterable[str]) -> None:
    """Give it back to its author, with what to change and until when."""
    _lock(adjustment)
    refuse_recused(actor, adjustment.application)
    before, adjustment.due_on = adjustment.due_on, due_on or adjustment.due_on
    values = {"reason": reason, "due_on": due_on, "today": _today()}
    try:
        _move(adjustment, "ask_again", actor=actor, roles=roles, **values)
    except Refusal:
        adjustment.due_on = before
        raise
    adjustment.correction_message = reason.strip()


def accept(adjustment: Adjustment, after: Dossier, *, actor: Actor, roles: Iterable[str]) -> None:
    """The adjusted project is the one that counts: `after` becomes typed rows, which the convention and the
    bilan read. Nothing is written for a project kept as filed."""
    _lock(adjustment)
    refuse_recused(actor, adjustment.application)
    _move(adjustment, "accept", actor=actor, roles=roles)
    adjustment.accepted_at, adjustment.accepted_by_id = clock.now(), actor.person_id
    _forget_rows(adjustment.application)
    if adjustment.choice is AdjustmentChoice.ADJUST:
        _write_rows(adjustment.application, after)


def _move(adjustment: Adjustment, step: str, *, actor: Actor, roles: Iterable[str], **values: Any) -> None:
    taken = rules.ADJUSTMENT.check(step, adjustment.status, roles, adjustment, **values)
    before, adjustment.status = adjustment.status, AdjustmentStatus(taken.target)
    adjustment.version += 1
    kept = {name: values[name] for name in ("reason", "due_on") if values.get(name)}
    record(actor, taken.event, adjustment, status=[before, adjustment.status], **kept)
    if taken.message:
        _tell(adjustment, taken.message, reason=kept.get("reason", ""))


def _forget_rows(application: Application) -> None:
    for table in (BudgetLine, PeopleByQuartier, PeopleByAge, Measure):
        db.session.execute(
            sa.delete(table).where(table.application_id == application.id, table.phase == Phase.ADJUSTED)
        )


def _write_rows(application: Application, after: Dossier) -> None:
    of = {"application_id": application.id, "phase": Phase.ADJUSTED}
    public = after.public
    db.session.add_all(
        BudgetLine(
            **of,
            side=entry.side,
            account_code=entry.account_code,
            label=entry.label,
            amount_cents=entry.amount_cents,
            funder_id=entry.funder_id,
            nature=Nature(entry.nature) if entry.nature else None,
            position=position,
        )
        for position, entry in enumerate(after.budget)
    )
    db.session.add_all(
        PeopleByQuartier(**of, quartier_id=count.quartier_id, sex=count.sex, people=count.people)
        for count in public.by_quartier
    )
    db.session.add_all(PeopleByAge(**of, age_band_id=count.age_band_id, people=count.people) for count in public.by_age)
    db.session.add_all(
        Measure(
            **of,
            indicator_id=target.indicator_id,
            own_label=None if target.indicator_id is not None else target.label,
            value_thousandths=target.value_thousandths,
            numerator=target.numerator,
            denominator=target.denominator,
            not_measured_reason=target.not_measured_reason,
        )
        for target in after.targets
    )
    db.session.flush()
