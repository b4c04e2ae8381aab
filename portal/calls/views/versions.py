"""The versions received of an application: what was filed, then each correction; any two compared."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import requires, roles_of
from portal.accounts.rules import Role
from portal.calls.models import Application, Submission
from portal.calls.queries.submission import submission_numbered, versions_of
from portal.calls.rules.differences import by_section, differences
from portal.calls.rules.filing_sheet import laid_out
from portal.calls.rules.submission import thawed
from portal.calls.views import blueprint
from portal.calls.views.documents import READERS
from portal.calls.views.submission import pdf_of
from portal.foundation.quantities import plain_number


@blueprint.get("/dossiers/<int:application_id>/versions")
@requires(*READERS, on=Application)
def versions(application: Application) -> ResponseReturnValue:
    """The list, and what differs between two of them: the last two unless the address asks otherwise."""
    found = versions_of(application.id)
    numbers = {version.number for version in found}
    last = max(numbers, default=0)
    before, after = _asked("avant", last - 1), _asked("apres", last)
    compared = None
    if before in numbers and after in numbers and before != after:
        compared = by_section(differences(*(thawed(_version(application, each).snapshot) for each in (before, after))))
    return render_template(
        "calls/filing/versions.html",
        application=application,
        versions=found,
        before=before,
        after=after,
        compared=compared,
        **_whereabouts(application),
    )


@blueprint.get("/dossiers/<int:application_id>/versions/<int:number>")
@requires(*READERS, on=Application)
def read_version(application: Application, number: int) -> ResponseReturnValue:
    """One version, whole."""
    submission = _version(application, number)
    return render_template(
        "calls/filing/version.html",
        application=application,
        submission=submission,
        sections=laid_out(thawed(submission.snapshot)),
        **_whereabouts(application),
    )


@blueprint.get("/dossiers/<int:application_id>/versions/<int:number>/dossier.pdf")
@requires(*READERS, on=Application)
def version_pdf(application: Application, number: int) -> ResponseReturnValue:
    return pdf_of(_version(application, number), "pdf_file_id")


def _version(application: Application, number: int) -> Submission:
    return submission_numbered(application.id, number) or abort(404)


def _asked(name: str, otherwise: int) -> int:
    number = plain_number(request.args.get(name))
    return otherwise if number is None else number


def _whereabouts(application: Application) -> dict[str, Any]:
    """Where the reader comes from: the organisation from its own page, the others from the instruction."""
    if Role.APPLICANT in roles_of(application):
        home = url_for(".application", application_id=application.id)
        return {"home": home, "trail": [("Mes dossiers", url_for(".my_applications")), (_name(application), home)]}
    home = url_for("committee.application", application_id=application.id)
    return {"home": home, "trail": [(_name(application), home)]}


def _name(application: Application) -> str:
    return f"Dossier {application.reference}"
