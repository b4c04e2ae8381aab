"""What the forms of the sections share, and those whose fields never change.

A section may be saved half filled: a form refuses only what cannot be read. What the application
still lacks is told by `rules.sections`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from werkzeug.datastructures import MultiDict
from wtforms import Field, HiddenField, RadioField, SelectField

from portal.accounts.forms import organisation as organisation_form
from portal.accounts.forms.organisation import EMAIL, PHONE, OrganisationFields
from portal.accounts.operations.organisation import save_sheet
from portal.calls.forms.partners import MOST as MOST_PARTNERS
from portal.calls.forms.partners import STEM, partner_fields, partners_shown, partners_typed
from portal.calls.models import Application
from portal.calls.operations import sections_typed as write
from portal.calls.queries.filing import previous_applications
from portal.calls.rules.budget_years import FEWEST_YEARS, MOST_YEARS
from portal.calls.rules.filing import Dossier
from portal.calls.rules.help import help_of
from portal.calls.states import Duration, Section
from portal.foundation.actors import Actor
from portal.foundation.fields import Asked, CountField, DayField, HundredthsField, choices, line, words
from portal.foundation.forms import Form
from portal.foundation.quantities import plain_number

Typed = Mapping[str, list[str]]
MARK = "_sent"


class SectionForm(Form):
    """The form of one section of one application."""

    section: ClassVar[Section]
    saves_itself = False
    """Whether this save is the page's own, as one types."""
    page: str | None = None
    """The name of the very page that sends the form."""
    takes_files = False
    """Whether its page also sends files."""

    class Meta(Form.Meta):
        # Every POST is checked by the extension; here the words may come from the draft instead.
        csrf = False

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        for field in self:
            said = help_of(self.section, field.name)
            field.description = said.help or field.description
            field.example, field.words = said.example, said.words

    @classmethod
    def made_for(cls, application: Application, dossier: Dossier, typed: Typed, extra: str = "") -> type[SectionForm]:
        """The class with the fields of that very application; `typed` and `extra` may ask for more lines."""
        return cls

    @classmethod
    def helped(cls, typed: Typed) -> Typed:
        """What was typed, once a button of the section has filled some of it in."""
        return typed

    @classmethod
    def initial(cls, dossier: Dossier) -> dict[str, Any]:
        """What the fields show of the typed rows."""
        raise NotImplementedError

    def write(self, application: Application, dossier: Dossier, actor: Actor) -> None:
        """Turn the fields into typed rows. Raises Refusal beside a field."""
        raise NotImplementedError

    @classmethod
    def brought_up_to_date(cls, typed: Typed, dossier: Dossier) -> Typed:
        """What was typed, to be sent again by somebody who saw what others wrote."""
        return typed

    def typed(self, sent: MultiDict[str, str]) -> dict[str, list[str]]:
        """What was sent for the fields of this form, word for word."""
        words = self.helped({name: sent.getlist(name) for name in sent})
        return {field.name: list(words[field.name]) for field in self if field.name in words}


def of_rows(kind: type[SectionForm], application: Application, dossier: Dossier, extra: str = "") -> SectionForm:
    """The form as the typed rows fill it."""
    return kind.made_for(application, dossier, {}, extra)(formdata=None, data=kind.initial(dossier))


def of_words(
    kind: type[SectionForm], application: Application, dossier: Dossier, typed: Typed, extra: str = ""
) -> SectionForm:
    """The form as somebody filled it, readable or not."""
    typed = kind.helped(typed)
    sent = MultiDict([(name, text) for name, texts in typed.items() for text in texts])
    # Nothing ticked and nothing typed is still an answer.
    sent.add(MARK, "1")
    return kind.made_for(application, dossier, typed, extra)(formdata=sent)


def line_count(typed: Typed, prefix: str, known: int, *, extra: bool = False, longest: int = 40) -> int:
    """How many lines `prefix_0_…`, `prefix_1_…` a form needs: those sent, those known, one more if asked."""
    sent = [name.removeprefix(f"{prefix}_").split("_")[0] for name in typed if name.startswith(f"{prefix}_")]
    highest = max((number + 1 for index in sent if (number := plain_number(index)) is not None), default=0)
    return min(max(highest, known) + extra, longest)


def _yes_no(value: Any) -> bool | None:
    return {"oui": True, "non": False, True: True, False: False}.get(value)


def yes_no(label: str, *, yes: str, no: str, asked: bool = True, help: str = "") -> RadioField:
    """Two answers, none at first; `data` is True, False or None."""
    return RadioField(
        label,
        [Asked()] if asked else [],
        coerce=_yes_no,
        choices=choices([("non", no), ("oui", yes)]),
        validate_choice=False,
        description=help,
    )


def chosen_id(value: Any) -> int | None:
    """The id sent by a list whose first line is empty."""
    return plain_number(str(value))


USUAL_YEARS = 3


