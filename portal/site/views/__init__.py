"""The routes of this room."""

from portal.site.views.blueprint import blueprint

__all__ = ["blueprint"]
