"""What is half said is kept, or told; what a page saved by itself is known to those whom it concerns."""

from __future__ import annotations

from portal.accounts.queries.banking import phone_changed_at
from portal.calls.queries.sections import dossier_of
from portal.extensions import db
from portal.foundation.actors import SYSTEM
from portal.foundation.database import unit_of_work
from portal.foundation.events import record
from tests.integration.calls.filing.scene import fresh


def test_words_about_a_quartier_typed_before_its_share_are_there_when_the_page_is_opened_again(owner, it, draft):
    field = f"text_{it.watch.id}"
    told = owner.post(f"/dossiers/{draft}/quartiers/enregistrement", version=0, page="p", **{field: "Au city-stade"})
    assert told.json["state"] == "saved"
    page = owner.get(f"/dossiers/{draft}/quartiers")
    assert page.tree.xpath(f'string(//textarea[@name="{field}"])').strip() == "Au city-stade"
    # A share of 0 takes the quartier away, words and all.
    owner.save(draft, "quartiers", **{field: "Au city-stade", f"share_{it.watch.id}": "0"})
    assert dossier_of(fresh(draft)).placements == ()
    db.session.rollback()


def test_a_value_without_its_indicator_s_name_is_told_and_kept(owner, it, draft):
    page = owner.save(draft, "indicateurs", own_0_value="300")
    assert page.errors == {"own_0_label": "Nommez cet indicateur."}
    again = owner.get(f"/dossiers/{draft}/indicateurs")
    assert again.tree.xpath('string(//input[@name="own_0_value"]/@value)') == "300"
    assert again.errors == page.errors


def test_a_dauphin_number_without_its_amount_is_told_and_kept(owner, it, draft):
    key = f"{it.state.id}_specific"
    page = owner.save(draft, "financements", **{f"ref_{key}": "00123456"})
    assert page.errors == {f"asked_{key}": "Indiquez aussi le montant demandé."}
    again = owner.get(f"/dossiers/{draft}/financements")
    assert again.tree.xpath(f'string(//input[@name="ref_{key}"]/@value)') == "00123456"


def test_a_phone_changed_by_a_page_that_saves_itself_is_known_to_whoever_calls_back(owner, it, draft):
    path, name = f"/dossiers/{draft}/structure/enregistrement", it.organisation.name
    owner.post(path, version=0, page="p", name=name, town="Aix")
    assert phone_changed_at(it.organisation.id) is None
    assert owner.post(path, version=1, page="p", name=name, phone="06 12 34 56 78").json["state"] == "saved"
    for number in range(60):
        with unit_of_work():
            record(SYSTEM, "organisation.changed", it.organisation, fields=[f"field_{number}"])
    assert phone_changed_at(it.organisation.id) is not None
    db.session.rollback()
