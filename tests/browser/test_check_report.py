"""The page of a check in a browser: searching hides rows, and nothing in it runs but its script."""

from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Page, expect

from d365pop.report.findings import CheckReport
from d365pop.report.html_text import format_html
from tests.unit.report.reports import HOSTILE, MIXED


def show(page: Page, report: CheckReport, tmp_path: Path) -> None:
    file = tmp_path / "check.html"
    file.write_text(format_html(report), encoding="utf-8")
    page.goto(file.as_uri())


def rows(page: Page) -> list[str]:
    return page.locator("tbody tr:visible td.place").all_inner_texts()


ALL = ["WebResources/a.js:3:5", "left over.txt", "customizations.xml:12"]


def test_search_and_severities_decide_what_is_shown(
    page: Page, tmp_path: Path, page_errors: list[str]
) -> None:
    show(page, MIXED, tmp_path)
    assert rows(page) == ALL
    page.get_by_role("searchbox").fill("NOBODY left")
    assert rows(page) == ALL[1:2]
    page.get_by_label("medium").uncheck()
    assert rows(page) == []
    expect(page.get_by_text("Nothing here matches.")).to_be_visible()
    page.get_by_role("searchbox").fill("")
    page.get_by_label("in the baseline").uncheck()
    assert rows(page) == ALL[:1]
    expect(page.locator("output")).to_have_text("1 of 3 shown")
    assert page_errors == []


def test_hostile_names_are_text(page: Page, tmp_path: Path, page_errors: list[str]) -> None:
    dialogs: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    show(page, HOSTILE, tmp_path)
    assert 'alert("1")' in rows(page)[0]
    assert page.locator("script").count() == 1
    assert (dialogs, page_errors) == ([], [])


def test_page_runs_no_script_but_its_own(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "check.html"
    text = format_html(MIXED).replace("</main>", "<script>document.title = 'ran'</script></main>")
    file.write_text(text, encoding="utf-8")
    page.goto(file.as_uri())
    assert page.title() != "ran"
    assert rows(page) == ALL


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_is_readable_in_both_schemes(page: Page, tmp_path: Path, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    show(page, MIXED, tmp_path)
    low = page.evaluate(CONTRASTS)
    assert low == []


# Texts whose contrast with the page's ground is below WCAG's 4.5 to 1.
CONTRASTS = """() => {
  const light = (color) => {
    const [r, g, b] = color.match(/[\\d.]+/g).map(Number).map((v) => v / 255)
      .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = light(getComputedStyle(document.body).backgroundColor);
  return [...document.querySelectorAll("body *")].filter((element) => {
    const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!own || !element.offsetParent) return false;
    const text = light(getComputedStyle(element).color);
    return (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05) < 4.5;
  }).map((element) => element.outerHTML);
}"""
