"""The forms of a funder's act."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import cast

from flask_wtf.file import FileField
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from portal.accounts.forms.validators import stripped
from portal.calls.models import FundingLine
from portal.committee.operations.acts import ActTerms
from portal.committee.queries.acts import ActLine
from portal.committee.states import ActKind
from portal.foundation.fields import DayField, EurosField
from portal.foundation.files import StoredFile, receive
from portal.foundation.forms import Form
from portal.foundation.quantities import plain_number
from portal.foundation.refusals import Refusal

NO_LONGER_WAITING = (
    "Des financements que vous aviez remplis n’attendent plus d’acte : ils viennent d’être attribués, refusés ou "
    "modifiés. Rien n’est enregistré ; vérifiez les lignes qui restent."
)


class ActForm(Form):
    kind = SelectField(
        "Nature de l’acte",
        [InputRequired("Choisissez la nature de l’acte.")],
        choices=[SelectChoice(kind.value, kind.label) for kind in ActKind],
    )
    number = StringField("Numéro", [InputRequired("Indiquez le numéro de l’acte."), Length(max=80)], filters=[stripped])
    decided_on = DayField("Date de l’acte", [InputRequired("Indiquez la date de l’acte.")])
    cut_reason = TextAreaField(
        "Motif des montants inférieurs à la demande",
        [Length(max=4000)],
        filters=[stripped],
        description="Il est communiqué aux porteurs concernés. Sans lui, c’est le motif du comité qui l’est.",
    )
    file = FileField("Fichier de l’acte", description="Facultatif : PDF ou image, tel que signé.")

    stored: StoredFile | None = None

    def receive(self) -> bool:
        """Write the file sent, before the unit of work; False when it is refused, said beside its field."""
        sent = self.file.data
        if not sent or not sent.filename:
            return True
        try:
            self.stored = receive(sent.stream, sent.filename)
        except Refusal as refusal:
            self.refuse(refusal)
            return False
        return True

    def holds_all(self, lines: Sequence[FundingLine], sent: Mapping[str, str]) -> bool:
        """Whether each amount typed is for a line that still waits; an act that would lose a part is refused."""
        offered = {f"amount_{line.id}" for line in lines}
        gone = [name for name, typed in sent.items() if name.startswith("amount_") and typed.strip()]
        if offered.issuperset(gone):
            return True
        self.refuse(Refusal(NO_LONGER_WAITING))
        return False

    def terms(self) -> ActTerms:
        """What was typed, once the form is valid."""
        decided_on = cast(date, self.decided_on.data)
        return ActTerms(ActKind(self.kind.data), self.number.data or "", decided_on, self.cut_reason.data or "")

    def amounts(self, lines: Sequence[FundingLine]) -> dict[int, int | None]:
        """The cents typed for each line, None when left empty."""
        return {line.id: self[f"amount_{line.id}"].data for line in lines}


def act_form(lines: Sequence[FundingLine]) -> type[ActForm]:
    """The form of an act: an amount for each line that waits for one, the arbitrated one to begin with."""
    fields = {
        f"amount_{line.id}": EurosField(
            f"{line.application.reference} — {line.application.organisation.name}",
            default=line.arbitrated_cents,
            validators=[Optional()],
        )
        for line in lines
    }
    return type("ActFormOfFunder", (ActForm,), fields)


class NotifyForm(Form):
    """The letters of an act that were read before they leave, by id."""

    shown = HiddenField()

    def letters(self) -> list[int]:
        return [number for word in (self.shown.data or "").split() if (number := plain_number(word)) is not None]


def letters_of(lines: Iterable[ActLine]) -> str:
    """The letters that a page shows, as its form sends them."""
    return " ".join(map(str, sorted({line.letter_id for line in lines if line.letter_id is not None})))


class ReasonForm(Form):
    reason = TextAreaField(
        "Motif", [InputRequired("Indiquez le motif."), Length(max=4000)], description="Il est communiqué au porteur."
    )


class ReferenceForm(Form):
    reference = StringField(
        "Numéro du dossier",
        [InputRequired("Indiquez le numéro du dossier déposé ailleurs."), Length(max=100)],
        description="Celui que lui donne l’outil du financeur : DAUPHIN, portail de la CAF…",
    )
