"""What a contract holds, read. Lists leave out what was retired unless asked; order is the one printed."""

from portal.contracts.queries.lists import (
    AgeBandLine,
    Entry,
    FunderLine,
    age_bands,
    axes,
    funders,
    governance,
    priorities,
)
from portal.contracts.queries.measuring import (
    Catalogue,
    IndicatorLine,
    catalogue,
    indicator_versions,
    indicators,
)
from portal.contracts.queries.naming import (
    ContractLine,
    contract_by_slug,
    contract_scopes,
    contracts,
    contracts_in,
    contracts_of,
    funder_scopes,
)
from portal.contracts.queries.partners import contacts_of_person
from portal.contracts.queries.taxonomy import (
    LevelNames,
    Pillar,
    ThemeLine,
    aliases,
    level_names,
    pillars_and_themes,
    themes,
    themes_by_printed,
)

__all__ = [
    "AgeBandLine",
    "Catalogue",
    "ContractLine",
    "Entry",
    "FunderLine",
    "IndicatorLine",
    "LevelNames",
    "Pillar",
    "ThemeLine",
    "age_bands",
    "aliases",
    "axes",
    "catalogue",
    "contacts_of_person",
    "contract_by_slug",
    "contract_scopes",
    "contracts",
    "contracts_in",
    "contracts_of",
    "funder_scopes",
    "funders",
    "governance",
    "indicator_versions",
    "indicators",
    "level_names",
    "pillars_and_themes",
    "priorities",
    "themes",
    "themes_by_printed",
]
