"""Structures made, joined, shared and left."""

from __future__ import annotations

import pytest

from portal.accounts.models import Grant, JoinRequest, Organisation
from portal.accounts.queries.membership import members_of
from portal.accounts.rules import MemberLevel, Role
from portal.extensions import db
from portal.foundation.events import history_of
from tests import factories
from tests.queries import counted
from tests.visitors import Visitor

# The example of Insee's own documentation.
SIRET = "732 829 320 00074"


def levels(organisation_id: int) -> list[tuple[str, str]]:
    return [(member.email, member.level.value) for member in members_of(organisation_id)]


def by_siren(siren: str) -> Organisation:
    return db.session.execute(db.select(Organisation).where(Organisation.siren == siren)).scalar_one()


@pytest.fixture
def structure(app):
    return factories.organisation("Les Tisseurs de lien")


@pytest.fixture
def owner(structure):
    return factories.member(structure)


def test_who_creates_a_structure_is_responsible_for_it(app):
    visitor = Visitor(app, factories.person(email="nadia@exemple.test"))
    answer = visitor.post(
        "/structures/nouvelle", name=" Les Tisseurs ", kind="association", siret=SIRET, rna="w132001234"
    )
    made = by_siren("732829320")
    assert answer.location == f"/structures/{made.id}/membres"
    assert (made.name, made.siret, made.rna) == ("Les Tisseurs", "73282932000074", "W132001234")
    assert levels(made.id) == [("nadia@exemple.test", "owner")]
    assert "nadia@exemple.test" in visitor.follow(answer).text


@pytest.mark.parametrize(
    ("siret", "words"),
    [
        ("", "Indiquez le numéro SIRET."),
        ("732 829 320 0007", "Un numéro SIRET compte 14 chiffres."),
        ("732 829 320 00075", "un chiffre est sans doute mal recopié"),
        ("732 829 320 0007A", "ne contient que des chiffres"),
    ],
)
def test_a_wrong_siret_is_told_plainly_and_nothing_typed_is_lost(app, siret, words):
    visitor = Visitor(app, factories.person())
    page = visitor.post("/structures/nouvelle", name="Les Tisseurs", kind="eple", siret=siret)
    assert list(page.errors) == ["siret"]
    assert words in page.errors["siret"]
    assert page.tree.xpath('//input[@id="name"]/@value') == ["Les Tisseurs"]
    assert page.tree.xpath("//option[@selected]/@value") == ["eple"]
    assert page.tree.xpath('//input[@id="siret"]/@value') == [siret]


def test_a_wrong_rna_is_told_at_its_field(app):
    page = Visitor(app, factories.person()).post(
        "/structures/nouvelle", name="Les Tisseurs", kind="association", siret=SIRET, rna="12345"
    )
    assert list(page.errors) == ["rna"]


def test_another_siret_of_a_known_siren_leads_to_a_request_that_an_owner_accepts(app, structure, owner, mailbox):
    asker = factories.person("Inès", "Moreau", email="ines@exemple.test")
    visitor = Visitor(app, asker)
    to_join = visitor.post("/structures/nouvelle", name="x", kind="association", siret=structure.siret)
    assert to_join.location == f"/structures/rejoindre?siret={structure.siret}"
    assert "Les Tisseurs de lien" in visitor.follow(to_join).text
    visitor.post(to_join.location)
    told = mailbox.one()
    assert (told.to, told.subject) == (owner.email, "Inès Moreau demande à rejoindre Les Tisseurs de lien")
    assert told.link == f"/structures/{structure.id}/membres"
    owner_visitor = Visitor(app, owner)
    (accept, _refuse) = owner_visitor.get(told.link).tree.xpath('//form[contains(@action, "/demandes/")]/@action')
    owner_visitor.post(accept)
    assert levels(structure.id) == [(owner.email, "owner"), ("ines@exemple.test", "editor")]
    assert mailbox.one().subject == "Vous avez rejoint Les Tisseurs de lien"


def test_a_refused_request_lets_nobody_in_and_has_one_answer(app, structure, owner, mailbox):
    asker = factories.person()
    Visitor(app, asker).post(f"/structures/rejoindre?siret={structure.siret}")
    request = db.session.execute(db.select(JoinRequest)).scalar_one()
    Visitor(app, owner).post(f"/structures/demandes/{request.id}/refuser")
    assert Visitor(app, owner).post(f"/structures/demandes/{request.id}/accepter").status_code == 409
    assert levels(structure.id) == [(owner.email, "owner")]
    assert [mail.subject for mail in mailbox.collect()][1:] == ["Votre demande pour Les Tisseurs de lien"]


def test_a_request_is_made_once(app, structure, owner, mailbox):
    visitor = Visitor(app, factories.person())
    path = f"/structures/rejoindre?siret={structure.siret}"
    assert visitor.post(path).status_code == 302
    assert visitor.post(path).errors[""] == "Votre demande est déjà envoyée : attendez la réponse."
    assert len(mailbox.collect()) == 1


def test_where_nobody_is_responsible_the_direction_answers(app, structure, mailbox):
    manager = factories.staff(Role.MANAGER, factories.contract())
    asker = factories.person(email="ines@exemple.test")
    Visitor(app, asker).post(f"/structures/rejoindre?siret={structure.siret}")
    told = mailbox.one()
    assert (told.to, told.link) == (manager.email, "/personnes/demandes")
    direction = Visitor(app, manager)
    assert "ines@exemple.test" in direction.get("/personnes/demandes").text
    request = db.session.execute(db.select(JoinRequest)).scalar_one()
    assert direction.post(f"/structures/demandes/{request.id}/accepter").location == "/personnes/demandes"
    assert levels(structure.id) == [("ines@exemple.test", "owner")]


