"""The routes of this room, all on one blueprint."""

from portal.exchange.views import amounts, delegate, extraction, imports
from portal.exchange.views.blueprint import blueprint

__all__ = ["amounts", "blueprint", "delegate", "extraction", "imports"]
