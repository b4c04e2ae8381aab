"""Makes a skipped test a failure where nothing may be skipped (PORTAL_TEST_NO_SKIP=1)."""

from __future__ import annotations

import os

import pytest

pytest_plugins = ["pytester"]  # for the test of this file

_skipped: list[str] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped and not hasattr(report, "wasxfail"):
        _skipped.append(f"{report.nodeid}: {_reason(report)}")


def pytest_collectreport(report: pytest.CollectReport) -> None:
    if report.skipped:
        _skipped.append(f"{report.nodeid}: {_reason(report)}")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if _skipped and _no_skip() and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _skipped and _no_skip():
        terminalreporter.section("skipped, though PORTAL_TEST_NO_SKIP is set", red=True)
        for line in _skipped:
            terminalreporter.line(line)


def _no_skip() -> bool:
    return os.environ.get("PORTAL_TEST_NO_SKIP") == "1"


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    # A skip carries (file, line, reason).
    return report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
