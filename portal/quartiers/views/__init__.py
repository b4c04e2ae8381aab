"""The routes of this room, all on one blueprint."""

from portal.quartiers.views import figures, structures, territories
from portal.quartiers.views.blueprint import blueprint

__all__ = ["blueprint", "figures", "structures", "territories"]
