"""The extraction of the State's services: columns said by hand, rows matched, chosen, written all or nothing."""

from __future__ import annotations

import io

import pytest
import sqlalchemy as sa

from portal.accounts.rules import Role
from portal.calls.models import FundingLine
from portal.calls.states import ApplicationStatus, FundingStatus
from portal.committee.models import Decision, FundingAct
from portal.exchange.models import ColumnMemory, ImportRun
from portal.extensions import db
from portal.foundation.database import unit_of_work
from portal.foundation.events import Event
from tests import factories
from tests.integration.committee.deciding import Scene, make_scene
from tests.integration.exchange.sending import csv, workbook
from tests.queries import counted

HEADER = [
    "N° dossier",
    "SIRET",
    "Intitulé du projet",
    "Statut",
    "Montant demandé",
    "Montant proposé",
    "Montant accordé",
]


@pytest.fixture
def scene(app) -> Scene:
    return make_scene(app)


def page(scene) -> str:
    return f"/programmation/{scene.call.id}/dauphin/{scene.state.id}"


def project(scene, title: str, *, by=None, **values):
    """An application that asks the State for 3 000 €."""
    made = factories.application(
        scene.call, by or factories.organisation(), [scene.quartier],
        status=values.pop("status", ApplicationStatus.ADMISSIBLE), title=title,
    )  # fmt: skip
    factories.funding_line(made, scene.state, 3_000_00, scene.state_envelope)
    return made


def row(application, *, number="", title=None, siret=None, status="", asked="", proposed="", granted=""):
    siret = application.organisation.siret if siret is None else siret
    return [number, siret, application.title if title is None else title, status, asked, proposed, granted]


def sent(visitor, scene, content: bytes, name: str = "extraction.csv", **columns: str):
    """The page of the rows: the file sent, its columns accepted as guessed, or as said."""
    answer = visitor.post(page(scene), file=(io.BytesIO(content), name))
    assert answer.status_code == 302, answer.errors
    form = visitor.follow(answer)
    said = {
        each.get("name"): each.xpath("string(.//option[@selected]/@value)")
        for each in form.tree.xpath('//select[starts-with(@name, "column_")]')
    }
    done = visitor.post(str(answer.location), **(said | columns))
    assert done.status_code == 302, (done.errors, done.text[:800])
    return str(done.location)


def matches(report) -> list[str]:
    return report.texts("//fieldset/legend")


def choose(visitor, address: str, **choices: int):
    return visitor.post(address, **{name: str(value) for name, value in choices.items()})


def line(application) -> FundingLine:
    db.session.expire_all()
    return db.session.scalars(sa.select(FundingLine).where(FundingLine.application_id == application.id)).one()


def count(model: type) -> int:
    return db.session.execute(sa.select(sa.func.count()).select_from(model)).scalar_one()


def test_each_row_says_how_sure_it_is_and_only_certain_ones_are_ticked(scene):
    sure, near = project(scene, "Jardin partagé"), project(scene, "Ateliers cuisine du monde")
    house = factories.organisation()
    twins = [project(scene, f"Aide aux devoirs {place}", by=house) for place in ("nord", "sud")]
    rows = [
        HEADER,
        row(sure, number="00111", status="En instruction"),
        row(near, number="00222", title="Ateliers cuisines du monde"),
        row(twins[0], number="00333", title="Aide aux devoirs"),
        row(sure, number="00444", title="Tout autre chose", siret="73282932000074"),
    ]
    officer = scene.visit(Role.STATE_OFFICER)
    report = officer.get(sent(officer, scene, csv(rows)))
    assert matches(report) == [
        "Ligne 2 : Jardin partagé ✓Certaine",
        "Ligne 3 : Ateliers cuisines du monde →Probable",
        "Ligne 4 : Aide aux devoirs !Plusieurs possibles",
    ]
    ticked = report.tree.xpath('//input[@type="radio"][@checked]/@value')
    assert ticked == [str(line(sure).id), "", ""]
    assert report.texts("//table[caption='Lignes sans choix à faire']//td[@data-label='Résultat']") == [
        "•Aucun dossier"
    ]
    assert line(sure).external_ref is None, "nothing is written before the choice"


