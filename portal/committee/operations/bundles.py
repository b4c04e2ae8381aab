"""Gathering letters or conventions: asked for here, made by a job, kept some days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portal.calls.models import Call
from portal.committee.states import BundleKind
from portal.foundation import clock, outbox
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.outbox import periodic
from portal.foundation.refusals import Refusal
from portal.foundation.task_files import forget

JOB = "committee.bundle"
MOST = 3000
"""Documents gathered at once: more would not be made within the time of a job."""


@dataclass(frozen=True)
class BundleTerms:
    """How documents are gathered: one PDF, each beginning on an odd page or not; or an archive of .docx."""

    word: bool
    odd_pages: bool


def ask_bundle(kind: BundleKind, call: Call, ids: Sequence[int], terms: BundleTerms, *, actor: Actor) -> int:
    """Ask for documents to be gathered, those of `ids` that were shown; the task's id."""
    if not ids:
        raise Refusal("Aucun document prêt dans cette sélection.")
    if len(ids) > MOST:
        raise Refusal(f"Au plus {MOST} documents à la fois : choisissez un acte, une séance ou une nature de courrier.")
    form = "archive de .docx" if terms.word else "un seul PDF"
    record(actor, "bundle.asked", call, bundle=kind, documents=len(ids), word=terms.word)
    return outbox.enqueue(
        JOB,
        key=f"bundle:{kind}:{call.id}:{actor.person_id}:{clock.now().timestamp()}",
        label=f"{kind.label} — {call.title} ({form})",
        owner_person_id=actor.person_id,
        bundle=kind.value,
        ids=list(ids),
        word=terms.word,
        odd_pages=terms.odd_pages,
        person_id=actor.person_id,
        title=f"{kind.label} — {call.title}",
    )


@periodic
def forget_bundles() -> None:
    forget(JOB, "Ce fichier est effacé : demandez-le à nouveau depuis la programmation.")
