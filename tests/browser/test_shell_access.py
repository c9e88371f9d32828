"""The shell and the simulator for people who use a keyboard or a screen reader."""

import pytest
from playwright.sync_api import Page, expect

from d365pop.emulator.server import RunningEmulator
from d365pop.emulator.softphone import start_softphone
from tests.browser.shell import open_record
from tests.browser.test_softphone import FRAMEWORK

# Controls without a name, images without a text, ids that occur twice.
UNNAMED = """() => {
    const name = (e) => e.getAttribute("aria-label") || e.labels?.[0]?.textContent.trim()
        || e.getAttribute("aria-labelledby") || e.title || e.textContent.trim();
    const controls = [...document.querySelectorAll("button, a, input, select, textarea, output")];
    const bare = [...document.querySelectorAll("img:not([alt]), iframe:not([title])")];
    const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
    return [
        ...[...controls.filter((e) => !name(e)), ...bare].map((e) => e.outerHTML),
        ...ids.filter((id, index) => ids.indexOf(id) !== index),
    ];
}"""
FOCUSED = """() => {
    const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
    const name = document.activeElement.id || document.activeElement.textContent.trim();
    return [name, outlineStyle !== "none" && parseFloat(outlineWidth) > 0];
}"""


def test_every_control_of_a_form_has_a_name(page: Page, emulator: RunningEmulator) -> None:
    open_record(page, emulator)
    assert page.evaluate(UNNAMED) == []


def test_every_control_of_a_list_has_a_name(page: Page, emulator: RunningEmulator) -> None:
    page.goto(f"{emulator.url}/main.aspx")
    expect(page.get_by_role("table", name="Contacts")).to_be_visible()
    assert page.evaluate(UNNAMED) == []


def test_the_first_tab_stop_skips_to_the_page_and_focus_can_be_seen(
    page: Page, emulator: RunningEmulator
) -> None:
    open_record(page, emulator)
    stops = []
    for _ in range(4):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(FOCUSED))
    assert stops[0] == ["Skip to the page", True]
    assert [seen for _, seen in stops] == [True] * 4


def test_tabs_are_walked_with_the_arrow_keys(page: Page, emulator: RunningEmulator) -> None:
    open_record(page, emulator)
    page.get_by_role("tab", name="Summary").focus()
    page.keyboard.press("ArrowRight")
    details = page.get_by_role("tab", name="Details")
    expect(details).to_be_focused()
    expect(details).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("tabpanel", name="Details")).to_be_visible()


@pytest.mark.parametrize("width", [1440, 700, 400])
def test_no_page_is_wider_than_the_window(
    page: Page, emulator: RunningEmulator, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    open_record(page, emulator)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_every_control_of_the_simulator_has_a_name(page: Page) -> None:
    with start_softphone(lambda: FRAMEWORK) as softphone:
        page.goto(f"{softphone.url}/crm/index.html")
        page.get_by_label("Number").fill("1")
        page.get_by_role("button", name="Ring").click()
        expect(page.get_by_role("button", name="Answer")).to_be_visible()
        assert page.evaluate(UNNAMED) == []
