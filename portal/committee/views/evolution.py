"""What differs between an application and the one it renews, for whoever instructs or reads its file."""

from __future__ import annotations

import sqlalchemy as sa
from flask import abort, render_template
from flask_login import current_user

from portal.accounts import access
from portal.accounts.access import requires
from portal.calls.models import Application
from portal.calls.queries.carrying import since_renewed
from portal.calls.queries.visibility import visible_applications
from portal.committee.rules.desk import READERS
from portal.committee.views import blueprint
from portal.extensions import db


@blueprint.get("/dossiers/<int:application_id>/instruction/evolution")
@requires(*READERS, on=Application)
def evolution(application: Application) -> str:
    """The labelled changes; nothing for whoever may not read the renewed application."""
    seen = visible_applications(current_user.id, access.usable_grants())
    reads = sa.select(seen.where(Application.id == application.renewal_of_id).exists())
    found = since_renewed(application) if db.session.execute(reads).scalar() else None
    if found is None:
        abort(404)
    return render_template("committee/evolution.html", application=application, renewed=found[0], changes=found[1])
