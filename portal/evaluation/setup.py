"""Put this room into the app."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from flask import Flask

from portal.accounts import access
from portal.accounts.rules import Role
from portal.evaluation import jobs, models, operations, views  # noqa: F401 - tables and jobs must be known
from portal.evaluation.operations.cycle import open_due_bilans
from portal.evaluation.operations.reminders import remind_bilans
from portal.evaluation.views.bilans import STAFF
from portal.evaluation.views.reports import READERS
from portal.foundation import outbox
from portal.foundation.web import navigation


def register(app: Flask) -> None:
    # Operations register their guards, jobs and followers when imported; views their routes.
    for package in (operations, views):
        for module in iter_modules(package.__path__):
            import_module(f"{package.__name__}.{module.name}")
    app.register_blueprint(views.blueprint)
    outbox.periodic(open_due_bilans)
    outbox.periodic(remind_bilans)
    navigation.add_entry("Mes bilans", "evaluation.mine", lambda: Role.APPLICANT in access.all_roles(), order=35)
    navigation.add_entry("Bilans", "evaluation.all_bilans", lambda: bool(access.all_roles() & set(STAFF)), order=60)
    navigation.add_entry(
        "Comptes rendus", "evaluation.report_list", lambda: bool(access.all_roles() & set(READERS)), order=70
    )
