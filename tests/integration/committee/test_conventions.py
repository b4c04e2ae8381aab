"""Conventions: needed above the threshold, drafted from the data, signed by both, then paid in parts."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pikepdf
import pytest

from portal.accounts.models import OrganisationKind
from portal.accounts.rules import Role
from portal.calls.states import EnvelopeStatus
from portal.committee.models import Convention, DocumentTemplate, Tranche
from portal.committee.queries.payments import courses
from portal.committee.states import ConventionStatus, TrancheCondition
from portal.contracts.models import Nature
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.database import unit_of_work
from portal.foundation.outbox import Mail
from portal.foundation.periods import to_paris
from tests import factories, pdfs
from tests.integration.committee.deciding import Scene, make_scene
from tests.typography import plain

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def scene(app) -> Scene:
    return make_scene(app)


def notified(scene, cents=25_000_00, organisation=None, number="2026-1"):
    """An application of which the city notified `cents`."""
    with unit_of_work():
        scene.city_envelope.amount_cents = 90_000_00
    made = factories.application(
        scene.call, organisation or factories.organisation(), [scene.quartier], title=f"Projet {number}"
    )
    factories.funding_line(made, scene.city, max(cents, 1_000_00), scene.city_envelope)
    scene.arbitrate(made, city=cents)
    act = scene.act(made, cents, number)
    agent = scene.visit(Role.FUNDER_AGENT)
    agent.post(f"/actes/{act.id}/courriers")
    scene.render()
    agent.post(f"/actes/{act.id}/notifier")
    return made


def path(scene):
    return f"/programmation/{scene.call.id}/conventions"


def rows(visitor, scene):
    return visitor.get(path(scene)).texts("//main//tbody/tr")


def draft(visitor, scene, application):
    answer = visitor.post(f"{path(scene)}/{scene.city.id}/{application.organisation_id}")
    scene.render()
    return answer


def only():
    return db.session.query(Convention).one()


def sign(visitor, convention, content=PDF):
    return visitor.post(f"/conventions/{convention.id}/signee", file=(BytesIO(content), "signee.pdf"))


def today():
    return to_paris(clock.now()).date()


# -- when it is needed --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cents", "kind", "needed"),
    [
        (23_000_00, OrganisationKind.ASSOCIATION, False),
        (23_000_01, OrganisationKind.ASSOCIATION, True),
        (90_000_00, OrganisationKind.EPLE, False),
    ],
)
def test_it_is_needed_above_the_threshold_for_private_bodies(scene, cents, kind, needed):
    notified(scene, cents, factories.organisation(kind=kind))
    assert bool(rows(scene.visit(Role.MANAGER), scene)) is needed


def test_all_the_actions_of_the_year_add_up_funder_by_funder(scene):
    first = notified(scene, 12_000_00)
    manager = scene.visit(Role.MANAGER)
    assert rows(manager, scene) == []
    notified(scene, 12_000_00, first.organisation, "2026-2")
    (row,) = rows(manager, scene)
    assert first.organisation.name in row and "24 000,00" in row.replace("\u202f", " ")
    assert scene.visit(Role.STATE_OFFICER).get(path(scene)).texts("//main//tbody/tr") == []


def test_help_in_kind_counts_only_when_the_contract_says_so(scene):
    made = notified(scene, 24_000_00)
    with unit_of_work():
        scene.line(made).nature = Nature.TFPB
    manager = scene.visit(Role.MANAGER)
    assert rows(manager, scene) == []
    with unit_of_work():
        scene.contract.convention_counts_in_kind = True
    assert len(rows(manager, scene)) == 1


# -- its course ---------------------------------------------------------------------------------


def test_a_convention_goes_from_its_draft_to_its_payments(scene):
    application = notified(scene)
    owner = scene.member(application)
    scene.bank_account(application)
    (course,) = courses([scene.line(application)])
    assert [each.waits for each in course.expected] == ["Attend la signature de la convention."]
    agent, applicant = scene.visit(Role.FUNDER_AGENT), scene.visit(owner)
    assert draft(agent, scene, application).status_code == 302
    convention = only()
    assert (convention.number, convention.status) == ("2026-C001", ConventionStatus.DRAFTED)
    assert application.organisation.name in convention.body and "{" not in convention.body
    at = f"/conventions/{convention.id}"
    assert applicant.get(at).status_code == 404
    words = pdfs.words(pikepdf.open(BytesIO(agent.get(f"{at}.pdf").data)))
    assert application.title.replace(" ", "") in words and "2026-C001" in words
    assert agent.post(f"{at}/envoyer").status_code == 302
    mails = db.session.query(Mail).filter_by(template="convention_sent").all()
    assert [mail.recipient for mail in mails] == [owner.email]
    assert applicant.get(f"{at}.pdf").data.startswith(b"%PDF")
    assert sign(applicant, convention, b"rien").errors != {}
    assert only().status is ConventionStatus.SENT
    assert sign(applicant, convention).status_code == 302
    assert agent.post(f"{at}/redemander", reason="La dernière page manque").status_code == 302
    assert "La dernière page manque" in applicant.get(at).text
    assert sign(applicant, convention).status_code == 302
    assert list(agent.post(f"{at}/accepter", signed_on="31/12/2090").errors) == ["signed_on"]
    assert agent.post(f"{at}/accepter", signed_on=f"{today():%d/%m/%Y}").status_code == 302
    assert only().status is ConventionStatus.ACTIVE
    (course,) = courses([scene.line(application)])
    told = [(each.label, each.amount_cents, each.due_on, each.waits) for each in course.expected]
    assert told == [
        ("Premier versement", 20_000_00, today() + timedelta(days=60), None),
        ("Solde", 5_000_00, None, "Attend l’acceptation du bilan final."),
    ]
    assert agent.post(f"{at}/terminer", reason="Bilan accepté").status_code == 302
    assert only().status is ConventionStatus.ENDED


def test_a_convention_ended_before_it_was_in_force_is_taken_up_again_one_that_was_is_not(scene):
    application = notified(scene)
    applicant, manager = scene.visit(scene.member(application)), scene.visit(Role.MANAGER)
    draft(manager, scene, application)
    at, link = f"/conventions/{only().id}", "//a[contains(@href, '/remettre')]"
    manager.post(f"{at}/envoyer")
    manager.post(f"{at}/terminer", reason="Mauvaise structure")
    assert manager.get(at).texts(link) == ["Remettre la convention en préparation"]
    assert list(manager.post(f"{at}/remettre", reason=" ").errors) == ["reason"]
    manager.post(f"{at}/remettre", reason="Terminée par erreur")
    assert (only().status, only().ended_at) == (ConventionStatus.DRAFTED, None)
    assert applicant.get(at).status_code == 404
    manager.post(f"{at}/envoyer")
    sign(applicant, only())
    manager.post(f"{at}/accepter", signed_on=f"{today():%d/%m/%Y}")
    manager.post(f"{at}/terminer", reason="Bilan accepté")
    assert manager.get(at).texts(link) == []
    again = manager.post(f"{at}/remettre", reason="Reprise")
    assert again.errors == {"": "Cette convention a été en vigueur : elle ne se reprend pas."}
    assert only().status is ConventionStatus.ENDED


def test_a_second_convention_of_the_same_grant_is_refused(scene):
    application = notified(scene)
    manager = scene.visit(Role.MANAGER)
    draft(manager, scene, application)
    again = draft(manager, scene, application)
    assert again.status_code == 409
    assert db.session.query(Convention).count() == 1


def test_a_draft_is_edited_under_its_version_and_its_parts_follow(scene):
    application = notified(scene)
    manager = scene.visit(Role.MANAGER)
    draft(manager, scene, application)
    at = f"/conventions/{only().id}/modifier"
    typed = {"first_payment_bp": "50", "payment_days": "30", "last_year": "2027", "body": "# Objet\nNos mots."}
    assert manager.post(at, version="1", **typed).status_code == 302
    parts = db.session.query(Tranche.condition, Tranche.amount_cents).order_by(Tranche.position).all()
    assert [tuple(part) for part in parts] == [
        (TrancheCondition.SIGNATURE, 12_500_00),
        (TrancheCondition.BILAN, 12_500_00),
    ]
    assert (only().body, only().file_id) == ("# Objet\nNos mots.", None)
    conflict = manager.post(at, version="1", **(typed | {"body": "Autre texte."}))
    assert "Nos mots." in conflict.text and "Autre texte." in conflict.text
    assert only().body == "# Objet\nNos mots."
    late = manager.post(at, version="2", **(typed | {"last_year": "2040"}))
    assert late.errors == {"last_year": "Une convention couvre au plus 4 années."}
    assert manager.post(at, version="2", refaire="1", **typed).status_code == 302
    assert application.title in only().body


def test_the_words_say_the_first_payment_that_the_annex_adds_up_to_the_cent(scene):
    first = notified(scene, 12_000_01)
    notified(scene, 12_000_01, first.organisation, "2026-2")
    with unit_of_work():
        scene.contract.first_payment_bp = 50_00
    draft(scene.visit(Role.MANAGER), scene, first)
    parts = [action.tranches[0].amount_cents for action in only().actions]
    assert parts == [6_000_00, 6_000_00]
    assert "50 %, soit 12 000,00 €" in plain(only().body)


def test_nothing_leaves_before_its_document_is_made(scene):
    application = notified(scene)
    manager = scene.visit(Role.MANAGER)
    manager.post(f"{path(scene)}/{scene.city.id}/{application.organisation_id}")
    assert manager.post(f"/conventions/{only().id}/envoyer").status_code == 409
    assert only().status is ConventionStatus.DRAFTED


def test_a_convention_is_closed_to_other_funders_and_to_whoever_stepped_out_of_one_action(scene):
    application = notified(scene)
    draft(scene.visit(Role.MANAGER), scene, application)
    at = f"/conventions/{only().id}"
    assert scene.visit(Role.STATE_OFFICER).get(at).status_code == 404
    officer = scene.visit(Role.OFFICER)
    assert officer.get(at).status_code == 200
    scene.recuse(scene.person(Role.OFFICER), application)
    assert officer.get(at).status_code == 404
    assert officer.post(f"{at}/envoyer").status_code == 404
    assert rows(officer, scene) == []


# -- its words ----------------------------------------------------------------------------------


def template_path(scene, funder=None):
    return f"/contrats/{scene.contract.id}/modeles/convention" + (f"?financeur={funder.id}" if funder else "")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (
            "Pour {montan} et {montant}",
            "Ligne 1 : le repère {montan} n’existe pas. Vouliez-vous écrire {montant} ?",
        ),
        ("Pour\n{montant} et {structure", "Ligne 2, « {structure » : l’accolade n’est pas fermée."),
        ("Sans somme", "Il manque le repère {montant} : la convention dit le montant attribué."),
    ],
)
def test_a_template_with_a_wrong_placeholder_is_refused_and_what_was_typed_stays(scene, body, told):
    page = scene.visit(Role.MANAGER).post(template_path(scene), version="0", body=body)
    assert {" ".join(words.split()) for words in page.errors.values()} == {told}
    assert page.texts("//textarea") == [" ".join(body.split())]
    assert db.session.query(DocumentTemplate).count() == 0


def test_a_template_is_tried_on_a_real_convention_then_followed_by_the_next_ones(scene):
    factories.envelope(factories.call(scene.contract, [scene.quartier]), scene.city, 1, EnvelopeStatus.FORECAST)
    application = notified(scene)
    manager = scene.visit(Role.MANAGER)
    draft(manager, scene, application)
    body = "# Objet\n{financeur} donne {montant} à {structure}."
    tried = manager.post(template_path(scene), version="0", body=body, essai=only().id, essayer="1")
    given = f"{scene.city.name} donne 25 000,00 € à {application.organisation.name}."
    assert given in tried.text.replace("\u202f", " ").replace("\u00a0", " ")
    assert db.session.query(DocumentTemplate).count() == 0
    assert manager.post(template_path(scene), version="0", body=body).status_code == 302
    assert manager.post(template_path(scene, scene.city), version="0", body="À vous : {montant}").status_code == 302
    manager.post(f"/conventions/{only().id}/modifier", version="1", refaire="1", first_payment_bp="80",
                 payment_days="60", last_year="2026", body="")  # fmt: skip
    assert only().body.startswith("À vous")
    assert scene.visit(Role.OFFICER).get(template_path(scene)).status_code == 404
