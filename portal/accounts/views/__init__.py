"""The routes of this room, all on one blueprint."""

from portal.accounts.views import account, second_factor, signing, tasks
from portal.accounts.views.blueprint import blueprint

__all__ = ["account", "blueprint", "second_factor", "signing", "tasks"]
