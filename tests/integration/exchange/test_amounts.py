"""What a funder voted, sent as a file: compared line by line, then recorded all or nothing."""

from __future__ import annotations

import io
from datetime import date, datetime

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from portal.accounts.models import ReadAudit
from portal.accounts.rules import Role
from portal.calls.models import Envelope, FundingLine
from portal.calls.states import FundingStatus
from portal.committee.models import Decision, FundingAct
from portal.exchange.models import ImportRun
from portal.extensions import db
from portal.foundation.database import unit_of_work
from tests import factories
from tests.integration.committee.deciding import Scene, make_scene
from tests.integration.exchange.sending import confirm, csv, faults, results, send, workbook
from tests.queries import counted

HEADER = ["Dossier", "SIRET", "Action", "Montant voté", "Nature de l’acte", "Numéro de l’acte", "Date de l’acte"]


@pytest.fixture
def scene(app) -> Scene:
    return make_scene(app)


def page(scene: Scene, funder=None) -> str:
    return f"/programmation/{scene.call.id}/montants/{(funder or scene.city).id}"


def post(scene, content, *, role=Role.FUNDER_AGENT, name="votes.xlsx", **more):
    return send(scene.visit(role), f"{page(scene)}/votes", content, "votes", name, **({"kind": "deliberation"} | more))


def retained(scene, city: int = 4_000_00, **values):
    application = scene.application(**values)
    scene.arbitrate(application, city=city)
    return application


def line(scene, application, funder=None) -> FundingLine:
    db.session.expire_all()
    return scene.line(db.session.get_one(type(application), application.id), funder)


def count(model: type) -> int:
    return db.session.execute(sa.select(sa.func.count()).select_from(model)).scalar_one()


def row(application, amount, **cells):
    values = {
        "Dossier": application.reference,
        "Montant voté": amount,
        "Nature de l’acte": "Délibération",
        "Numéro de l’acte": "DEL-12",
        "Date de l’acte": datetime(2026, 4, 3),
    } | cells
    return [values.get(name) for name in HEADER]


def test_the_model_lists_what_awaits_an_act_and_comes_back_filled(scene):
    first, second = retained(scene), retained(scene, city=1_500_00)
    agent = scene.visit(Role.FUNDER_AGENT)
    answer = agent.get(f"{page(scene)}/votes.xlsx")
    assert answer.response.headers["Cache-Control"] == "private, no-store"
    book = load_workbook(io.BytesIO(answer.data))
    sheet = book["Montants votés"]
    assert [cell.value for cell in sheet[1]] == [
        "Dossier", "N° chez le financeur", "Structure", "SIRET", "Action", "Nature des crédits", "Demandé", "Proposé",
        "Arbitré", "Montant voté", "Nature de l’acte", "Numéro de l’acte", "Date de l’acte",
    ]  # fmt: skip
    assert [[cell.value for cell in each][:9] for each in sheet.iter_rows(min_row=2)] == [
        [each.reference, None, each.organisation.name, each.organisation.siret, each.title,
         "Crédits politique de la ville", 5_000, None, arbitrated]
        for each, arbitrated in ((first, 4_000), (second, 1_500))
    ]  # fmt: skip
    sheet["J2"], sheet["J3"] = 3_500.1, None
    out = io.BytesIO()
    book.save(out)
    sent = post(scene, out.getvalue(), kind="order", number="A-7", decided_on="03/04/2026")
    report = scene.visit(Role.FUNDER_AGENT).follow(sent)
    assert results(report) == ["✓À enregistrer", "→Laissé de côté pas de montant"]
    assert count(FundingAct) == 0, "nothing is written before the confirmation"
    done = confirm(scene.visit(Role.FUNDER_AGENT), sent)
    assert done.location == f"/programmation/{scene.call.id}/actes"
    (act,) = db.session.scalars(sa.select(FundingAct)).all()
    assert (act.kind.value, act.number, act.decided_on) == ("order", "A-7", date(2026, 4, 3))
    assert (line(scene, first).status, line(scene, first).granted_cents) == (FundingStatus.GRANTED, 3_500_10)
    assert line(scene, second).status is FundingStatus.ARBITRATED
    assert db.session.get_one(Envelope, scene.city_envelope.id).granted_cents == 3_500_10


