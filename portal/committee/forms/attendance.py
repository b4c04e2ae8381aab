"""The attendance of a sitting: a line for each member."""

from __future__ import annotations

from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from portal.committee.models import Sitting
from portal.committee.rules.attendance import Seat
from portal.committee.states import Attendance
from portal.foundation.fields import HourField
from portal.foundation.forms import Form
from portal.foundation.quantities import plain_number


class AttendanceForm(Form):
    def seats(self, sitting: Sitting) -> dict[int, Seat]:
        """What was chosen, by member id."""
        return {
            member.id: Seat(
                Attendance(self[f"attendance_{member.id}"].data),
                plain_number(self[f"proxy_{member.id}"].data) if f"proxy_{member.id}" in self else None,
                self[f"arrived_{member.id}"].data,
            )
            for member in sitting.members
        }


def attendance_form(sitting: Sitting) -> type[AttendanceForm]:
    """Three fields for each member; who is not pointed yet is proposed as present."""
    offered = [each for each in Attendance if each is not Attendance.REPRESENTED or sitting.kind.proxies]
    fields: dict[str, object] = {}
    for member in sitting.members:
        fields[f"attendance_{member.id}"] = SelectField(
            f"Présence de {member.name}",
            choices=[SelectChoice(each.value, each.label) for each in offered],
            default=(member.attendance or Attendance.PRESENT).value,
        )
        if sitting.kind.proxies:
            fields[f"proxy_{member.id}"] = SelectField(
                f"Pouvoir de {member.name} donné à",
                choices=[
                    SelectChoice("", "Personne"),
                    *(SelectChoice(str(each.id), each.name) for each in sitting.members if each.id != member.id),
                ],
                default=str(member.represented_by_id or ""),
            )
        fields[f"arrived_{member.id}"] = HourField(
            f"Heure d’arrivée de {member.name}, après l’ouverture", default=member.arrived_at
        )
    return type("AttendanceFormOfOne", (AttendanceForm,), fields)
