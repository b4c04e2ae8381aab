"""Where nothing may be skipped, a skip fails the run."""

from __future__ import annotations

from pathlib import Path

import pytest

SUITE = """
import pytest

def test_passes():
    pass

def test_needs_what_is_missing():
    pytest.skip("LibreOffice is missing")

@pytest.mark.xfail(reason="known")
def test_known_failure():
    assert False
"""


@pytest.fixture
def suite(pytester: pytest.Pytester, pytestconfig: pytest.Config) -> pytest.Pytester:
    pytester.makeconftest((Path(pytestconfig.rootpath) / "conftest.py").read_text())
    pytester.makepyfile(SUITE)
    return pytester


def test_a_skip_fails_the_run_and_is_named(suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_TEST_NO_SKIP", "1")
    result = suite.runpytest_subprocess("-p", "no:cacheprovider")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*::test_needs_what_is_missing: Skipped: LibreOffice is missing"])
    result.assert_outcomes(passed=1, skipped=1, xfailed=1)


def test_elsewhere_a_skip_is_only_told(suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PORTAL_TEST_NO_SKIP", raising=False)
    result = suite.runpytest_subprocess("-p", "no:cacheprovider")
    assert result.ret == pytest.ExitCode.OK
    result.assert_outcomes(passed=1, skipped=1, xfailed=1)
