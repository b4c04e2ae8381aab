"""Internal notes and visits."""

from __future__ import annotations

from wtforms import BooleanField

from portal.committee.forms.versioned import VersionedForm
from portal.committee.operations.visits import VisitTerms
from portal.foundation.fields import DayField, line, words
from portal.foundation.forms import Form


class NoteForm(Form):
    body = words(
        "Nouvelle note", longest=5000, help="Lue par la Direction et le délégué du Préfet, jamais par le porteur."
    )


class VisitForm(VersionedForm):
    day = DayField("Jour")
    hour = line("Heure", longest=60, help="Par exemple 14 h 30, ou « toute la matinée ».")
    place = line("Lieu", longest=200)
    people = line("Participants", longest=500, help="Qui vient, et qui accueille.")
    tells = BooleanField("Prévenir la structure par courriel")

    def terms(self) -> VisitTerms:
        return VisitTerms(self.day.data, self.hour.data or "", self.place.data or "", self.people.data or "")


class ReportForm(Form):
    report = words(
        "Compte rendu",
        longest=20_000,
        help="Ce que vous avez vu : public présent, contenu, écarts avec le dossier, suites à donner.",
    )


class CancelForm(Form):
    reason = words("Pourquoi la visite n’a-t-elle pas lieu ?", longest=2000)
