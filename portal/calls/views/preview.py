"""The form of a call as an association will fill it, section by section; nothing of it is kept."""

from __future__ import annotations

import re

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import requires
from portal.calls.forms.sections import SectionForm, of_rows, of_words
from portal.calls.forms.submission import SignatureSection
from portal.calls.models import Application, Call
from portal.calls.queries.filing_checklist import standing_of
from portal.calls.queries.preview import NOBODY, PROFILES, Profile, profile_of, sample
from portal.calls.rules.budget import totals
from portal.calls.rules.cycle import DIRECTION
from portal.calls.rules.filing import Dossier
from portal.calls.states import Section
from portal.calls.views import blueprint
from portal.calls.views.sections import FORMS

PREVIEWED: dict[Section, type[SectionForm]] = FORMS | {Section.SIGNATURE: SignatureSection}
"""The sections with fields; the documents are a list."""

_OF_NOBODY = re.compile(rf'href="/(?:dossiers|structures)/{NOBODY}(?:/([a-z-]*))?[^"]*"')


@blueprint.get("/appels/<int:call_id>/apercu")
@requires(*DIRECTION, on=Call)
def preview_form(call: Call) -> ResponseReturnValue:
    """The list of the sections, as an association finds it."""
    profile = profile_of(request.args.get("profil"))
    _application, dossier = sample(call, profile)
    return render_template("calls/preview/tasks.html", call=call, dossier=dossier, profile=profile, profiles=PROFILES)


@blueprint.route("/appels/<int:call_id>/apercu/<section>", methods=["GET", "POST"])
@requires(*DIRECTION, on=Call)
def preview_section(call: Call, section: str) -> ResponseReturnValue:
    """One section to try: what is typed is read as it would be, shown back, and forgotten."""
    profile = profile_of(request.args.get("profil"))
    application, dossier = sample(call, profile)
    shown = next((each for each in dossier.sections if each.value == section), None)
    if shown is None:
        abort(404)
    if shown not in PREVIEWED:
        return _page("calls/preview/documents.html", call, application, dossier, shown, profile)
    form = _form(PREVIEWED[shown], application, dossier)
    template = "calls/preview/signature.html" if shown is Section.SIGNATURE else f"calls/filing/sections/{section}.html"
    return _page(template, call, application, dossier, shown, profile, form=form)


def _form(kind: type[SectionForm], application: Application, dossier: Dossier) -> SectionForm:
    """The form empty, or as this request fills it, with what could not be read."""
    if request.method == "GET":
        return of_rows(kind, application, dossier, request.args.get("ajouter", ""))
    typed = {name: texts for name, texts in request.form.lists() if name != "csrf_token"}
    form = of_words(kind, application, dossier, typed, request.form.get("ajouter", ""))
    form.validate()
    return form


def _page(
    template: str,
    call: Call,
    application: Application,
    dossier: Dossier,
    section: Section,
    profile: Profile,
    form: SectionForm | None = None,
) -> str:
    sections = dossier.sections
    place = sections.index(section)
    page = render_template(
        template,
        section_frame="calls/preview/section.html",
        call=call,
        application=application,
        dossier=dossier,
        section=section,
        profile=profile,
        form=form,
        is_tried=request.method == "POST",
        standing=standing_of(section, dossier, None),
        place=place + 1,
        previous=sections[place - 1] if place else None,
        following=sections[place + 1] if place + 1 < len(sections) else None,
        totals=totals(dossier.budget),
        year_totals=[(year, totals(lines)) for year, lines in dossier.budgets],
    )
    return _within_preview(page, call, dossier, profile)


def _within_preview(page: str, call: Call, dossier: Dossier, profile: Profile) -> str:
    """The page with its links to an application that does not exist led to the preview, or taken away."""
    known = {section.value for section in dossier.sections}

    def replaced(found: re.Match[str]) -> str:
        if found[1] in known:
            return f'href="{url_for(".preview_section", call_id=call.id, section=found[1], profil=profile.code)}"'
        return "data-not-in-preview"

    return _OF_NOBODY.sub(replaced, page)
