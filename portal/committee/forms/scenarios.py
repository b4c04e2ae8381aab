"""The rules of a scenario, in plain words; and what of it becomes proposals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from portal.calls.models import Call
from portal.committee.operations.scenarios import TypedAmount
from portal.committee.rules.scenarios.model import WHOLE, Rules
from portal.committee.rules.scenarios.parameters import STEPS, Parameters
from portal.foundation.fields import CountField, EurosField, HundredthsField, ShareField, choices
from portal.foundation.forms import Form
from portal.foundation.money import format_euros
from portal.foundation.quantities import plain_number
from portal.foundation.refusals import Refusal

FIXED_ROWS = 4
"""Rows left empty for amounts fixed by hand."""
SCORES, ALIKE = "notes", "demandes"


class ScenarioForm(Form):
    """What every scenario has; `scenario_form` adds the call's quartiers, pillars and envelopes."""

    title = StringField("Nom du scénario", [InputRequired("Donnez-lui un nom."), Length(max=120)])
    weighs_scores = RadioField(
        "Ce qui compte",
        choices=[
            SelectChoice(SCORES, "Les notes : un euro compte autant que la note de son dossier"),
            SelectChoice(ALIKE, "Les demandes : chaque euro demandé compte autant"),
        ],
        default=SCORES,
        description="Le calcul cherche le plus grand total. À égalité, le plus petit numéro de dossier passe devant.",
    )
    threshold = HundredthsField(
        "Note minimale", description="Sur 100. En dessous, rien. Laissez vide pour ne pas fixer de seuil."
    )
    minimum_cents = EurosField(
        "Minimum utile par dossier",
        description="En dessous de ce total, tous financeurs réunis, un dossier ne reçoit rien du tout.",
    )
    minimum_bp = ShareField("Minimum utile, en part de la demande", description="Le plus grand des deux compte.")
    max_cut_bp = ShareField(
        "Baisse maximale",
        description="Un dossier retenu garde au moins le reste de sa demande, ou ne reçoit rien. "
        "Laissez vide pour ne pas limiter.",
    )
    step_cents = SelectField(
        "Arrondi",
        choices=choices((str(step), f"{format_euros(step)}") for step in STEPS),
        description="Chaque montant est un multiple de l’arrondi, jamais au-dessus de la demande.",
    )
    state_in_qpv_only = BooleanField(
        "Les crédits de l’État ne vont pas aux actions menées en veille active seulement", default=True
    )
    agreements_first = BooleanField("Les tranches des conventions pluriannuelles sont servies d’abord", default=True)
    keeps_proposals = BooleanField(
        "Les propositions déjà faites dans le tableau sont gardées telles quelles",
        description="Sans cette case, le scénario propose aussi sur ces lignes.",
    )

    quartiers: Mapping[int, str] = {}
    pillars: Mapping[int, str] = {}
    rows: int = FIXED_ROWS

    def chosen(self) -> Parameters:
        """The rules as typed."""
        rules = Rules(
            weighs_scores=self.weighs_scores.data != ALIKE,
            step_cents=plain_number(self.step_cents.data) or 0,
            minimum_cents=self.minimum_cents.data or 0,
            minimum_bp=self.minimum_bp.data or 0,
            max_cut_bp=WHOLE if self.max_cut_bp.data is None else self.max_cut_bp.data,
            threshold=self.threshold.data,
            quartiers={key: self[f"quartier_{key}"].data or 0 for key in self.quartiers},
            pillars={key: self[f"pillar_{key}"].data or 0 for key in self.pillars},
            state_in_qpv_only=self.state_in_qpv_only.data,
        )
        return Parameters(rules, self.agreements_first.data, self.keeps_proposals.data)

    def typed_amounts(self) -> list[TypedAmount]:
        """The amounts fixed by hand; an empty row is none."""
        return [
            TypedAmount(
                row,
                self[f"fixed_number_{row}"].data,
                plain_number(self[f"fixed_envelope_{row}"].data) or 0,
                self[f"fixed_amount_{row}"].data,
            )
            for row in range(self.rows)
            if self[f"fixed_number_{row}"].data is not None
        ]

    def validate(self, extra_validators: Any = None) -> bool:
        """A row begun is filled to its end."""
        good = bool(super().validate(extra_validators))
        for row in range(self.rows):
            number, amount = self[f"fixed_number_{row}"], self[f"fixed_amount_{row}"]
            envelope = self[f"fixed_envelope_{row}"]
            if number.data is not None and not envelope.data and not envelope.errors:
                self.refuse(Refusal("Choisissez l’enveloppe.", envelope.name))
            elif number.data is not None and amount.data is None and not amount.errors:
                self.refuse(Refusal("Indiquez le montant fixé ; 0 pour ne rien proposer.", amount.name))
            elif number.data is None and amount.data is not None and not number.errors:
                self.refuse(Refusal("Indiquez le numéro du dossier.", number.name))
            else:
                continue
            good = False
        return good


