"""One's own account: profile, address, mandates, data, deletion."""

from __future__ import annotations

import json

import pytest

from portal.accounts import passwords
from portal.accounts.models import Grant, Mandate, Person, ReadAudit
from portal.accounts.queries import personal_data
from portal.accounts.rules import MemberLevel, Role
from portal.committee.models import Assessment
from portal.extensions import db
from portal.foundation.events import history_of
from portal.foundation.outbox import Mail
from tests import factories
from tests.visitors import Visitor

PASSWORD = "les figues mûrissent en août"


@pytest.fixture
def person(app) -> Person:
    return factories.person(
        "Inès",
        "Moreau",
        email="ines@exemple.test",
        password_hash=passwords.hashed(PASSWORD),
        totp_secret=None,
        totp_confirmed_at=None,
    )


@pytest.fixture
def visitor(app, person) -> Visitor:
    return Visitor(app, person)


def again(person: Person) -> Person:
    return db.session.get_one(Person, person.id)


def test_the_profile_changes_and_the_journal_keeps_the_names_of_the_fields_only(visitor, person):
    visitor.post("/compte/profil", given_name="Inès", family_name="Moreau-Roche", phone="06 00 00 00 00")
    assert again(person).display_name == "Inès Moreau-Roche"
    assert history_of("person", person.id)[-1].details == {"personal": ["family_name", "phone"]}


def test_a_new_password_ends_the_other_sessions_only(app, visitor, person, anonymous):
    elsewhere = Visitor(app, person)
    visitor.post("/compte/mot-de-passe", password="une autre phrase assez longue")
    assert visitor.get("/compte").status_code == 200
    assert elsewhere.get("/compte").status_code == 302
    signed = anonymous.post("/connexion", email="ines@exemple.test", password="une autre phrase assez longue")
    assert signed.location == "/accueil"


def test_a_new_address_takes_effect_when_its_mail_is_answered(visitor, person, anonymous, mailbox):
    visitor.post("/compte/courriel", email="Nouvelle@exemple.test")
    mail = mailbox.one()
    assert (mail.to, mail.subject) == ("Nouvelle@exemple.test", "Confirmez votre nouvelle adresse")
    assert again(person).email == "ines@exemple.test"
    assert "Nouvelle@exemple.test" in anonymous.get(mail.link).text
    assert again(person).email == "ines@exemple.test"
    assert anonymous.post(mail.link).location == "/connexion"
    assert again(person).email_fold == "nouvelle@exemple.test"
    told = mailbox.one()
    assert (told.to, told.subject) == ("ines@exemple.test", "L’adresse de votre compte a changé")
    assert anonymous.post(mail.link).status_code == 410
    assert visitor.get("/compte").status_code == 302


def test_an_address_of_another_account_is_answered_alike(visitor, mailbox):
    factories.person(email="autre@exemple.test")
    known = visitor.post("/compte/courriel", email="autre@exemple.test")
    unknown = visitor.post("/compte/courriel", email="libre@exemple.test")
    assert known.text == unknown.text.replace("libre@exemple.test", "autre@exemple.test")
    assert [(mail.to, mail.subject) for mail in mailbox.collect()] == [
        ("autre@exemple.test", "Votre adresse sert déjà à votre compte"),
        ("libre@exemple.test", "Confirmez votre nouvelle adresse"),
    ]


# -- mandates ------------------------------------------------------------------------------------


def test_a_mandate_is_declared_on_a_structure_found_by_its_name(visitor, person):
    organisation = factories.organisation("Éclats d’été")
    found = visitor.get("/compte/mandats/structure?q=ete+eclats")
    (link,) = found.tree.xpath("//main//li/a[contains(@href, 'structure=')]/@href")
    assert visitor.post(link, office="Trésorière", starts_on="01/02/2024").location == "/compte/mandats"
    mandate = db.session.execute(db.select(Mandate)).scalar_one()
    assert (mandate.organisation_id, mandate.person_id, mandate.holder_name) == (
        organisation.id,
        person.id,
        "Inès Moreau",
    )
    page = visitor.get("/compte/mandats")
    assert "Éclats d’été Trésorière 1er février 2024 en cours" in page.text
    visitor.post(f"/compte/mandats/{mandate.id}/fin", ends_on="31/12/2025")
    assert "31 décembre 2025" in visitor.get("/compte/mandats").text


def test_a_mandate_that_ends_before_it_begins_is_refused_and_kept_as_typed(visitor):
    organisation = factories.organisation()
    page = visitor.post(
        f"/compte/mandats/nouveau?structure={organisation.id}",
        office="Trésorière",
        starts_on="01/02/2024",
        ends_on="31/01/2024",
    )
    assert page.errors == {"ends_on": "La fin du mandat ne peut pas précéder son début."}
    assert page.tree.xpath("//input[@name='ends_on']/@value") == ["31/01/2024"]


def test_somebody_else_s_mandate_is_not_found(visitor):
    other = factories.person()
    mandate = factories.save(
        Mandate(
            organisation_id=factories.organisation().id,
            person_id=other.id,
            holder_name="x",
            office="x",
            starts_on=factories.date(2024, 1, 1),
        )
    )
    assert visitor.post(f"/compte/mandats/{mandate.id}/fin", ends_on="01/01/2026").status_code == 404


