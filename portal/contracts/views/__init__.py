"""The routes of this room, all on one blueprint."""

from portal.contracts.views import funders, indicators, lists, partners, settings, taxonomy
from portal.contracts.views.blueprint import blueprint

__all__ = ["blueprint", "funders", "indicators", "lists", "partners", "settings", "taxonomy"]
