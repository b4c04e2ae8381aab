"""Real Chromium for every test of this folder; without it they are skipped by name."""

import logging
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect

from portal.extensions import db
from tests.browser.serving import served
from tests.browser.walking import PATIENCE, inspect, watched

CHROMIUM = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
HERE = Path(__file__).parent
UNCLOSED_STATIC = r"Exception ignored in. <_io.FileIO name='.*/portal/static/:pytest.PytestUnraisableExceptionWarning"


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            # A page left while a script is still on its way: the tests' server drops its file unclosed.
            item.add_marker(pytest.mark.filterwarnings(f"ignore:{UNCLOSED_STATIC}"))
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="Chromium is not installed (apt install chromium)"))


expect.set_options(timeout=PATIENCE)
# Hundreds of lines, one for each picture and font, would hide what failed.
logging.getLogger("werkzeug").setLevel(logging.WARNING)


@pytest.fixture(scope="session")
def browser_type_launch_args():
    # No sandbox: continuous integration runs as root in a container, on our own pages only.
    return {"executable_path": CHROMIUM, "args": ["--no-sandbox"]}


@pytest.fixture
def address(app):
    """Where the app answers, with what the test has made so far."""
    # Each request takes its own connection; the test's must not hold one open.
    db.session.remove()
    with served(app) as found:
        yield found


@pytest.fixture(params=[1280, 320])
def sheet(page, request):
    """A page of that width, with what the browser complained of."""
    return watched(page, request.param)


@pytest.fixture
def live(app, address):
    """The same address with forgery checks on, as people meet it."""
    app.config["WTF_CSRF_ENABLED"] = True
    yield address
    app.config["WTF_CSRF_ENABLED"] = False


@pytest.fixture
def open_page(browser, live):
    """Open a window: open_page(width=320, scripts=False). It remembers what the browser complained of."""
    contexts = []

    def opened(width=1280, *, scripts=True, height=800):
        context = browser.new_context(base_url=live, java_script_enabled=scripts, locale="fr-FR")
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = watched(context.new_page(), width)
        page.set_viewport_size({"width": width, "height": height})
        page.scripts = scripts
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def check_page(open_page):
    """check_page(page, name): the page fits, axe finds nothing, the content policy blocked nothing.

    axe is a script: for a window without scripts, another one opens the same address for it.
    """

    def check(page, name):
        if not page.scripts:
            twin = open_page(page.viewport_size["width"], height=page.viewport_size["height"])
            twin.context.add_cookies(page.context.cookies())
            twin.goto(page.url)
            check(twin, name)
            twin.context.close()
            return
        inspect(page, name)

    return check