# -- my data -------------------------------------------------------------------------------------


def test_the_export_holds_one_s_own_data_without_secrets_and_is_recorded(visitor, person):
    organisation = factories.organisation("Les Tisseurs")
    factories.grant(person, Role.APPLICANT, factories.ScopeKind.ORGANISATION, organisation.id, MemberLevel.OWNER)
    visitor.post("/compte/profil", given_name="Inès", family_name="Moreau", phone="06 00 00 00 00")
    answer = visitor.get("/compte/mes-donnees.json")
    assert answer.response.headers["Content-Disposition"] == 'attachment; filename="mes-donnees.json"'
    data = json.loads(answer.data)
    assert data["compte"]["adresse_electronique"] == "ines@exemple.test"
    assert [role["scope"] for role in data["roles"]] == ["Les Tisseurs"]
    assert [act["action"] for act in data["actes"]] == ["person.edited"]
    assert "argon2" not in answer.response.get_data(as_text=True)
    audits = db.session.execute(db.select(ReadAudit.what, ReadAudit.person_id)).all()
    assert [tuple(audit) for audit in audits] == [("personal_data.export", person.id)]


def test_the_export_holds_what_a_reviewer_wrote(app):
    call = factories.call(factories.contract())
    reviewer = factories.staff(Role.REVIEWER, call)
    application = factories.application(call, factories.organisation())
    factories.save(
        Assessment(
            application_id=application.id, person_id=reviewer.id, strengths="Ancrage", updated_at=factories.clock.now()
        )
    )
    factories.recusal(reviewer, factories.application(call, factories.organisation()))
    data = json.loads(Visitor(app, reviewer).get("/compte/mes-donnees.json").data)
    assert [(row["application_id"], row["status"], row["strengths"]) for row in data["analyses"]] == [
        (application.id, "draft", "Ancrage")
    ]
    assert [row["reason"] for row in data["deports"]] == ["Conjoint salarié de la structure"]
    assert (data["avis"], data["seances"]) == ([], [])


def test_higher_rooms_add_what_they_hold(visitor, person, monkeypatch):
    monkeypatch.setattr(personal_data, "_sections", {"analyses": lambda person_id: [{"de": person_id}]})
    assert json.loads(visitor.get("/compte/mes-donnees.json").data)["analyses"] == [{"de": person.id}]


def test_deleting_the_account_forgets_the_person(visitor, person, anonymous, mailbox):
    organisation = factories.organisation()
    factories.grant(person, Role.APPLICANT, factories.ScopeKind.ORGANISATION, organisation.id, MemberLevel.OWNER)
    assert list(visitor.post("/compte/supprimer").errors) == ["sure"]
    assert visitor.post("/compte/supprimer", sure="y").location == "/"
    gone = again(person)
    assert (gone.display_name, gone.email, gone.phone, gone.password_hash) == (
        "Compte supprimé",
        f"compte-{person.id}@supprime.invalid",
        None,
        None,
    )
    assert [mail.to for mail in mailbox.collect()] == ["ines@exemple.test"]
    assert db.session.execute(db.select(Grant).where(Grant.ended_at.is_(None))).all() == []
    assert db.session.execute(db.select(Mail.id).where(Mail.person_id == person.id)).all() == []
    assert history_of("person", person.id)[-1].details == {"personal": ["email", "family_name", "given_name", "phone"]}
    assert visitor.get("/compte").status_code == 302
    refused = anonymous.post("/connexion", email="ines@exemple.test", password=PASSWORD)
    assert refused.errors[""].startswith("Adresse ou mot de passe inconnu.")


def test_the_name_of_who_decided_stays_beside_their_acts(app, person):
    factories.grant(person, Role.REVIEWER, factories.ScopeKind.CALL, factories.call(factories.contract()).id)
    Visitor(app, person).post("/compte/supprimer", sure="y")
    assert again(person).display_name == "Inès Moreau"
    assert again(person).email == f"compte-{person.id}@supprime.invalid"


def test_the_address_of_a_deleted_account_is_free_again(visitor, person, anonymous, mailbox):
    visitor.post("/compte/supprimer", sure="y")
    mailbox.collect()
    anonymous.post("/inscription", given_name="Inès", family_name="Moreau", email="ines@exemple.test")
    assert mailbox.one().subject == "Choisissez votre mot de passe"


def test_nobody_deletes_their_account_while_others_depend_on_it(visitor, person):
    organisation = factories.organisation("Les Tisseurs")
    factories.grant(person, Role.APPLICANT, factories.ScopeKind.ORGANISATION, organisation.id, MemberLevel.OWNER)
    factories.member(organisation, MemberLevel.EDITOR)
    page = visitor.post("/compte/supprimer", sure="y")
    assert "Les Tisseurs" in page.errors[""]
    assert again(person).disabled_at is None


def test_a_deleted_account_does_not_reopen(app, visitor, person):
    visitor.post("/compte/supprimer", sure="y")
    admin = Visitor(app, factories.admin())
    assert admin.post(f"/personnes/comptes/{person.id}/rouvrir").status_code == 409