def test_the_direction_does_not_answer_for_owners(app, structure, owner):
    manager = factories.staff(Role.MANAGER, factories.contract())
    Visitor(app, factories.person()).post(f"/structures/rejoindre?siret={structure.siret}")
    request = db.session.execute(db.select(JoinRequest)).scalar_one()
    assert Visitor(app, manager).post(f"/structures/demandes/{request.id}/accepter").status_code == 409
    assert "Aucune demande" in Visitor(app, manager).get("/personnes/demandes").text


def test_an_invited_stranger_gets_a_link_to_choose_a_password(app, anonymous, structure, owner, mailbox):
    Visitor(app, owner).post(
        f"/structures/{structure.id}/membres/inviter",
        email="ines@exemple.test",
        given_name="Inès",
        family_name="Moreau",
        level="reader",
    )
    mail = mailbox.one()
    assert mail.subject == "Invitation sur le portail du Contrat de ville"
    assert "Les Tisseurs de lien (lecture)" in mail.text
    assert anonymous.post(mail.link, password="les figues mûrissent en août").location == "/connexion"
    assert levels(structure.id) == [(owner.email, "owner"), ("ines@exemple.test", "reader")]


def test_an_invited_known_person_is_simply_told(app, structure, owner, mailbox):
    known = factories.person()
    invite = {"email": known.email.upper(), "given_name": "A", "family_name": "B", "level": "editor"}
    visitor = Visitor(app, owner)
    assert visitor.post(f"/structures/{structure.id}/membres/inviter", **invite).status_code == 302
    assert mailbox.one().subject == "Vous avez un nouvel accès"
    again = visitor.post(f"/structures/{structure.id}/membres/inviter", **invite)
    assert again.errors == {"email": "Cette personne a déjà cet accès."}


@pytest.mark.parametrize("level", [MemberLevel.EDITOR, MemberLevel.READER])
def test_only_owners_invite_change_and_remove(app, structure, owner, level):
    member = Visitor(app, factories.member(structure, level))
    owner_grant = members_of(structure.id)[0].grant_id
    assert member.get(f"/structures/{structure.id}/membres").status_code == 200
    assert member.get(f"/structures/{structure.id}/membres/inviter").status_code == 404
    assert member.get(f"/structures/membres/{owner_grant}").status_code == 404
    assert member.post(f"/structures/membres/{owner_grant}/retirer").status_code == 404


def test_a_level_is_changed_and_told_in_the_journal(app, structure, owner):
    other = factories.member(structure, MemberLevel.READER)
    grant_id = members_of(structure.id)[1].grant_id
    Visitor(app, owner).post(f"/structures/membres/{grant_id}", level="editor")
    assert levels(structure.id) == [(owner.email, "owner"), (other.email, "editor")]
    assert history_of("grant", grant_id)[-1].details == {"level": ["reader", "editor"]}


def test_the_last_responsible_person_stays(app, structure, owner):
    factories.member(structure, MemberLevel.EDITOR)
    grant_id = members_of(structure.id)[0].grant_id
    visitor = Visitor(app, owner)
    assert visitor.post(f"/structures/{structure.id}/quitter").status_code == 409
    assert visitor.post(f"/structures/membres/{grant_id}/retirer").status_code == 409
    kept = visitor.post(f"/structures/membres/{grant_id}", level="reader")
    assert kept.errors["level"].endswith("donnez d’abord ce niveau à un autre membre.")
    assert levels(structure.id)[0] == (owner.email, "owner")


def test_a_second_responsible_person_frees_the_first(app, structure, owner):
    second = factories.member(structure, MemberLevel.OWNER)
    assert Visitor(app, owner).post(f"/structures/{structure.id}/quitter").location == "/structures"
    assert levels(structure.id) == [(second.email, "owner")]
    assert Visitor(app, owner).get(f"/structures/{structure.id}/membres").status_code == 404


def test_a_removed_member_sees_nothing_more_and_the_trace_stays(app, structure, owner):
    other = factories.member(structure, MemberLevel.EDITOR)
    grant_id = members_of(structure.id)[1].grant_id
    Visitor(app, owner).post(f"/structures/membres/{grant_id}/retirer")
    assert Visitor(app, other).get(f"/structures/{structure.id}/membres").status_code == 404
    assert db.session.get_one(Grant, grant_id).ended_at is not None
    assert history_of("grant", grant_id)[-1].action == "grant.ended"
    assert Visitor(app, owner).get(f"/structures/membres/{grant_id}").status_code == 404


def test_the_list_of_structures_asks_as_many_queries_for_one_and_for_many(app):
    person = factories.person()
    visitor = Visitor(app, person)

    def join(count: int) -> None:
        for _ in range(count):
            organisation = factories.organisation()
            factories.grant(
                person, Role.APPLICANT, factories.ScopeKind.ORGANISATION, organisation.id, MemberLevel.OWNER
            )

    join(1)
    with counted() as one:
        visitor.get("/structures")
    join(30)
    with counted() as many:
        page = visitor.get("/structures")
    assert len(many) == len(one)
    assert len(page.texts("//tbody/tr")) == 31
