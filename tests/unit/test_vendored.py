from importlib.resources import files
from pathlib import Path

import portal

OURS = Path(portal.__file__).parent / "static/vendor/bootstrap/bootstrap.min.css"


def test_our_bootstrap_is_the_locked_one():
    shipped = files("flask_bootstrap").joinpath("static/bootstrap5/css/bootstrap.min.css").read_text("utf-8")
    assert OURS.read_text("utf-8").rstrip() == shipped.partition("/*# sourceMappingURL")[0].rstrip()
