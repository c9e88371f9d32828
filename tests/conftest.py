"""Fixtures of the whole suite, and the rule that a present reference folder is never skipped."""

from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.chromium import browser as browser  # noqa: PLC0414 - a fixture of the whole suite

# A claim holds or does not, however busy the machine is.
settings.register_profile("d365pop", deadline=None)
settings.load_profile("d365pop")

SHARED = Path(__file__).resolve().parents[2] / "shared"
SHARED_IS_ABSENT = "the reference folder ../shared is absent"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The reference folder beside the checkout; read in place, never copied."""
    if not SHARED.is_dir():
        pytest.skip(SHARED_IS_ABSENT)
    return SHARED


def is_false_skip(skip: object, *, present: bool) -> bool:
    """Tell whether a test was skipped for the want of a folder that is there."""
    return present and "../shared" in str(skip)


def _fail_false_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if report.skipped and is_false_skip(report.longrepr, present=SHARED.is_dir()):
        report.outcome = "failed"
        report.longrepr = f"skipped although {SHARED.name} is there: {report.longrepr}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _fail_false_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _fail_false_skip(report)
    return report
