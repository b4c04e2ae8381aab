"""A person's window on the portal: they follow links and press buttons, and each page they reach is checked."""

from __future__ import annotations

import re
from itertools import count
from urllib.parse import urlsplit

import pyotp

from tests.browser.cycle.city import PASSWORD, TOTP_SECRET
from tests.browser.walking import click_through, inspect, sign_in_by_form

_shots = count(1)


class Window:
    """One person's browser. A page is checked when anybody reaches it, and again when its headings change."""

    def __init__(self, page, who, checked):
        self.page = page
        self.who = who
        self._checked = checked  # shared by the windows of a story

    # -- going about ---------------------------------------------------------------------------

    def follow(self, name, *, of=None):
        """Click the link that reads `name`; `of` are words of its row when several do."""
        place = self.row(of) if of else self.page
        click_through(place.get_by_role("link", name=name).first)
        self.look()

    def press(self, name, *, exact=True):
        click_through(self.page.get_by_role("main").get_by_role("button", name=name, exact=exact).first)
        self.look()

    def menu(self, name):
        """By the navigation that each page has."""
        band = self.page.get_by_role("navigation", name="Navigation principale")
        if not band.get_by_role("link", name=name, exact=True).is_visible():
            band.locator("summary").click()
        click_through(band.get_by_role("link", name=name, exact=True))
        self.look()

    def home(self, tile=None):
        """The dashboard, and through one of its tiles."""
        self.menu("Tableau de bord")
        if tile:
            click_through(self.page.get_by_role("main").get_by_role("link", name=tile).first)
            self.look()

    def row(self, words):
        return self.page.locator("tr", has_text=words).first

    def fill(self, fields):
        """{label: words typed}."""
        for label, words in fields.items():
            self.page.get_by_label(label).first.fill(words)

    def tick(self, *labels):
        for label in labels:
            self.page.get_by_label(label, exact=True).first.check()

    def open_from_mail(self, mail):
        """A link received by mail is the only address that nobody has to follow from a page."""
        self.page.goto(mail.link)
        self.look()

    def resize(self, width):
        self.page.width = width
        self.page.set_viewport_size({"width": width, "height": 800})

    # -- reading -------------------------------------------------------------------------------

    def look(self):
        """Check the page unless it was checked as it stands; the browser's complaints count each time."""
        self.page.wait_for_load_state()
        assert self.page.complaints == [], self.page.url
        state = (self._pattern(), self.page.width, tuple(self.page.locator("h1, h2").all_inner_texts()))
        if state not in self._checked:
            self._checked.add(state)
            inspect(self.page, f"{next(_shots):03d}-{self.who}{self._pattern().replace('/', '-')}")

    def _pattern(self):
        return re.sub(r"\d+", "n", urlsplit(self.page.url).path)

    @property
    def words(self):
        """What the page says, unbreakable spaces made plain."""
        return " ".join(self.page.get_by_role("main").inner_text().split())

    @property
    def title(self):
        return self.page.get_by_role("heading", level=1).inner_text()

    def cells(self, row):
        """The words of a row, cell by cell, unbreakable spaces made plain."""
        return [" ".join(text.split()) for text in self.row(row).locator("th, td").all_inner_texts()]

    def download(self, name):
        """The bytes behind a link."""
        with self.page.expect_download() as download:
            self.page.get_by_role("link", name=name).first.click()
        return download.value.path().read_bytes()

    def status(self, path):
        """What the server answers to an address typed by hand."""
        return self.page.request.get(path, max_redirects=0).status

    def source(self, path):
        """The page at an address, as it is sent."""
        answer = self.page.request.get(path)
        assert answer.ok
        return answer.text()


def staff_window(open_page, city, who, checked):
    """A member of staff signs in with their password and their second factor."""
    window = Window(open_page(1280), who, checked)
    sign_in_by_form(window.page, city.emails[who], PASSWORD)
    window.look()
    window.page.get_by_label("Code").fill(pyotp.TOTP(TOTP_SECRET).now())
    click_through(window.page.get_by_role("main").get_by_role("button").first)
    window.page.wait_for_url("**/accueil")
    window.look()
    return window
