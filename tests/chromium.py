"""One Chromium for all tests: Playwright opens one in a process, and no second beside it."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

PATIENCE = 30_000
"""Milliseconds: a claim holds or does not, however busy the machine is."""
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
        expect.set_options(timeout=PATIENCE)
        yield launched
        launched.close()
