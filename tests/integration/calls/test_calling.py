"""The Direction makes a call: from scratch or from last year's, edits it, publishes, extends, ends it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from portal.accounts.rules import MemberLevel, Role
from portal.calls.models import Call, Envelope
from portal.calls.operations import calling as operations
from portal.calls.operations.calling_defaults import create_call
from portal.calls.operations.cycle import move_application
from portal.calls.states import ApplicationStatus, CallKind, CallStatus, EnvelopeStatus, ResidentsRule
from portal.contracts.models import Indicator, IndicatorKind
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import SYSTEM
from portal.foundation.database import unit_of_work
from portal.foundation.events import history_of
from portal.foundation.outbox import Mail
from portal.foundation.periods import parse_instant, to_paris
from portal.foundation.refusals import Refusal
from tests import factories
from tests.typography import plain
from tests.visitors import Visitor

DAY = timedelta(days=1)


@pytest.fixture
def contract(app):
    made = factories.contract()
    factories.quartier(made, "Encagnane")
    factories.quartier(made, "Jas de Bouffan")
    for position, (code, label, compulsory) in enumerate(
        [("people", "Personnes touchées", True), ("sessions", "Séances tenues", False), ("cost", "Coût", False)]
    ):
        factories.save(
            Indicator(
                contract_id=made.id,
                code=code,
                label=label,
                definition=label,
                unit="",
                kind=IndicatorKind.COUNT,
                is_compulsory=compulsory,
                is_derived=code == "cost",
                position=position,
            )
        )
    return made


@pytest.fixture
def manager(app, contract):
    return Visitor(app, factories.staff(Role.MANAGER, contract))


@pytest.fixture
def officer(app, contract):
    return Visitor(app, factories.staff(Role.OFFICER, contract))


@pytest.fixture
def call(contract):
    """A call in preparation, from the defaults; it lacks words and envelopes."""
    with unit_of_work():
        made = create_call(contract, kind=CallKind.ANNUAL, year=2030, title="Appel 2030", actor=SYSTEM)
    return fresh(made)


@pytest.fixture
def ready(call):
    with unit_of_work() as session:
        session.add(call)
        call.presentation, call.who_may_apply = "Agir pour les habitants.", "Les associations."
    factories.envelope(call, factories.funder(), 10_000_00)
    return fresh(call)


def fresh(thing):
    db.session.rollback()
    return db.session.get_one(type(thing), thing.id)


def events(call):
    return [event.action for event in history_of("call", call.id)]


def mails():
    return db.session.execute(sa.select(Mail.template, Mail.recipient).order_by(Mail.id)).all()


def dates_of(call, **changes):
    return {
        "opens_at": "01/10/2029 09:00",
        "closes_at": "20/11/2029 18:00",
        "actions_start_on": "01/01/2030",
        "actions_end_on": "31/12/2030",
        "bilan_due_on": "",
        "version": str(call.version),
        **changes,
    }


# -- creating -----------------------------------------------------------------------------------------


def test_a_blank_call_starts_with_the_default_documents_grid_quartiers_and_indicators(manager, contract):
    answer = manager.post(
        "/appels/nouveau",
        source=f"vierge:{contract.id}",
        kind="annual",
        year="2029",
        title="Appel à projets 2029",
    )
    call = db.session.execute(sa.select(Call)).scalar_one()
    assert answer.location == f"/appels/{call.id}/dates"
    assert (call.status, call.year, call.title) == (CallStatus.DRAFT, 2029, "Appel à projets 2029")
    assert [quartier.name for quartier in call.quartiers] == ["Encagnane", "Jas de Bouffan"]
    assert len(call.requirements) == 20
    assert [criterion.weight for criterion in call.criteria] == [20, 20, 15, 10, 10, 10, 10, 5]
    assert {len(criterion.levels) for criterion in call.criteria} == {5}
    assert [(line.indicator.code, line.is_compulsory) for line in call.indicators] == [
        ("people", True),
        ("sessions", False),
    ]
    assert call.envelopes == []
    assert events(call) == ["call.created"]


def test_a_call_taken_up_from_last_year_copies_everything_a_year_later(manager, ready):
    with unit_of_work() as session:
        session.add(ready)
        ready.year = 2029
        # Summer time ends on 28 October 2029 and on 27 October 2030.
        ready.closes_at = parse_instant("27/10/2029 18:00")
        ready.opens_at = parse_instant("01/09/2029 09:00")
        ready.residents_rule = ResidentsRule.MAJORITY
        ready.quartiers = ready.quartiers[:1]
        ready.envelopes[0].status = EnvelopeStatus.NOTIFIED
        ready.envelopes[0].granted_cents = 5_00
    ready = fresh(ready)
    manager.post("/appels/nouveau", source=f"appel:{ready.id}", kind="annual", year="2030", title="Appel 2030")
    copy = db.session.execute(sa.select(Call).where(Call.id != ready.id)).scalar_one()
    assert [f"{to_paris(instant):%d/%m/%Y %H:%M}" for instant in (copy.opens_at, copy.closes_at)] == [
        "01/09/2030 09:00",
        "27/10/2030 18:00",
    ]
    assert (copy.actions_start_on, copy.actions_end_on) == (date(2031, 1, 1), date(2031, 12, 31))
    assert (copy.status, copy.residents_rule, copy.presentation) == (
        CallStatus.DRAFT,
        ResidentsRule.MAJORITY,
        "Agir pour les habitants.",
    )
    assert [quartier.name for quartier in copy.quartiers] == ["Encagnane"]
    assert [line.code for line in copy.requirements] == [line.code for line in ready.requirements]
    assert [(line.label, line.weight, [level.descriptor for level in line.levels]) for line in copy.criteria] == [
        (line.label, line.weight, [level.descriptor for level in line.levels]) for line in ready.criteria
    ]
    assert [line.indicator.code for line in copy.indicators] == ["people", "sessions"]
    assert [(line.status, line.amount_cents, line.granted_cents) for line in copy.envelopes] == [
        (EnvelopeStatus.FORECAST, 10_000_00, 0)
    ]


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"year": "2031"}, {"year": "Le contrat couvre les années 2024 à 2030."}),
        ({"year": "2030"}, {"year": "Le contrat a déjà un appel annuel pour 2030."}),
        ({"title": ""}, {"title": "Répondez à cette question."}),
        ({"source": "vierge:999999"}, {"source": "Choisissez une réponse de la liste."}),
    ],
)
def test_a_call_that_cannot_be_is_refused_beside_the_field(manager, contract, call, changes, errors):
    values = {"source": f"vierge:{contract.id}", "kind": "annual", "year": "2028", "title": "Appel", **changes}
    assert manager.post("/appels/nouveau", **values).errors == errors


def test_another_contract_s_calls_are_neither_shown_nor_taken_up(manager, contract):
    foreign = factories.call(factories.contract(), title="Appel des voisins")
    page = manager.get("/appels/nouveau")
    assert "Appel des voisins" not in page.text
    answer = manager.post("/appels/nouveau", source=f"appel:{foreign.id}", kind="annual", year="2028", title="x")
    assert list(answer.errors) == ["source"]
    assert "Appel des voisins" not in manager.get("/appels").text


def test_a_new_call_is_offered_for_the_year_after_the_latest(manager, ready):
    with unit_of_work() as session:
        session.add(ready)
        ready.year = 2040
    page = manager.get("/appels/nouveau")
    assert page.tree.xpath('//input[@name="year"]/@value') == ["2041"]
    assert page.tree.xpath('//input[@name="title"]/@value') == ["Appel à projets 2041"]


# -- settings -----------------------------------------------------------------------------------------


def test_dates_are_typed_by_the_clocks_of_paris_on_both_sides_of_the_change_of_hour(manager, call):
    for typed, utc in (("24/10/2029 18:00", "16:00"), ("20/11/2029 18:00", "17:00")):
        call = fresh(call)
        answer = manager.post(f"/appels/{call.id}/dates", **dates_of(call, closes_at=typed))
        assert answer.location == f"/appels/{call.id}/reglages"
        assert f"{fresh(call).closes_at:%H:%M}" == utc
    assert events(call) == ["call.created", "call.dates_changed", "call.dates_changed"]


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"closes_at": "01/10/2029 09:00"}, {"closes_at"}),
        ({"closes_at": "bientôt"}, {"closes_at"}),
        ({"closes_at": ""}, {"closes_at"}),
        ({"opens_at": "25/03/2029 02:30"}, {"opens_at"}),
        ({"actions_end_on": "31/12/2028", "bilan_due_on": "01/01/2028"}, {"actions_end_on", "bilan_due_on"}),
    ],
)
def test_wrong_dates_are_told_beside_their_field_and_what_was_typed_stays(manager, call, changes, fields):
    before = call.closes_at
    answer = manager.post(f"/appels/{call.id}/dates", **dates_of(call, **changes))
    assert set(answer.errors) == fields
    typed = {field.get("name"): field.get("value") for field in answer.tree.xpath("//input[@id]")}
    assert {name: typed[name] for name in changes} == changes
    assert fresh(call).closes_at == before


def test_rules_presentation_and_quartiers_are_saved(manager, call):
    rules = {
        "previous_bilans_rule": "block",
        "dauphin_rule": "off",
        "residents_rule": "two_thirds",
        "public_share_warn_bp": "",
        "reversement_allowed": "y",
        "version": call.version,
    }
    manager.post(f"/appels/{call.id}/regles", **rules)
    call = fresh(call)
    assert (call.previous_bilans_rule.value, call.residents_rule.value, call.public_share_warn_bp) == (
        "block",
        "two_thirds",
        None,
    )
    assert (call.reversement_allowed, call.scoring_enabled, call.blind_scoring) == (True, False, False)
    words = {"title": "Appel 2030 bis", "presentation": "Pour tous", "who_may_apply": "Toutes", "version": call.version}
    manager.post(f"/appels/{call.id}/presentation", **words)
    call = fresh(call)
    assert (call.title, call.presentation, call.who_may_apply) == ("Appel 2030 bis", "Pour tous", "Toutes")
    manager.post(f"/appels/{call.id}/quartiers", quartiers=[call.quartiers[1].id], version=call.version)
    assert [quartier.name for quartier in fresh(call).quartiers] == ["Jas de Bouffan"]


def test_a_quartier_of_another_contract_is_refused(manager, call):
    foreign = factories.quartier(factories.contract(), "Ailleurs")
    answer = manager.post(f"/appels/{call.id}/quartiers", quartiers=[foreign.id], version=call.version)
    assert list(answer.errors) == ["quartiers"]
    assert len(fresh(call).quartiers) == 2


def test_the_second_writer_sees_both_values_and_may_keep_their_own(manager, call):
    mine, theirs = (dates_of(call, closes_at=typed) for typed in ("10/12/2029 18:00", "01/12/2029 12:00"))
    manager.post(f"/appels/{call.id}/dates", **theirs)
    answer = manager.post(f"/appels/{call.id}/dates", **mine)
    assert "a été modifié entre-temps" in answer.errors[""]
    shown = answer.texts("//div[@class='both-values']//dd")
    assert "1er décembre 2029 à 12 h" in shown
    assert "10 décembre 2029 à 18 h" in shown
    kept = answer.tree.xpath("//input[@name='version']")[0].get("value")
    manager.post(f"/appels/{call.id}/dates", **(mine | {"version": kept}))
    assert f"{to_paris(fresh(call).closes_at):%d/%m/%Y}" == "10/12/2029"


def test_documents_are_added_changed_and_removed(manager, call):
    values = {"label": "Lettre d’un partenaire", "help": "", "case": "always", "version": call.version}
    manager.post(f"/appels/{call.id}/documents/nouveau", **values)
    made = fresh(call).requirements[-1]
    assert (made.code, made.label, made.help, made.is_compulsory) == (
        "lettre_d'un_partenaire",
        "Lettre d’un partenaire",
        None,
        False,
    )
    values |= {"help": "Signée", "is_compulsory": "y", "version": fresh(call).version}
    manager.post(f"/appels/{call.id}/documents/{made.id}", **values)
    changed = fresh(made)
    assert (changed.help, changed.is_compulsory) == ("Signée", True)
    manager.post(f"/appels/{call.id}/documents/{made.id}/retirer", version=fresh(call).version)
    assert "Lettre d’un partenaire" not in [line.label for line in fresh(call).requirements]
    assert events(call)[1:] == ["call.document_added", "call.document_changed", "call.document_removed"]


def test_the_document_of_another_call_is_not_found(manager, call, contract):
    other = factories.call(contract, year=2028)
    document = call.requirements[0]
    assert manager.get(f"/appels/{other.id}/documents/{document.id}").status_code == 404


def test_weights_are_saved_only_when_they_add_to_a_hundred(manager, call):
    ids = [criterion.id for criterion in call.criteria]
    wrong = {f"weight_{id_}": 10 for id_ in ids}
    answer = manager.post(f"/appels/{call.id}/grille/poids", version=call.version, **wrong)
    assert answer.errors == {"": "Les poids des critères totalisent 80 ; ils doivent totaliser 100."}
    right = wrong | {f"weight_{ids[0]}": 30}
    manager.post(f"/appels/{call.id}/grille/poids", version=fresh(call).version, **right)
    assert [criterion.weight for criterion in fresh(call).criteria] == [30, *[10] * 7]


def test_criteria_are_added_changed_and_removed(manager, call):
    levels = {f"level_{level}": f"Niveau {level}" for level in range(5)}
    values = {"label": "Sobriété", "weight": "5", "help": "", **levels}
    manager.post(f"/appels/{call.id}/grille/nouveau", version=call.version, **values)
    made = fresh(call).criteria[-1]
    assert [level.descriptor for level in made.levels] == [f"Niveau {level}" for level in range(5)]
    values |= {"level_0": "Rien", "weight": "7"}
    manager.post(f"/appels/{call.id}/grille/{made.id}", version=fresh(call).version, **values)
    changed = fresh(made)
    assert (changed.weight, changed.levels[0].descriptor) == (7, "Rien")
    manager.post(f"/appels/{call.id}/grille/{made.id}/retirer", version=fresh(call).version)
    assert "Sobriété" not in [line.label for line in fresh(call).criteria]


def test_a_criterion_without_descriptors_is_refused_beside_each(manager, call):
    values = {"label": "Sobriété", "weight": "101", "level_0": "x", "level_1": "x", "level_2": "x"}
    answer = manager.post(f"/appels/{call.id}/grille/nouveau", version=call.version, **values)
    assert set(answer.errors) == {"weight", "level_3", "level_4"}


def test_indicators_are_offered_or_made_compulsory(manager, call):
    people, sessions = (line.indicator_id for line in call.indicators)
    fields = {f"indicator_{people}": "", f"indicator_{sessions}": "compulsory"}
    manager.post(f"/appels/{call.id}/indicateurs", version=call.version, **fields)
    assert [(line.indicator_id, line.is_compulsory) for line in fresh(call).indicators] == [(sessions, True)]


def test_envelopes_are_added_and_revised_from_the_pages(manager, call):
    funder = factories.funder()
    values = {"funder_id": funder.id, "nature": "specific", "scheme": "P147", "status": "forecast"}
    manager.post(f"/appels/{call.id}/enveloppes/nouvelle", amount_cents="12 500", **values)
    made = db.session.execute(sa.select(Envelope)).scalar_one()
    assert (made.amount_cents, made.scheme, made.status) == (12_500_00, "P147", EnvelopeStatus.FORECAST)
    page = f"/appels/{call.id}/enveloppes/{made.id}"
    revision = f"{page}/reviser"
    twice = manager.post(f"/appels/{call.id}/enveloppes/nouvelle", amount_cents="1", **values)
    assert list(twice.errors) == ["funder_id"]
    revised = {"amount_cents": "9 000", "status": "notified", "reason": "Courrier du 3 mars", "version": "1"}
    assert manager.post(revision, **revised).location == page
    assert (fresh(made).amount_cents, fresh(made).status) == (9_000_00, EnvelopeStatus.NOTIFIED)
    again = manager.post(revision, **(revised | {"amount_cents": "8 000"}))
    assert again.texts("//div[@class='both-values']//dd") == [
        "9 000,00 €",
        "Notifiée",
        "8 000,00 €",
        "Notifiée",
    ]
    assert "Courrier du 3 mars" in manager.get(page).text


@pytest.mark.parametrize(
    ("changes", "fields"),
    [({"amount_cents": "dix"}, {"amount_cents"}), ({"reason": ""}, {"reason"}), ({"status": "x"}, {"status"})],
)
def test_wrong_revisions_are_told_beside_their_field(manager, call, changes, fields):
    envelope = factories.envelope(call, factories.funder(), 100_00)
    values = {"amount_cents": "1", "status": "notified", "reason": "x", "version": "1", **changes}
    assert set(manager.post(f"/appels/{call.id}/enveloppes/{envelope.id}/reviser", **values).errors) == fields


# -- publishing ---------------------------------------------------------------------------------------


def test_publication_names_all_that_is_missing_and_changes_nothing(manager, call):
    answer = manager.post(f"/appels/{call.id}/publier")
    assert answer.texts("//*[@data-form-error]") == [
        "La présentation : dites à quoi sert l’appel et qui peut y répondre.",
        "Les enveloppes : aucun financeur n’a encore d’enveloppe.",
    ]
    assert fresh(call).status is CallStatus.DRAFT
    assert "À compléter" in manager.get(f"/appels/{call.id}/publier").text


def test_a_ready_call_is_published_once(manager, ready):
    assert manager.post(f"/appels/{ready.id}/publier").location == f"/appels/{ready.id}"
    assert fresh(ready).status is CallStatus.PUBLISHED
    again = manager.post(f"/appels/{ready.id}/publier")
    assert "C’est déjà fait" in again.errors[""]
    assert events(ready).count("call.published") == 1


def test_an_officer_reads_but_neither_edits_nor_publishes(officer, ready):
    for path in ("", "/reglages", "/enveloppes", "/dossiers"):
        assert officer.get(f"/appels/{ready.id}{path}").status_code == 200
    for path in ("publier", "dates", "regles", "documents/nouveau", "grille/poids", "prolonger", "terminer"):
        assert officer.get(f"/appels/{ready.id}/{path}").status_code == 404
    assert officer.post(f"/appels/{ready.id}/publier").status_code == 404
    assert fresh(ready).status is CallStatus.DRAFT
    with pytest.raises(Refusal, match="pas qualité"), unit_of_work():
        operations.publish_call(ready, actor=SYSTEM, roles={Role.OFFICER})


def test_once_published_the_rules_do_not_change(manager, ready):
    manager.post(f"/appels/{ready.id}/publier")
    ready = fresh(ready)
    version = {"version": ready.version}
    answers = [
        manager.post(f"/appels/{ready.id}/dates", **dates_of(ready)),
        manager.post(f"/appels/{ready.id}/quartiers", **version),
        manager.post(f"/appels/{ready.id}/grille/{ready.criteria[0].id}/retirer", **version),
    ]
    for answer in answers:
        assert "elles ne changent plus" in answer.errors[""]
    assert fresh(ready).version == ready.version
    words = {"title": "Titre plus clair", "presentation": "x", "who_may_apply": "x", **version}
    manager.post(f"/appels/{ready.id}/presentation", **words)
    assert fresh(ready).title == "Titre plus clair"


# -- extending and reminding ----------------------------------------------------------------------------


@pytest.fixture
def open_call(contract):
    return factories.call(contract, closes_at=clock.now() + DAY)


@pytest.fixture
def begun(open_call):
    """A draft and those who may hear of it: its owner and an editor, not its reader."""
    organisation = factories.organisation()
    people = [factories.member(organisation, level) for level in MemberLevel]
    return factories.application(open_call, organisation), people


def typed(instant):
    return f"{to_paris(instant):%d/%m/%Y %H:%M}"


def extend(visitor, call, wanted, reason="Panne du 12 novembre"):
    return visitor.post(
        f"/appels/{call.id}/prolonger", closes_at=typed(wanted), reason=reason, version=fresh(call).version
    )


def test_extension_tells_those_who_have_begun(manager, open_call, begun):
    _application, (owner, editor, _reader) = begun
    wanted = open_call.closes_at + 7 * DAY
    assert extend(manager, open_call, wanted).location == f"/appels/{open_call.id}"
    assert mails() == [("call_extended", owner.email), ("call_extended", editor.email)]
    call = fresh(open_call)
    assert (typed(call.closes_at), call.extension_reason) == (typed(wanted), "Panne du 12 novembre")
    assert "Panne du 12 novembre" in manager.get(f"/appels/{call.id}").text


def test_a_filed_application_is_not_told_of_an_extension(manager, open_call):
    organisation = factories.organisation()
    factories.member(organisation)
    factories.application(open_call, organisation, status=ApplicationStatus.SUBMITTED)
    extend(manager, open_call, open_call.closes_at + DAY)
    assert mails() == []


def test_an_earlier_closing_is_refused_and_nothing_moves(manager, open_call):
    before = open_call.closes_at
    answer = extend(manager, open_call, before - DAY)
    assert answer.errors == {"closes_at": "La nouvelle clôture doit être postérieure à l’actuelle."}
    assert fresh(open_call).closes_at == before


def test_an_extension_needs_its_reason(manager, open_call):
    assert list(extend(manager, open_call, open_call.closes_at + DAY, reason="").errors) == ["reason"]


def test_a_call_in_preparation_is_not_extended(manager, call):
    answer = extend(manager, call, call.closes_at + DAY)
    assert "n’est pas publié" in answer.errors["closes_at"]


def test_an_association_does_not_find_the_pages(app, open_call, begun):
    _application, (owner, _editor, _reader) = begun
    applicant = Visitor(app, owner)
    for path in ("", "/prolonger", "/dossiers", "/enveloppes", "/reglages", "/rappel"):
        assert applicant.get(f"/appels/{open_call.id}{path}").status_code == 404
    assert applicant.get("/appels").status_code == 404


def test_a_manager_of_another_contract_does_not_find_them_either(app, open_call):
    stranger = Visitor(app, factories.staff(Role.MANAGER, factories.contract()))
    assert stranger.get(f"/appels/{open_call.id}").status_code == 404


def test_the_mail_of_an_extension_says_when_the_call_closes(manager, open_call, begun):
    from portal.foundation.delivery import compose

    extend(manager, open_call, parse_instant("20/11/2060 18:00"))
    texts = [compose(mail) for mail in db.session.scalars(sa.select(Mail).order_by(Mail.id))]
    assert {plain(text["Subject"]) for text in texts} == {f"« {open_call.title} » est prolongé"}
    assert "20\u00a0novembre 2060 à 18\u00a0h" in texts[-1].get_content()


# -- ending -------------------------------------------------------------------------------------------


@pytest.fixture
def closed(contract):
    return factories.call(contract, opens_at=clock.now() - 9 * DAY, closes_at=clock.now() - DAY)


def test_a_call_ends_once_its_applications_are_decided(manager, closed):
    application = factories.application(closed, factories.organisation(), status=ApplicationStatus.ADMISSIBLE)
    refused = manager.post(f"/appels/{closed.id}/terminer")
    assert refused.errors == {"": "Un dossier attend encore une décision ou un retrait."}
    with unit_of_work() as session:
        session.add(application)
        application.status = ApplicationStatus.DECIDED
    assert manager.post(f"/appels/{closed.id}/terminer").location == f"/appels/{closed.id}"
    assert fresh(closed).status is CallStatus.ARCHIVED
    again = manager.post(f"/appels/{closed.id}/terminer")
    assert "C’est déjà fait" in again.errors[""]
    assert events(closed) == ["call.archived"]


def test_an_officer_may_not_end_a_call(closed):
    with pytest.raises(Refusal, match="pas qualité"), unit_of_work():
        operations.archive_call(closed, actor=SYSTEM, roles={Role.OFFICER})
    assert fresh(closed).status is CallStatus.PUBLISHED


def test_an_open_call_does_not_end(manager, open_call):
    assert "Attendez sa clôture" in manager.post(f"/appels/{open_call.id}/terminer").errors[""]


def test_an_ended_call_keeps_its_envelopes_as_they_are(manager, closed):
    envelope = factories.envelope(closed, factories.funder(), 100_00)
    manager.post(f"/appels/{closed.id}/terminer")
    page = f"/appels/{closed.id}/enveloppes/{envelope.id}"
    assert manager.get(page).status_code == 200
    answer = manager.post(f"{page}/reviser", amount_cents="1", status="forecast", reason="x", version="1")
    assert answer.errors == {"": "L’appel est terminé, il ne change plus."}
    assert fresh(envelope).amount_cents == 100_00


# -- submission ---------------------------------------------------------------------------------------


def test_a_submission_is_judged_on_the_instant_it_was_received(closed):
    application = factories.application(closed, factories.organisation())
    late = closed.closes_at + timedelta(seconds=121)
    with pytest.raises(Refusal, match="clos"), unit_of_work():
        move_application(
            application,
            "submit",
            actor=SYSTEM,
            roles={Role.APPLICANT},
            received_at=late,
            form_opened_at=closed.closes_at - DAY,
        )
    assert fresh(application).status is ApplicationStatus.DRAFT


# -- preview ------------------------------------------------------------------------------------------


def test_the_direction_reads_the_call_as_an_association_will_before_anybody_else(officer, anonymous, ready):
    page = officer.get(f"/appels-a-projets/{ready.id}/apercu")
    for words in ("Agir pour les habitants.", "Les associations.", "Encagnane", "la Direction seule voit cette page"):
        assert words in page.text
    assert anonymous.get(f"/appels-a-projets/{ready.id}").status_code == 404
    assert anonymous.get(f"/appels-a-projets/{ready.id}/apercu").status_code == 302
