"""Asking for opinions, reminding, declining."""

from __future__ import annotations

from wtforms import HiddenField, SelectMultipleField
from wtforms.validators import InputRequired

from portal.committee.operations.asking_opinions import Asking
from portal.committee.queries.opinion_plan import Plan, Selection
from portal.committee.rules.opinion_requests import Addressee
from portal.foundation.fields import DayField, choices, words
from portal.foundation.forms import Form


class AskForm(Form):
    """The date and the words; the selection is in the address, its list on the page."""

    mark = HiddenField()
    due_on = DayField("Avis attendu au plus tard le", [InputRequired("Indiquez une date.")])
    words = words("Un mot de plus", longest=1000, help="Facultatif. Il est ajouté au message, tel quel.")

    def asking(self, selection: Selection, chosen: frozenset[Addressee]) -> Asking:
        return Asking(selection, chosen, self.due_on.data, self.words.data or "", self.mark.data or "")


class AskOneForm(AskForm):
    """The same on one application, whose recipients are ticked on the page itself."""

    to = SelectMultipleField("À qui ?", choices=[])

    def offer(self, plan: Plan) -> None:
        """Only those to whom something may be sent."""
        self.to.choices = choices(
            (line.recipient.addressee.key, f"{line.recipient.name} ({line.recipient.way.label})")
            for line in plan.lines
            if line.sent
        )

    def chosen(self) -> frozenset[Addressee]:
        return frozenset(who for key in self.to.data or [] if (who := Addressee.read(key)) is not None)


class RemindForm(Form):
    mark = HiddenField()
    words = words("Un mot de plus", longest=1000, help="Facultatif. Il est ajouté au rappel, tel quel.")


class DeclineForm(Form):
    """Beside the opinion's own form on the page: its field has a name of its own."""

    why = words(
        "Pourquoi vous ne donnez pas d’avis",
        longest=1000,
        validators=[InputRequired("Indiquez pourquoi vous ne donnez pas d’avis.")],
        help="Par exemple : un lien avec la structure, une action que vous ne connaissez pas.",
    )
