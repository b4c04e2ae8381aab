"""The quartiers of a project: equal shares, what differs in one of them, the rules of the call as one goes."""

from __future__ import annotations

import sqlalchemy as sa

from portal.calls.models import Call, Placement
from portal.calls.queries.sections import dossier_of
from portal.calls.rules.filing_sheet import laid_out
from portal.calls.states import ResidentsRule, Section
from portal.contracts.models import Theme
from portal.extensions import db
from portal.foundation.database import unit_of_work
from tests.integration.calls.filing.scene import fresh, sections_of


def shares(application_id):
    found = [(place.quartier, place.share_bp) for place in dossier_of(fresh(application_id)).placements]
    db.session.rollback()
    return found


def test_a_button_shares_alike_among_the_quartiers_named_or_among_all(owner, it, draft):
    empty = {f"share_{quartier.id}": "" for quartier in (it.qpv, it.watch)}
    answer = owner.save(draft, "quartiers", **empty, repartir="1")
    assert answer.status_code == 302
    assert shares(draft) == [("Les Tilleuls", 5000), ("Le Vallon", 5000)]
    one = empty | {f"residents_{it.watch.id}": "12"}
    owner.save(draft, "quartiers", **one, repartir="1")
    assert shares(draft) == [("Le Vallon", 10_000)]


def test_a_quartier_may_have_its_own_theme_and_words(owner, it, draft):
    culture = db.session.scalars(sa.select(Theme.id).where(Theme.label == "Culture")).one()
    typed = sections_of(it)["quartiers"] | {f"theme_{it.watch.id}": str(culture), f"text_{it.watch.id}": "Un concert."}
    assert owner.save(draft, "quartiers", **typed).status_code == 302
    placed = db.session.execute(sa.select(Placement.quartier_id, Placement.theme_id, Placement.description)).all()
    assert {tuple(row) for row in placed} == {(it.qpv.id, None, None), (it.watch.id, culture, "Un concert.")}
    read = next(part for part in laid_out(dossier_of(fresh(draft))) if part.section is Section.QUARTIERS)
    assert read.texts == (("Ce qui diffère à Le Vallon", "Thématique\u00a0: Culture\nUn concert."),)
    db.session.rollback()
    page = owner.get(f"/dossiers/{draft}/quartiers")
    assert page.tree.xpath(f'//select[@name="theme_{it.watch.id}"]/option[@selected]/@value') == [str(culture)]
    assert len(page.tree.xpath("//fieldset[contains(@class, 'row-group')]//details[@open]")) == 1


def test_the_rule_of_the_call_is_told_in_numbers_on_both_pages(owner, it, draft):
    with unit_of_work() as session:
        session.get_one(Call, it.call.id).residents_rule = ResidentsRule.TWO_THIRDS
    everything = sections_of(it)
    owner.save(draft, "quartiers", **everything["quartiers"])
    assert "manque pour comparer" in owner.get(f"/dossiers/{draft}/quartiers").text
    owner.save(draft, "public", **everything["public"] | {"people_expected": "61"})
    told = (
        "40 habitants des quartiers prioritaires sur 61 personnes attendues, soit 65,57 %. "
        "L’appel demande les deux tiers : il en manque 1."
    )
    for page in ("quartiers", "public"):
        assert told in owner.get(f"/dossiers/{draft}/{page}").text
    assert (
        "Total par quartier : 55 sur 61 attendues : il en reste 6 à répartir."
        in owner.get(f"/dossiers/{draft}/public").text
    )


def test_without_a_priority_quartier_the_state_line_is_told(owner, it, draft):
    owner.save(draft, "quartiers", **{f"share_{it.watch.id}": "100", f"residents_{it.watch.id}": "3"})
    assert "Aucun quartier prioritaire n’est choisi" in owner.get(f"/dossiers/{draft}/quartiers").text
    owner.save(draft, "quartiers", **sections_of(it)["quartiers"])
    assert "une demande à l’État est possible" in owner.get(f"/dossiers/{draft}/quartiers").text