def scenario_form(
    call: Call, pillars: Mapping[int, str], envelopes: Iterable[tuple[int, str]], kept: int = 0
) -> type[ScenarioForm]:
    """The form of a call; `kept` rows of fixed amounts are already filled."""
    quartiers = {quartier.id: quartier.name for quartier in call.quartiers}
    fields: dict[str, Any] = {
        f"quartier_{key}": ShareField(f"Part minimale pour {name}", [Optional()]) for key, name in quartiers.items()
    }
    fields |= {f"pillar_{key}": ShareField(f"Part minimale : {name}", [Optional()]) for key, name in pillars.items()}
    offered = choices([("", "Choisir"), *((str(id_), label) for id_, label in envelopes)])
    for row in range(kept + FIXED_ROWS):
        fields[f"fixed_number_{row}"] = CountField(f"Numéro du dossier ({row + 1})", [Optional()])
        fields[f"fixed_envelope_{row}"] = SelectField(f"Enveloppe ({row + 1})", choices=offered)
        fields[f"fixed_amount_{row}"] = EurosField(f"Montant fixé ({row + 1})", [Optional()])
    if not call.scoring_enabled:
        fields |= {"weighs_scores": HiddenField(default=ALIKE), "threshold": HundredthsField("Note minimale")}
    facts = {"quartiers": quartiers, "pillars": dict(pillars), "rows": kept + FIXED_ROWS}
    return type("ScenarioFormOfCall", (ScenarioForm,), fields | facts)


def filled(chosen: Parameters, fixed: Sequence[tuple[int, int, int]]) -> dict[str, Any]:
    """The form's values for rules already chosen; `fixed` are (application number, envelope, cents)."""
    rules = chosen.rules
    values: dict[str, Any] = {
        "weighs_scores": SCORES if rules.weighs_scores else ALIKE,
        "threshold": rules.threshold,
        "minimum_cents": rules.minimum_cents or None,
        "minimum_bp": rules.minimum_bp or None,
        "max_cut_bp": None if rules.max_cut_bp >= WHOLE else rules.max_cut_bp,
        "step_cents": str(rules.step_cents),
        "state_in_qpv_only": rules.state_in_qpv_only,
        "agreements_first": chosen.agreements_first,
        "keeps_proposals": chosen.keeps_proposals,
    }
    values |= {f"quartier_{key}": share for key, share in rules.quartiers.items()}
    values |= {f"pillar_{key}": share for key, share in rules.pillars.items()}
    for row, (number, envelope, cents) in enumerate(fixed):
        values |= {
            f"fixed_number_{row}": number,
            f"fixed_envelope_{row}": str(envelope),
            f"fixed_amount_{row}": cents,
        }
    return values


class ApplyForm(Form):
    """The confirmation of what becomes proposals. `seen` holds the versions of the lines shown as changed."""

    seen = HiddenField()

    def seen_versions(self) -> dict[int, int]:
        """{line id: version} ; what was tampered with is no version."""
        pairs = (each.partition(":") for each in (self.seen.data or "").split(","))
        found = ((plain_number(line), plain_number(version)) for line, _colon, version in pairs)
        return {line: version for line, version in found if line is not None and version is not None}

    def remember(self, versions: Mapping[int, int]) -> None:
        self.seen.data = ",".join(f"{line}:{version}" for line, version in versions.items())
