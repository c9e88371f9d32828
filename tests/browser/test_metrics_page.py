"""The manager's page in Chromium: readable by everybody, loads nothing, and runs nothing."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, expect

from d365pop.metrics.model import Report
from d365pop.report.metrics_page import metrics_html
from tests.browser.agent import AXE
from tests.unit.metrics.samples import report


def show(page: Page, shown: Report, tmp_path: Path) -> None:
    file = tmp_path / "metrics.html"
    file.write_text(metrics_html(shown), encoding="utf-8")
    page.goto(file.as_uri())


def card(page: Page, key: str) -> list[str]:
    return page.locator(f"[data-metric={key}] p").all_inner_texts()


def test_page_says_value_formula_and_what_is_missing(
    page: Page, tmp_path: Path, page_errors: list[str]
) -> None:
    show(page, report(), tmp_path)
    assert card(page, "calls")[0] == "106"
    assert card(page, "talk-time")[0] == "9.00 min"
    assert card(page, "match-rate") == [
        "not measured",
        "no application_insights is configured for this environment",
    ]
    expect(page.get_by_text("15 to 20 % less: shown", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="Agents", exact=True)).to_have_count(0)
    assert page_errors == []


def test_columns_are_drawn_as_high_as_their_numbers(page: Page, tmp_path: Path) -> None:
    show(page, report(), tmp_path)
    plot = page.get_by_role("img", name="Mean connected minutes a week")
    boxes = [bar.bounding_box() for bar in plot.locator("rect").all()]
    heights = [box["height"] for box in boxes if box]
    assert heights[1] / heights[0] == pytest.approx(0.8, abs=0.02)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 380], ids=["wide", "narrow"])
def test_page_has_no_barrier_that_axe_finds(
    page: Page, tmp_path: Path, scheme: str, width: int
) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 900})
    show(page, report(with_agents=True), tmp_path)
    for details in page.locator("summary").all():
        details.click()
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run()")
    assert [each["id"] for each in found["violations"]] == []
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(overflow) <= 0


def test_hostile_names_are_text_and_nothing_is_loaded(
    page: Page, tmp_path: Path, page_errors: list[str]
) -> None:
    asked: list[str] = []

    def remember(request: Request) -> None:
        asked.append(request.url)

    page.on("request", remember)
    show(page, report(with_agents=True), tmp_path)
    assert page.title() == "What the screen pop brings: contoso"
    assert "<script>document.title='owned'</script>" in page.locator("tbody").last.inner_text()
    assert (len(asked), page_errors) == (1, [])
