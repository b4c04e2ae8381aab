"""The pictures of the README and the guides, taken from a demonstration made for them.

`make screenshots` needs Chromium. It makes a demonstration in a folder of its own, starts the
portal on a free port, signs in as each role and writes docs/pictures/*.png.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

from portal.site.demo.people import PASSWORD

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures"
SIZE = (1200, 850)
NARROW = (360, 740)
YEAR = "2026"
"""The year of the demonstration whose call went through its whole cycle."""

Walk = Callable[[Page], object]


@dataclass(frozen=True)
class Picture:
    """A screen to show: who sees it, where it begins, and how one gets there from that page."""

    name: str
    account: str | None
    path: str
    walk: Walk | None = None
    size: tuple[int, int] = SIZE


def follow(pattern: str, words: str = "") -> Walk:
    """Open the first link of the content whose address holds `pattern`, and whose text holds `words`."""
    return lambda page: page.locator(f"main a[href*='{pattern}']").filter(has_text=words).first.click()


def down_to(selector: str) -> Walk:
    """Bring an element to the top of the window."""
    return lambda page: page.locator(selector).first.evaluate("element => element.scrollIntoView()")


def after(*walks: Walk) -> Walk:
    """One step after another."""

    def walk(page: Page) -> None:
        for each in walks:
            each(page)
            page.wait_for_load_state("load")

    return walk


PICTURES_TAKEN = (
    Picture("accueil", None, "/"),
    Picture("appel", None, "/appels-a-projets", follow("/appels-a-projets/")),
    Picture("quartier", None, "/quartiers/encagnane", down_to("h2:has-text('Comparé')")),
    Picture("telephone", None, "/actions?quartier=encagnane", down_to(".data-cards"), NARROW),
    Picture("tableau-de-bord", "direction", "/accueil"),
    Picture("dossier", "association", "/dossiers", follow("/dossiers/")),
    Picture("instruction", "chargee", "/instruction", follow("/instruction/", YEAR)),
    Picture("analyse", "comite", "/mes-analyses", after(follow("/dossiers/"), down_to("h2:has-text('La grille')"))),
    Picture(
        "programmation",
        "direction",
        "/programmation",
        after(follow("/programmation/", YEAR), down_to("table.programme")),
    ),
    Picture("seance", "elue", "/seances", follow("/seances/")),
    Picture(
        "compte-rendu",
        "delegue",
        "/rapports",
        after(follow(f"/{YEAR}/encagnane"), down_to("h2:has-text('Le programme')")),
    ),
    Picture("exports", "delegue", "/exports", follow("/exports/")),
)


def main() -> None:
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        sys.exit("Chromium is not installed (apt install chromium).")
    PICTURES.mkdir(exist_ok=True)
    with demonstration() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for picture in PICTURES_TAKEN:
            take(browser, address, picture)
        browser.close()


def take(browser: Browser, address: str, picture: Picture) -> None:
    """Sign in, walk to the screen and keep what a window of that size shows."""
    width, height = picture.size
    page = browser.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce", locale="fr-FR")
    if picture.account:
        sign_in(page, address, picture.account)
    page.goto(f"{address}{picture.path}")
    if picture.walk:
        picture.walk(page)
        page.wait_for_load_state("load")
    page.screenshot(path=PICTURES / f"{picture.name}.png")
    print(f"{picture.name}.png  {urlsplit(page.url).path}")
    page.context.close()


def sign_in(page: Page, address: str, account: str) -> None:
    page.goto(f"{address}/connexion")
    page.locator("main input[type=email], main input[name=email]").first.fill(f"{account}@demonstration.test")
    page.locator("main input[type=password]").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Se connecter").click()
    page.wait_for_url(f"{address}/accueil")


@contextmanager
def demonstration() -> Iterator[str]:
    """A demonstration answering on a free port of this machine, thrown away at the end."""
    with tempfile.TemporaryDirectory(prefix="portail-") as folder:
        port = _free_port()
        kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
        environment = kept | {"PORTAL_INSTANCE": folder, "PORTAL_PORT": str(port)}
        subprocess.run([sys.executable, "-m", "portal", "demo"], cwd=ROOT, env=environment, check=True)
        portal = subprocess.Popen([sys.executable, "-m", "portal", "up"], cwd=ROOT, env=environment)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(f"{address}/sante")
            yield address
        finally:
            portal.terminate()
            portal.wait(timeout=60)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_for(url: str, seconds: int = 60) -> None:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        try:
            with urllib.request.urlopen(url) as answer:  # noqa: S310 - our own address
                answer.read()
            return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.5)
    raise TimeoutError(f"{url} does not answer")


if __name__ == "__main__":
    main()