def chosen_years(value: Any) -> int:
    """The years sent by the list; the usual length for a project of one year, should it become multi-year."""
    number = plain_number(str(value))
    return number if number is not None and number > 1 else USUAL_YEARS


class OrganisationSection(SectionForm, OrganisationFields):
    section = Section.ORGANISATION

    # The sheet is shared: another application, or the structure's own page, may write it meanwhile.
    sheet_version = HiddenField()

    @classmethod
    def initial(cls, dossier: Dossier) -> dict[str, Any]:
        return organisation_form.initial(dossier.organisation) | {"sheet_version": dossier.organisation.version}

    @classmethod
    def brought_up_to_date(cls, typed: Typed, dossier: Dossier) -> Typed:
        return {**typed, "sheet_version": [str(dossier.organisation.version)]}

    def write(self, application: Application, dossier: Dossier, actor: Actor) -> None:
        save_sheet(
            application.organisation,
            self.data,
            dossier.organisation.means.year,
            actor=actor,
            version=plain_number(self.sheet_version.data),
            page=self.page,
            quietly=self.saves_itself,
            is_checked=not self.saves_itself,
        )


class ProjectSection(SectionForm):
    section = Section.PROJECT
    partner_lines: int

    title = line("Titre du projet", asked=True, longest=150, help="Court et parlant : c’est lui qui sera publié.")
    is_renewal = yes_no("Ce projet est", no="une première demande", yes="le renouvellement d’une action déjà soutenue")
    renewal_of_id = SelectField("Dossier renouvelé", coerce=chosen_id)
    duration = SelectField(
        "Durée",
        [Asked()],
        choices=choices((each.value, each.label) for each in Duration),
        coerce=Duration,
        default=Duration.ONE_YEAR,
    )
    years = SelectField(
        "Sur combien d’années ?",
        choices=choices((each, f"{each} ans") for each in range(FEWEST_YEARS, MOST_YEARS + 1)),
        coerce=chosen_years,
        default=USUAL_YEARS,
        description="Pour un projet pluriannuel seulement. Le budget se remplit alors année par année.",
    )
    contact_name = line("Prénom et nom", asked=True)
    contact_email = line("Adresse électronique", asked=True, validators=EMAIL)
    contact_phone = line("Téléphone", asked=True, longest=30, validators=PHONE)

    need = words("À quel besoin répond le projet ?", asked=True)
    need_identified_by = words(
        "Qui a repéré ce besoin ?", help="Habitants, conseil citoyen, école, bailleur…", longest=3000
    )
    objectives = words("Quels sont les objectifs ?", asked=True)
    objectives_by_year = words(
        "Où en serez-vous, année après année ?",
        help="Pour un projet pluriannuel seulement.",
    )
    description = words("Que ferez-vous, concrètement ?", asked=True, help="Les actions, leur rythme, qui les mène.")

    places = words("Où le projet se déroule-t-il ?", asked=True, longest=1000)
    starts_on = DayField("Début", [Asked()])
    ends_on = DayField("Fin", [Asked()])
    calendar = words("Étapes et calendrier", longest=3000)

    staff_count = CountField("Personnes salariées sur le projet")
    staff_fte_hundredths = HundredthsField("Soit en équivalents temps plein", description="Par exemple 0,5.")
    volunteers_count = CountField("Bénévoles sur le projet")
    equipment = words("Locaux et matériel", longest=3000)
    partners_text = words("Autres partenaires, en quelques mots", longest=3000)
    common_law_means = words(
        "Moyens de droit commun mobilisés", longest=3000,
        help="Ce que les services publics apportent déjà : école, mission locale, CCAS, équipements…",
    )  # fmt: skip

    @classmethod
    def made_for(cls, application: Application, dossier: Dossier, typed: Typed, extra: str = "") -> type[SectionForm]:
        earlier = previous_applications(application.organisation_id, dossier.call.year)
        listed = [("", "Aucun, ou déposé hors du portail"), *((str(each), told) for each, told in earlier)]
        field = SelectField("Dossier renouvelé", coerce=chosen_id, choices=choices(listed))
        lines = line_count(typed, STEM, len(dossier.partners) + 1, extra=extra == STEM, longest=MOST_PARTNERS)
        partners = partner_fields(lines, reversement_allowed=dossier.call.reversement_allowed)
        return with_fields(cls, {"renewal_of_id": field, "partner_lines": lines, **partners})

    @classmethod
    def initial(cls, dossier: Dossier) -> dict[str, Any]:
        return dict(vars(dossier.project)) | partners_shown(dossier)

    def write(self, application: Application, dossier: Dossier, actor: Actor) -> None:
        write.write_partners(application, partners_typed(self, self.partner_lines))
        write.write_project(application, self.data)


def with_fields(kind: type[SectionForm], fields: Mapping[str, Field]) -> type[SectionForm]:
    """A form class with the fields of one application."""
    return type(f"{kind.__name__}OfOne", (kind,), dict(fields))
