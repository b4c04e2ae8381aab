"""Writing the sections of a bilan, each under the version its author read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from portal.calls.models import BudgetLine, Measure, PeopleByAge, PeopleByQuartier
from portal.calls.states import Phase, Sex, Side
from portal.evaluation.models import Bilan, BilanDocument, BilanGap
from portal.evaluation.operations.cycle import begin, ensure_open
from portal.evaluation.queries import sheet
from portal.evaluation.rules import gaps
from portal.evaluation.rules.answers import check_people, check_ratio
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.files import StoredFile, created_by
from portal.foundation.money import format_euros
from portal.foundation.refusals import Conflict, Refusal, Refusals

EXTRA_POSITION = 10_000
"""Lines that the forecast did not hold come after its own."""


def _open_at(
    bilan: Bilan,
    version: int,
    section: str,
    *,
    actor: Actor,
    roles: Iterable[str],
    mine: Mapping[str, str],
    theirs: Callable[[], Mapping[str, str]],
) -> None:
    """Take the bilan for writing: still its author's, and as its author read it."""
    ensure_open(bilan)
    taken = db.session.execute(
        sa.update(Bilan)
        .where(Bilan.id == bilan.id, Bilan.version == version)
        .values(version=Bilan.version + 1)
        .execution_options(synchronize_session=False)
    )
    if not getattr(taken, "rowcount", 0):
        raise Conflict(
            "Ce bilan a été enregistré par quelqu’un d’autre depuis que vous l’avez ouvert. Rien de ce que "
            "vous avez saisi n’est perdu : comparez, puis enregistrez à nouveau pour garder votre saisie.",
            theirs=dict(theirs()),
            mine=dict(mine),
        )
    db.session.refresh(bilan)
    begin(bilan, actor=actor, roles=roles)
    record(actor, "bilan.section_saved", bilan, section=section)


# -- words --------------------------------------------------------------------------------------


def save_words(bilan: Bilan, words: Mapping[str, str], version: int, *, actor: Actor, roles: Iterable[str]) -> None:
    """`words` by column of `sheet.WORDS`."""
    _open_at(
        bilan,
        version,
        "recit",
        actor=actor,
        roles=roles,
        mine={question: words[column] for column, question in sheet.WORDS.items()},
        theirs=lambda: {question: getattr(bilan, column) for column, question in sheet.WORDS.items()},
    )
    for column in sheet.WORDS:
        setattr(bilan, column, words[column].strip())


# -- budget -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ExtraLine:
    """A realised expense or income that the forecast did not hold."""

    side: Side
    account_code: str
    label: str
    amount_cents: int


@dataclass(frozen=True)
class RealisedBudget:
    """Amounts in cents by row key (None: not answered), new lines, words on gaps, rule of indirect charges."""

    amounts: Mapping[str, int | None]
    extras: Sequence[ExtraLine] = ()
    explanations: Mapping[tuple[Side, str], str] = field(default_factory=dict)
    allocation_rule: str = ""


def save_budget(bilan: Bilan, budget: RealisedBudget, version: int, *, actor: Actor, roles: Iterable[str]) -> None:
    """Rewrite the realised lines beside the forecast. Refuses in-kind contributions that do not balance."""
    before = sheet.budget_of(bilan)
    lines = _realised_lines(bilan, before, budget)
    gaps.check_in_kind(gaps.Line(line.side, line.account_code, line.amount_cents) for line in lines)
    _open_at(
        bilan,
        version,
        "budget",
        actor=actor,
        roles=roles,
        mine=_budget_words({row.key: budget.amounts.get(row.key) for row in before.rows}, before),
        theirs=lambda: _budget_words({row.key: row.actual_cents for row in before.rows}, before),
    )
    db.session.execute(
        sa.delete(BudgetLine).where(BudgetLine.application_id == bilan.application_id, BudgetLine.phase == Phase.ACTUAL)
    )
    db.session.add_all(lines)
    bilan.allocation_rule = budget.allocation_rule.strip()
    _write_explanations(bilan, budget.explanations)


def _realised_lines(bilan: Bilan, before: sheet.BudgetSheet, budget: RealisedBudget) -> list[BudgetLine]:
    lines = [
        BudgetLine(
            application_id=bilan.application_id,
            phase=Phase.ACTUAL,
            side=row.side,
            account_code=row.account_code,
            label=row.label,
            amount_cents=budget.amounts[row.key],
            funder_id=row.funder_id,
            nature=row.nature,
            position=row.position,
        )
        for row in before.rows
        if budget.amounts.get(row.key) is not None
    ]
    after = max([EXTRA_POSITION, *(row.position + 1 for row in before.rows)])
    lines += [
        BudgetLine(
            application_id=bilan.application_id,
            phase=Phase.ACTUAL,
            side=extra.side,
            account_code=extra.account_code,
            label=extra.label.strip(),
            amount_cents=extra.amount_cents,
            position=after + number,
        )
        for number, extra in enumerate(budget.extras)
    ]
    return lines


def _budget_words(amounts: Mapping[str, int | None], shown: sheet.BudgetSheet) -> dict[str, str]:
    return {
        f"{row.account_code} {row.label}".strip(): ""
        if (cents := amounts.get(row.key)) is None
        else format_euros(cents)
        for row in shown.rows
    }


def _write_explanations(bilan: Bilan, explanations: Mapping[tuple[Side, str], str]) -> None:
    db.session.execute(sa.delete(BilanGap).where(BilanGap.bilan_id == bilan.id))
    db.session.add_all(
        BilanGap(bilan_id=bilan.id, side=side, account_code=code, explanation=words.strip())
        for (side, code), words in explanations.items()
        if words.strip()
    )


