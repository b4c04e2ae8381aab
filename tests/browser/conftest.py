"""Real Chromium for every test of this folder; without it they are skipped by name."""

import shutil
from pathlib import Path

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="Chromium is not installed (apt install chromium)"))


@pytest.fixture(scope="session")
def browser_type_launch_args():
    # No sandbox: continuous integration runs as root in a container, on our own pages only.
    return {"executable_path": CHROMIUM, "args": ["--no-sandbox"]}
