"""Each section: what is readable becomes rows, what is not stays on the page with its message."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.accounts.models import BankAccount, OrganisationYear
from portal.accounts.rules import MemberLevel
from portal.calls.models import (
    ApplicationAxis,
    ApplicationPriority,
    Apportionment,
    BudgetLine,
    FundingLine,
    Measure,
    PartnerOrganisation,
    PeopleByAge,
    PeopleByQuartier,
    Placement,
    SectionDraft,
)
from portal.calls.queries.sections import dossier_of
from portal.calls.rules.budget import totals
from portal.calls.states import ApplicationStatus, Section, Side
from portal.extensions import db
from portal.foundation.database import unit_of_work
from tests import factories
from tests.integration.calls.filing.scene import filer, fresh, sections_of


def rows(*columns, where=None):
    statement = sa.select(*columns).order_by(*columns)
    return [tuple(row) for row in db.session.execute(statement if where is None else statement.where(where))]


def test_each_section_is_read_into_typed_rows(owner, it, draft):
    for name, typed in sections_of(it).items():
        assert owner.save(draft, name, **typed).status_code == 302, name
    application = fresh(draft)
    assert application.title == "Lire en bas des tours"
    assert application.staff_fte_hundredths == 50
    assert (application.main_theme_id, application.people_expected) == (it.theme.id, 60)
    assert rows(Placement.share_bp, Placement.residents_expected) == [(3333, 15), (6667, 40)]
    assert rows(ApplicationAxis.axis_id) == [(it.axis.id,)]
    assert rows(ApplicationPriority.priority_id) == [(it.priority.id,)]
    assert rows(PeopleByQuartier.people) == [(15,), (20,), (20,)]
    assert rows(PeopleByAge.people) == [(20,), (30,)]
    assert rows(FundingLine.requested_cents) == [(300_050,), (400_000,)]
    assert rows(
        Measure.value_thousandths, Measure.numerator, Measure.denominator, where=Measure.numerator.is_not(None)
    ) == [(None, 40, 60)]
    means = db.session.execute(sa.select(OrganisationYear)).scalar_one()
    assert (means.year, means.public_subsidies_cents, means.fte_hundredths) == (2025, 1_200_050, 150)
    db.session.rollback()


def test_each_funding_line_is_its_own_income_line(owner, it, draft):
    everything = sections_of(it)
    owner.save(draft, "financements", **everything["financements"])
    owner.save(draft, "budget", **everything["budget"])
    funded = BudgetLine.funder_id.is_not(None)
    assert rows(BudgetLine.account_code, BudgetLine.amount_cents, where=funded) == [("741", 300_050), ("745", 400_000)]
    assert totals(dossier_of(fresh(draft)).budget).is_balanced
    owner.save(draft, "financements", **{f"asked_{it.city.id}_specific": "1 000"})
    assert rows(BudgetLine.account_code, BudgetLine.amount_cents, where=funded) == [("745", 100_000)]
    assert rows(FundingLine.requested_cents) == [(100_000,)]
    told = owner.get(f"/dossiers/{draft}/budget").text
    assert "Les charges dépassent les produits" in told


def test_amounts_fall_to_the_quartiers_to_the_cent(owner, it, draft):
    everything = sections_of(it)
    owner.save(draft, "financements", **everything["financements"])
    owner.save(draft, "quartiers", **everything["quartiers"])
    for line in db.session.scalars(sa.select(FundingLine)).all():
        split = db.session.scalars(
            sa.select(Apportionment.requested_cents).where(Apportionment.funding_line_id == line.id)
        ).all()
        assert sum(split) == line.requested_cents
    db.session.rollback()


@pytest.mark.parametrize(
    ("section", "typed", "field", "message"),
    [
        ("structure", {"siret": "123 456"}, "siret", "14 chiffres"),
        ("structure", {"rna": "X1"}, "rna", "commence par W"),
        ("structure", {"budget_cents": "beaucoup"}, "budget_cents", "Indiquez un montant"),
        ("projet", {"starts_on": "31/02/2026"}, "starts_on", "n’existe pas"),
        ("projet", {"starts_on": "02/05/2026", "ends_on": "01/05/2026"}, "ends_on", "précède la date de début"),
        ("projet", {"contact_email": "camille"}, "contact_email", "adresse électronique"),
        ("quartiers", {"share_{qpv}": "cent"}, "share_{qpv}", "pourcentage"),
        ("thematiques", {"secondary_themes": ["99999"]}, "secondary_themes", "Choisissez parmi"),
        ("public", {"people_expected": "une soixantaine"}, "people_expected", "nombre entier"),
        ("budget", {"line_expense_606_0_amount": "12,345"}, "line_expense_606_0_amount", "deux chiffres"),
        ("financements", {"asked_{city}_specific": "-5"}, "asked_{city}_specific", "positif"),
        ("indicateurs", {"num_{residents}": "x"}, "num_{residents}", "nombre entier"),
    ],
)
def test_what_cannot_be_read_stays_on_the_page_with_its_message(owner, it, draft, section, typed, field, message):
    ids = {"qpv": it.qpv.id, "city": it.city.id, "residents": it.residents.id}
    typed = {name.format(**ids): words for name, words in typed.items()}
    field = field.format(**ids)
    answer = owner.save(draft, section, **typed)
    assert answer.status_code == 200
    assert message in answer.errors[field]
    again = owner.get(f"/dossiers/{draft}/{section}")
    assert message in again.errors[field]
    if section != "thematiques":
        value = again.tree.xpath(f'//*[@name="{field}"]/@value')
        assert value == [typed[field]]
    assert "Des réponses sont à corriger" in owner.get(f"/dossiers/{draft}").text
    kept = db.session.execute(sa.select(SectionDraft)).scalar_one()
    assert kept.raw["typed"][field] == (typed[field] if isinstance(typed[field], list) else [typed[field]])
    assert kept.typed_version is None
    db.session.rollback()


def test_a_siret_held_by_another_structure_is_refused_and_the_words_stay(owner, it, draft):
    other = factories.organisation("Une autre")
    with unit_of_work():
        fresh_one = db.session.merge(it.organisation)
        fresh_one.siren = None
    answer = owner.save(draft, "structure", siret=other.siret, town="Aix")
    assert "autre structure" in answer.errors["siret"]
    assert owner.get(f"/dossiers/{draft}/structure").tree.xpath('//*[@name="town"]/@value') == ["Aix"]


def test_the_task_list_says_where_each_section_stands_and_what_is_missing(owner, it, draft):
    owner.save(draft, "projet", title="Lire")
    owner.save(draft, "thematiques", main_theme=str(it.theme.id))
    page = owner.get(f"/dossiers/{draft}")
    states = page.texts('//li[contains(@class, "task ")]//span[contains(@class, "tag ")]')
    assert [state.lstrip("•✓! ") for state in states] == [
        "À commencer", "En cours", "À commencer", "Complet", "À commencer", "À commencer", "À commencer",
        "À commencer", "À commencer", "À commencer",
    ]  # fmt: skip
    assert "Dites si c’est une première demande" in page.text


def test_shares_that_do_not_add_up_are_kept_and_told(owner, it, draft):
    answer = owner.save(draft, "quartiers", **{f"share_{it.qpv.id}": "60", f"residents_{it.qpv.id}": "4"})
    assert "Il reste 40 % du public à répartir" in owner.follow(answer).text
    assert rows(Placement.share_bp) == [(6000,)]


def test_money_is_passed_on_only_where_the_call_allows_it(owner, it, draft):
    project = sections_of(it)["projet"] | {"partner_0_name": "Ludothèque", "partner_0_amount": "300"}
    assert "n’autorise pas" in owner.get(f"/dossiers/{draft}/projet").text
    owner.save(draft, "projet", **project)
    assert rows(PartnerOrganisation.name, PartnerOrganisation.reversement_cents) == [("Ludothèque", 0)]
    with unit_of_work():
        db.session.merge(it.call).reversement_allowed = True
    owner.save(draft, "projet", **project)
    assert rows(PartnerOrganisation.name, PartnerOrganisation.reversement_cents) == [("Ludothèque", 30_000)]
    owner.save(draft, "financements", **{f"asked_{it.city.id}_specific": "200"})
    page = owner.get(f"/dossiers/{draft}/financements").text
    assert "Les sommes reversées dépassent le total demandé." in page
    assert "Vous prévoyez de reverser 300,00 €" in page


def test_a_partner_has_its_part_whether_or_not_money_is_passed_on(owner, it, draft):
    project = sections_of(it)["projet"] | {
        "partner_0_name": "Ludothèque", "partner_0_siret": factories.organisation().siret,
        "partner_0_participation": "takes_part", "partner_0_brings": "Des jeux", "partner_0_share": "30",
        "partner_2_name": "Le collège", "partner_2_share": "12,5",
    }  # fmt: skip
    assert owner.save(draft, "projet", **project).status_code == 302
    partners = dossier_of(fresh(draft)).partners
    assert [(each.name, each.share_bp) for each in partners] == [("Ludothèque", 3000), ("Le collège", 1250)]
    db.session.rollback()
    page = owner.get(f"/dossiers/{draft}/projet")
    assert "Part des partenaires : 42,5 %" in page.text
    assert page.tree.xpath('//input[@name="partner_1_name"]/@value') == ["Le collège"]
    owner.save(draft, "projet", **project | {"partner_2_share": "80"})
    assert "dépassent l’ensemble du projet de 10 %" in owner.get(f"/dossiers/{draft}/projet").text


def test_what_is_wrong_of_a_partner_is_told_on_its_own_line(owner, it, draft):
    project = sections_of(it)["projet"]
    own = owner.save(draft, "projet", **project, partner_1_name="Nous", partner_1_siret=it.organisation.siret)
    assert own.errors == {"partner_1_siret": "C’est le numéro SIRET de votre propre structure."}
    nameless = owner.save(draft, "projet", **project, partner_1_brings="Un local")
    assert nameless.errors == {"partner_1_name": "Indiquez le nom de cette structure."}
    twice = factories.organisation().siret
    same = {"partner_0_name": "Un", "partner_0_siret": twice, "partner_1_name": "Deux", "partner_1_siret": twice}
    answer = owner.save(draft, "projet", **project, **same)
    assert answer.errors == {"partner_1_siret": "Ce numéro SIRET est déjà celui d’un autre partenaire."}
    assert rows(PartnerOrganisation.id) == []


def test_one_more_line_under_an_account_when_asked(owner, it, draft):
    answer = owner.save(draft, "budget", line_expense_606_0_amount="10", ajouter="expense_606")
    page = owner.follow(answer)
    assert page.tree.xpath('//*[@name="line_expense_606_1_amount"]')


def test_the_bank_account_is_checked_and_only_its_end_is_shown(owner, it, draft):
    path = f"/structures/{it.organisation.id}/compte-bancaire"
    assert "mal recopié" in owner.post(path, holder="X", iban="FR7630006000011234567890180").errors["iban"]
    assert "8 ou 11" in owner.post(path, holder="X", iban="FR7630006000011234567890189", bic="A").errors["bic"]
    owner.give_bank_account(it)
    account = db.session.execute(sa.select(BankAccount)).scalar_one()
    assert (account.iban, account.checked_at) == ("FR7630006000011234567890189", None)
    db.session.rollback()
    page = owner.get(f"/dossiers/{draft}/structure")
    assert "finissant par 0189" in page.text
    assert "FR76" not in page.text


def test_a_bank_account_asks_for_the_password_again_after_a_while(app, it):
    later = filer(app, it.owner)
    with later.client.session_transaction() as session:
        session["confirmed_at"] = 0
    answer = later.post(
        f"/structures/{it.organisation.id}/compte-bancaire", holder="X", iban="FR7630006000011234567890189"
    )
    assert answer.location.startswith("/connexion/confirmer")
    assert db.session.execute(sa.select(sa.func.count()).select_from(BankAccount)).scalar_one() == 0


# -- two writers -----------------------------------------------------------------------------------


def test_a_second_writer_sees_both_versions_and_chooses(app, owner, it, draft):
    owner.save(draft, "projet", version=0, page="one", title="Le mien")
    colleague = filer(app, factories.member(it.organisation, MemberLevel.EDITOR))
    answer = colleague.save(draft, "projet", version=0, page="two", title="L’autre")
    assert answer.status_code == 409
    assert "Le mien" in answer.text
    assert "L’autre" in answer.text
    assert fresh(draft).title == "Le mien"
    version = answer.tree.xpath('//input[@name="version"]/@value')[0]
    assert colleague.save(draft, "projet", version=int(version), page="two", title="L’autre").status_code == 302
    assert fresh(draft).title == "L’autre"


def test_a_save_whose_answer_was_lost_may_be_repeated(owner, draft):
    for words in ("Lire", "Lire ensemble"):
        assert owner.save(draft, "projet", version=0, page="same", title=words).status_code == 302
    assert fresh(draft).title == "Lire ensemble"


def test_autosave_keeps_the_words_and_tells_the_hour(owner, draft):
    path = f"/dossiers/{draft}/projet/enregistrement"
    told = owner.post(path, version=0, page="p", title="Lire", starts_on="demain").json
    assert (told["state"], told["version"], list(told["errors"])) == ("unread", 1, ["starts_on"])
    told = owner.post(path, version=1, page="p", title="Lire", starts_on="01/02/2026").json
    assert (told["state"], told["version"], told["errors"]) == ("saved", 2, {})
    assert " h " in told["at"].replace("\u00a0", " ")
    assert fresh(draft).title == "Lire"
    clash = owner.post(path, version=1, page="other", title="Autre")
    assert (clash.status_code, clash.json["state"]) == (409, "conflict")


def test_autosaves_are_not_events(owner, draft):
    from portal.foundation.events import history_of_application

    owner.post(f"/dossiers/{draft}/projet/enregistrement", version=0, page="p", title="Lire")
    assert [event.action for event in history_of_application(draft)] == ["application.created"]
    db.session.rollback()


# -- who -------------------------------------------------------------------------------------------

PAGES = ["", "/projet", "/documents", "/depot", "/lecture"]


def test_another_organisation_finds_nothing(app, draft):
    stranger = filer(app, factories.member(factories.organisation("Une autre")))
    assert {stranger.get(f"/dossiers/{draft}{page}").status_code for page in PAGES} == {404}
    assert stranger.save(draft, "projet", version=0, title="x").status_code == 404
    assert "Lire" not in stranger.get("/dossiers").text


def test_the_direction_does_not_see_a_draft(app, it, draft):
    from portal.accounts.rules import Role

    manager = filer(app, factories.staff(Role.MANAGER, it.contract))
    assert {manager.get(f"/dossiers/{draft}{page}").status_code for page in PAGES} == {404}


def test_a_reader_reads_and_does_not_write(app, it, draft):
    reader = filer(app, factories.member(it.organisation, MemberLevel.READER))
    assert reader.get(f"/dossiers/{draft}").status_code == 200
    assert reader.get(f"/dossiers/{draft}/lecture").status_code == 200
    assert reader.get(f"/dossiers/{draft}/projet").status_code == 404
    assert reader.save(draft, "projet", version=0, title="x").status_code == 404
    assert fresh(draft).title == ""


def test_nothing_is_written_once_filed(owner, it, draft):
    with unit_of_work():
        fresh(draft).status = ApplicationStatus.SUBMITTED
    answer = owner.save(draft, "projet", version=0, title="Trop tard")
    assert answer.status_code == 200
    assert "déposé" in answer.text
    assert owner.get(f"/dossiers/{draft}/projet").status_code == 302
    assert owner.add_document(draft, it.rib.id).status_code == 302
    assert fresh(draft).title == ""
    assert dossier_of(fresh(draft)).documents == ()
    db.session.rollback()


def test_every_section_has_its_page(owner, it, draft):
    for section in dossier_of(fresh(draft)).sections:
        path = "depot" if section is Section.SIGNATURE else section.value
        assert owner.get(f"/dossiers/{draft}/{path}").status_code == 200, section
    assert Side.EXPENSE.value in owner.get(f"/dossiers/{draft}/budget").data.decode()


def test_the_sheet_leaves_one_event_however_often_the_page_saved_itself(owner, it, draft):
    from portal.foundation.events import history_of

    path = f"/dossiers/{draft}/structure/enregistrement"
    for version, town in enumerate(["A", "Ai", "Aix"]):
        owner.post(path, version=version, page="p", name=it.organisation.name, town=town)
    owner.save(draft, "structure", name=it.organisation.name, town="Aix-en-Provence")
    assert [event.action for event in history_of("organisation", it.organisation.id)] == ["organisation.changed"]
    db.session.rollback()


# -- the sheet that all the applications of a structure share --------------------------------------


def sheet_version(visitor, application_id):
    page = visitor.get(f"/dossiers/{application_id}/structure")
    return page.tree.xpath('//input[@name="sheet_version"]/@value')[0]


def begun(visitor, it, title):
    """Another draft of the same structure, with something saved in it."""
    location = visitor.begin(it)
    visitor.save(location, "projet", title=title)
    return location


def test_two_drafts_of_one_structure_do_not_overwrite_its_sheet(app, owner, it, draft):
    owner.save(draft, "projet", title="Le premier")
    other = begun(filer(app, factories.member(it.organisation, MemberLevel.EDITOR)), it, "Le second")
    colleague = filer(app, factories.member(it.organisation, MemberLevel.EDITOR))
    read = sheet_version(owner, draft)
    colleague.save(other, "structure", name=it.organisation.name, town="Aix", sheet_version=read, page="two")
    answer = owner.save(draft, "structure", name=it.organisation.name, town="Marseille", sheet_version=read, page="one")
    assert answer.status_code == 409
    assert answer.texts("//section[@class='difference']/h2") == ["Commune"]
    assert answer.texts("//div[@class='both-values']//p") == ["Aix", "Marseille"]
    assert stored_town(it) == "Aix"
    # « Garder ma saisie »: knowingly this time.
    sent = {
        box.get("name"): box.text or box.get("value") or ""
        for box in answer.tree.xpath("//form[@class='button-form']//*[self::input or self::textarea][@name]")
        if box.getparent().xpath(".//button[contains(., 'Garder ma saisie')]")
    }
    assert owner.post(f"/dossiers/{draft}/structure", **sent).status_code == 302
    assert stored_town(it) == "Marseille"


def stored_town(it):
    db.session.expire_all()
    return db.session.get_one(type(it.organisation), it.organisation.id).town


def test_a_page_that_saves_itself_is_told_of_the_other_draft_and_writes_nothing(owner, it, draft):
    read = sheet_version(owner, draft)
    owner.post(f"/structures/{it.organisation.id}/fiche", version=read, name="x", kind="association", town="Aix")
    path = f"/dossiers/{draft}/structure/enregistrement"
    answer = owner.post(path, version=0, page="one", name="x", town="Marseille", sheet_version=read)
    assert (answer.status_code, answer.json["state"]) == (409, "conflict")
    assert stored_town(it) == "Aix"


def test_a_page_that_saves_itself_often_is_never_in_its_own_way(owner, it, draft):
    read = sheet_version(owner, draft)
    path = f"/dossiers/{draft}/structure/enregistrement"
    for version, town in enumerate(["A", "Ai", "Aix"]):
        sent = {"version": version, "page": "one", "name": it.organisation.name, "town": town, "sheet_version": read}
        assert owner.post(path, **sent).json["state"] == "saved"
    assert stored_town(it) == "Aix"


def test_the_contact_and_the_years_of_the_structure_come_with_a_new_dossier(owner, it, draft):
    year = it.call.year - 3
    owner.post(f"/structures/{it.organisation.id}/annees/{year}", version=1, budget_cents="80 000")
    owner.post(
        f"/structures/{it.organisation.id}/fiche", version=2, name="x", kind="association", contact_name="Lou Petit"
    )
    owner.save(draft, "projet", title="x")
    made = owner.begin(it)
    assert fresh(made).contact_name == "Lou Petit"
    page = owner.get(f"/dossiers/{made}/structure")
    assert page.texts("//table//th[@scope='row']") == [str(year)]
