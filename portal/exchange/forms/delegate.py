"""What the délégué du Préfet chooses before an export."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import SelectField
from wtforms.fields import SelectChoice

from portal.calls.states import ApplicationStatus
from portal.contracts.queries import funders, pillars_and_themes
from portal.exchange.queries.delegate import Selection
from portal.foundation.forms import Form
from portal.quartiers.queries import quartiers_of

EVERYTHING = SelectChoice("", "Tous")
FILED = [status for status in ApplicationStatus if status not in (ApplicationStatus.DRAFT, ApplicationStatus.ABANDONED)]


class DelegateForm(Form):
    """The filters of one contract's workbook."""

    year = SelectField("Année")
    call = SelectField("Appel à projets", default="")
    quartier = SelectField("Quartier", default="")
    pillar = SelectField("Pilier", default="")
    theme = SelectField("Thématique", default="")
    funder = SelectField("Financeur", default="")
    status = SelectField("État des dossiers", default="")

    def offer(self, contract_id: int, years: list[int], calls: list[tuple[int, int, str]]) -> None:
        """Fill the lists from one contract; `calls` are (id, year, title)."""
        pillars = pillars_and_themes(contract_id)
        self.year.choices = [SelectChoice(str(year), str(year)) for year in years]
        self.call.choices = _with_all((id, f"{year} : {title}") for id, year, title in calls)
        self.quartier.choices = _with_all((line.id, line.name) for line in quartiers_of(contract_id))
        self.pillar.choices = _with_all((pillar.id, pillar.label) for pillar in pillars if pillar.id)
        self.theme.choices = _with_all((theme.id, theme.label) for pillar in pillars for theme in pillar.themes)
        self.funder.choices = _with_all((line.id, line.name) for line in funders())
        self.status.choices = [EVERYTHING, *(SelectChoice(status.value, status.label) for status in FILED)]

    def selection(self, contract_id: int) -> Selection:
        """The choices made, as the queries take them."""
        return Selection(
            contract_id=contract_id,
            year=int(self.year.data),
            call_id=_chosen(self.call.data),
            quartier_id=_chosen(self.quartier.data),
            pillar_id=_chosen(self.pillar.data),
            theme_id=_chosen(self.theme.data),
            funder_id=_chosen(self.funder.data),
            status=ApplicationStatus(self.status.data) if self.status.data else None,
        )


def _with_all(pairs: Iterable[tuple[int | None, str]]) -> list[SelectChoice]:
    return [EVERYTHING, *(SelectChoice(str(key), label) for key, label in pairs)]


def _chosen(text: str | None) -> int | None:
    return int(text) if text else None