def test_each_workbook_taken_is_recorded(scene):
    agent = scene.visit(Role.FUNDER_AGENT)
    for name in ("votes", "versements"):
        assert agent.get(f"{page(scene)}/{name}.xlsx").status_code == 200
    taken = db.session.scalars(sa.select(ReadAudit).order_by(ReadAudit.id)).all()
    assert [(each.what, each.subject_id, each.details) for each in taken] == [
        ("export.votes", scene.call.id, {"funder": scene.city.id}),
        ("export.payments", scene.call.id, {"funder": scene.city.id}),
    ]


def test_the_same_file_again_doubles_nothing(scene):
    application = retained(scene)
    content = workbook([HEADER, row(application, 4_000)])
    agent = scene.visit(Role.FUNDER_AGENT)
    sent = post(scene, content)
    address = agent.follow(sent).tree.xpath("//main//form[contains(@action, '/montants/')]/@action")[0]
    agent.post(address)
    again = agent.post(address)
    assert again.status_code == 302
    report = agent.follow(post(scene, content))
    assert (results(report), report.texts("//main//h2")[0]) == (["•Déjà enregistré"], "Rien à changer")
    assert [count(FundingAct), count(ImportRun)] == [1, 1]
    assert db.session.get_one(Envelope, scene.city_envelope.id).granted_cents == 4_000_00


def test_what_contradicts_the_portal_shows_both_amounts(scene):
    application = retained(scene)
    scene.act(application, 3_000_00)
    report = scene.visit(Role.FUNDER_AGENT).follow(post(scene, workbook([HEADER, row(application, 4_000)])))
    assert faults(report) == [
        "feuille « Feuil1 », cellule D2 : le portail a déjà 3 000,00 € (Délibération n° 2026-1 du 03/04/2026) ; le "
        "fichier dit 4 000,00 € (Délibération n° DEL-12 du 03/04/2026)."
    ]


def test_one_wrong_line_and_nothing_is_recorded(scene):
    good, wrong = retained(scene), retained(scene)
    content = workbook([HEADER, row(good, 1_000), row(wrong, "mille euros")])
    agent = scene.visit(Role.FUNDER_AGENT)
    sent = post(scene, content)
    report = agent.follow(sent)
    assert faults(report) == [
        "feuille « Feuil1 », cellule D3 : « mille euros » : indiquez un montant en euros, par exemple 1 234,56."
    ]
    assert report.tree.xpath("//main//form[contains(@action, '/montants/')]") == []
    refused = agent.post(str(sent.location))
    assert "1 ligne(s) à corriger : rien n’a été enregistré." in refused.text
    assert [count(FundingAct), line(scene, good).status] == [0, FundingStatus.ARBITRATED]


FORMULA = "est une formule : écrivez la valeur."

