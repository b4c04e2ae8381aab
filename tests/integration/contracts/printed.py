"""The themes as sources print them."""

from portal.contracts import queries
from portal.contracts.queries import ThemeLine
from portal.foundation.folding import fold


def theme_printed(contract_id: int, text: str) -> ThemeLine | None:
    """The theme that a source means by `text`."""
    return queries.themes_by_printed(contract_id).get(fold(text))
