"""Writing the words of letters and conventions, and giving the usual ones back."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError

from portal.committee.models import DocumentTemplate
from portal.committee.queries.templates import common_words, template_of
from portal.committee.rules.templates import MODELS
from portal.committee.rules.wording import checked
from portal.committee.states import TemplateKind
from portal.contracts.models import Contract, Funder
from portal.extensions import db
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.refusals import Conflict, Refusal


def save_template(
    contract: Contract, kind: TemplateKind, funder: Funder | None, body: str, version: int, *, actor: Actor
) -> DocumentTemplate:
    """Write the words of a kind of document, of a funder or of all. What is already made keeps its own.

    `version` is what its author read, 0 when there was none: Conflict when somebody wrote since.
    Raises Refusals on `body`, each with its line and word.
    """
    if funder is not None and not kind.is_of_funder:
        raise Refusal("Ce courrier est celui de la Direction : il n’a qu’un texte commun.")
    words = checked(body, MODELS[kind])
    template = _locked(contract, kind, funder, version, mine=body)
    template.body = words
    _keep(template, "document_template.saved", actor)
    return template


def reset_template(
    contract: Contract, kind: TemplateKind, funder: Funder | None, version: int, *, actor: Actor
) -> DocumentTemplate:
    """Give back the words that are followed without it: the contract's for a funder, else the usual ones."""
    followed = common_words(contract.id, kind) if funder else MODELS[kind].words
    template = _locked(contract, kind, funder, version, mine=followed)
    if template.body is None:
        raise Refusal("C’est déjà le texte suivi.")
    template.body = None
    _keep(template, "document_template.reset", actor)
    return template


def _locked(
    contract: Contract, kind: TemplateKind, funder: Funder | None, version: int, *, mine: str
) -> DocumentTemplate:
    """The row of a template, held until the end of the transaction; a new one when there is none."""
    template = template_of(contract.id, kind, funder.id if funder else None)
    if template is not None:
        db.session.refresh(template, with_for_update=True)
    if (template.version if template else 0) != version:
        raise _written_since(template, mine)
    return template or DocumentTemplate(contract=contract, kind=kind, funder=funder, version=0)


def _written_since(template: DocumentTemplate | None, mine: str) -> Conflict:
    theirs = template.body if template else None
    return Conflict(
        "Quelqu’un d’autre a enregistré ce modèle depuis que vous l’avez ouvert. "
        "Comparez les deux textes ; enregistrer à nouveau remplacera le sien.",
        theirs=theirs or "Le texte d’origine a été rétabli.",
        mine=mine,
    )


def _keep(template: DocumentTemplate, action: str, actor: Actor) -> None:
    template.version += 1
    db.session.add(template)
    try:
        db.session.flush()
    except IntegrityError as error:
        # Two first writers at once: the second one finds the first one's words.
        raise Conflict(
            "Quelqu’un d’autre vient d’enregistrer ce modèle. Actualisez la page.", theirs="", mine=template.body
        ) from error
    record(actor, action, template, template_kind=template.kind, funder=template.funder_id, version=template.version)
