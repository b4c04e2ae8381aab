"""What a funder sends: its amounts voted, or paid."""

from __future__ import annotations

from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from portal.committee.states import ActKind
from portal.exchange.rules.sent.votes import LONGEST_NUMBER, Defaults
from portal.foundation.fields import DayField, choices, stripped
from portal.foundation.forms import Form

ACCEPT = ".xlsx,.csv,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class VotesFileForm(Form):
    file = FileField(
        "Montants votés",
        [FileRequired("Choisissez un fichier.")],
        description="Le classeur rempli, ou un fichier CSV : 2 Mo au plus.",
    )
    kind = SelectField("Nature de l’acte", choices=choices((kind.value, kind.label) for kind in ActKind))
    number = StringField(
        "Numéro de l’acte",
        [Length(max=LONGEST_NUMBER)],
        filters=[stripped],
        description="Pour les lignes qui ne le disent pas.",
    )
    decided_on = DayField("Date de l’acte", [Optional()], description="Pour les lignes qui ne la disent pas.")

    cut_reason = TextAreaField(
        "Motif des montants inférieurs à la demande",
        [Length(max=300)],
        filters=[stripped],
        description="Il est communiqué aux porteurs concernés. Sans lui, c’est le motif du comité qui l’est.",
    )

    def defaults(self) -> Defaults:
        reason = self.cut_reason.data or ""
        return Defaults(ActKind(self.kind.data), self.number.data or "", self.decided_on.data, reason)


class PaymentsFileForm(Form):
    file = FileField(
        "Versements",
        [FileRequired("Choisissez un fichier.")],
        description="Le classeur rempli, ou un fichier CSV : 2 Mo au plus.",
    )
