"""Put this room into the app."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from flask import Flask
from flask_login import current_user

from portal.accounts import access
from portal.calls.rules.cycle import DIRECTION
from portal.foundation.web import navigation
from portal.site import views
from portal.site.views import subject


def register(app: Flask) -> None:
    for module in iter_modules(views.__path__):
        import_module(f"{views.__name__}.{module.name}")
    app.register_blueprint(views.blueprint)
    app.context_processor(_demo_contract)
    navigation.add_entry(
        "Tableau de bord", "site.dashboard", shown=lambda: bool(current_user.is_authenticated), order=5
    )
    # Those who prepare the calls have their own list of them.
    navigation.add_entry("Appels à projets", "site.call_list", lambda: not access.all_roles() & DIRECTION, order=10)
    navigation.add_entry("Quartiers", "site.quartier_list", order=84)
    navigation.add_entry("Actions financées", "site.action_list", order=86)


def _demo_contract() -> dict[str, Any]:
    """An invented contract is said so on every page about it, whichever room shows it."""
    if navigation.bare_page() or not subject.about_demo_contract():
        return {}
    return {"demo_notice": subject.DEMO_CONTRACT_NOTICE}
