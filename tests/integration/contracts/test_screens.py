"""The Direction keeps a contract on screens: settings, taxonomy, lists, indicators, funders, ages."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.calls.models import PeopleByAge
from portal.calls.states import Phase
from portal.contracts import queries
from portal.contracts.models import AgeBand, Axis, Contract, Funder, Indicator, IndicatorKind, Priority, Theme
from portal.extensions import db
from portal.foundation.events import history_of
from tests import factories
from tests.integration.contracts.printed import theme_printed
from tests.queries import counted

SETTINGS = {
    "name": "Contrat d’essai",
    "start_year": "2024",
    "end_year": "2030",
    "steering_act_label": "vote",
    "convention_threshold_cents": "23 000,00",
    "auditor_threshold_cents": "153000",
    "open_data_threshold_cents": "23000",
    "small_count_threshold": "5",
    "payment_days": "45",
    "first_payment_bp": "80",
    "adjustment_days": "30",
    "bilan_reminder_days": "-30, 7",
    "opinion_reminder_days": "-3",
    "opinion_grace_days": "0",
    "disagreement_points": "30",
    "contact_service": "Direction de la cohésion",
    "contact_email": "cohesion@exemple.test",
}


def fresh(model: type, id: int):
    db.session.expire_all()
    return db.session.get_one(model, id)


def actions(subject: str, id: int) -> list[str]:
    return [event.action for event in history_of(subject, id)]


# -- settings -----------------------------------------------------------------------------------


def test_the_settings_of_a_contract_are_changed_and_told(manager, contract):
    page = manager.get(f"/contrats/{contract.id}/modifier")
    assert page.tree.xpath("//input[@name='convention_threshold_cents']/@value") == ["23 000,00"]
    answer = manager.post(f"/contrats/{contract.id}/modifier", version="1", **SETTINGS)
    assert answer.location == f"/contrats/{contract.id}"
    changed = fresh(Contract, contract.id)
    assert (changed.steering_act_label, changed.payment_days, changed.version) == ("vote", 45, 2)
    assert (changed.opinion_reminder_days, changed.opinion_grace_days, changed.disagreement_points) == ("-3", 0, 30)
    (event,) = history_of("contract", contract.id)
    assert event.details["changes"]["payment_days"] == [60, 45]


def test_mistakes_stand_beside_their_fields_and_what_was_typed_stays(manager, contract):
    wrong = SETTINGS | {"end_year": "2020", "contact_email": "nulle part", "payment_days": "beaucoup"}
    page = manager.post(f"/contrats/{contract.id}/modifier", version="1", **wrong)
    assert page.errors == {
        "contact_email": "Indiquez une adresse électronique, par exemple prenom.nom@exemple.fr.",
        "payment_days": "Indiquez un nombre entier, par exemple 25.",
    }
    assert page.tree.xpath("//input[@name='payment_days']/@value") == ["beaucoup"]
    page = manager.post(f"/contrats/{contract.id}/modifier", version="1", **(SETTINGS | {"end_year": "2020"}))
    assert page.errors == {"end_year": "L’année de fin ne peut pas précéder l’année de début."}


def test_two_writers_see_both_values_and_the_second_may_keep_theirs(manager, contract):
    path = f"/contrats/{contract.id}/modifier"
    manager.post(path, version="1", **SETTINGS)
    second = SETTINGS | {"payment_days": "30"}
    page = manager.post(path, version="1", **second)
    both = page.texts("//div[@class='both-values']//section")
    assert both == [
        "Déjà enregistré Délai de versement, en jours 45",
        "Votre saisie, non enregistrée Délai de versement, en jours 30",
    ]
    assert fresh(Contract, contract.id).payment_days == 45
    (version,) = page.tree.xpath("//input[@name='version']/@value")
    manager.post(path, version=version, **second)
    assert fresh(Contract, contract.id).payment_days == 30


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30])
def test_an_impossible_version_changes_nothing(manager, contract, version):
    manager.post(f"/contrats/{contract.id}/modifier", version=version, **SETTINGS)
    assert fresh(Contract, contract.id).version == 1


def test_the_officer_reads_and_only_the_manager_of_this_contract_writes(officer, stranger, contract):
    assert officer.get(f"/contrats/{contract.id}").status_code == 200
    assert officer.get("/contrats").texts("//article//h2") == ["Contrat d’essai 2024-2030"]
    for path in ("modifier", "thematiques/ajouter", "listes/axes/ajouter", "indicateurs/ajouter"):
        assert officer.get(f"/contrats/{contract.id}/{path}").status_code == 404
        assert stranger.get(f"/contrats/{contract.id}/{path}").status_code == 404
    assert officer.get("/financeurs/ajouter").status_code == 404
    assert not officer.get(f"/contrats/{contract.id}/thematiques").tree.xpath("//main//form")


# -- taxonomy -----------------------------------------------------------------------------------


def test_a_pillar_and_its_themes_are_added_moved_retired_and_offered_again(manager, contract):
    base = f"/contrats/{contract.id}/thematiques"
    manager.post(f"{base}/ajouter?niveau=0", label="Émancipation", objective="Grandir.")
    (pillar,) = queries.pillars_and_themes(contract.id)
    for label in ("Santé", "Sport"):
        manager.post(
            f"{base}/ajouter", label=label, pillar_id=str(pillar.id), printed_as=f"{label[:3]}\n{label[:3]} \n"
        )
    assert [theme.label for theme in queries.themes(contract.id)] == ["Santé", "Sport"]
    assert theme_printed(contract.id, "spo").label == "Sport"

    sport = theme_printed(contract.id, "Sport")
    manager.post(f"{base}/{sport.id}/deplacer", sens="haut")
    assert [theme.label for theme in queries.themes(contract.id)] == ["Sport", "Santé"]
    assert manager.post(f"{base}/{sport.id}/deplacer", sens="haut").status_code == 409

    manager.post(f"{base}/{sport.id}/retirer")
    assert [theme.label for theme in queries.themes(contract.id)] == ["Santé"]
    assert manager.post(f"{base}/{sport.id}/retirer").status_code == 409
    manager.post(f"{base}/{sport.id}/remettre")
    assert [theme.label for theme in queries.themes(contract.id)] == ["Sport", "Santé"]
    assert actions("theme", sport.id) == [
        "theme.added",
        "theme.aliases_changed",
        "theme.moved",
        "theme.retired",
        "theme.restored",
    ]


def test_a_renamed_theme_keeps_its_address_and_its_other_names(manager, contract):
    theme = factories.theme(contract, "Emploi", factories.theme(contract, "Cohésion"))
    path = f"/contrats/{contract.id}/thematiques/{theme.id}/modifier"
    page = manager.post(path, label="Emploi et formation", pillar_id="", printed_as="EMPLOI\nformation")
    assert page.status_code == 302
    changed = fresh(Theme, theme.id)
    assert (changed.label, changed.slug, changed.parent_id) == ("Emploi et formation", "emploi", None)
    assert queries.aliases(contract.id) == {theme.id: ["EMPLOI", "formation"]}
    shown = manager.get(path)
    assert shown.texts("//textarea[@name='printed_as']") == ["EMPLOI formation"]
    assert shown.texts("//select[@name='pillar_id']/option[@selected]") == ["Sans rattachement"]


def test_one_printed_name_means_one_theme(manager, contract):
    pillar = factories.theme(contract, "Cohésion")
    factories.theme(contract, "Santé", pillar)
    sport = factories.theme(contract, "Sport", pillar)
    path = f"/contrats/{contract.id}/thematiques/{sport.id}/modifier"
    page = manager.post(path, label="Sport", pillar_id=str(pillar.id), printed_as="SANTE")
    assert page.errors == {"printed_as": "« SANTE » désigne déjà une autre thématique."}
    page = manager.post(path, label="SANTÉ", pillar_id=str(pillar.id))
    assert page.errors == {"label": "Cette ligne existe déjà."}
    other = factories.theme(factories.contract(), "Ailleurs")
    page = manager.post(path, label="Sport", pillar_id=str(other.id))
    assert page.errors == {"pillar_id": "Choisissez une réponse de la liste."}


def test_the_theme_of_another_contract_is_not_found(manager, contract):
    other = factories.theme(factories.contract(), "Ailleurs")
    assert manager.get(f"/contrats/{contract.id}/thematiques/{other.id}/modifier").status_code == 404
    assert manager.post(f"/contrats/{contract.id}/thematiques/{other.id}/retirer").status_code == 404


# -- plain lists --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "more"), [("axes", {}), ("priorites", {"year": "2026"}), ("instances", {}), ("groupes", {})]
)
def test_a_list_is_kept_line_by_line(manager, contract, kind, more):
    base = f"/contrats/{contract.id}/listes/{kind}"
    for label in ("Jeunesse", "Égalité"):
        assert manager.post(f"{base}/ajouter", label=label, **more).location == base
    assert manager.post(f"{base}/ajouter", label="jeunesse", **more).errors == {"label": "Cette ligne existe déjà."}
    lines = manager.get(base).tree.xpath("//main//ul[@class='plain-lines']/li")
    assert [line.findtext("p").strip() for line in lines] == ["Jeunesse", "Égalité"]
    edit, *_ = manager.get(base).tree.xpath("//a[contains(@href, '/modifier')]/@href")
    assert manager.post(edit, label="Jeunes adultes", **more).location == base
    line = edit.removesuffix("/modifier")
    manager.post(f"{line}/deplacer", sens="bas")
    assert [p.text.strip() for p in manager.get(base).tree.xpath("//main//ul/li/p")] == ["Égalité", "Jeunes adultes"]
    manager.post(f"{line}/retirer")
    shown = [p.text.strip() for p in manager.get(base).tree.xpath("//main//ul/li/p")]
    retired = kind in ("axes", "priorites")
    assert shown == (["Égalité", "Jeunes adultes"] if retired else ["Égalité"])
    assert manager.post(f"{line}/remettre").status_code == (302 if retired else 404)


def test_what_was_retired_is_no_longer_offered(manager, contract):
    axis = factories.save(Axis(contract_id=contract.id, label="Jeunesse", position=1))
    manager.post(f"/contrats/{contract.id}/listes/axes/{axis.id}/retirer")
    assert queries.axes(contract.id) == []
    assert [entry.retired for entry in queries.axes(contract.id, with_retired=True)] == [True]


def test_the_same_priority_may_come_back_another_year(manager, contract):
    base = f"/contrats/{contract.id}/listes/priorites/ajouter"
    for year in ("2025", "2026"):
        manager.post(base, label="Réussite éducative", year=year)
    assert [entry.year for entry in queries.priorities(contract.id)] == [2026, 2025]
    assert manager.post(base, label="x", year="an 12").errors == {"year": "Indiquez un nombre entier, par exemple 25."}


def test_an_unknown_list_is_not_found(manager, contract):
    assert manager.get(f"/contrats/{contract.id}/listes/secrets").status_code == 404


def test_a_list_costs_the_same_whatever_its_length(manager, contract):
    def cost() -> int:
        with counted() as queries_made:
            assert manager.get(f"/contrats/{contract.id}/listes/priorites").status_code == 200
        return len(queries_made)

    factories.save(Priority(contract_id=contract.id, year=2026, label="Une", position=1))
    few = cost()
    for number in range(60):
        factories.save(Priority(contract_id=contract.id, year=2026, label=f"Priorité {number}", position=number))
    assert cost() == few


# -- indicators ---------------------------------------------------------------------------------

INDICATOR = {
    "label": "Personnes touchées",
    "definition": "Comptées une fois.",
    "unit": "personnes",
    "kind": "people",
    "theme_id": "",
}


def test_another_definition_is_another_version_and_the_first_stays(manager, contract):
    base = f"/contrats/{contract.id}/indicateurs"
    manager.post(f"{base}/ajouter", code="S1", is_compulsory="y", **INDICATOR)
    (first,) = queries.indicators(contract.id)
    assert (first.code, first.version, first.is_compulsory) == ("S1", 1, True)

    manager.post(f"{base}/{first.id}/modifier", **INDICATOR)
    (line,) = queries.indicators(contract.id)
    assert (line.id, line.is_compulsory) == (first.id, False), "how it is used is no other definition"

    manager.post(f"{base}/{first.id}/modifier", **(INDICATOR | {"definition": "Comptées à chaque venue."}))
    (second,) = queries.indicators(contract.id)
    assert (second.version, second.definition) == (2, "Comptées à chaque venue.")
    assert fresh(Indicator, first.id).definition == "Comptées une fois."
    assert manager.get(f"{base}/{second.id}").texts("//h2") == ["Version 2, en vigueur", "Version 1"]

    page = manager.post(f"{base}/{first.id}/modifier", **(INDICATOR | {"definition": "Autre."}))
    assert page.errors[""] == "Cet indicateur a changé entre-temps : reprenez sa dernière version."


def test_a_ratio_names_its_two_parts(manager, contract):
    page = manager.post(f"/contrats/{contract.id}/indicateurs/ajouter", code="s1", **(INDICATOR | {"kind": "ratio"}))
    assert page.errors == {"code": "Des majuscules puis un nombre, par exemple R5."}
    page = manager.post(f"/contrats/{contract.id}/indicateurs/ajouter", code="S1", **(INDICATOR | {"kind": "ratio"}))
    words = "Une part se calcule de deux nombres : nommez celui-ci."
    assert page.errors == {"numerator_label": words, "denominator_label": words}


def test_a_retired_indicator_is_no_longer_offered(manager, contract):
    indicator = factories.save(
        Indicator(
            contract_id=contract.id,
            code="S1",
            label="x",
            definition="x",
            unit="x",
            kind=IndicatorKind.COUNT,
            position=1,
        )
    )
    base = f"/contrats/{contract.id}/indicateurs/{indicator.id}"
    manager.post(f"{base}/retirer")
    assert queries.indicators(contract.id) == []
    manager.post(f"{base}/remettre")
    assert [line.code for line in queries.indicators(contract.id)] == ["S1"]


# -- funders and ages ---------------------------------------------------------------------------


def test_a_funder_is_added_changed_and_retired(manager):
    manager.post("/financeurs/ajouter", name="Fondation d’essai", kind="other", siret="732 829 320 00074")
    (funder,) = queries.funders()
    assert (funder.name, funder.slug, funder.siret) == ("Fondation d’essai", "fondation-d-essai", "73282932000074")
    homonym = manager.post("/financeurs/ajouter", name="fondation essai", kind="other")
    assert homonym.errors == {"name": "Un financeur porte déjà ce nom."}
    wrong = manager.post(f"/financeurs/{funder.id}/modifier", name="Fondation", kind="other", siret="123")
    assert list(wrong.errors) == ["siret"]
    manager.post(f"/financeurs/{funder.id}/modifier", name="Fondation", kind="landlord")
    assert fresh(Funder, funder.id).kind.label == "Bailleur social"
    manager.post(f"/financeurs/{funder.id}/retirer")
    assert queries.funders() == []
    manager.post(f"/financeurs/{funder.id}/remettre")
    assert [line.name for line in queries.funders()] == ["Fondation"]


def test_age_bands_do_not_overlap_and_keep_what_was_counted(manager, contract):
    base = f"/contrats/{contract.id}/tranches-d-age"
    manager.post(f"{base}/ajouter", label="18 à 25 ans", from_age="18", to_age="25")
    assert manager.post(f"{base}/ajouter", label="x", from_age="25", to_age="").errors == {
        "from_age": "Cette tranche en recouvre une autre."
    }
    assert manager.post(f"{base}/ajouter", label="x", from_age="40", to_age="30").errors == {
        "to_age": "Cet âge ne peut pas être inférieur au premier."
    }
    (band,) = queries.age_bands(contract.id)
    application = factories.application(factories.call(contract), factories.organisation())
    factories.save(PeopleByAge(application_id=application.id, phase=Phase.EXPECTED, age_band_id=band.id, people=3))
    manager.post(f"{base}/{band.id}/modifier", label="Jeunes adultes", from_age="18", to_age="25")
    assert fresh(AgeBand, band.id).label == "Jeunes adultes"
    page = manager.post(f"{base}/{band.id}/modifier", label="Jeunes", from_age="16", to_age="25")
    used = "Des personnes sont déjà comptées dans cette tranche : ses âges ne changent plus."
    assert page.errors[""] == used
    assert manager.post(f"{base}/{band.id}/retirer").status_code == 409
    db.session.execute(sa.select(1))
    assert [(line.from_age, line.to_age) for line in queries.age_bands(contract.id)] == [(18, 25)]


def test_an_unused_age_band_is_removed(manager, contract):
    base = f"/contrats/{contract.id}/tranches-d-age"
    manager.post(f"{base}/ajouter", label="60 ans et plus", from_age="60", to_age="")
    (band,) = queries.age_bands(contract.id)
    manager.post(f"{base}/{band.id}/retirer")
    assert queries.age_bands(contract.id) == []