def test_what_is_chosen_brings_number_status_and_proposal_and_coming_back_changes_nothing(scene):
    first, second = project(scene, "Jardin partagé"), project(scene, "Ateliers cuisine du monde")
    rows = [
        HEADER,
        row(first, number="00111", status="En instruction", asked="3000", proposed="2 500,50"),
        row(second, number="00222", title="Ateliers cuisines du monde"),
    ]
    officer = scene.visit(Role.STATE_OFFICER)
    address = sent(officer, scene, csv(rows))
    done = choose(officer, address, ligne_2=line(first).id, ligne_3=line(second).id)
    assert officer.follow(done).flashes[-1] == "Dossiers mis à jour d’après l’extraction : 2."
    written = line(first)
    assert (written.external_ref, written.external_status, written.proposed_cents, written.status) == (
        "00111",
        "En instruction",
        2_500_50,
        FundingStatus.PROPOSED,
    )
    assert line(second).external_ref == "00222"
    events = db.session.execute(sa.select(Event.action).where(Event.application_id == first.id)).scalars().all()
    assert events == ["funding.number_given", "funding.status_told", "funding.proposed"]
    again = officer.get(sent(officer, scene, csv(rows)))
    assert matches(again) == []
    assert again.texts("//td[@data-label='Résultat']") == [
        f"✓Déjà à jour {first.reference}",
        f"✓Déjà à jour {second.reference}",
    ]
    refused = choose(officer, address, ligne_2=line(first).id)
    assert refused.status_code == 302
    assert count(ImportRun) == 1


def test_all_certain_ones_at_once_leave_the_others(scene):
    sure, near = project(scene, "Jardin partagé"), project(scene, "Ateliers cuisine du monde")
    rows = [HEADER, row(sure, number="00111"), row(near, number="00222", title="Ateliers cuisines du monde")]
    officer = scene.visit(Role.OFFICER)
    done = officer.post(sent(officer, scene, csv(rows)), certaines="1")
    assert officer.follow(done).flashes[-1] == "Dossiers mis à jour d’après l’extraction : 1."
    assert [line(sure).external_ref, line(near).external_ref] == ["00111", None]


def test_what_contradicts_the_portal_is_shown_with_both_values_and_never_certain(scene):
    known = project(scene, "Jardin partagé")
    with unit_of_work():
        line(known).external_ref = "00999"
    rows = [HEADER, row(known, number="00111", asked="3500")]
    manager = scene.visit(Role.MANAGER)
    address = sent(manager, scene, csv(rows))
    report = manager.get(address)
    assert matches(report) == ["Ligne 2 : Jardin partagé →Probable"]
    assert report.texts("//fieldset//li") == [
        "Différence. Numéro : 00999 dans le portail, 00111 dans le fichier",
        "Différence. Demandé : 3 000,00 € dans le portail, 3 500,00 € dans le fichier",
    ]
    choose(manager, address, ligne_2=line(known).id)
    assert (line(known).external_ref, line(known).requested_cents) == ("00111", 3_000_00)


def test_a_number_known_finds_its_application_whatever_its_title(scene):
    known = project(scene, "Jardin partagé")
    with unit_of_work():
        line(known).external_ref = "0000111"
    officer = scene.visit(Role.STATE_OFFICER)
    report = officer.get(sent(officer, scene, csv([HEADER, row(known, number="111", title="Autre", status="Clos")])))
    assert matches(report) == ["Ligne 2 : Autre ✓Certaine"]


def test_an_amount_voted_with_its_act_is_a_grant_and_without_one_a_proposal(scene):
    voted, waiting = project(scene, "Jardin partagé"), project(scene, "Lecture")
    scene.arbitrate(voted, state=2_000_00)
    header = [*HEADER, "Numéro de l’acte", "Date de l’acte"]
    rows = [
        header,
        [*row(voted, number="00111", granted="2000"), "A-12", "03/04/2026"],
        [*row(waiting, number="00222", granted="1000"), "", ""],
    ]
    officer = scene.visit(Role.STATE_OFFICER)
    address = sent(officer, scene, csv(rows))
    choose(officer, address, ligne_2=line(voted).id, ligne_3=line(waiting).id)
    assert (line(voted).status, line(voted).granted_cents) == (FundingStatus.GRANTED, 2_000_00)
    assert (line(waiting).status, line(waiting).proposed_cents) == (FundingStatus.PROPOSED, 1_000_00)
    assert count(FundingAct) == 1
    again = officer.get(sent(officer, scene, csv(rows)))
    assert matches(again) == []


def test_a_cut_that_the_committee_did_not_explain_asks_for_its_reason(scene):
    voted = project(scene, "Jardin partagé")
    scene.arbitrate(voted, state=2_000_00)
    with unit_of_work():
        db.session.query(Decision).one().reason = ""
    rows = [[*HEADER, "Numéro de l’acte", "Date de l’acte"],
            [*row(voted, number="00111", granted="2000"), "A-12", "03/04/2026"]]  # fmt: skip
    officer = scene.visit(Role.STATE_OFFICER)
    address = sent(officer, scene, csv(rows))
    refused = officer.post(address, ligne_2=str(line(voted).id))
    assert set(refused.errors) == {"cut_reason"}
    assert count(FundingAct) == 0
    officer.post(address, ligne_2=str(line(voted).id), cut_reason="Crédits gelés")
    assert db.session.scalars(sa.select(FundingAct)).one().cut_reason == "Crédits gelés"
    assert line(voted).granted_cents == 2_000_00


