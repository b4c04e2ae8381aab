"""Signing up, in and out, and choosing a password by a link."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from portal.accounts import links, passwords
from portal.accounts.models import Person
from portal.accounts.operations import people
from portal.accounts.rules import Role
from portal.extensions import db, limiter
from portal.foundation.events import history_of
from portal.foundation.refusals import Refusal
from tests import factories
from tests.visitors import Answer, Visitor

PASSWORD = "les figues mûrissent en août"


@pytest.fixture
def somebody(app: Flask) -> Person:
    """Somebody without second factor, who knows their password."""
    return factories.person(
        "Inès",
        "Moreau",
        email="Ines@exemple.test",
        password_hash=passwords.hashed(PASSWORD),
        totp_secret=None,
        totp_confirmed_at=None,
    )


def sign_in(visitor: Visitor, email: str = "ines@exemple.test", password: str = PASSWORD, path: str = "") -> Answer:
    return visitor.post(path or "/connexion", email=email, password=password)


def signed_in(visitor: Visitor) -> bool:
    return visitor.get("/compte").status_code == 200


def test_an_account_is_made_by_choosing_a_password_from_the_mail(anonymous, mailbox):
    told = anonymous.post("/inscription", given_name="Inès", family_name="Moreau", email=" Ines@Exemple.test ")
    mail = mailbox.one()
    assert (mail.to, mail.subject) == ("Ines@Exemple.test", "Choisissez votre mot de passe")
    assert "Un message part vers Ines@Exemple.test." in told.text
    assert "Ines@Exemple.test" in anonymous.get(mail.link).text
    done = anonymous.post(mail.link, password=PASSWORD)
    assert done.location == "/connexion"
    assert sign_in(anonymous).location == "/accueil"
    assert signed_in(anonymous)


def test_without_the_mail_nobody_gets_in(anonymous, mailbox):
    anonymous.post("/inscription", given_name="Inès", family_name="Moreau", email="ines@exemple.test")
    assert sign_in(anonymous).errors[""].startswith("Adresse ou mot de passe inconnu.")


def test_signing_up_says_the_same_of_a_known_address_which_gets_another_mail(anonymous, somebody, mailbox):
    unknown = anonymous.post("/inscription", given_name="A", family_name="B", email="autre@exemple.test")
    known = anonymous.post("/inscription", given_name="A", family_name="B", email="ines@exemple.test")
    assert known.text == unknown.text.replace("autre@exemple.test", "ines@exemple.test")
    assert [(mail.to, mail.subject) for mail in mailbox.collect()] == [
        ("autre@exemple.test", "Choisissez votre mot de passe"),
        ("Ines@exemple.test", "Vous avez déjà un compte"),
    ]
    assert db.session.get_one(Person, somebody.id).given_name == "Inès"


def test_a_forgotten_password_says_the_same_of_an_unknown_address_which_gets_no_mail(anonymous, somebody, mailbox):
    unknown = anonymous.post("/mot-de-passe-oublie", email="autre@exemple.test")
    known = anonymous.post("/mot-de-passe-oublie", email="ines@exemple.test")
    assert known.text == unknown.text.replace("autre@exemple.test", "ines@exemple.test")
    assert [mail.to for mail in mailbox.collect()] == ["Ines@exemple.test"]


def test_a_reset_link_serves_once_and_ends_the_sessions(app, anonymous, somebody, mailbox):
    elsewhere = Visitor(app, somebody)
    assert signed_in(elsewhere)
    anonymous.post("/mot-de-passe-oublie", email="ines@exemple.test")
    link = mailbox.one().link
    assert anonymous.post(link, password="une autre phrase assez longue").location == "/connexion"
    assert mailbox.one().subject == "Votre mot de passe a changé"
    again = anonymous.post(link, password="encore une autre phrase")
    assert (again.status_code, again.texts("//h1")) == (410, ["Ce lien ne sert plus"])
    assert not signed_in(elsewhere)
    assert sign_in(anonymous).errors
    assert sign_in(anonymous, password="une autre phrase assez longue").location == "/accueil"


def test_a_link_made_before_a_password_change_is_over(app, anonymous, somebody, mailbox):
    anonymous.post("/mot-de-passe-oublie", email="ines@exemple.test")
    link = mailbox.one().link
    assert Visitor(app, somebody).post("/compte/mot-de-passe", password="une autre phrase assez longue").location
    assert anonymous.get(link).status_code == 410


def test_a_link_is_over_after_its_time(anonymous, somebody, mailbox, time_machine_at):
    anonymous.post("/mot-de-passe-oublie", email="ines@exemple.test")
    link = mailbox.one().link
    assert anonymous.get(link).status_code == 200
    with time_machine_at(hours=2, minutes=1):
        assert anonymous.get(link).status_code == 410


def test_a_forged_or_foreign_link_is_over(anonymous, somebody, mailbox):
    anonymous.post("/mot-de-passe-oublie", email="ines@exemple.test")
    token = mailbox.one().link.rsplit("/", 1)[1]
    assert anonymous.get(f"/mot-de-passe/{token[:-1]}").status_code == 410
    assert anonymous.get(f"/compte/courriel/{token}").status_code == 410


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("trop court", "Choisissez au moins 12 caractères"),
        ("MotDePasse123", "l’un des premiers qu’on essaierait"),
        ("aaaaaaaaaaaaaaa", "l’un des premiers qu’on essaierait"),
        ("ines@exemple.test", "ne peut pas être votre adresse"),
    ],
)
def test_a_weak_password_is_refused_at_its_field(anonymous, somebody, mailbox, password, words):
    anonymous.post("/mot-de-passe-oublie", email="ines@exemple.test")
    page = anonymous.post(mailbox.one().link, password=password)
    assert list(page.errors) == ["password"]
    assert words in page.errors["password"]


def test_an_address_that_cannot_be_one_is_refused_and_kept(anonymous, mailbox):
    page = anonymous.post("/inscription", given_name="Inès", family_name="Moreau", email="ines chez exemple")
    assert list(page.errors) == ["email"]
    assert [field.get("value") for field in page.tree.xpath("//form//input[@id]")] == [
        "Inès",
        "Moreau",
        "ines chez exemple",
    ]
    assert mailbox.collect() == []


def test_a_wrong_password_and_an_unknown_address_read_the_same(anonymous, somebody):
    wrong = sign_in(anonymous, password="une autre phrase assez longue")
    unknown = sign_in(anonymous, email="autre@exemple.test")
    assert wrong.errors == unknown.errors
    assert wrong.status_code == unknown.status_code == 200


def test_an_unknown_address_costs_as_much_as_a_known_one(anonymous, somebody, monkeypatch):
    checked = []
    true_hasher = passwords._hasher(True)

    class Spy:
        def verify(self, password_hash, password):
            checked.append(password_hash[:9])
            return true_hasher.verify(password_hash, password)

        hash = true_hasher.hash

    monkeypatch.setattr(passwords, "_hasher", lambda _cheap: Spy())
    sign_in(anonymous, password="une autre phrase assez longue")
    sign_in(anonymous, email="autre@exemple.test")
    assert checked == ["$argon2id", "$argon2id"]


def test_a_closed_account_does_not_open(app, anonymous, somebody):
    with factories.unit_of_work():
        db.session.get_one(Person, somebody.id).disabled_at = factories.clock.now()
    assert sign_in(anonymous).errors
    assert Visitor(app, somebody).get("/compte").location.startswith("/connexion")


def test_signing_in_leads_to_the_page_first_wanted(anonymous, somebody):
    wanted = anonymous.get("/compte/profil?x=1")
    assert wanted.location == "/connexion?next=/compte/profil?x%3D1"
    assert sign_in(anonymous, path=wanted.location).location == "/compte/profil?x=1"


@pytest.mark.parametrize("elsewhere", ["https://ailleurs.test/", "//ailleurs.test", "/\\ailleurs.test", "compte"])
def test_signing_in_never_leads_elsewhere(anonymous, somebody, elsewhere):
    from urllib.parse import quote

    assert sign_in(anonymous, path=f"/connexion?next={quote(elsewhere)}").location == "/accueil"


def test_signing_out_needs_a_post_and_ends_the_session(app, somebody):
    visitor = Visitor(app, somebody)
    assert visitor.get("/deconnexion").status_code == 405
    assert visitor.post("/deconnexion").location == "/"
    assert not signed_in(visitor)


def test_signing_out_everywhere_ends_every_session(app, somebody):
    here, elsewhere = Visitor(app, somebody), Visitor(app, somebody)
    assert here.post("/deconnexion-partout").location == "/connexion"
    assert not signed_in(here)
    assert not signed_in(elsewhere)


def test_a_session_ends_after_four_idle_hours(anonymous, somebody, time_machine_at):
    sign_in(anonymous)
    with time_machine_at(hours=3, minutes=50):
        assert signed_in(anonymous)
    with time_machine_at(hours=7, minutes=30):
        assert signed_in(anonymous)
    with time_machine_at(hours=11, minutes=40):
        assert not signed_in(anonymous)


def test_a_session_ends_after_twelve_hours_whatever_its_use(anonymous, somebody, time_machine_at):
    sign_in(anonymous)
    for hours in (3, 6, 9, 11):
        with time_machine_at(hours=hours):
            assert signed_in(anonymous)
    with time_machine_at(hours=12, minutes=1):
        assert not signed_in(anonymous)


def test_nothing_of_the_session_before_survives_signing_in(anonymous, somebody):
    with anonymous.client.session_transaction() as session:
        session["second_factor"] = True
        session["planted"] = "x"
    sign_in(anonymous)
    with anonymous.client.session_transaction() as session:
        assert "planted" not in session
        assert session["second_factor"] is False


def test_eleven_wrong_passwords_for_an_address_are_too_many_even_with_the_right_one_after(anonymous, somebody):
    limiter.enabled = True
    limiter.reset()
    try:
        codes = [sign_in(anonymous, password="une autre phrase assez longue").status_code for _ in range(11)]
        assert codes == [200] * 10 + [429]
        assert sign_in(anonymous, email=" INES@exemple.test ").status_code == 429
        assert sign_in(anonymous, email="autre@exemple.test").status_code == 200
    finally:
        limiter.reset()
        limiter.enabled = False


def test_right_passwords_are_not_counted(app, somebody):
    limiter.enabled = True
    limiter.reset()
    try:
        assert [sign_in(Visitor(app)).status_code for _ in range(12)] == [302] * 12
    finally:
        limiter.reset()
        limiter.enabled = False


def test_mails_to_one_address_are_held_back(anonymous, somebody, mailbox):
    limiter.enabled = True
    limiter.reset()
    try:
        asked = [anonymous.post("/mot-de-passe-oublie", email="ines@exemple.test").status_code for _ in range(6)]
        assert asked == [200] * 5 + [429]
    finally:
        limiter.reset()
        limiter.enabled = False
    assert len(mailbox.collect()) == 5


@pytest.mark.parametrize("path", ["/compte/courriel", "/structures/{}/membres/inviter"])
def test_mails_to_an_address_that_one_gives_are_held_back_once_signed_in_too(app, path, mailbox):
    organisation = factories.organisation("Les Ateliers du Vallon")
    owner = Visitor(app, factories.member(organisation))
    limiter.enabled = True
    limiter.reset()
    try:
        sent = {"given_name": "Lou", "family_name": "Petit", "level": "reader"}
        codes = [
            owner.post(path.format(organisation.id), email="autre@exemple.test", **sent).status_code for _ in range(6)
        ]
        assert codes[-1] == 429
        assert 429 not in codes[:-1]
    finally:
        limiter.reset()
        limiter.enabled = False
    assert 0 < len(mailbox.collect()) <= 5


@pytest.mark.parametrize("name", ["http://piege.test", "Gagnez sur piege.test", "a@b.fr", "www.piege"])
def test_a_name_that_is_an_address_goes_into_no_mail(anonymous, mailbox, name):
    page = anonymous.post("/inscription", given_name=name, family_name="Petit", email="lou@exemple.test")
    assert page.errors == {"given_name": "Écrivez ce nom seul, sans adresse de site ni de messagerie."}
    assert mailbox.collect() == []


@pytest.mark.parametrize("name", ["Jean-Pierre", "J.-P.", "M. Le Goff", "N’Diaye", "Ó Briain", "St. John"])
def test_a_name_as_people_have_them_is_accepted(anonymous, mailbox, name):
    anonymous.post("/inscription", given_name=name, family_name=name, email="lou@exemple.test")
    assert name in mailbox.one().text


def test_a_form_without_its_token_is_refused_and_with_it_accepted(app, anonymous, somebody):
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        assert sign_in(anonymous).status_code == 400
        page = anonymous.get("/connexion")
        (token,) = page.tree.xpath('//main//form//input[@name="csrf_token"]/@value')
        answer = anonymous.post("/connexion", email="ines@exemple.test", password=PASSWORD, csrf_token=token)
        assert answer.location == "/accueil"
        assert anonymous.post("/deconnexion").status_code == 400
        assert signed_in(anonymous)
    finally:
        app.config["WTF_CSRF_ENABLED"] = False


def test_the_journal_knows_who_signed_in_and_nothing_personal(anonymous, somebody):
    sign_in(anonymous)
    assert [(event.action, event.details) for event in history_of("person", somebody.id)] == [("person.signed_in", {})]


def test_the_stored_password_is_an_argon2_hash(somebody):
    assert re.match(r"^\$argon2id\$", somebody.password_hash)


def test_signing_up_does_not_rename_somebody_invited(app, anonymous, mailbox):
    contract = factories.contract()
    manager = Visitor(app, factories.staff(Role.MANAGER, contract))
    invited = {"email": "ines@exemple.test", "given_name": "Inès", "family_name": "Moreau"}
    manager.post(f"/personnes/inviter?portee=contract-{contract.id}", role="officer", **invited)
    anonymous.post("/inscription", given_name="Un", family_name="Plaisantin", email="ines@exemple.test")
    assert [mail.text.split(",")[0] for mail in mailbox.collect()] == ["Bonjour Inès", "Bonjour Inès"]


def test_a_link_used_twice_at_the_same_instant_serves_once(app, somebody):
    """Both requests read the link before either wrote."""
    first = links.read(links.make(links.LinkKind.RESET, somebody), links.LinkKind.RESET)
    with factories.unit_of_work():
        people.choose_password(first, passwords.hashed("une autre phrase assez longue"))
    with pytest.raises(Refusal, match="déjà servi"), factories.unit_of_work():
        people.choose_password(first, passwords.hashed("encore une autre phrase"))
