"""What the law asks a public site to say, and the list of its pages."""

from __future__ import annotations

from flask import current_app, render_template

from portal.accounts.access import public
from portal.contracts import queries as contracts
from portal.contracts.rules.glossary import glossary
from portal.foundation.web import navigation
from portal.quartiers import queries as quartiers
from portal.settings import Settings
from portal.site.queries import calls
from portal.site.queries.calls import Contact
from portal.site.views.blueprint import blueprint


def _settings() -> Settings:
    settings: Settings = current_app.config["PORTAL"]
    return settings


def _contact() -> Contact | None:
    """Who answers for the portal: the service of the latest real contract."""
    known = [contract for contract in contracts.contracts() if not contract.is_demo]
    return calls.contact_of(known[0].id) if known else None


@blueprint.get("/mentions-legales")
@public
def legal_notice() -> str:
    return render_template("site/legal_notice.html", settings=_settings(), contact=_contact())


@blueprint.get("/donnees-personnelles")
@public
def personal_data() -> str:
    return render_template("site/personal_data.html", settings=_settings(), contact=_contact())


@blueprint.get("/accessibilite")
@public
def accessibility() -> str:
    return render_template("site/accessibility.html", settings=_settings(), contact=_contact())


@blueprint.get("/les-mots")
@public
def words() -> str:
    """The words of the contrat de ville, explained."""
    return render_template("site/words.html", terms=glossary().values())


@blueprint.get("/plan-du-site")
@public
def site_map() -> str:
    """The pages anybody may open, by subject."""
    known = sorted(contracts.contracts(), key=lambda contract: (contract.is_demo, -contract.start_year))
    return render_template(
        "site/site_map.html",
        calls=[call for group in calls.public_calls().values() for call in group],
        quartiers=quartiers.quartiers_of(known[0].id) if known else [],
        account=[
            navigation.item("Se connecter", "accounts.sign_in"),
            navigation.item("Créer un compte", "accounts.sign_up"),
            navigation.item("Mot de passe oublié", "accounts.forgotten_password"),
        ],
    )
