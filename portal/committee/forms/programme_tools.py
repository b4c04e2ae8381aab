"""What is asked of a tool of the programming table: by the address, so that a preview writes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from wtforms import RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional, ValidationError

from portal.committee.operations.programme_tools import Seen
from portal.committee.queries.programme_tools import Choice, Which
from portal.committee.rules.programme_tools import STEPS, Base, Rounding, Settings, Tool
from portal.contracts.models import Nature
from portal.foundation.fields import EurosField, HundredthsField
from portal.foundation.forms import Form
from portal.foundation.money import WHOLE_IN_BASIS_POINTS, format_euros_round, format_share
from portal.foundation.quantities import plain_number

HIGHEST_RATE = 2 * WHOLE_IN_BASIS_POINTS
Pairs = Iterable[tuple[int, str]]
_WRITTEN = re.compile(r"([0-9]{1,9})-([0-9]{1,9})-([0-9]{1,12})")


class ToolForm(Form):
    """The tool, its figures, and the lines it works on."""

    class Meta(Form.Meta):
        csrf = False

    outil = RadioField(
        "Outil",
        [InputRequired("Choisissez un outil.")],
        choices=[SelectChoice(tool.value, tool.label) for tool in Tool],
    )
    taux = HundredthsField("Taux, en pour cent", description="Pour « Appliquer un taux ».")
    base = RadioField(
        "Taux appliqué",
        choices=[SelectChoice(base.value, f"à partir {base.label}") for base in Base],
        default=Base.REQUESTED.value,
    )
    pas = SelectField(
        "Arrondir à un multiple de",
        choices=[
            SelectChoice("", "Ne pas arrondir"),
            *(SelectChoice(str(step), format_euros_round(step)) for step in STEPS),
        ],
        default="",
        validate_choice=True,
    )
    sens = RadioField(
        "Multiple",
        choices=[SelectChoice(way.value, way.label) for way in Rounding],
        default=Rounding.DOWN.value,
    )
    minimum = EurosField(
        "Minimum utile", [Optional()], description="Facultatif. En dessous de ce montant, la ligne est laissée."
    )
    financeur = SelectField("Financeur", default="")
    nature = SelectField("Nature des crédits", default="")
    quartier = SelectField("Quartier", default="")
    pilier = SelectField("Pilier", default="")
    structure = SelectField("Structure", default="")
    lignes = SelectField(
        "Lignes", choices=[SelectChoice(which.value, which.label) for which in Which], default=Which.ALL.value
    )

    def offer(self, funders: Pairs, quartiers: Pairs, pillars: Pairs, organisations: Pairs, *, pillar: str) -> None:
        """Fill the lists from one call; `pillar` is what its contract calls one."""
        self.financeur.choices = _with_all("Tous", funders)
        self.nature.choices = [SelectChoice("", "Toutes"), *(SelectChoice(each.value, each.label) for each in Nature)]
        self.quartier.choices = _with_all("Tous", quartiers)
        self.pilier.label.text = pillar.capitalize()
        self.pilier.choices = _with_all("Tous", pillars)
        self.structure.choices = _with_all("Toutes", organisations)

    def validate_taux(self, field: Any) -> None:
        if self.outil.data == Tool.RATE.value and not field.data and not field.process_errors:
            raise ValidationError("Indiquez le taux, par exemple 80.")
        if (field.data or 0) > HIGHEST_RATE:
            raise ValidationError(f"Indiquez un taux de {format_share(HIGHEST_RATE)} au plus.")

    def validate_pas(self, field: Any) -> None:
        if self.outil.data == Tool.ROUND.value and not field.data:
            raise ValidationError("Choisissez à quel multiple arrondir.")

    def settings(self) -> Settings:
        tool = Tool(self.outil.data)
        return Settings(
            tool,
            Base(self.base.data),
            (self.taux.data or 0) if tool is Tool.RATE else WHOLE_IN_BASIS_POINTS,
            int(self.pas.data) if self.pas.data else None,
            Rounding(self.sens.data),
            self.minimum.data or 0,
        )

    def choice(self, spoken_for: Iterable[int]) -> Choice:
        """The lines wanted, among the funders that the person speaks for."""
        chosen = plain_number(self.financeur.data)
        return Choice(
            frozenset(spoken_for) & ({chosen} if chosen is not None else set(spoken_for)),
            Nature(self.nature.data) if self.nature.data else None,
            plain_number(self.quartier.data),
            plain_number(self.pilier.data),
            plain_number(self.structure.data),
            Which(self.lignes.data),
        )


def _with_all(everything: str, pairs: Pairs) -> list[SelectChoice]:
    return [SelectChoice("", everything), *(SelectChoice(str(key), label) for key, label in pairs)]


def written(seen: Seen) -> str:
    """A previewed line as its box sends it."""
    return f"{seen.line_id}-{seen.version}-{seen.cents}"


def read_seen(sent: Sequence[str]) -> list[Seen]:
    """The boxes ticked, each line once; what cannot be read is none of ours."""
    read = (_WRITTEN.fullmatch(text) for text in sent)
    seen = [Seen(*map(int, found.groups())) for found in read if found is not None]
    return list({each.line_id: each for each in seen}.values())
