"""What the sitting leaves: its minutes, the act of a funder, and a letter for each line of it."""

from __future__ import annotations

from io import BytesIO

import pikepdf
from playwright.sync_api import expect

from portal.committee.rules.cahier import euros
from tests.browser.cycle import proofs
from tests.browser.sitting.call import (
    CITY,
    FILED,
    FUNDERS,
    NOT_RETAINED,
    RECUSED,
    RETAINED,
    ROSE,
    WAITING,
    total_asked,
    total_proposed,
    written,
)
from tests.browser.sitting.deciding import LATER, REFUSED, SHARED
from tests.browser.sitting.instructing import press, table
from tests.browser.walking import click_through
from tests.integration.calls.filing.scene import PDF


def downloaded(page, name):
    with page.expect_download() as download:
        page.get_by_role("link", name=name).first.click()
    return download.value.path().read_bytes()


def read_minutes(page, story, place):
    """Every application by its number and its name, the sum of what is arbitrated, and who stepped out."""
    page.goto(place)
    decided = [*RETAINED, *NOT_RETAINED]
    sums = [
        [
            name,
            *map(
                euros, (total_asked(decided, [name]), total_proposed(decided, [name]), total_proposed(RETAINED, [name]))
            ),
        ]
        for name in FUNDERS
    ]
    whole = ["Ensemble", *map(euros, (total_asked(decided), total_proposed(decided), total_proposed(RETAINED)))]
    proofs.readable(
        downloaded(page, "Relevé de décisions n° 1 (PDF)"),
        *(f"{story.reference(number)} Les Amis du jardin {number:02d}" for number in FILED),
        *(story.name(number) for number in FILED),
        *("".join(line) for line in [*sums, whole]),
        f"{story.reference(RECUSED)} : {ROSE}",
        f"Retenu pour un montant inférieur : {len(RETAINED)}",
        f"Non retenu : {len(NOT_RETAINED)}",
        f"Rang 1 : {story.reference(WAITING)}",
        SHARED,
        REFUSED,
        LATER,
    )


def grant(page, story):
    """The city's act on what was arbitrated: a line for each application retained."""
    page.goto(f"{story.table}/actes")
    expect(table(page, "Financeurs").locator("td[data-label='En attente d’un acte']")).to_have_text(
        [str(len(RETAINED))]
    )
    click_through(page.get_by_role("link", name=f"Enregistrer un acte de {CITY}"))
    page.get_by_label("Numéro").fill("V-41")
    page.get_by_label("Date de l’acte").fill("03/04/2026")
    page.get_by_label("Fichier de l’acte").set_input_files(
        {"name": "acte.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    press(page, "Enregistrer l’acte et attribuer")
    lines = table(page, "Financements attribués par cet acte")
    expect(lines.locator("tbody th")).to_have_text(
        [f"{story.reference(number)} — {story.name(number)}" for number in RETAINED]
    )
    expect(lines.locator("tfoot .num")).to_have_text(written(total_proposed(RETAINED, [CITY])))


def join_letters(page, story, post):
    """The letters of the act made by the worker, then gathered: as many as the lines, in their order."""
    letters = table(page, "Financements attribués par cet acte").locator("td[data-label='Courrier']")
    press(page, "Préparer les courriers")
    expect(letters).to_contain_text(["En préparation"] * len(RETAINED))
    post.minute_passes()
    page.reload()
    expect(letters).to_contain_text(["Prêt"] * len(RETAINED))
    click_through(page.get_by_role("link", name="Réunir les courriers"))
    expect(page.get_by_role("heading", name=f"Réunir {len(RETAINED)} documents prêts")).to_be_visible()
    press(page, "Préparer le fichier")
    expect(page.get_by_text("Vous pouvez quitter cette page")).to_be_visible()
    post.minute_passes()
    page.goto("/travaux")
    with pikepdf.open(BytesIO(downloaded(page, "Télécharger"))) as joined:
        assert len(joined.pages) >= len(RETAINED)
        with joined.open_outline() as outline:
            titles = [item.title.split(" — ")[0] for item in outline.root]
    assert titles == [story.reference(number) for number in RETAINED]
