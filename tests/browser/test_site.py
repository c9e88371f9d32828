"""The site of docs/ in Chromium: no page is wider than a window."""

from pathlib import Path

from playwright.sync_api import Page

from tests.functional.test_site import build
from tests.workspace import ROOT

WINDOW = 1280


def test_no_page_of_the_site_is_wider_than_a_window(page: Page, tmp_path: Path) -> None:
    assert build(ROOT / ".ci" / "mkdocs.yml", tmp_path).returncode == 0
    page.set_viewport_size({"width": WINDOW, "height": 800})
    wide = {}
    for file in sorted(tmp_path.glob("*/index.html")):
        page.goto(file.as_uri())
        width = page.evaluate("document.documentElement.scrollWidth")
        links = page.evaluate(
            "[...document.querySelectorAll('.bs-sidebar .nav-link')]"
            ".filter(link => link.scrollWidth > link.clientWidth).length"
        )
        if width > WINDOW or links:
            wide[file.parent.name] = (width, links)
    assert wide == {}
