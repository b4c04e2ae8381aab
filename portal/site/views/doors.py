"""Links to the pages of other rooms: only to those that exist and that this person may open."""

from __future__ import annotations

from flask import current_app, url_for

from portal.accounts import access
from portal.accounts.rules import Scopes, roles_on


def door(endpoint: str, scopes: Scopes | None = None, /, **values: int | str) -> str | None:
    """The address of a route; None when no room offers it or when its access rule says no.

    `scopes` are those of the thing of the address, for a route that asks for a role on it.
    """
    view = current_app.view_functions.get(endpoint)
    rule = access.rule_of(view) if view else None
    if rule is None:
        return None
    if rule.roles:
        held = access.all_roles() if scopes is None else roles_on(access.usable_grants(), scopes, rule.level)
        if not held & rule.roles:
            return None
    return url_for(endpoint, **values)  # type: ignore[arg-type]  # parts of an address, never its options
