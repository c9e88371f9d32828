"""The site of docs/ in Chromium: no page is wider than a window."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.functional.test_site import build
from tests.workspace import ROOT

DESK, PHONE = 1280, 390


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    assert build(ROOT / ".ci" / "mkdocs.yml", folder).returncode == 0
    return folder


@pytest.mark.parametrize("window", [DESK, PHONE])
def test_no_page_of_the_site_is_wider_than_a_window(page: Page, site: Path, window: int) -> None:
    page.set_viewport_size({"width": window, "height": 800})
    wide = {}
    for file in sorted(site.rglob("index.html")):
        page.goto(file.as_uri())
        width = page.evaluate("document.documentElement.scrollWidth")
        links = page.evaluate(
            "[...document.querySelectorAll('.bs-sidebar .nav-link')]"
            ".filter(link => link.scrollWidth > link.clientWidth).length"
        )
        if width > window or links:
            wide[file.parent.name] = (width, links)
    assert wide == {}
