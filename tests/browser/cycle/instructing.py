"""The Direction checks the file, the committee pronounces, a reviewer scores; somebody recused meets closed doors."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.cycle.city import ASSOCIATION, TITLE, day


def open_file(window, city):
    """From the dashboard to the application's page."""
    window.home("Dossiers à vérifier")
    window.follow(city.call_title)
    window.follow(TITLE)


def record_recusal(officer, city):
    """Rose has said that she works with the association's president."""
    officer.home("Dossiers à vérifier")
    officer.follow(city.call_title)
    officer.follow("Déports")
    for field, words in (("Personne", "Rose Berger"), ("Dossier ou structure", TITLE)):
        select = officer.page.get_by_label(field, exact=False).first
        select.select_option(value=select.locator("option", has_text=words).first.get_attribute("value"))
    officer.fill({"Motif": "Travaille avec la présidente"})
    officer.press("Enregistrer le déport")
    assert officer.cells("Rose Berger")[1] == f"{ASSOCIATION} — {TITLE}"


def check_completeness(officer, city):
    open_file(officer, city)
    officer.follow("Contrôler la complétude")
    officer.page.get_by_label("Note interne").first.fill("Tout est là")
    officer.press("Enregistrer")
    officer.follow("Proposer la recevabilité")
    officer.tick("Recevable")
    officer.press("Enregistrer la proposition")


def usual_sittings(officer):
    officer.home("Séances")
    officer.follow("Natures de séance")
    officer.press("Ajouter les natures habituelles", exact=False)
    officer.follow("Séances")


def hold(officer, city, kind, title, held_on):
    """A sitting planned, convened, with its agenda, open."""
    officer.home("Séances")
    officer.follow("Prévoir une séance")
    choice = officer.page.locator("select[name=kind_id] option", has_text=kind).get_attribute("value")
    officer.page.get_by_label("Nature de la séance").select_option(value=choice)
    officer.page.get_by_label("Appel à projets").select_option(label=city.call_title)
    officer.fill({"Intitulé": title, "Date": held_on})
    officer.press("Prévoir la séance")
    officer.follow("Membres")
    officer.press("Convoquer ces personnes")
    officer.follow(title)
    officer.follow("Ordre du jour")
    officer.press("Inscrire les dossiers cochés")
    officer.follow("Émargement")
    officer.press("Enregistrer la présence")
    officer.press("Ouvrir la séance")


def pronounce_admissible(officer, city):
    """A COTECH says that the application may be financed."""
    hold(officer, city, "appels à projets", "COTECH de janvier", day(city, 15, 1))
    officer.page.get_by_role("checkbox").first.check()
    officer.press("Se prononcer sur les dossiers cochés")
    officer.tick("Recevables")
    officer.press("Prononcer")
    officer.press("Clore la séance")


def distribute(officer, city):
    """The analyses are shared out among those who have not stepped out."""
    open_file(officer, city)
    officer.follow(city.call_title)
    officer.follow("Confier les analyses")
    officer.press("Voir la répartition")
    assert "à confier : Ada Berger" in officer.words
    assert "à confier : Rose Berger" not in officer.words
    officer.press("Confier ces analyses")


def score(reviewer):
    """Three out of four everywhere: 75 out of 100, counted as the boxes are ticked."""
    reviewer.home("Analyses à rendre")
    reviewer.follow(TITLE)
    for box in reviewer.page.locator(".criterion input[type=radio][value='3']").all():
        box.check()
    expect(reviewer.page.locator("[data-total]")).to_have_text("75,00")
    reviewer.tick("Favorable")
    reviewer.fill({"Points forts": "Va chercher les familles là où elles sont."})
    reviewer.press("Rendre l’analyse")


def is_shut_out(recused, city):
    """Neither by typing its addresses nor in any list does the recused reviewer find the application."""
    doors = [
        f"/dossiers/{city.application_id}{page}"
        for page in ("", "/instruction", "/analyse", "/lecture", "/dossier.pdf", "/completude", "/deport")
    ]
    if city.bilan_id:
        doors.append(f"/bilans/{city.bilan_id}")
    assert {door: recused.status(door) for door in doors} == dict.fromkeys(doors, 404)
    for list_ in (
        "/accueil",
        "/mes-analyses",
        f"/programmation/{city.call_id}",
        f"/programmation/{city.call_id}/actes",
    ):
        assert TITLE not in recused.source(list_), list_