def test_a_reason_is_asked_only_where_something_would_be_granted(scene):
    officer = scene.visit(Role.STATE_OFFICER)
    answer = officer.get(sent(officer, scene, csv([HEADER, row(project(scene, "Lecture"), granted="1000")])))
    assert matches(answer)
    assert not answer.tree.xpath('//textarea[@name="cut_reason"]')


def test_the_officer_of_the_direction_does_not_grant_by_a_file(scene):
    voted = project(scene, "Jardin partagé")
    scene.arbitrate(voted, state=2_000_00)
    rows = [[*HEADER, "Numéro de l’acte", "Date de l’acte"],
            [*row(voted, number="00111", granted="2000"), "A-12", "03/04/2026"]]  # fmt: skip
    officer = scene.visit(Role.OFFICER)
    address = sent(officer, scene, csv(rows))
    assert "seuls l’État et la responsable de la Direction enregistrent ses actes" in officer.get(address).text
    choose(officer, address, ligne_2=line(voted).id)
    assert (line(voted).status, line(voted).external_ref) == (FundingStatus.ARBITRATED, "00111")


def test_one_choice_no_longer_possible_and_nothing_is_written(scene):
    first, second = project(scene, "Jardin partagé"), project(scene, "Lecture")
    rows = [HEADER, row(first, number="00111"), row(second, number="00222")]
    officer = scene.visit(Role.STATE_OFFICER)
    address = sent(officer, scene, csv(rows))
    taken = project(scene, "Théâtre")
    with unit_of_work():
        line(taken).external_ref = "00222"
    refused = choose(officer, address, ligne_2=line(first).id, ligne_3=line(second).id)
    assert "Ligne 3 : cette correspondance n’est plus possible. Relisez la comparaison." in refused.text
    assert [line(each).external_ref for each in (first, second)] == [None, None]
    twice = choose(officer, address, ligne_2=line(first).id, ligne_3=line(first).id)
    assert twice.status_code == 200
    nothing = choose(officer, address)
    assert "Choisissez au moins une correspondance." in nothing.text
    forged = choose(officer, address, ligne_2=10**9)
    assert "Ligne 2 : cette correspondance n’est plus possible." in forged.text
    assert count(ImportRun) == 0


def test_two_rows_for_one_application_are_never_certain(scene):
    known = project(scene, "Jardin partagé")
    rows = [HEADER, row(known, number="00111"), row(known, number="00222")]
    officer = scene.visit(Role.STATE_OFFICER)
    address = sent(officer, scene, csv(rows))
    assert [each.rsplit(" ", 1)[1] for each in matches(officer.get(address))] == ["→Probable", "→Probable"]
    refused = choose(officer, address, ligne_2=line(known).id, ligne_3=line(known).id)
    assert "Lignes 2 et 3 : un même dossier ne peut pas leur correspondre." in refused.text


def test_columns_named_otherwise_are_said_once_and_remembered(scene):
    known = project(scene, "Jardin partagé")
    rows = [
        ["Réf. OSIRIS", "Identifiant", "Nom du dossier", "Phase"],
        ["00111", known.organisation.siret, known.title, "A"],
    ]
    officer = scene.visit(Role.STATE_OFFICER)
    said = {"column_number": "1", "column_siret": "2", "column_title": "3", "column_status": "4"}
    report = officer.get(sent(officer, scene, csv(rows), **said))
    assert matches(report) == ["Ligne 2 : Jardin partagé ✓Certaine"]
    assert db.session.scalars(sa.select(ColumnMemory.headings)).one() == {
        "ref osiris": "number", "identifiant": "siret", "nom du dossier": "title", "phase": "status",
    }  # fmt: skip
    assert matches(officer.get(sent(officer, scene, csv(rows)))) == ["Ligne 2 : Jardin partagé ✓Certaine"]


@pytest.mark.parametrize(
    ("said", "errors"),
    [
        (
            {"column_number": "", "column_title": ""},
            {"column_title": "Dites au moins quelle colonne donne le numéro DAUPHIN, ou le titre de l’action."},
        ),
        ({"column_status": "1"}, {"column_number": "Une même colonne ne peut pas dire deux choses."}),
        ({"column_status": "77"}, {"column_status": "Choisissez une réponse de la liste."}),
    ],
)
def test_columns_that_cannot_be_are_refused_beside_their_question(scene, said, errors):
    known = project(scene, "Jardin partagé")
    officer = scene.visit(Role.STATE_OFFICER)
    answer = officer.post(page(scene), file=(io.BytesIO(csv([HEADER, row(known, number="00111")])), "e.csv"))
    usual = {"column_number": "1", "column_siret": "2", "column_title": "3"}
    refused = officer.post(str(answer.location), **(usual | said))
    assert list(refused.errors) == list(errors)


