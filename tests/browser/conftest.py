"""A Chromium for the browser tests; a missing one is a failure, never a skip."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from d365pop.emulator.server import EmulatorOptions, RunningEmulator, start
from tests.local_dataverse import LocalDataverse

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def find_chromium(bundled: str) -> str:
    """Return the browser to run: the one that is named, else one on PATH, else Playwright's own."""
    named = os.environ.get("D365POP_CHROMIUM")
    if named:
        return named
    on_path = next((found for found in map(shutil.which, NAMES) if found), None)
    return on_path or (bundled if Path(bundled).is_file() else "")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        executable = find_chromium(playwright.chromium.executable_path)
        if not executable:
            pytest.fail(
                "No Chromium was found. Install one (Debian: apt-get install chromium; elsewhere: "
                "playwright install chromium), or name it in D365POP_CHROMIUM.",
                pytrace=False,
            )
        # Chromium refuses to run its sandbox as root.
        is_root = hasattr(os, "geteuid") and os.geteuid() == 0
        launched = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox"] if is_root else []
        )
        yield launched
        launched.close()


@pytest.fixture
def page_errors() -> list[str]:
    """What the console of ``page`` called an error, in order."""
    return []


@pytest.fixture
def page(browser: Browser, page_errors: list[str]) -> Iterator[Page]:
    def collect(message: ConsoleMessage) -> None:
        if message.type == "error":
            page_errors.append(message.text)

    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-US")
    context.set_default_timeout(10_000)
    opened = context.new_page()
    opened.on("console", collect)
    opened.on("pageerror", lambda error: page_errors.append(str(error)))
    yield opened
    context.close()


@pytest.fixture
def emulator() -> Iterator[RunningEmulator]:
    """A local Dataverse of its own, with the seeded rows, in memory."""
    with start(EmulatorOptions()) as running:
        yield running


@pytest.fixture
def dataverse(emulator: RunningEmulator) -> LocalDataverse:
    """A client of ``emulator``."""
    return LocalDataverse(emulator.url)
