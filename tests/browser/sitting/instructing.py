"""From the filed applications to what each funder proposes."""

from __future__ import annotations

import sqlalchemy as sa
from playwright.sync_api import expect

from portal.accounts.rules import Role
from portal.calls.models import Application
from portal.committee.models import Assessment, Assignment, Opinion
from portal.committee.operations.opinions import OpinionText, give_opinion
from portal.committee.operations.scoring import finalise_sheet
from portal.committee.rules.scoring import SheetText
from portal.committee.states import AssessmentStatus, Verdict
from portal.contracts.models import Funder, FunderKind
from portal.extensions import db
from portal.foundation.actors import Actor
from portal.foundation.database import in_unit_of_work
from tests.browser.sitting.call import (
    ENVELOPE,
    FILED,
    FUNDERS,
    RATE,
    RECUSED,
    REVIEWERS,
    ROSE,
    WITHOUT_ACCOUNT,
    asking,
    total_asked,
    total_proposed,
    written,
)
from tests.browser.walking import arriving, click_through, tab_to

PER_APPLICATION = 2
BY_PAGE = 3
"""Analyses, and opinions, given through the pages; the others are the same gestures over and over."""


def press(page, name):
    click_through(page.get_by_role("main").get_by_role("button", name=name).first)


def flash(page):
    return page.locator("[data-flash]")


def table(page, caption):
    return page.get_by_role("table", name=caption, exact=True)


# -- completeness ---------------------------------------------------------------------------------


def check_and_propose(page, story):
    """The checks run on all; one file is settled by hand; then all thirty are proposed in one step."""
    _step(page, story, "Relancer la vérification automatique", 30)
    page.goto(f"{story.desk}?etape=check")
    expect(table(page, "Dossiers déposés").locator("tbody th a")).to_have_text([story.name(WITHOUT_ACCOUNT)])
    click_through(page.get_by_role("link", name=story.name(WITHOUT_ACCOUNT)))
    click_through(page.get_by_role("link", name="Contrôler la complétude"))
    account = page.get_by_role("group", name="Titulaire du RIB")
    account.get_by_label("Votre avis").select_option(label="Conforme")
    account.get_by_label("Note interne").fill("RIB reçu au guichet")
    press(page, "Enregistrer")
    expect(flash(page)).to_contain_text("La complétude est enregistrée.")
    _step(page, story, "Proposer recevable", 30)


def _step(page, story, step, files):
    page.goto(story.desk)
    for number in FILED:
        page.get_by_label(f"Choisir le dossier {story.reference(number)}").check()
    page.get_by_label("Pour les dossiers choisis").select_option(label=step)
    press(page, "Voir la sélection")
    expect(table(page, "Dossiers concernés").locator("tbody tr")).to_have_count(files)
    press(page, step)
    expect(flash(page)).to_have_text(f"{step} : c’est fait pour {files} dossiers.")


# -- recusal and analyses ---------------------------------------------------------------------------


def step_out(page, story):
    """Rose says it herself; from then on the file does not exist for her."""
    page.goto(f"/dossiers/{story.applications[RECUSED]}/instruction")
    click_through(page.get_by_role("link", name="Je me déporte"))
    page.get_by_label("Motif").fill("Travaille avec la présidente")
    press(page, "Je me déporte")
    expect(flash(page)).to_contain_text("Votre déport est enregistré")
    assert page.request.get(f"/dossiers/{story.applications[RECUSED]}/instruction").status == 404


