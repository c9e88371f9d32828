"""Pages for the browser tests, and the local Dataverse that they open."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from d365pop.emulator.server import EmulatorOptions, RunningEmulator, start
from tests.local_dataverse import LocalDataverse


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
