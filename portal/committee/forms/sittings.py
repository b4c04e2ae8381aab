"""The forms of a sitting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import cast

from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.accounts.forms.validators import checked, stripped
from portal.accounts.rules.credentials import email_address
from portal.committee.models import SittingKind
from portal.committee.operations.sitting_kinds import KindTerms, Seat
from portal.committee.operations.sittings import SittingTerms
from portal.committee.queries.sittings import Convenable
from portal.foundation.fields import DayField, HourField
from portal.foundation.forms import Form
from portal.foundation.quantities import plain_number


class SittingForm(Form):
    kind_id = SelectField("Nature de la séance", [InputRequired("Choisissez la nature de la séance.")])
    call_id = SelectField(
        "Appel à projets", [Optional()], description="Les dossiers à l’ordre du jour seront pris dans cet appel."
    )
    title = StringField(
        "Intitulé", [InputRequired("Donnez un intitulé à la séance."), Length(max=200)], filters=[stripped]
    )
    held_on = DayField("Date", [InputRequired("Indiquez la date de la séance.")])
    starts_at = HourField("Heure", description="Facultative : elle est dans la convocation et dans l’agenda de chacun.")
    place = StringField("Lieu", [Length(max=200)], filters=[stripped])
    # The terms that were read, where there were some.
    seen = HiddenField()

    def offer(self, kinds: Sequence[SittingKind], calls: Sequence[tuple[int, str, int]]) -> None:
        self.kind_id.choices = [
            SelectChoice("", "Choisir…"),
            *(SelectChoice(str(kind.id), kind.label) for kind in kinds),
        ]
        self.call_id.choices = [
            SelectChoice("", "Aucun en particulier"),
            *(SelectChoice(str(id), title) for id, title, _contract in calls),
        ]

    def terms(self) -> SittingTerms:
        """What was typed, once the form is valid."""
        return SittingTerms(
            kind_id=int(self.kind_id.data),
            call_id=plain_number(self.call_id.data),
            title=self.title.data,
            held_on=cast(date, self.held_on.data),
            place=self.place.data,
            starts_at=self.starts_at.data,
        )


class KindForm(Form):
    label = StringField("Nom", [InputRequired("Donnez un nom à cette nature de séance."), Length(max=100)])
    pronounces = BooleanField("Prononce la recevabilité")
    arbitrates = BooleanField("Arbitre les dossiers et les montants")
    quorum = IntegerField(
        "Quorum",
        [Optional(), NumberRange(min=1, max=500, message="Entre 1 et 500 ; vide s’il n’y a pas de quorum.")],
        description="Nombre de membres votants présents, sans les personnes déportées. Vide : pas de quorum.",
    )
    votes = BooleanField("Compte les voix (pour, contre, abstention) à chaque décision")
    decision_word = StringField(
        "Comment le relevé nomme la décision",
        [InputRequired("Indiquez comment le relevé nomme la décision."), Length(max=80)],
        description="Par exemple : « Validation de la programmation », ou « Vote ».",
    )
    proxies = BooleanField("Admet les pouvoirs", description="Un membre absent peut donner sa voix par écrit.")
    shows_scores = BooleanField("Le cahier de séance montre les notes")

    def terms(self) -> KindTerms:
        """What was typed, once the form is valid."""
        return KindTerms(
            self.label.data or "",
            self.pronounces.data,
            self.arbitrates.data,
            self.quorum.data,
            self.votes.data,
            self.decision_word.data or "",
            self.proxies.data,
            self.shows_scores.data,
        )


class WordsForm(Form):
    """The words of a convocation."""

    body = TextAreaField("Texte de la convocation", [Length(max=8000)])


class CancelForm(Form):
    reason = TextAreaField("Motif", [Length(max=1000)], description="Il est donné aux personnes convoquées.")


class TopicForm(Form):
    """A point of the agenda that is not an application."""

    words = StringField("Objet du point", [Length(max=300)])
    place = RadioField(
        "Place",
        choices=[
            SelectChoice("before", "Avant l’examen des dossiers"),
            SelectChoice("after", "Points divers, après les dossiers"),
        ],
        default="after",
    )


class ConclusionForm(Form):
    conclusion = TextAreaField(
        "Ce qui a été dit ou décidé", [Length(max=4000)], description="Repris dans le relevé de décisions."
    )
    seen = HiddenField()


class MemberForm(Form):
    person_id = SelectField("Personne ayant un compte", [Optional()])
    name = StringField(
        "Ou nom d’une personne sans compte", [Length(max=150)], description="Prénom et nom.", filters=[stripped]
    )
    email = StringField(
        "Son adresse électronique",
        [Optional(), Length(max=200), checked(email_address)],
        description="Pour une personne sans compte. Sans adresse, sa convocation se télécharge et s’imprime.",
        filters=[stripped],
    )
    capacity = StringField(
        "Qualité",
        [InputRequired("Indiquez à quel titre cette personne siège."), Length(max=200)],
        description="Par exemple : adjointe au maire, représentante de la CAF, conseil citoyen.",
    )
    is_voting = BooleanField("A voix délibérative", default=True)

    def offer(self, people: Sequence[Convenable]) -> None:
        self.person_id.choices = [
            SelectChoice("", "Personne sans compte"),
            *(SelectChoice(str(each.person_id), f"{each.name} — {each.role.label}") for each in people),
        ]

    def seat(self) -> Seat:
        """What was typed, once the form is valid."""
        return Seat(
            plain_number(self.person_id.data),
            self.name.data or "",
            self.email.data,
            self.capacity.data or "",
            self.is_voting.data,
        )


class PickForm(Form):
    """Things ticked in a list: `picked` are their ids."""

    picked = SelectMultipleField("Dossiers", coerce=int)

    @property
    def ids(self) -> list[int]:
        return self.picked.data or []

    def offer(self, ids: Sequence[int]) -> None:
        self.picked.choices = [SelectChoice(str(id), str(id)) for id in ids]
