"""The form of a reminder; the selection is in the address, its list on the page."""

from __future__ import annotations

from wtforms import HiddenField, RadioField

from portal.calls.forms.calling import REQUIRED
from portal.calls.rules.reminders import Reminder, ReminderMessage, Selection
from portal.foundation.fields import choices, words
from portal.foundation.forms import Form


class ReminderForm(Form):
    mark = HiddenField()
    message = RadioField(
        "Que dire ?",
        [REQUIRED],
        choices=choices((each.value, each.label) for each in ReminderMessage),
        default=ReminderMessage.CLOSING.value,
    )
    words = words("Un mot de plus", longest=1000, help="Facultatif. Il est ajouté au message, tel quel.")

    def reminder(self, selection: Selection) -> Reminder:
        return Reminder(selection, ReminderMessage(self.message.data), self.words.data or "", self.mark.data or "")
