"""The pages of the sections: reading, saving, saving by itself, and two writers of the same section."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from portal.accounts.access import current_actor, current_person, roles_of, usable_grants
from portal.accounts.forms.organisation import differences as sheet_differences
from portal.accounts.queries.organisation import reading_of
from portal.accounts.rules import Role
from portal.accounts.rules.organisation import OrganisationSheet
from portal.calls.forms.agreement import AgreementSection
from portal.calls.forms.budget import BudgetSection, FundingSection
from portal.calls.forms.questions import QuestionsSection
from portal.calls.forms.sections import OrganisationSection, ProjectSection, SectionForm, Typed, of_rows, of_words
from portal.calls.forms.sections_listed import IndicatorsSection, PublicSection, QuartiersSection, ThemesSection
from portal.calls.models import Application
from portal.calls.operations.sections import Saved, editable_sections, save_section
from portal.calls.queries.filing_checklist import standing_of
from portal.calls.queries.organisation_year import told_of_year
from portal.calls.queries.sections import Draft, dossier_of, drafts_of, read_after_saves
from portal.calls.queries.visibility import visible_applications
from portal.calls.rules.budget import totals
from portal.calls.rules.budget_rows import with_rows
from portal.calls.rules.filing import Dossier
from portal.calls.rules.organisation_year import YearTold
from portal.calls.rules.residents import standing_of as standing_of_residents
from portal.calls.states import Section
from portal.calls.views import blueprint
from portal.calls.views.answers import keep_files, touched_question
from portal.calls.views.filing import WRITES
from portal.foundation import clock
from portal.foundation.quantities import plain_number
from portal.foundation.refusals import Conflict, Refusal
from portal.foundation.web.formats import time_fr
from portal.foundation.web.requests import takes_files

FORMS: dict[Section, type[SectionForm]] = {
    kind.section: kind
    for kind in (
        OrganisationSection, ProjectSection, QuartiersSection, ThemesSection, PublicSection, BudgetSection,
        FundingSection, IndicatorsSection, QuestionsSection,
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
    sequence: int = 0
    typed: Typed = field(default_factory=dict)
    """What this request sends, word for word."""

    def words(self) -> dict[str, list[str]]:
        """What was sent for the fields of the form."""
        return self.form.typed(MultiDict([(name, text) for name, texts in self.typed.items() for text in texts]))

    @property
    def budget(self) -> Dossier:
        """The application with the budget as the page shows it, read or not yet saved."""
        return with_rows(self.dossier, self.form.rows()) if isinstance(self.form, BudgetSection) else self.dossier


def form_of(section: Section, dossier: Dossier) -> type[SectionForm]:
    """The form of a section; a later year of an agreement says of its project only what changes."""
    light = section is Section.PROJECT and dossier.agreement is not None
    return AgreementSection if light else FORMS[section]


def _dossier(application: Application, section: Section) -> Dossier:
    """The application; 404 when it has no such section (the call asks no question)."""
    dossier = dossier_of(application)
    if section not in dossier.sections:
        abort(404)
    return dossier


def _opened(application: Application, section: Section) -> OpenSection:
    """The section as the typed rows fill it, or as it was last typed when that could not be read."""
    dossier, draft = _dossier(application, section), drafts_of(application.id).get(section)
    extra = request.args.get("ajouter", "")
    if draft is not None and not draft.is_readable:
        form = of_words(form_of(section, dossier), application, dossier, draft.typed, extra)
        form.validate()
        for field, message in draft.refusals:
            form.refuse(Refusal(message, field))
    else:
        form = of_rows(form_of(section, dossier), application, dossier, extra)
    version = draft.version if draft else 0
    return OpenSection(application, dossier, section, form, version, secrets.token_hex(8))


def _sent(application: Application, section: Section) -> OpenSection:
    """The section as this request sends it."""
    typed = {name: texts for name, texts in request.form.lists() if name != "csrf_token"}
    return section_of(application, _dossier(application, section), section, typed)


def section_of(application: Application, dossier: Dossier, section: Section, typed: Typed) -> OpenSection:
    """The section as these words fill it, at the version and under the page that the request names."""
    form = of_words(form_of(section, dossier), application, dossier, typed)
    version = request.form.get("version", "")
    page = request.form.get("page", "")[:32] or secrets.token_hex(8)
    sequence = plain_number(request.form.get("sequence", "")) or 0
    return OpenSection(application, dossier, section, form, plain_number(version) or 0, page, sequence, typed)


def keep_sent(sent: OpenSection, *, is_autosave: bool) -> bool:
    """Keep what was sent; True when it also became typed rows. Messages are on the form."""
    form, actor, dossier = sent.form, current_actor(), sent.dossier
    form.saves_itself, form.page = is_autosave, sent.page
    readable = form.validate()
    application = sent.application
    saved = form.attempt(
        save_section,
        application,
        sent.section,
        sent.words(),
        version=sent.version,
        page=sent.page,
        sequence=sent.sequence,
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
    read_after_saves(application)
    if Section(section) not in editable_sections(application):
        return redirect(url_for(".read_application", application_id=application.id, _anchor=section))
    return _page(_opened(application, Section(section)))


@blueprint.post(f"/dossiers/<int:application_id>/<{TYPED_SECTIONS}>")
@WRITES
@takes_files
def save(application: Application, section: str) -> ResponseReturnValue:
    """Save a section by its button."""
    refused_files = keep_files(application, Section(section))
    sent = _sent(application, Section(section))
    if "recalculer" in request.form:
        sent.form.validate()
        return _page(sent)
    saved = keep_sent(sent, is_autosave=False)
    if sent.form.conflict is not None:
        return conflict_page(sent, sent.form.conflict), 409
    for refusal in refused_files:
        sent.form.refuse(refusal)
    if not saved or refused_files:
        return _page(sent)
    flash("Rubrique enregistrée.", "success")
    if touched := touched_question():
        return redirect(url_for(".section", application_id=application.id, section=section, _anchor=touched))
    if extra := request.form.get("ajouter", ""):
        return redirect(
            url_for(
                ".section", application_id=application.id, section=section, ajouter=extra, _anchor=f"compte-{extra}"
            )
        )
    if "suite" in request.form:
        return redirect(_following(sent))
    return redirect(url_for(".section", application_id=application.id, section=section))


@blueprint.post(f"/dossiers/<int:application_id>/<{TYPED_SECTIONS}>/enregistrement")
@WRITES
def autosave(application: Application, section: str) -> ResponseReturnValue:
    """Save a section by itself: the same words, answered as JSON."""
    sent = _sent(application, Section(section))
    readable = keep_sent(sent, is_autosave=True)
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


def _following(shown: OpenSection) -> str:
    sections = shown.dossier.sections
    return url_of(shown.application, sections[sections.index(shown.section) + 1])


blueprint.app_template_global("residents_told")(standing_of_residents)


@blueprint.app_template_global("section_url")
def url_of(application: Application, section: Section) -> str:
    """The page of a section."""
    if section in FORMS:
        return url_for("calls.section", application_id=application.id, section=section.value)
    return url_for(f"calls.{section.name.lower()}", application_id=application.id)


def _page(shown: OpenSection) -> str:
    sections = shown.dossier.sections
    place = sections.index(shown.section)
    draft = drafts_of(shown.application.id).get(shown.section)
    return render_template(
        f"calls/filing/sections/{shown.section.value}.html",
        application=shown.application,
        dossier=shown.dossier,
        section=shown.section,
        form=shown.form,
        version=shown.version,
        page_name=shown.page,
        sequence=shown.sequence,
        draft=draft,
        standing=standing_of(shown.section, dossier_of(shown.application), draft),
        place=place + 1,
        previous=(sections[place - 1], url_of(shown.application, sections[place - 1])) if place else None,
        following=sections[place + 1],
        totals=totals(shown.dossier.budget),
        year=_year(shown),
        year_totals=[(year, totals(lines)) for year, lines in shown.budget.budgets],
        person_id=current_person().id,
    )


def _year(shown: OpenSection) -> YearTold | None:
    """What the structure's year brings about, beside the two sections about money. Its members know all its
    applications; the Direction, typing on its behalf, those it may see."""
    if shown.section not in {Section.BUDGET, Section.FUNDING}:
        return None
    is_member = Role.APPLICANT in roles_of(shown.application)
    among = None if is_member else visible_applications(current_person().id, usable_grants())
    return told_of_year(shown.application, shown.dossier, among)


@dataclass(frozen=True)
class TheirSave:
    """What somebody else saved: the section's version to write over, who, when."""

    version: int
    updated_by: str | None
    updated_at: datetime | None


