"""The home of whoever is signed in."""

from __future__ import annotations

from flask import render_template

from portal.accounts.access import signed_in
from portal.site.views.blueprint import blueprint


@blueprint.get("/accueil")
@signed_in
def dashboard() -> str:
    return render_template("site/dashboard.html")
