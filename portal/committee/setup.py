"""Put this room into the app."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from flask import Flask

from portal.accounts import access, scopes
from portal.accounts.queries import personal_data
from portal.accounts.rules import ScopeKind
from portal.calls.queries import outcome
from portal.calls.queries.filing_timeline import TIMELINE_TEXTS, TIMELINE_WORDS
from portal.committee import jobs, models, operations, views  # noqa: F401 - the tables must be known
from portal.committee.queries import personal
from portal.committee.queries.outcome import known_to_applicant
from portal.committee.queries.scopes import sitting_scopes
from portal.committee.rules.history import TEXTS_FOR_APPLICANTS, TOLD_TO_APPLICANTS
from portal.committee.rules.scoring import written_score
from portal.committee.views.programme import READERS
from portal.committee.views.sittings import READERS as SITTING_READERS
from portal.foundation.fields import EurosField
from portal.foundation.web import navigation


def register(app: Flask) -> None:
    # Operations register their guards and periodic acts when imported, jobs themselves, views their routes.
    for package in (operations, jobs, views):
        for module in iter_modules(package.__path__):
            import_module(f"{package.__name__}.{module.name}")
    TIMELINE_WORDS.update(TOLD_TO_APPLICANTS)
    TIMELINE_TEXTS.update(TEXTS_FOR_APPLICANTS)
    scopes.offer(ScopeKind.SITTING, sitting_scopes)
    outcome.register(known_to_applicant)
    personal_data.offer("analyses", personal.assessments_of_person)
    personal_data.offer("avis", personal.opinions_of_person)
    personal_data.offer("avis_demandes", personal.opinions_asked_of_person)
    personal_data.offer("notes", personal.notes_of_person)
    personal_data.offer("seances", personal.sittings_of_person)
    app.register_blueprint(views.blueprint)
    app.add_template_filter(written_score, "score")
    app.add_template_filter(EurosField.written, "plain_euros")
    navigation.add_entry("Séances", "committee.sittings", lambda: bool(access.all_roles() & set(SITTING_READERS)), 52)
    navigation.add_entry("Programmation", "committee.programmes", lambda: bool(access.all_roles() & set(READERS)), 54)