def conflict_page(sent: OpenSection, conflict: Conflict) -> str:
    """Both versions of a section that two people saved."""
    theirs = conflict.theirs
    if isinstance(theirs, OrganisationSheet):
        shared = reading_of(sent.application.organisation)
        saved = TheirSave(sent.version, shared.saved_by, shared.saved_at)
        told = sheet_differences(theirs, sent.form)
    elif isinstance(theirs, Draft):
        saved = TheirSave(theirs.version, theirs.updated_by, theirs.updated_at)
        kind = form_of(sent.section, sent.dossier)
        told = _differences(of_words(kind, sent.application, sent.dossier, theirs.typed), sent.form)
    else:
        abort(409, description=conflict.message)
    return render_template(
        "calls/filing/conflict.html",
        application=sent.application,
        section=sent.section,
        message=conflict.message,
        theirs=saved,
        differences=told,
        # Whoever keeps their words has seen the shared sheet as it is now.
        typed=sent.form.brought_up_to_date(sent.words(), dossier_of(sent.application)),
        page_name=sent.page,
        sequence=sent.sequence + 1,
        person_id=current_person().id,
    )


def _differences(theirs: SectionForm, mine: SectionForm) -> list[tuple[str, str, str]]:
    """(label, their words, mine) of each field that differs."""
    names = {field.name: field for form in (theirs, mine) for field in form if field.type != "HiddenField"}
    told = []
    for name, shown in names.items():
        both = [_words(form[name]) if name in form else "" for form in (theirs, mine)]
        if both[0] != both[1]:
            told.append((str(shown.label.text), both[0], both[1]))
    return told


def _words(field: Any) -> str:
    """What a field says, for somebody who compares."""
    kind = field.type
    if kind == "BooleanField":
        return "oui" if field.data else "non"
    if kind in ("RadioField", "SelectField", "SelectMultipleField"):
        return ", ".join(label for _value, label, chosen, *_ in field.iter_choices() if chosen)
    return " ".join(field.raw_data or [])
