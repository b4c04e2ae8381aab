"""Pages opened in the browser of a test, and what is asked of each of them."""

from __future__ import annotations

import os
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

PATIENCE = 20_000
"""Milliseconds that a page may take: the two cores may be shared with another run."""

SHOTS = os.environ.get("BROWSER_SHOTS")
"""A folder where each inspected page leaves its picture."""


def watched(page, width):
    """The page at that width; `complaints` collects what the browser says against it."""
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.set_viewport_size({"width": width, "height": 900})
    page.width = width
    return page


def inspect(sheet, name):
    """Nothing for axe, nothing blocked by the content policy, nothing wider than the window."""
    sheet.wait_for_load_state()
    # Before axe and pictures, which put styles of their own into the page.
    assert sheet.complaints == [], name
    if SHOTS:
        sheet.screenshot(path=Path(SHOTS) / f"{name}-{sheet.width}.png", full_page=True)
    found = Axe().run(sheet, options={"preload": False}).response["violations"]
    assert [(fault["id"], [node["html"][:160] for node in fault["nodes"]]) for fault in found] == [], name
    wider = sheet.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider == 0, name
    sheet.complaints.clear()


def arriving(page):
    """Around what leads to another page: done once that page is there whole, its scripts run.

    What follows a click or a key would otherwise meet, on a busy machine, the page about to be left.
    """
    return page.expect_navigation(timeout=PATIENCE)


def click_through(locator):
    """Click what leads to another page, and wait for that page."""
    with arriving(locator.page):
        locator.click()


def wait_until_saved(page):
    """Until the form that saves by itself has saved everything typed so far."""
    expect(page.locator("form:not([data-unsaved]) [data-save-status]")).to_contain_text("Enregistré à")


def sign_in(sheet, address, visitor):
    """Give the browser the session of a `tests.visitors.Visitor`."""
    cookie = visitor.client.get_cookie(visitor.app.config["SESSION_COOKIE_NAME"])
    sheet.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])


def sign_in_by_form(page, email, password):
    """Through the page, as anybody does; the window knows the portal's address."""
    page.goto("/connexion")
    page.get_by_label("Adresse électronique").fill(email)
    page.get_by_label("Mot de passe").fill(password)
    click_through(page.get_by_role("main").get_by_role("button", name="Se connecter"))


def tab_to(page, selector):
    """Press Tab until the focus is there, as somebody without a mouse does."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"the keyboard never reaches {selector}")
