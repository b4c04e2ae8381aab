"""Taking the attendance of a sitting."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.committee.forms.attendance import attendance_form
from portal.committee.models import Sitting
from portal.committee.operations.attendance import take_attendance
from portal.committee.views import blueprint
from portal.committee.views.sittings import DIRECT


@blueprint.route("/seances/<int:sitting_id>/emargement", methods=["GET", "POST"])
@requires(*DIRECT, on=Sitting)
def attendance(sitting: Sitting) -> ResponseReturnValue:
    form = attendance_form(sitting)()
    if form.validate_on_submit() and form.attempt(take_attendance, sitting, form.seats(sitting), actor=current_actor()):
        flash("La présence est pointée.", "success")
        return redirect(url_for(".sitting", sitting_id=sitting.id))
    return render_template("committee/sittings/attendance.html", form=form, sitting=sitting)
