"""The routes of this room, all on one blueprint."""

from portal.exchange.views import delegate, imports
from portal.exchange.views.blueprint import blueprint

__all__ = ["blueprint", "delegate", "imports"]
