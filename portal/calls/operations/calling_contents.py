"""The list of documents and the grid of a call; once it is published, only what harms nobody changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.orm.exc import ObjectDeletedError

from portal.calls.models import Call, Criterion, CriterionLevel, DocumentRequirement
from portal.calls.operations.calling_changes import Shown, assign, claim_part, claim_rules, shown
from portal.calls.operations.reminders import tell_beginners
from portal.calls.rules import after_publication, calling
from portal.calls.rules.after_publication import AskedOf
from portal.calls.states import CallStatus, DocumentCase
from portal.extensions import db
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.folding import fold
from portal.foundation.refusals import Refusal

GONE = {"État": "retiré de la liste"}


@dataclass(frozen=True)
class DocumentTerms:
    """A document asked for, and in which case."""

    label: str
    help: str | None
    case: DocumentCase
    is_compulsory: bool
    is_reusable: bool
    valid_months: int | None = None


@dataclass(frozen=True)
class CriterionTerms:
    """A line of the grid; `levels` are the five descriptors, marks 0 to 4."""

    label: str
    help: str | None
    weight: int
    levels: tuple[str, str, str, str, str]


# -- documents --------------------------------------------------------------------------------------


def add_document(call: Call, terms: DocumentTerms, *, version: int, actor: Actor) -> DocumentRequirement:
    claim_part(call, version, theirs=dict, mine=shown(asdict(terms)))
    after_publication.check_document_added(call.status, is_compulsory=terms.is_compulsory)
    made = DocumentRequirement(
        call_id=call.id,
        code=_free_code(call, terms.label),
        position=1 + max((each.position for each in call.requirements), default=0),
        **asdict(terms),
    )
    db.session.add(made)
    db.session.flush()
    record(actor, "call.document_added", call, label=terms.label, case=terms.case)
    return made


def change_document(
    call: Call, document: DocumentRequirement, terms: DocumentTerms, *, version: int, actor: Actor
) -> None:
    values = asdict(terms)
    claim_part(call, version, theirs=lambda: _stored(document, values), mine=shown(values))
    before, after = _asked(document), _asked(terms)
    after_publication.check_document_changed(call.status, before, after)
    if call.status is CallStatus.PUBLISHED and (told := after_publication.document_told(before, after)):
        tell_beginners(call, told)
    assign(call, "call.document_changed", document, values, actor=actor)


def remove_document(call: Call, document: DocumentRequirement, *, version: int, actor: Actor) -> None:
    claim_part(call, version, theirs=lambda: _stored(document, ["label"]), mine=GONE)
    after_publication.check_document_removed(call.status)
    record(actor, "call.document_removed", call, label=document.label)
    db.session.delete(document)


def _asked(said: DocumentRequirement | DocumentTerms) -> AskedOf:
    return AskedOf(said.label, said.case, said.is_compulsory, said.valid_months)


def _free_code(call: Call, label: str) -> str:
    """A code of the document's own in its call, made from its label."""
    stem = "_".join(fold(label).split())[:60]
    taken = {each.code for each in call.requirements}
    number = 1
    while (code := stem if number == 1 else f"{stem}_{number}") in taken:
        number += 1
    return code


# -- grid -------------------------------------------------------------------------------------------


def add_criterion(call: Call, terms: CriterionTerms, *, version: int, actor: Actor) -> Criterion:
    claim_rules(call, version, theirs=dict, mine=_criterion_words(terms))
    made = Criterion(
        call_id=call.id,
        label=terms.label,
        help=terms.help,
        weight=terms.weight,
        position=1 + max((each.position for each in call.criteria), default=0),
        levels=[CriterionLevel(level=level, descriptor=words) for level, words in enumerate(terms.levels)],
    )
    db.session.add(made)
    db.session.flush()
    record(actor, "call.criterion_added", call, label=terms.label, weight=terms.weight)
    return made


def change_criterion(call: Call, criterion: Criterion, terms: CriterionTerms, *, version: int, actor: Actor) -> None:
    values = {"label": terms.label, "help": terms.help, "weight": terms.weight}
    claim_rules(call, version, theirs=lambda: _stored(criterion, values), mine=_criterion_words(terms))
    by_level = {each.level: each for each in criterion.levels}
    for level, words in enumerate(terms.levels):
        if level in by_level:
            by_level[level].descriptor = words
        else:
            db.session.add(CriterionLevel(criterion_id=criterion.id, level=level, descriptor=words))
    assign(call, "call.criterion_changed", criterion, values, actor=actor)


def remove_criterion(call: Call, criterion: Criterion, *, version: int, actor: Actor) -> None:
    claim_rules(call, version, theirs=lambda: _stored(criterion, ["label"]), mine=GONE)
    record(actor, "call.criterion_removed", call, label=criterion.label, weight=criterion.weight)
    for level in criterion.levels:
        db.session.delete(level)
    db.session.flush()
    db.session.delete(criterion)


def set_weights(call: Call, weights: dict[int, int], *, version: int, actor: Actor) -> None:
    """Weigh all the criteria of a grid at once: {criterion id: weight}. Raises Refusal unless they add to 100."""
    criteria = {criterion.id: criterion for criterion in call.criteria}
    before = {criterion.label: criterion.weight for criterion in criteria.values()}
    mine = {criteria[id_].label: str(weight) for id_, weight in weights.items() if id_ in criteria}
    claim_rules(call, version, theirs=lambda: {each.label: str(each.weight) for each in call.criteria}, mine=mine)
    calling.check_weights([weights.get(id_, criterion.weight) for id_, criterion in criteria.items()])
    for id_, criterion in criteria.items():
        criterion.weight = weights.get(id_, criterion.weight)
    after = {criterion.label: criterion.weight for criterion in criteria.values()}
    record(actor, "call.weights_changed", call, weights=[before, after])


def _criterion_words(terms: CriterionTerms) -> Shown:
    return shown({"label": terms.label, "help": terms.help, "weight": terms.weight})


def _stored(thing: Any, names: Iterable[str]) -> Shown:
    """The values stored now; or that the thing was taken away meanwhile."""
    try:
        return shown({name: getattr(thing, name) for name in names})
    except ObjectDeletedError:
        return GONE


# -- order ------------------------------------------------------------------------------------------


def move_line(call: Call, part: str, line_id: int, *, up: bool, version: int, actor: Actor) -> None:
    """Put a document, a criterion or an indicator a place up or down: it changes what nobody relies on.

    `part` is a name of PARTS. Raises Refusal once the call has ended, or on a line that is not its own.
    """
    calling.check_not_archived(call.status)
    claim_part(call, version, theirs=dict, mine={})
    lines = list(getattr(call, PARTS[part]))
    line = next((each for each in lines if each.id == line_id), None)
    if line is None:
        raise Refusal("Cette ligne ne fait plus partie de l’appel.")
    for position, each in enumerate(after_publication.moved(lines, line, up=up), start=1):
        each.position = position
    record(actor, "call.order_changed", call, part=part)


PARTS = {"documents": "requirements", "grille": "criteria", "indicateurs": "indicators"}
"""The lists of a call that have an order, by their name in the address."""
