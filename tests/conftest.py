"""Fixtures shared by all tests: nothing here reads today's date or the network."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

settings.register_profile("reproducible", derandomize=True, deadline=None)
settings.load_profile("reproducible")


@pytest.fixture(scope="session", autouse=True)
def _own_settings_folder(tmp_path_factory):  # type: ignore[no-untyped-def]
    """Anchors of ledgers go to a folder of the test run's, never into the settings of who runs it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XL_REBAL_ANCHORS", str(tmp_path_factory.mktemp("anchors")))
        yield


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):  # type: ignore[no-untyped-def]
    """Where XL_REBAL_NO_SKIPS is set (CI), a test that skips itself fails: a missing part must not hide."""
    outcome = yield
    report = outcome.get_result()
    if os.environ.get("XL_REBAL_NO_SKIPS") and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped: {report.longrepr[2]}"
