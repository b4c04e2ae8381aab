"""The pages of the sections: reading, saving, saving by itself, and two writers of the same section."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from portal.accounts.access import current_actor, current_person
from portal.calls.forms.budget import BudgetSection, FundingSection
from portal.calls.forms.sections import OrganisationSection, ProjectSection, SectionForm, of_rows, of_words
from portal.calls.forms.sections_listed import IndicatorsSection, PublicSection, QuartiersSection, ThemesSection
from portal.calls.models import Application
from portal.calls.operations.sections import Saved, editable_sections, save_section
from portal.calls.queries.filing_checklist import standing_of
from portal.calls.queries.sections import Draft, dossier_of, drafts_of
from portal.calls.rules.budget import totals
from portal.calls.rules.filing import Dossier
from portal.calls.states import Section
from portal.calls.views import blueprint
from portal.calls.views.filing import WRITES
from portal.foundation import clock
from portal.foundation.quantities import plain_number
from portal.foundation.refusals import Conflict, Refusal
from portal.foundation.web.formats import time_fr

FORMS: dict[Section, type[SectionForm]] = {
    kind.section: kind
    for kind in (
        OrganisationSection, ProjectSection, QuartiersSection, ThemesSection, PublicSection, BudgetSection,
        FundingSection, IndicatorsSection,
    )
}  # fmt: skip
TYPED_SECTIONS = "any({}):section".format(", ".join(section.value for section in FORMS))


@dataclass
class OpenSection:
    """A section being filled: its form, the version it was read at, the name of this very page."""

    application: Application
    dossier: Dossier
    section: Section
    form: SectionForm
    version: int
    page: str
    draft: Draft | None


def _opened(application: Application, section: Section) -> OpenSection:
    """The section as the typed rows fill it, or as it was last typed when that could not be read."""
    dossier, draft = dossier_of(application), drafts_of(application.id).get(section)
    extra = request.args.get("ajouter", "")
    if draft is not None and not draft.is_readable:
        form = of_words(FORMS[section], application, dossier, draft.typed, extra)
        form.validate()
        for field, message in draft.refusals:
            form.refuse(Refusal(message, field))
    else:
        form = of_rows(FORMS[section], application, dossier, extra)
    version = draft.version if draft else 0
    return OpenSection(application, dossier, section, form, version, secrets.token_hex(8), draft)


def _sent(application: Application, section: Section) -> OpenSection:
    """The section as this request sends it."""
    dossier = dossier_of(application)
    typed = {name: texts for name, texts in request.form.lists() if name != "csrf_token"}
    form = of_words(FORMS[section], application, dossier, typed)
    version = request.form.get("version", "")
    page = request.form.get("page", "")[:32] or secrets.token_hex(8)
    return OpenSection(application, dossier, section, form, plain_number(version) or 0, page, None)


def _save(sent: OpenSection, *, is_autosave: bool) -> bool:
    """Keep what was sent; True when it also became typed rows. Messages are on the form."""
    form, actor, dossier = sent.form, current_actor(), sent.dossier
    form.saves_itself = is_autosave
    readable = form.validate()
    application = sent.application
    saved = form.attempt(
        save_section,
        application,
        sent.section,
        form.typed(MultiDict(request.form)),
        version=sent.version,
        page=sent.page,
        actor=actor,
        write=(lambda: form.write(application, dossier, actor)) if readable else None,
        is_autosave=is_autosave,
    )
    if not saved:
        return False
    result: Saved = form.result
    sent.version = result.version
    for refusal in result.refusals:
        form.refuse(refusal)
    return readable and not result.refusals


@blueprint.get(f"/dossiers/<int:application_id>/<{TYPED_SECTIONS}>")
@WRITES
def section(application: Application, section: str) -> ResponseReturnValue:
    """One section to fill."""
    if Section(section) not in editable_sections(application):
        return redirect(url_for(".read_application", application_id=application.id, _anchor=section))
    return _page(_opened(application, Section(section)))


@blueprint.post(f"/dossiers/<int:application_id>/<{TYPED_SECTIONS}>")
@WRITES
def save(application: Application, section: str) -> ResponseReturnValue:
    """Save a section by its button."""
    sent = _sent(application, Section(section))
    if not _save(sent, is_autosave=False):
        if sent.form.conflict is not None:
            return _conflict_page(sent, sent.form.conflict), 409
        return _page(sent)
    flash("Rubrique enregistrée.", "success")
    if extra := request.form.get("ajouter", ""):
        return redirect(
            url_for(
                ".section", application_id=application.id, section=section, ajouter=extra, _anchor=f"compte-{extra}"
            )
        )
    if "suite" in request.form:
        return redirect(_following(application, sent.section))
    return redirect(url_for(".section", application_id=application.id, section=section))


@blueprint.post(f"/dossiers/<int:application_id>/<{TYPED_SECTIONS}>/enregistrement")
@WRITES
def autosave(application: Application, section: str) -> ResponseReturnValue:
    """Save a section by itself: the same words, answered as JSON."""
    sent = _sent(application, Section(section))
    readable = _save(sent, is_autosave=True)
    if sent.form.conflict is not None:
        return jsonify(state="conflict", message=sent.form.conflict.message), 409
    if sent.form.result is None:
        return jsonify(state="refused", message=" ".join(sent.form.form_errors)), 422
    errors = {name: " ".join(map(str, told)) for name, told in sent.form.errors.items() if name}
    return jsonify(
        state="saved" if readable else "unread",
        version=sent.version,
        at=time_fr(clock.now()),
        errors=errors,
    )


def _following(application: Application, section: Section) -> str:
    after = list(Section)[list(Section).index(section) + 1]
    return url_of(application, after)


@blueprint.app_template_global("section_url")
def url_of(application: Application, section: Section) -> str:
    """The page of a section."""
    if section in FORMS:
        return url_for(".section", application_id=application.id, section=section.value)
    return url_for(f".{section.name.lower()}", application_id=application.id)


def _page(shown: OpenSection) -> str:
    sections = list(Section)
    place = sections.index(shown.section)
    return render_template(
        f"calls/filing/sections/{shown.section.value}.html",
        application=shown.application,
        dossier=shown.dossier,
        section=shown.section,
        form=shown.form,
        version=shown.version,
        page_name=shown.page,
        standing=standing_of(
            shown.section, dossier_of(shown.application), drafts_of(shown.application.id).get(shown.section)
        ),
        place=place + 1,
        previous=(sections[place - 1], url_of(shown.application, sections[place - 1])) if place else None,
        following=sections[place + 1],
        totals=totals(shown.dossier.budget),
        person_id=current_person().id,
    )


def _conflict_page(sent: OpenSection, conflict: Conflict) -> str:
    theirs = conflict.theirs
    if not isinstance(theirs, Draft):
        abort(409, description=conflict.message)
    other = of_words(FORMS[sent.section], sent.application, sent.dossier, theirs.typed)
    return render_template(
        "calls/filing/conflict.html",
        application=sent.application,
        section=sent.section,
        message=conflict.message,
        theirs=theirs,
        differences=_differences(other, sent.form),
        typed=sent.form.typed(MultiDict(request.form)),
        page_name=sent.page,
        person_id=current_person().id,
    )


def _differences(theirs: SectionForm, mine: SectionForm) -> list[tuple[str, str, str]]:
    """(label, their words, mine) of each field that differs."""
    names = {field.name: field for form in (theirs, mine) for field in form}
    told = []
    for name, field in names.items():
        both = [_words(form[name]) if name in form else "" for form in (theirs, mine)]
        if both[0] != both[1]:
            told.append((str(field.label.text), both[0], both[1]))
    return told


def _words(field: object) -> str:
    """What a field says, for somebody who compares."""
    kind = getattr(field, "type", "")
    if kind == "BooleanField":
        return "oui" if getattr(field, "data", False) else "non"
    if kind in ("RadioField", "SelectField", "SelectMultipleField"):
        return ", ".join(label for _value, label, chosen, *_ in field.iter_choices() if chosen)  # type: ignore[attr-defined]
    return " ".join(getattr(field, "raw_data", None) or [])
