"""The parts of an adjusted project: the filing's own forms, read into an adjusted application."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from portal.calls.forms.budget import BudgetSection
from portal.calls.forms.sections import SectionForm, Typed, of_rows, of_words
from portal.calls.forms.sections_listed import IndicatorsSection, PublicSection
from portal.calls.models import Application
from portal.calls.queries.sections import dossier_of
from portal.calls.rules.budget_rows import with_rows
from portal.calls.rules.filing import Dossier
from portal.calls.states import Section
from portal.committee.models import Adjustment
from portal.committee.queries import adjusting as queries
from portal.committee.rules import adjusting as rules
from portal.foundation.actors import Actor
from portal.foundation.fields import DayField, words
from portal.foundation.forms import Form
from portal.foundation.refusals import Refusal


class ChangesPart(SectionForm):
    """What changes in the project, in words and dates."""

    section = Section.PROJECT

    explanation = words(
        "Ce qui change dans le projet", asked=True,
        help="Ce que vous faites moins, autrement ou plus tard, et ce que vous gardez.",
    )  # fmt: skip
    starts_on = DayField("Début")
    ends_on = DayField("Fin")
    calendar = words("Étapes et calendrier", longest=3000)

    @classmethod
    def initial(cls, dossier: Dossier) -> dict[str, Any]:
        project = dossier.project
        return {"starts_on": project.starts_on, "ends_on": project.ends_on, "calendar": project.calendar}

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        starts_on, ends_on = self.starts_on.data, self.ends_on.data
        if starts_on and ends_on and ends_on < starts_on:
            self.refuse(Refusal("La date de fin précède la date de début.", "ends_on"))
            return False
        return True

    def write(self, application: Application, dossier: Dossier, actor: Actor) -> None:
        raise NotImplementedError("a part of an adjusted project is kept word for word")


FORMS: dict[Section, type[SectionForm]] = {
    Section.PROJECT: ChangesPart,
    Section.BUDGET: BudgetSection,
    Section.PUBLIC: PublicSection,
    Section.INDICATORS: IndicatorsSection,
}


def base_of(application: Application) -> Dossier:
    """The application as filed, with what each funder gives."""
    return rules.granted_base(dossier_of(application), queries.answers_of(application.id))


def words_of(adjustment: Adjustment, part: Section) -> Typed | None:
    """What was last typed in a part; None before anything was."""
    kept = adjustment.raw.get(part.value)
    return cast(Typed, kept["typed"]) if kept else None


def part_form(adjustment: Adjustment, part: Section, base: Dossier, extra: str = "") -> SectionForm:
    """A part as it was last typed, or as the application fills it."""
    typed, application = words_of(adjustment, part), adjustment.application
    if typed is None:
        return of_rows(FORMS[part], application, base, extra)
    return of_words(FORMS[part], application, base, typed, extra)


def adjusted_of(adjustment: Adjustment, base: Dossier | None = None) -> rules.Adjusted:
    """The application as the words typed adjust it; what cannot be read stays as it was."""
    after = base = base or base_of(adjustment.application)
    explanation, unread = adjustment.explanation, set()
    for part in rules.PARTS:
        typed = words_of(adjustment, part)
        if typed is None:
            continue
        form = of_words(FORMS[part], adjustment.application, base, typed)
        if not form.validate():
            unread.add(part)
            continue
        if isinstance(form, ChangesPart):
            explanation = form.explanation.data or ""
        after = _with(after, form)
    return rules.Adjusted(after, explanation, frozenset(unread))


def adjusted_with(adjusted: rules.Adjusted, form: SectionForm) -> rules.Adjusted:
    """The same with what one part says on the page, saved or not, when it can be read."""
    if form.errors:
        return adjusted
    explanation = adjusted.explanation
    if isinstance(form, ChangesPart):
        explanation = form.explanation.data or ""
    return rules.Adjusted(_with(adjusted.dossier, form), explanation, adjusted.unread)


def _with(after: Dossier, form: SectionForm) -> Dossier:
    """The application with what one part says."""
    if isinstance(form, ChangesPart):
        project = replace(
            after.project, starts_on=form.starts_on.data, ends_on=form.ends_on.data, calendar=form.calendar.data
        )
        return replace(after, project=project)
    if isinstance(form, BudgetSection):
        return replace(with_rows(after, form.rows()), indirect_costs_rule=form.indirect_costs_rule.data)
    if isinstance(form, PublicSection):
        public = replace(
            after.public,
            people_expected=form.people_expected.data,
            characteristics=form.public_characteristics.data,
            outreach=form.outreach.data,
            by_quartier=tuple(form.by_quartier()),
            by_age=tuple(form.by_age()),
        )
        return replace(after, public=public)
    if isinstance(form, IndicatorsSection):
        return replace(after, targets=tuple(form.targets()), evaluation_method=form.evaluation_method.data)
    raise TypeError(f"no part of an adjusted project: {form!r}")


class KeepForm(Form):
    explanation = TextAreaField(
        "Avec quels autres financements le projet se fait-il tel que déposé ?",
        [InputRequired("Dites avec quels financements le projet se fait."), Length(max=6000)],
        description="Autres subventions obtenues, fonds propres, participation des familles…",
    )


class RenounceForm(Form):
    reason = TextAreaField("Pourquoi renoncez-vous ?", [InputRequired("Dites pourquoi."), Length(max=4000)])


class AskAgainForm(Form):
    reason = TextAreaField("Ce qui est à reprendre", [InputRequired("Dites ce qui est à reprendre."), Length(max=4000)])
    due_on = DayField("Pour le", [InputRequired("Indiquez une date.")])
