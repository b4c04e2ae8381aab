"""The quartiers and the funded actions, for anybody."""

from __future__ import annotations

from flask import abort, render_template, request

from portal.accounts.access import public
from portal.contracts import queries as contracts
from portal.evaluation.queries import reports
from portal.foundation.folding import fold
from portal.foundation.pagination import asked_page
from portal.foundation.quantities import plain_number
from portal.quartiers import queries as quartiers
from portal.site.queries import publication, territories
from portal.site.views.blueprint import blueprint
from portal.site.views.subject import tell_demo

PER_PAGE = 25
DEMO = "demonstration"


@blueprint.get("/quartiers")
@public
def quartier_list() -> str:
    """The quartiers of each contract; the invented ones after the real ones, and said so."""
    known = sorted(contracts.contracts(), key=lambda contract: (contract.is_demo, -contract.start_year))
    members = [(contract, quartiers.quartiers_of(contract.id)) for contract in known]
    return render_template("site/quartiers.html", contracts=[pair for pair in members if pair[1]])


@blueprint.get("/quartiers/<slug>")
@blueprint.get("/quartiers/<slug>/<contract_slug>")
@public
def quartier(slug: str, contract_slug: str | None = None) -> str:
    """A quartier as one contract sees it, the real and latest one unless told otherwise."""
    holding = territories.contracts_with(slug)
    known = {contract.id: contract for contract in contracts.contracts_of(holding)}
    offered = [known[contract_id] for contract_id in holding]
    chosen = [contract for contract in offered if contract_slug in (None, contract.slug)]
    if not chosen:
        abort(404)
    contract = chosen[0]
    line = quartiers.quartier_by_slug(contract.id, slug)
    profile = quartiers.profile(contract.id, line.id) if line else None
    if profile is None:
        abort(404)
    tell_demo(contract.is_demo)
    years = territories.years_in(contract.id, profile.quartier.id)
    year = _asked_year([each.year for each in years])
    return render_template(
        "site/quartier.html",
        profile=profile,
        contract=contract,
        contracts=offered,
        years=years,
        year=year,
        actions=territories.actions_in(contract.id, profile.quartier.id, year) if year else [],
        reports=[each for each in reports.published([contract.id]) if each.quartier_id == profile.quartier.id],
    )


def _asked_year(years: list[int]) -> int | None:
    """The year of the address when there is something to show of it, else the latest."""
    asked = _number("annee")
    if asked in years:
        return asked
    return years[0] if years else None


@blueprint.get("/actions")
@public
def action_list() -> str:
    """The actions that were funded, searched by words, territory, theme, year and structure."""
    wanted = _search()
    tell_demo(wanted.demo)
    return render_template(
        "site/actions.html",
        page=publication.search(wanted, asked_page(), PER_PAGE),
        choices=publication.choices(demo=wanted.demo),
        wanted=wanted,
        has_demo=publication.has_public(demo=True),
        DEMO=DEMO,
    )


def _search() -> publication.Search:
    """What the address asks for; anything odd in it narrows nothing."""
    year = _number("annee")
    return publication.Search(
        demo=request.args.get("donnees") == DEMO,
        words=fold(request.args.get("q", "")[:100]),
        quartier=request.args.get("quartier", ""),
        theme=request.args.get("thematique", ""),
        pillar=request.args.get("pilier", ""),
        year=year if year and year < 10_000 else None,
        organisation_id=_number("structure"),
    )


def _number(name: str) -> int | None:
    return plain_number(request.args.get(name))


@blueprint.get("/actions/<int:application_id>")
@public
def action(application_id: int) -> str:
    card = publication.card(application_id)
    if card is None:
        abort(404)
    tell_demo(card.is_demo)
    return render_template("site/action.html", card=card, line=card.line, DEMO=DEMO)