def share_out(page, story):
    """Two analyses by file, seen before they are given: fifteen each, Rose's file to the others."""
    analyses = PER_APPLICATION * len(FILED)
    page.goto(f"{story.desk}/affectations")
    page.get_by_label("Nombre d’analyses par dossier").fill(str(PER_APPLICATION))
    press(page, "Voir la répartition")
    expect(page.get_by_role("heading", name=f"{analyses} analyses seraient confiées")).to_be_visible()
    to_give = page.get_by_text("à confier : ")
    expect(to_give).to_have_count(analyses)
    hers = page.get_by_role("row", name=story.name(RECUSED))
    expect(hers.get_by_text("à confier : ")).to_have_count(PER_APPLICATION)
    expect(hers.get_by_text(ROSE)).to_have_count(0)
    press(page, "Confier ces analyses")
    expect(flash(page)).to_have_text(f"{analyses} analyses ont été confiées.")
    loads = table(page, "Membres et charge").locator("td[data-label='Analyses confiées']")
    expect(loads).to_have_text([str(analyses // len(REVIEWERS))] * len(REVIEWERS))


def analyse_by_keyboard(page, story):
    """Ada gives her first sheets without a mouse: 4 and 1 out of 4, that is 70 out of 100."""
    page.goto("/mes-analyses")
    tab_to(page, "tbody th a")
    with arriving(page):
        page.keyboard.press("Enter")
    first, second = story.criteria
    for rank in range(BY_PAGE):
        expect(page.locator(".sheet-round")).to_contain_text(f"{rank} rendu")
        tab_to(page, f"[name=level_{first}]")
        page.keyboard.press("4")
        tab_to(page, f"[name=level_{second}]")
        page.keyboard.press("1")
        expect(page.locator("[data-total]")).to_have_text("70,00")
        page.keyboard.press("Tab")
        page.keyboard.type("Peu de partenaires")
        tab_to(page, "[name=verdict]")
        page.keyboard.press("Space")
        tab_to(page, "[name=final]")
        with arriving(page):
            page.keyboard.press("Enter")
        expect(flash(page)).to_contain_text("Votre analyse est rendue.")


def analyse_the_rest(story):
    """What the page does, called directly: fifty-seven more sheets would teach nothing."""
    given = sa.select(Assessment.id).where(
        Assessment.application_id == Assignment.application_id,
        Assessment.person_id == Assignment.person_id,
        Assessment.status == AssessmentStatus.FINAL,
    )

    def give_all():
        owed = db.session.scalars(sa.select(Assignment).where(~given.exists()).order_by(Assignment.id)).all()
        for each in owed:
            marks = dict.fromkeys(story.criteria, (3, ""))
            finalise_sheet(
                db.session.get_one(Application, each.application_id),
                SheetText(Verdict.FAVOURABLE, "Bien ancré dans le quartier.", "", marks),
                0,
                actor=Actor.person(each.person_id, "Membre du comité"),
                roles=frozenset({Role.REVIEWER}),
            )

    in_unit_of_work(give_all)
    db.session.remove()


def read_analyses(page, story):
    analyses = PER_APPLICATION * len(FILED)
    page.goto(f"{story.desk}/analyses")
    expect(page.get_by_text(f"{analyses} sur {analyses}", exact=True)).to_have_count(1)


# -- opinions and proposals -------------------------------------------------------------------------


def give_opinions(page, story, funder):
    """The first ones of a funder, through its agent's pages."""
    for number in asking(funder)[:BY_PAGE]:
        page.goto("/avis")
        click_through(page.get_by_role("row", name=story.name(number)).get_by_role("link", name="Donner l’avis"))
        page.get_by_label("Favorable sous réserve").check()
        page.get_by_role("textbox", name="Réserve").fill("Préciser le calendrier.")
        press(page, "Rendre l’avis")
        expect(flash(page)).to_contain_text("L’avis est enregistré.")


def give_the_other_opinions(story):
    """The same for every line still silent, called directly."""

    def give_all():
        for name, funder_id in story.funders.items():
            funder = db.session.get_one(Funder, funder_id)
            role = Role.STATE_OFFICER if funder.kind is FunderKind.STATE else Role.FUNDER_AGENT
            answered = set(db.session.scalars(sa.select(Opinion.application_id).where(Opinion.funder_id == funder_id)))
            for number in asking(name):
                if story.applications[number] not in answered:
                    give_opinion(
                        db.session.get_one(Application, story.applications[number]),
                        funder,
                        OpinionText(Verdict.FAVOURABLE),
                        0,
                        actor=Actor.person(story.people[name], name),
                        roles=frozenset({role}),
                    )

    in_unit_of_work(give_all)
    db.session.remove()


def propose(page, story, funder):
    """« Appliquer un taux » on all the lines of a funder, seen with its effect on the envelope first."""
    lines = asking(funder)
    page.goto(story.table)
    click_through(page.get_by_role("link", name="Proposer sur plusieurs lignes"))
    page.get_by_label("Appliquer un taux", exact=True).check()
    page.get_by_label("Taux, en pour cent").fill(str(RATE))
    page.get_by_label("Arrondir à un multiple de").select_option("100 €")
    press(page, "Voir l’aperçu")
    effect = table(page, "Effet des lignes cochées sur les enveloppes").locator("tbody tr")
    wanted = total_proposed(FILED, [funder])
    expect(effect.locator("td")).to_have_text([str(len(lines)), *written(ENVELOPE, 0, wanted, ENVELOPE - wanted)])
    press(page, f"Appliquer à {len(lines)} lignes")
    expect(flash(page)).to_contain_text(f"Lignes proposées : {len(lines)}.")


def read_table(page, story, numbers, arbitrated=(), granted=()):
    """The programming table tells, envelope by envelope and on the whole, the sums of these very applications."""
    page.goto(story.table)
    expect(page.locator("[data-programme-lead]")).to_contain_text(f"{len(numbers)} dossiers recevables")
    rows = table(page, "Enveloppes de l’appel").locator("tbody tr")
    kept = [number for number in numbers if number in arbitrated]
    columns = {
        "Demandé": [total_asked(numbers, [name]) for name in FUNDERS],
        "Proposé": [total_proposed(numbers, [name]) for name in FUNDERS],
        "Arbitré": [total_proposed(kept, [name]) for name in FUNDERS],
        "Attribué": [total_proposed(kept, [name]) if name in granted else 0 for name in FUNDERS],
    }
    for label, cents in columns.items():
        expect(rows.locator(f"td[data-label='{label}']")).to_have_text(written(*cents))
    whole = table(page, "Totaux par quartier").locator("tfoot td")
    expect(whole).to_have_text(written(*(sum(cents) for cents in columns.values())))