# -- people -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RealisedPeople:
    """`total` None with a reason: not measured. Cells left empty are absent or None."""

    total: int | None
    not_measured_reason: str = ""
    by_quartier: Mapping[tuple[int, Sex], int | None] = field(default_factory=dict)
    by_age: Mapping[int, int | None] = field(default_factory=dict)


def save_people(bilan: Bilan, people: RealisedPeople, version: int, *, actor: Actor, roles: Iterable[str]) -> None:
    """Rewrite the people reached. Raises Refusal on `people_reached` or `not_measured_reason`."""
    located = {key: count for key, count in people.by_quartier.items() if count is not None}
    aged = {key: count for key, count in people.by_age.items() if count is not None}
    check_people(people.total, people.not_measured_reason, list(located.values()), list(aged.values()))
    _open_at(
        bilan,
        version,
        "public",
        actor=actor,
        roles=roles,
        mine=_people_words(people.total, people.not_measured_reason),
        theirs=lambda: _people_words(bilan.people_reached, bilan.people_not_measured_reason or ""),
    )
    bilan.people_reached = people.total
    bilan.people_not_measured_reason = people.not_measured_reason.strip() or None
    application_id = bilan.application_id
    for table in (PeopleByQuartier, PeopleByAge):
        db.session.execute(sa.delete(table).where(table.application_id == application_id, table.phase == Phase.ACTUAL))
    db.session.add_all(
        PeopleByQuartier(
            application_id=application_id, phase=Phase.ACTUAL, quartier_id=quartier_id, sex=sex, people=count
        )
        for (quartier_id, sex), count in located.items()
    )
    db.session.add_all(
        PeopleByAge(application_id=application_id, phase=Phase.ACTUAL, age_band_id=band_id, people=count)
        for band_id, count in aged.items()
    )


def _people_words(total: int | None, reason: str) -> dict[str, str]:
    return {"Personnes touchées": "" if total is None else str(total), "Non mesuré, pourquoi": reason}


# -- indicators ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class IndicatorAnswer:
    """The answer to one indicator: a value (thousandths), or two parts of a ratio, or why there is none."""

    value_thousandths: int | None = None
    numerator: int | None = None
    denominator: int | None = None
    not_measured_reason: str = ""
    source: str = ""

    @property
    def is_empty(self) -> bool:
        return self == IndicatorAnswer()


def save_indicators(
    bilan: Bilan, answers: Mapping[str, IndicatorAnswer], version: int, *, actor: Actor, roles: Iterable[str]
) -> None:
    """`answers` by key of `sheet.Target`. Refusals name the field `<key>_<part>`."""
    targets = sheet.targets_of(bilan)
    _check_indicators(targets, answers)
    _open_at(
        bilan,
        version,
        "indicateurs",
        actor=actor,
        roles=roles,
        mine={each.label: _measure_words(answers.get(each.key)) for each in targets},
        theirs=lambda: {each.label: _measure_words(each.actual) for each in targets},
    )
    db.session.execute(
        sa.delete(Measure).where(Measure.application_id == bilan.application_id, Measure.phase == Phase.ACTUAL)
    )
    db.session.add_all(
        Measure(
            application_id=bilan.application_id,
            indicator_id=target.indicator_id,
            own_label=target.own_label,
            phase=Phase.ACTUAL,
            value_thousandths=answer.value_thousandths,
            numerator=answer.numerator,
            denominator=answer.denominator,
            not_measured_reason=answer.not_measured_reason.strip() or None,
            source=answer.source.strip() or None,
        )
        for target in targets
        if (answer := answers.get(target.key)) is not None and not answer.is_empty
    )


def _check_indicators(targets: Iterable[sheet.Target], answers: Mapping[str, IndicatorAnswer]) -> None:
    refusals = []
    for target in targets:
        answer = answers.get(target.key)
        if answer is None:
            continue
        try:
            check_ratio(answer.numerator, answer.denominator)
        except Refusal as refusal:
            refusals.append(Refusal(refusal.message, f"{target.key}_{refusal.field}"))
        measured = answer.value_thousandths is not None or answer.numerator is not None
        if measured and answer.not_measured_reason.strip():
            refusals.append(
                Refusal(
                    "Vous donnez une valeur : laissez vide la raison d’une absence de mesure.", f"{target.key}_reason"
                )
            )
    if refusals:
        raise Refusals(refusals)


def _measure_words(answer: Any) -> str:
    if answer is None:
        return ""
    if answer.denominator:
        return f"{answer.numerator} / {answer.denominator}"
    if answer.value_thousandths is not None:
        return f"{answer.value_thousandths / 1000:g}".replace(".", ",")
    return f"non mesuré : {answer.not_measured_reason}" if answer.not_measured_reason else ""


# -- documents ----------------------------------------------------------------------------------


def add_document(bilan: Bilan, stored: StoredFile, label: str, *, actor: Actor, roles: Iterable[str]) -> None:
    """Join a received file (`files.receive`, before the unit of work)."""
    ensure_open(bilan)
    document = BilanDocument(
        bilan_id=bilan.id,
        label=label.strip() or stored.original_name,
        file=created_by(stored, actor),
        added_at=clock.now(),
        added_by_id=actor.person_id,
    )
    db.session.add(document)
    begin(bilan, actor=actor, roles=roles)
    record(actor, "bilan.document_added", bilan, label=document.label)


def remove_document(bilan: Bilan, document_id: int, *, actor: Actor) -> None:
    """Take a document out; its file stays for the trace. Removing it twice changes nothing."""
    ensure_open(bilan)
    document = db.session.get(BilanDocument, document_id)
    if document is None or document.bilan_id != bilan.id:
        raise Refusal("Ce document n’est pas dans ce bilan.")
    if document.removed_at is None:
        document.removed_at = clock.now()
        record(actor, "bilan.document_removed", bilan, label=document.label)
