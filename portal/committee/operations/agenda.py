"""What a sitting will discuss: applications in their order, and points in words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import sqlalchemy as sa

from portal.calls.models import Application
from portal.calls.rules.cycle import DIRECTION
from portal.committee.models import AgendaItem, AgendaTopic, Sitting
from portal.committee.queries import agenda as queries
from portal.committee.queries.sittings import decisions_of
from portal.committee.rules.agenda import Order, moved
from portal.committee.rules.sittings import check_editable
from portal.extensions import db
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.marks import mark_of
from portal.foundation.refusals import Conflict, Refusal

# -- applications -------------------------------------------------------------------------------


def add_to_agenda(sitting: Sitting, applications: Collection[Application], *, actor: Actor) -> int:
    """Put applications on the agenda, in the order given, after those there; how many were added."""
    db.session.flush()
    db.session.refresh(sitting, with_for_update={"key_share": True})
    check_editable(sitting.status)
    if not applications:
        raise Refusal("Choisissez au moins un dossier.")
    known = {item.application_id for item in sitting.agenda}
    last = max((item.position for item in sitting.agenda), default=0)
    new = [application for application in applications if application.id not in known]
    db.session.add_all(
        AgendaItem(sitting_id=sitting.id, application_id=application.id, position=position)
        for position, application in enumerate(new, last + 1)
    )
    db.session.flush()
    db.session.expire(sitting, ["agenda"])
    record(actor, "sitting.agenda_extended", sitting, applications=[application.id for application in new])
    return len(new)


def take_off_agenda(item: AgendaItem, *, actor: Actor, roles: Iterable[str]) -> None:
    """Take an application off the agenda, unless the sitting has decided of it."""
    sitting = item.sitting
    check_editable(sitting.status)
    if not DIRECTION & set(roles):
        raise Refusal("Seule la Direction modifie l’ordre du jour.")
    if any(decision.sitting_id == sitting.id for decision in decisions_of(item.application_id)):
        raise Refusal("La séance s’est déjà prononcée sur ce dossier : il reste à l’ordre du jour.")
    record(actor, "sitting.agenda_reduced", sitting, application_id=item.application_id)
    db.session.delete(item)


def move_item(item: AgendaItem, where: str, *, actor: Actor) -> None:
    """Move an application in the agenda: `where` is first, up, down or last."""
    sitting = item.sitting
    check_editable(sitting.status)
    before = [each.id for each in sitting.agenda]
    _write_order(sitting, moved(before, item.id, where))
    record(actor, "sitting.agenda_ordered", sitting, application_id=item.application_id, where=where)


def sort_agenda(sitting: Sitting, order: Order, *, actor: Actor) -> None:
    """Put the whole agenda in an order: by quartier, number or organisation."""
    check_editable(sitting.status)
    _write_order(sitting, queries.sorted_items(sitting.id, order))
    record(actor, "sitting.agenda_ordered", sitting, order=order)


def _write_order(sitting: Sitting, item_ids: Sequence[int]) -> None:
    if item_ids:
        rows = [{"id": id, "position": position} for position, id in enumerate(item_ids, 1)]
        db.session.execute(sa.update(AgendaItem), rows)
    db.session.expire(sitting, ["agenda"])


# -- points in words ----------------------------------------------------------------------------


def add_topic(sitting: Sitting, words: str, *, comes_first: bool, actor: Actor) -> AgendaTopic:
    """Add a point that is not an application, before them or after."""
    check_editable(sitting.status)
    if not words.strip():
        raise Refusal("Indiquez l’objet de ce point.", "words")
    last = max((topic.position for topic in sitting.topics), default=0)
    topic = AgendaTopic(
        sitting_id=sitting.id, words=words.strip(), comes_first=comes_first, conclusion="", position=last + 1
    )
    db.session.add(topic)
    db.session.flush()
    db.session.expire(sitting, ["topics"])
    record(actor, "sitting.topic_added", sitting, words=topic.words)
    return topic


def conclude_topic(
    topic: AgendaTopic, sitting: Sitting, conclusion: str, *, seen: str | None = None, actor: Actor
) -> None:
    """Note what was said of a point.

    `seen` marks the words that its author read: Conflict, with both, when somebody wrote others since.
    """
    db.session.refresh(topic, with_for_update=True)
    check_editable(sitting.status)
    if seen not in (None, mark_of(topic.conclusion)) and mark_of(conclusion) != mark_of(topic.conclusion):
        raise Conflict(
            "Quelqu’un d’autre a noté autre chose entre-temps. Comparez ; enregistrer à nouveau gardera votre texte.",
            theirs=topic.conclusion,
            mine=conclusion,
        )
    topic.conclusion = conclusion.strip()
    record(actor, "sitting.topic_concluded", sitting, words=topic.words, conclusion=topic.conclusion)


def remove_topic(topic: AgendaTopic, sitting: Sitting, *, actor: Actor) -> None:
    """Take a point off, unless something was noted of it."""
    check_editable(sitting.status)
    if topic.conclusion:
        raise Refusal("Une suite est déjà notée pour ce point : il reste à l’ordre du jour.")
    record(actor, "sitting.topic_removed", sitting, words=topic.words)
    db.session.delete(topic)
    db.session.flush()
    db.session.expire(sitting, ["topics"])