BAD_CELLS = {
    "text": ({"Montant voté": "à voir"}, "D2", "« à voir » : indiquez un montant en euros, par exemple 1 234,56."),
    "american": (
        {"Montant voté": "1,234.56"},
        "D2",
        "« 1,234.56 » ne se lit pas comme un montant : une virgule pour les centimes, des espaces pour les milliers, "
        "comme 1 234,56.",
    ),
    "negative": ({"Montant voté": -12}, "D2", "un montant n’est pas négatif."),
    "third decimal": (
        {"Montant voté": 12.345},
        "D2",
        "plus de deux chiffres après la virgule : arrondissez au centime.",
    ),
    "typed third decimal": (
        {"Montant voté": "12,345"},
        "D2",
        "« 12,345 » : indiquez au plus deux chiffres après la virgule.",
    ),
    "a date for an amount": ({"Montant voté": datetime(2026, 1, 1)}, "D2", "c’est une date, pas un montant."),
    "true": ({"Montant voté": True}, "D2", "c’est « vrai » ou « faux », pas un montant."),
    "huge": ({"Montant voté": 10**12}, "D2", "ce montant est trop élevé : au plus un milliard d’euros."),
    "formula without result": (
        {"Montant voté": "=A1+1"},
        "D2",
        "cette formule n’a pas de résultat : ouvrez le fichier, enregistrez-le, puis renvoyez-le.",
    ),
    "error": ({"Montant voté": "#REF!"}, "D2", "le tableur n’a pas su calculer cette cellule (#REF!)."),
    "zero": ({"Montant voté": 0}, "D2", "pour ne rien attribuer, refusez ce financement avec son motif."),
    "more than asked": ({"Montant voté": 5_000.01}, "D2", "Ce montant dépasse la demande : 5 000,00 €."),
    "unknown reference": ({"Dossier": "2026-999"}, "A2", "dossier inconnu de ce financeur dans cet appel."),
    "no reference": ({"Dossier": "Cuisines"}, "A2", "dossier inconnu de ce financeur dans cet appel."),
    "other siret": (
        {"SIRET": "73282932000074"},
        "B2",
        "ce SIRET n’est pas celui de la structure du dossier {reference}.",
    ),
    "short siret": ({"SIRET": "732 829 320"}, "B2", "« 732 829 320 » n’est pas un SIRET : 14 chiffres."),
    "mangled siret": (
        {"SIRET": "7,32829E+13"},
        "B2",
        "le tableur a abîmé ce SIRET (7,32829E+13) : mettez la colonne au format « texte ».",
    ),
    "unknown siret": (
        {"Dossier": None, "SIRET": "73282932000074", "Action": "Jardin"},
        "B2",
        "aucune structure de cet appel n’a ce SIRET.",
    ),
    "nothing to know it by": ({"Dossier": None}, "A2", "cette ligne ne dit pas de quel dossier il s’agit."),
    "wrong kind": ({"Nature de l’acte": "Vote"}, "E2", "« Vote » : écrivez délibération, arrêté, décision."),
    "no number": ({"Numéro de l’acte": None}, "F2", "indiquez le numéro de l’acte."),
    "number as a formula": ({"Numéro de l’acte": "+33"}, "F2", "« +33 » est une formule : écrivez la valeur."),
    "no date": ({"Date de l’acte": None}, "G2", "indiquez la date de l’acte."),
    "a number for a date": (
        {"Date de l’acte": 46115},
        "G2",
        "un nombre n’est pas une date : donnez à la cellule le format « date ».",
    ),
    "no such day": (
        {"Date de l’acte": "31/02/2026"},
        "G2",
        "« 31/02/2026 » : cette date n’existe pas dans le calendrier.",
    ),
    "a day to come": (
        {"Date de l’acte": datetime(2099, 1, 1)},
        "G2",
        "la date de l’acte est à venir : attendez qu’il soit pris.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_CELLS)
def test_each_wrong_cell_is_told_with_its_place(scene, name):
    cells, place, told = BAD_CELLS[name]
    application = retained(scene)
    content = workbook([HEADER, row(application, 1_000, **cells)])
    report = scene.visit(Role.FUNDER_AGENT).follow(post(scene, content))
    assert faults(report) == [f"feuille « Feuil1 », cellule {place} : {told.format(reference=application.reference)}"]
    assert count(FundingAct) == 0


def test_merged_cells_and_two_amounts_for_one_line_are_told(scene):
    first, second = retained(scene), retained(scene)
    content = workbook([HEADER, row(first, 1_000), row(second, None)], merged="D2:D3")
    report = scene.visit(Role.FUNDER_AGENT).follow(post(scene, content))
    told = "cellules fusionnées : défusionnez-les, et écrivez la valeur sur chaque ligne."
    assert faults(report) == [f"feuille « Feuil1 », cellule {place} : {told}" for place in ("D2", "D3")]
    content = workbook([HEADER, row(first, 1_000), row(first, 1_000)])
    report = scene.visit(Role.FUNDER_AGENT).follow(post(scene, content))
    assert faults(report) == ["feuille « Feuil1 », cellule D3 : ce financement a déjà un montant à la ligne 2."]


def huge_csv() -> bytes:
    return csv([["Dossier", "Montant voté"], *[["2026-001", "1"]] * 3_001])


BAD_FILES = {
    "empty": (b"", "Ce fichier est vide."),
    "blank": (b"   \n", "Le fichier est vide."),
    "not a table": (b"bonjour\n", "La première ligne du fichier n’est pas une liste de colonnes."),
    "binary": (b"\x00\x01\x02;\x00", "Ce fichier n’est ni un classeur Excel (.xlsx), ni un texte CSV."),
    "other columns": (csv([["nom", "prénom"], ["a", "b"]]), "Colonne absente : « Montant voté »."),
    "nothing to know it by": (
        csv([["Montant voté", "Structure"], ["1", "b"]]),
        "Rien ne dit de quel dossier il s’agit : il faut une colonne « Dossier », « N° chez le financeur », ou "
        "« SIRET » et « Action ».",
    ),
    "headings alone": (csv([HEADER]), "Le fichier n’a aucune ligne sous ses titres de colonnes."),
    "too many lines": (huge_csv(), "Le fichier a plus de 3000 lignes : envoyez-le en plusieurs fois."),
    "a zip": (b"PK\x03\x04rien", "Ce fichier n’est pas un classeur Excel (.xlsx)."),
    "an old workbook": (
        b"\xd0\xcf\x11\xe0" + b"\x00" * 600,
        "Ce fichier est protégé par un mot de passe, ou d’un ancien format Excel. Enregistrez-le sans mot de passe, au "
        "format .xlsx.",
    ),
    "open quotes": (
        b'"Dossier;Montant\n1;2',
        "Des guillemets sont mal fermés : enregistrez à nouveau le fichier depuis le tableur.",
    ),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_file_that_cannot_be_used_is_said_beside_its_field(scene, name):
    content, told = BAD_FILES[name]
    answer = post(scene, content)
    assert (answer.status_code, answer.errors) == (200, {"votes-file": told})


@pytest.mark.parametrize(
    ("separator", "encoding", "amount"),
    [(";", "utf-8-sig", "1 234,56"), (";", "cp1252", "1234,56 €"), ("\t", "utf-16", "1234.56")],
)
def test_a_csv_comes_under_any_separator_and_encoding(scene, separator, encoding, amount):
    application = retained(scene)
    header = ["Réf. interne", "Dossier", "Montant voté", "Numéro de l’acte", "Date de l’acte"]
    rows = [["", "", "", "", ""], header, ["é", application.reference, amount, "12", "3/4/2026"]]
    content = csv(rows, separator=separator, encoding=encoding)
    confirm(scene.visit(Role.FUNDER_AGENT), post(scene, content, name="votes.csv"))
    assert line(scene, application).granted_cents == 1_234_56


def test_a_wrong_cell_of_a_csv_is_told_by_line_and_column(scene):
    application = retained(scene)
    rows = [["Dossier", "Montant voté", "Acte", "Date de l’acte"], [application.reference, "=1+1", "12", "3/4/2026"]]
    report = scene.visit(Role.FUNDER_AGENT).follow(post(scene, csv(rows), name="votes.csv"))
    assert faults(report) == ["ligne 2, colonne « Montant voté » : « =1+1 » est une formule : écrivez la valeur."]


def test_a_line_is_found_by_number_or_by_siret_and_title_whatever_their_accents(scene):
    first, second = retained(scene), retained(scene)
    with unit_of_work():
        scene.line(first).external_ref = "0012-345"
    header = ["N° de dossier", "SIRET", "Intitulé du projet", "Montant accordé", "Acte", "Date de l’acte"]
    siret = second.organisation.siret
    spaced = f"{siret[:3]} {siret[3:6]} {siret[6:9]} {siret[9:]}"
    rows = [
        header,
        ["12345", "", "", "1000", "12", "3/4/2026"],
        ["", spaced, second.title.upper(), "2000", "12", "3/4/2026"],
    ]
    confirm(scene.visit(Role.FUNDER_AGENT), post(scene, csv(rows), name="v.csv"))
    assert [line(scene, each).granted_cents for each in (first, second)] == [1_000_00, 2_000_00]


def test_a_notified_envelope_is_told_at_the_line_that_exceeds_it(scene):
    applications = [scene.application(state=8_000_00) for _ in range(2)]
    for each in applications:
        scene.arbitrate(each, state=6_000_00)
    content = workbook([HEADER, *(row(each, 6_000) for each in applications)])
    officer = scene.visit(Role.STATE_OFFICER)
    sent = send(officer, f"{page(scene, scene.state)}/votes", content, "votes", kind="decision")
    assert faults(officer.follow(sent)) == [
        "feuille « Feuil1 », cellule D3 : L’enveloppe notifiée n’y suffit pas : il reste 4 000,00 €."
    ]


def test_a_recused_line_is_neither_in_the_model_nor_known(scene):
    hidden, shown = retained(scene), retained(scene)
    agent = scene.person(Role.FUNDER_AGENT)
    scene.recuse(agent, hidden)
    visitor = scene.visit(agent)
    sheet = load_workbook(io.BytesIO(visitor.get(f"{page(scene)}/votes.xlsx").data))["Montants votés"]
    assert [cell.value for cell in sheet["A"]] == ["Dossier", shown.reference]
    content = workbook([HEADER, row(hidden, 1_000), row(shown, 1_000)])
    report = visitor.follow(post(scene, content))
    assert faults(report) == ["feuille « Feuil1 », cellule A2 : dossier inconnu de ce financeur dans cet appel."]
    assert (hidden.title in report.text, hidden.organisation.name in report.text) == (False, False)


def test_a_recused_agent_is_not_told_what_is_left_of_the_envelope(scene):
    mine, hidden = scene.application(state=9_000_00), scene.application(state=9_000_00)
    for each in (mine, hidden):
        scene.arbitrate(each, state=9_000_00)
    with unit_of_work():
        db.session.get_one(Envelope, scene.state_envelope.id).granted_cents = 5_000_00
    officer = scene.person(Role.STATE_OFFICER)
    scene.recuse(officer, hidden)
    visitor = scene.visit(officer)
    sent = send(
        visitor, f"{page(scene, scene.state)}/votes", workbook([HEADER, row(mine, 6_000)]), "votes", kind="order"
    )
    refused = confirm(visitor, sent)
    assert "Ligne 2 : Cette attribution n’est pas possible, ou l’enveloppe n’y suffit pas." in refused.text
    assert "5 000,00" not in refused.text
    assert count(FundingAct) == 0


def test_only_the_funder_s_people_and_the_head_of_the_direction_find_the_page(scene):
    content = workbook([HEADER])
    for role, expected in (
        (Role.FUNDER_AGENT, 200),
        (Role.MANAGER, 200),
        (Role.STATE_OFFICER, 404),
        (Role.OFFICER, 404),
        (Role.DELEGATE, 404),
        (Role.REVIEWER, 404),
    ):
        visitor = scene.visit(role)
        assert [visitor.get(f"{page(scene)}{end}").status_code for end in ("", "/votes.xlsx", "/versements.xlsx")] == [
            expected
        ] * 3, role
        assert send(visitor, f"{page(scene)}/votes", content, "votes", kind="order").status_code == expected
    other = factories.staff(Role.FUNDER_AGENT, factories.funder("Autre"))
    assert scene.visit(other).get(page(scene)).status_code == 404


def test_a_report_belongs_to_its_sender_and_its_funder(scene):
    application = retained(scene)
    sent = post(scene, workbook([HEADER, row(application, 1_000)]))
    token = str(sent.location).rsplit("/", 1)[1]
    manager = scene.visit(Role.MANAGER)
    assert manager.post(str(sent.location)).location == page(scene)
    agent = scene.visit(Role.FUNDER_AGENT)
    assert agent.get(f"{page(scene, scene.state)}/{token}").status_code == 404
    assert count(FundingAct) == 0


def test_words_sent_are_never_markup_nor_formulas(scene):
    application = retained(scene)
    cells = {"Numéro de l’acte": "<script>alert(1)</script>"}
    visitor = scene.visit(Role.FUNDER_AGENT)
    report = visitor.follow(post(scene, workbook([HEADER, row(application, 1_000, **cells)])))
    assert report.tree.xpath("//td//script") == []
    with unit_of_work():
        application.organisation.name = "=cmd|' /C calc'!A0"
    book = load_workbook(io.BytesIO(visitor.get(f"{page(scene)}/votes.xlsx").data))
    cell = book["Montants votés"]["C2"]
    assert (cell.value, cell.data_type) == ("=cmd|' /C calc'!A0", "s")


def test_the_report_costs_the_same_whatever_the_lines(scene):
    def cost(applications) -> int:
        visitor = scene.visit(Role.FUNDER_AGENT)
        sent = post(scene, workbook([HEADER, *(row(each, 100) for each in applications)]))
        visitor.get(str(sent.location))
        with counted() as made:
            assert visitor.get(str(sent.location)).status_code == 200
        return len(made)

    few = [retained(scene)]
    one = cost(few)
    assert cost([*few, *(retained(scene) for _ in range(12))]) == one


def test_a_cut_that_the_committee_did_not_explain_asks_for_its_reason(scene):
    application = retained(scene, city=5_000_00)
    with unit_of_work():
        db.session.query(Decision).one().reason = ""
    content, agent = workbook([HEADER, row(application, 4_000)]), scene.visit(Role.FUNDER_AGENT)
    refused = confirm(agent, post(scene, content))
    assert "n’en a pas donné le motif" in refused.text
    assert count(FundingAct) == 0
    confirm(agent, post(scene, content, cut_reason="Enveloppe épuisée"))
    assert db.session.scalars(sa.select(FundingAct)).one().cut_reason == "Enveloppe épuisée"
