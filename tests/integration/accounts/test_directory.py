"""A structure looked up in the public directory, and what happens when the directory does not answer."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import sqlalchemy as sa

from portal.accounts import directory
from portal.accounts.models import DirectoryAnswer, Organisation
from portal.accounts.operations.directory import forget_old_answers
from portal.accounts.rules import MemberLevel
from portal.extensions import db, limiter
from portal.foundation.database import in_unit_of_work
from tests import factories
from tests.directory import SECOND_SIRET, SIREN, SIRET, company, serving
from tests.visitors import Visitor

UNAVAILABLE = "Annuaire indisponible : saisissez vous-même."


@pytest.fixture
def server(app):
    before = app.config["PORTAL"]
    with serving() as state:
        app.config["PORTAL"] = replace(before, directory_url=state.address)
        yield state
        app.config["PORTAL"] = before


@pytest.fixture
def visitor(app):
    return Visitor(app, factories.person("Camille", "Durand"))


@pytest.fixture
def organisation(app):
    return factories.organisation("Ateliers du Vallon", siren=SIREN)


@pytest.fixture
def editor(app, organisation):
    return Visitor(app, factories.member(organisation, MemberLevel.EDITOR))


def page(organisation):
    return f"/structures/{organisation.id}/annuaire"


def stored(organisation):
    db.session.expire_all()
    return db.session.get_one(Organisation, organisation.id)


# -- a new structure -------------------------------------------------------------------------------


def test_a_structure_found_by_its_siret_fills_the_form_that_adds_it(server, visitor):
    server.answers(company())
    assert visitor.get("/structures/nouvelle").tree.xpath("//a[@href='/structures/annuaire']")
    found = visitor.post("/structures/annuaire", q="139 000 012 00027")
    assert server.asked == [SIRET]
    assert "1 structure trouvée" in found.text
    assert "SIREN 139000012, RNA W131001234" in found.text and "8 B RUE DU VALLON" in found.text
    (link,) = found.tree.xpath("//a[starts-with(., 'Utiliser')]/@href")
    form = visitor.get(link)
    shown = {box: form.tree.xpath(f"//input[@name='{box}']/@value") for box in ("name", "siret", "rna")}
    assert shown == {"name": ["LES ATELIERS DU VALLON"], "siret": [SIRET], "rna": ["W131001234"]}
    assert form.texts("//select[@name='kind']/option[@selected]") == ["Association"]
    assert "DURAND" not in found.text


def test_several_structures_are_told_apart_and_none_is_said(server, visitor):
    server.answers(company(), company(siren="732829320", nom_raison_sociale="LES ATELIERS", siege={"siret": "x"}))
    found = visitor.post("/structures/annuaire", q="les ateliers")
    assert "2 structures trouvées" in found.text
    assert found.texts("//h3") == ["LES ATELIERS DU VALLON", "LES ATELIERS"]
    # The second has no SIRET that can be read: it cannot be used.
    assert len(found.tree.xpath("//a[starts-with(., 'Utiliser')]")) == 1
    server.answers()
    assert "Aucune structure trouvée" in visitor.post("/structures/annuaire", q="introuvable").text


def test_a_question_too_short_is_not_asked(server, visitor):
    assert "trois lettres" in visitor.post("/structures/annuaire", q="ab").errors["q"]
    assert set(visitor.post("/structures/annuaire", q=" ").errors) == {"q"}
    assert server.asked == []


def test_a_structure_that_ceased_or_a_closed_establishment_is_told(server, visitor):
    server.answers(company(etat_administratif="C", date_fermeture="2024-06-30"))
    found = visitor.post("/structures/annuaire", q="ateliers du vallon")
    assert "Cessée le 30 juin 2024" in found.text
    assert found.tree.xpath("//a[starts-with(., 'Utiliser')]") == []
    server.answers(company(matching_etablissements=[{"siret": SECOND_SIRET, "etat_administratif": "F"}]))
    found = visitor.post("/structures/annuaire", q=SECOND_SIRET)
    assert "L’établissement demandé est fermé" in found.text
    (link,) = found.tree.xpath("//a[starts-with(., 'Utiliser')]/@href")
    assert SIRET in link


# -- when it does not answer -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": 429, "headers": {"Retry-After": "1"}},
        {"status": 500},
        {"status": 302, "headers": {"Location": "http://127.0.0.1:1/"}},
        {"body": b"<html>maintenance</html>"},
        {"body": b'{"erreur": "..."}'},
        {"body": b'{"results": "beaucoup"}'},
        {"body": b"[" * 100_000},
        {"body": b"\xff\xfe"},
        {"body": json.dumps({"results": []}).encode() + b" " * (directory.LARGEST + 1)},
        {"body": json.dumps({"results": []}).encode(), "headers": {"Content-Length": "999999"}},
    ],
    ids=["429", "500", "redirect", "html", "error", "not a list", "deep", "bytes", "huge", "cut"],
)
def test_whatever_goes_wrong_the_person_is_told_to_type(server, visitor, wrong):
    for name, value in wrong.items():
        setattr(server, name, value)
    shown = visitor.post("/structures/annuaire", q="les ateliers")
    assert (shown.status_code, shown.errors) == (200, {"": UNAVAILABLE})
    assert shown.tree.xpath("//input[@name='q']/@value") == ["les ateliers"]
    assert shown.tree.xpath("//a[@href='/structures/nouvelle'][. = 'Saisir moi-même']")


@pytest.mark.parametrize("manner", ["silent", "drips"])
def test_a_server_that_keeps_one_waiting_is_given_up(monkeypatch, server, visitor, manner):
    monkeypatch.setattr(directory, "READ_SECONDS", 0.2)
    monkeypatch.setattr(directory, "WHOLE_SECONDS", 0.2)
    setattr(server, manner, True)
    assert visitor.post("/structures/annuaire", q="les ateliers").errors == {"": UNAVAILABLE}


def test_a_server_that_is_not_there_is_told_too(app, server, visitor):
    app.config["PORTAL"] = replace(app.config["PORTAL"], directory_url="http://127.0.0.1:1")
    assert visitor.post("/structures/annuaire", q="les ateliers").errors == {"": UNAVAILABLE}


def test_switched_off_it_is_not_offered(app, visitor, editor, organisation):
    for path in ("/structures/nouvelle", f"/structures/{organisation.id}/fiche"):
        assert "Chercher dans l’annuaire" not in visitor.get(path).text + editor.get(path).text
    assert visitor.post("/structures/annuaire", q="les ateliers").errors == {"": UNAVAILABLE}


# -- kept, and not asked too often -----------------------------------------------------------------


def test_the_same_question_is_asked_once_a_day(server, visitor, time_machine_at):
    server.answers(company())
    for _ in range(2):
        assert "1 structure trouvée" in visitor.post("/structures/annuaire", q="Les Ateliers").text
    assert server.asked == ["LES ATELIERS"]
    with time_machine_at(hours=25):
        in_unit_of_work(forget_old_answers)
        assert db.session.execute(sa.select(sa.func.count()).select_from(DirectoryAnswer)).scalar_one() == 0
        db.session.rollback()


def test_an_unavailable_directory_is_asked_again(server, visitor):
    server.status = 500
    visitor.post("/structures/annuaire", q="les ateliers")
    server.answers(company())
    assert "1 structure trouvée" in visitor.post("/structures/annuaire", q="les ateliers").text


def test_nobody_asks_without_end(app, server, visitor):
    app.config["RATELIMIT_ENABLED"] = limiter.enabled = True
    server.answers(company())
    try:
        told = [visitor.post("/structures/annuaire", q="les ateliers").status_code for _ in range(16)]
        assert told == [200] * 15 + [429]
        other = Visitor(app, factories.person())
        assert other.post("/structures/annuaire", q="les ateliers").status_code == 200
    finally:
        app.config["RATELIMIT_ENABLED"] = limiter.enabled = False


# -- the sheet of a known structure ----------------------------------------------------------------


def test_the_sheet_is_compared_field_by_field_and_takes_what_is_ticked(server, editor, organisation):
    server.answers(company())
    assert editor.get(page(organisation)).tree.xpath("//input[@name='q']/@value") == [organisation.siret]
    found = editor.post(page(organisation), q=SIREN)
    assert found.tree.xpath("//input[@name='siren']/@value") == [SIREN]
    shown = editor.post(page(organisation), q=SIREN, siren=SIREN)
    ticked = shown.tree.xpath("//input[@name='field']/@value")
    assert ticked == ["name", "acronym", "siret", "rna", "created_on", "address", "postcode", "town"]
    assert "Nature de la structure Association Association identique" in shown.text
    sent = {"q": SIREN, "siren": SIREN, "version": 1, "prendre": "coches"}
    assert "Cochez au moins" in editor.post(page(organisation), **sent).text
    answer = editor.post(page(organisation), **sent, field=["acronym", "town"])
    assert answer.location == f"/structures/{organisation.id}/fiche"
    kept = stored(organisation)
    assert (kept.name, kept.acronym, kept.town, kept.address) == ("Ateliers du Vallon", "LAV", "AIX-EN-PROVENCE", None)
    assert server.asked == [SIREN]


def test_everything_is_taken_at_once_and_leads_back_to_the_dossier(server, editor, organisation):
    server.answers(company())
    sent = {"q": SIREN, "siren": SIREN, "version": 1, "prendre": "tout", "name": "Inventé"}
    answer = editor.post(f"{page(organisation)}?retour=/dossiers/1/structure", **sent)
    assert answer.location == "/dossiers/1/structure"
    kept = stored(organisation)
    assert (kept.name, kept.siret, kept.rna) == ("LES ATELIERS DU VALLON", SIRET, "W131001234")


def test_another_structure_s_numbers_are_refused_and_nothing_is_half_taken(server, editor, organisation):
    server.answers(company(siren="732829320", siege={"siret": "73282932000017"}))
    shown = editor.post(page(organisation), q="732829320", siren="732829320")
    assert "Ce n’est pas le même SIREN" in shown.text
    assert shown.tree.xpath("//input[@name='field'][@checked]") == []
    sent = {"q": "732829320", "siren": "732829320", "version": 1, "prendre": "tout"}
    assert "neuf premiers chiffres" in editor.post(page(organisation), **sent).text
    assert stored(organisation).acronym is None


def test_a_sheet_changed_meanwhile_is_not_written_over(server, editor, organisation):
    server.answers(company())
    editor.post(f"/structures/{organisation.id}/fiche", version=1, name="Autre nom", kind="association")
    sent = {"q": SIREN, "siren": SIREN, "version": 1, "prendre": "tout"}
    assert "modifiée entre-temps" in editor.post(page(organisation), **sent).text
    assert stored(organisation).name == "Autre nom"


def test_only_those_who_write_for_the_structure_compare_it(app, server, organisation):
    reader = Visitor(app, factories.member(organisation, MemberLevel.READER))
    stranger = Visitor(app, factories.member(factories.organisation()))
    assert {each.post(page(organisation), q=SIREN).status_code for each in (reader, stranger)} == {404}
    assert server.asked == []
