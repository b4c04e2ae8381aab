"""The analysis sheet: one mark and one comment per criterion of the call's grid."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any, cast

from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.validators import Length

from portal.calls.models import Criterion
from portal.committee.forms.versioned import VersionedForm
from portal.committee.models import Assessment
from portal.committee.rules.scoring import TOP_LEVEL, Mark, SheetText
from portal.committee.states import Verdict
from portal.foundation.forms import Form
from portal.foundation.quantities import plain_number
from portal.foundation.web.formats import plural

WORDS_LENGTH = Length(max=10_000, message="10 000 caractères au plus.")
COMMENT_LENGTH = Length(max=2000, message="2 000 caractères au plus.")
VERDICTS = {verdict.value: verdict.label for verdict in Verdict}


class SheetForm(VersionedForm):
    """What every sheet holds; `sheet_form` adds the grid. `page` names the page it is typed in, and
    `sequence` counts its saves."""

    page = HiddenField()
    sequence = HiddenField(default="0")
    verdict = RadioField("Votre avis", choices=VERDICTS, validate_choice=False, default="")
    strengths = TextAreaField("Points forts", [WORDS_LENGTH])
    reserves = TextAreaField(
        "Réserves et points faibles", [WORDS_LENGTH], description="À écrire si l’avis est réservé ou défavorable."
    )

    def text(self, criteria: Sequence[Criterion]) -> SheetText:
        """What was typed, as the operation takes it."""
        chosen = self.verdict.data
        return SheetText(
            Verdict(chosen) if chosen in set(Verdict) else None,
            self.strengths.data or "",
            self.reserves.data or "",
            {each.id: (self._level(each.id), self[f"comment_{each.id}"].data or "") for each in criteria},
        )

    @property
    def saved_as(self) -> tuple[str, int]:
        """The page this comes from, and its how manieth save."""
        return str(self.page.data or "")[:32], plain_number(str(self.sequence.data)) or 0

    def marks(self, criteria: Sequence[Criterion]) -> list[Mark]:
        """The marks as the form shows them now, saved or not."""
        typed = self.text(criteria).marks
        return [Mark(each.id, each.weight, *typed[each.id]) for each in criteria]

    def _level(self, criterion_id: int) -> int | None:
        typed = self[f"level_{criterion_id}"].data
        return int(typed) if typed in {str(level) for level in range(TOP_LEVEL + 1)} else None


def sheet_form(criteria: Sequence[Criterion], assessment: Assessment | None, marks: Sequence[Mark]) -> SheetForm:
    """The sheet of a call's grid, filled with what was saved."""
    fields: dict[str, Any] = {}
    for criterion, mark in zip(criteria, marks, strict=True):
        fields[f"level_{criterion.id}"] = RadioField(
            f"{criterion.label} ({plural(criterion.weight, 'point', 'points')})",
            choices={str(level): str(level) for level in range(TOP_LEVEL + 1)},
            validate_choice=False,
            default="" if mark.level is None else str(mark.level),
            description=criterion.help or "",
        )
        fields[f"comment_{criterion.id}"] = TextAreaField(
            f"Commentaire – {criterion.label}", [COMMENT_LENGTH], default=mark.comment
        )
    saved: dict[str, Any] = {"page": secrets.token_hex(8)}
    if assessment is not None:
        saved |= {
            "version": assessment.version,
            "verdict": assessment.verdict.value if assessment.verdict else "",
            "strengths": assessment.strengths,
            "reserves": assessment.reserves,
        }
    return cast("SheetForm", type("GridForm", (SheetForm,), fields)(data=saved))


class ReopenForm(Form):
    reason = TextAreaField("Pourquoi rouvrir cette analyse ?", [COMMENT_LENGTH])
