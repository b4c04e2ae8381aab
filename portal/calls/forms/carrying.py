"""Choosing an earlier application and what to keep of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from wtforms import BooleanField, RadioField, SelectMultipleField
from wtforms.validators import InputRequired

from portal.calls.queries.carrying import Source
from portal.calls.rules.carrying import KEEPABLE
from portal.calls.states import Origin, Section
from portal.foundation.fields import choices
from portal.foundation.forms import Form
from portal.foundation.quantities import plain_number


class CarryForm(Form):
    source = RadioField("Dossier à reprendre", [InputRequired("Choisissez un dossier.")])
    kept = SelectMultipleField(
        "Ce que vous gardez", description="Les dates sont décalées d’autant d’années. Vous relirez chaque rubrique."
    )
    from_bilan = BooleanField(
        "Partir des chiffres réels du bilan pour le public attendu",
        description="Quand le bilan de ce dossier est rendu. Sinon, les chiffres annoncés sont repris.",
    )

    def __init__(self, sources: Sequence[Source], begun: Collection[Section], asked: int | None) -> None:
        """`begun` are the sections already typed: they are kept only when asked for. `asked` is a source's id."""
        chosen = next((each for each in sources if each.id == asked), sources[0] if len(sources) == 1 else None)
        super().__init__(
            data={
                "source": str(chosen.id) if chosen else None,
                "kept": [section.value for section in KEEPABLE if section not in begun],
                "from_bilan": True,
            }
        )
        self.source.choices = choices((str(each.id), _named(each)) for each in sources)
        self.kept.choices = choices((section.value, section.label) for section in KEEPABLE)

    @property
    def source_id(self) -> int:
        return plain_number(str(self.source.data)) or 0

    @property
    def sections(self) -> list[Section]:
        return [Section(value) for value in self.kept.data or []]


def _named(source: Source) -> str:
    past = " (programmation passée)" if source.origin is Origin.IMPORTED else ""
    return f"{source.year} — {source.title}{past}"
