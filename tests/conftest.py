"""Fixtures of the whole suite, and the rule that a present reference folder is never skipped."""

import os
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from d365pop.bundle.engine import EngineKind
from tests.chromium import browser as browser  # noqa: PLC0414 - a fixture of the whole suite
from tests.v8_process import run_v8

IN_V8_PROCESS = "PYTEST_IN_V8_PROCESS"

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


def uses_v8(item: pytest.Function) -> bool:
    """Tell whether a test opens V8 in its own process: by its parameter, or by its mark."""
    parameters = item.callspec.params.values() if hasattr(item, "callspec") else ()
    return EngineKind.V8 in parameters or item.get_closest_marker("v8") is not None


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run what uses V8 as a pytest of its own, since V8 may take its process along."""
    if not uses_v8(pyfuncitem) or IN_V8_PROCESS in os.environ:
        return None
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", pyfuncitem.nodeid]
    done = run_v8(command, pyfuncitem.config.rootpath, {**os.environ, IN_V8_PROCESS: "1"})
    assert done.returncode == 0, done.stdout
    return True
