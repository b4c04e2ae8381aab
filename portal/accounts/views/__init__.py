"""The routes of this room, all on one blueprint; the room's set-up imports every module here."""

from portal.accounts.views.blueprint import blueprint

__all__ = ["blueprint"]
