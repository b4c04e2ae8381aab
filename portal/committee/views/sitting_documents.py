"""The papers of a sitting: asked for by the Direction, read by those who may."""

from __future__ import annotations

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, current_person, requires, roles_of
from portal.accounts.rules import Role
from portal.committee.models import Sitting
from portal.committee.operations.sitting_documents import ask_document
from portal.committee.queries.sitting_documents import readable_document
from portal.committee.states import SittingDocumentKind
from portal.committee.views import blueprint
from portal.committee.views.sittings import DIRECT
from portal.extensions import db
from portal.foundation.files import StoredFile, attachment
from portal.foundation.forms import perform
from portal.foundation.quantities import plain_number

READERS = (*DIRECT, Role.DELEGATE, Role.STEERING, Role.REVIEWER)


@blueprint.get("/seances/<int:sitting_id>/documents/<int:document_id>.pdf")
@requires(*READERS, on=Sitting)
def sitting_document(sitting: Sitting, document_id: int) -> ResponseReturnValue:
    document = readable_document(sitting, document_id, current_person().id, roles_of(sitting))
    if document is None or document.file_id is None:
        abort(404)
    return attachment(db.session.get_one(StoredFile, document.file_id))


@blueprint.post("/seances/<int:sitting_id>/documents/<any(cahier, attendance, draft, minutes):paper>")
@requires(*DIRECT, on=Sitting)
def ask_sitting_document(sitting: Sitting, paper: str) -> ResponseReturnValue:
    kind = SittingDocumentKind(paper)
    reader = plain_number(request.form.get("exemplaire"))
    perform(ask_document, sitting, kind, reader_id=reader, actor=current_actor())
    flash(f"{kind.label} : le document se prépare. Actualisez la page dans un instant.", "success")
    return redirect(url_for(".sitting", sitting_id=sitting.id, _anchor="documents"))