WRONG = {
    "injection": (
        {"number": "=cmd|'/C calc'!A0"}, "N° dossier", "« =cmd|'/C calc'!A0 » est une formule : écrivez la valeur."
    ),
    "number": ({"number": "à venir"}, "N° dossier", "« à venir » n’est pas un numéro DAUPHIN."),
    "siret": ({"siret": "123"}, "SIRET", "« 123 » n’est pas un SIRET : 14 chiffres."),
    "amount": (
        {"proposed": "mille"}, "Montant proposé", "« mille » : indiquez un montant en euros, par exemple 1 234,56."
    ),
    "error": ({"granted": "#N/A"}, "Montant accordé", "le tableur n’a pas su calculer cette cellule (#N/A)."),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_cell_is_told_and_its_row_is_left(scene, name):
    cells, column, told = WRONG[name]
    known, other = project(scene, "Jardin partagé"), project(scene, "Lecture")
    officer = scene.visit(Role.STATE_OFFICER)
    rows = [HEADER, row(known, **({"number": "00111"} | cells)), row(other, number="00222")]
    address = sent(officer, scene, csv(rows))
    report = officer.get(address)
    assert report.texts("//table[caption='Lignes sans choix à faire']//li") == [
        f"ligne 2, colonne « {column} » : {told}"
    ]
    assert matches(report) == ["Ligne 3 : Lecture ✓Certaine"]


def test_a_recused_application_is_never_offered(scene):
    hidden = project(scene, "Jardin partagé")
    officer = scene.person(Role.STATE_OFFICER)
    line_id = line(hidden).id
    scene.recuse(officer, hidden)
    visitor = scene.visit(officer)
    address = sent(visitor, scene, csv([HEADER, row(hidden, number="00111")]))
    report = visitor.get(address)
    assert (matches(report), hidden.reference in report.text) == ([], False)
    refused = choose(visitor, address, ligne_2=line_id)
    assert refused.status_code == 200
    assert line(hidden).external_ref is None


def test_only_the_state_and_the_direction_find_it(scene):
    for role, expected in (
        (Role.OFFICER, 200),
        (Role.MANAGER, 200),
        (Role.DELEGATE, 200),
        (Role.STATE_OFFICER, 200),
        (Role.FUNDER_AGENT, 404),
        (Role.REVIEWER, 404),
    ):
        assert scene.visit(role).get(page(scene)).status_code == expected, role
    city = f"/programmation/{scene.call.id}/dauphin/{scene.city.id}"
    assert scene.visit(Role.MANAGER).get(city).status_code == 404
    known = project(scene, "Jardin partagé")
    address = sent(scene.visit(Role.OFFICER), scene, csv([HEADER, row(known, number="00111")]))
    assert scene.visit(Role.MANAGER).get(address).location == page(scene)


def test_a_workbook_is_read_as_a_csv(scene):
    known = project(scene, "Jardin partagé")
    content = workbook([["Extraction du 3 mars"], [], HEADER, row(known, number="00111", proposed=1500)])
    officer = scene.visit(Role.STATE_OFFICER)
    address = sent(officer, scene, content, "extraction.xlsx")
    choose(officer, address, ligne_4=line(known).id)
    assert line(known).proposed_cents == 1_500_00


def test_the_comparison_costs_the_same_whatever_the_rows(scene):
    def cost(applications) -> int:
        officer = scene.visit(Role.STATE_OFFICER)
        rows = [HEADER, *(row(each, number=f"55{place:04d}") for place, each in enumerate(applications))]
        address = sent(officer, scene, csv(rows))
        with counted() as made:
            assert officer.get(address).status_code == 200
        return len(made)

    few = [project(scene, "Jardin partagé")]
    one = cost(few)
    assert cost([*few, *(project(scene, f"Projet numéro {place}") for place in range(15))]) == one


def test_each_one_finds_their_own_doors_among_the_acts(scene):
    project(scene, "Jardin partagé")
    factories.funding_line(project(scene, "Lecture"), scene.city, 1_000_00)
    found = {
        role: scene.visit(role).get(f"/programmation/{scene.call.id}/actes").texts("//section[h2='Par fichier']//a")
        for role in (Role.OFFICER, Role.MANAGER, Role.DELEGATE, Role.STATE_OFFICER, Role.FUNDER_AGENT)
    }
    sending = "Envoyer les montants dans un fichier"
    city, state = f"{sending} (Ville d’essai)", f"{sending} (État)"
    extraction = "Extraction DAUPHIN (État)"
    assert {role: sorted(doors) for role, doors in found.items()} == {
        Role.OFFICER: [extraction],
        Role.MANAGER: sorted([state, city, extraction]),
        Role.DELEGATE: [extraction],
        Role.STATE_OFFICER: sorted([state, extraction]),
        Role.FUNDER_AGENT: [city],
    }
