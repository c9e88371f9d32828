"""The softphone simulator in a browser, with a framework.js that writes down what it is told."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from d365pop.emulator.softphone import RunningSoftphone, start_softphone

FRAMEWORK = b"""
window.told = [];
window.Framework = {
    config: { name: "Recorder", clientIds: {}, customInteractionAttributes: ["record_id"],
        settings: { enableCallLogs: true, searchTargets: ["frameworkcontacts"] } },
    initialSetup() {
        told.push(["initialSetup"]);
        PureCloud.subscribe([{ type: "Interaction", callback: (c, d) => told.push([c, d]) }]);
    },
    screenPop(text, interaction) { told.push(["screenPop", text, interaction.attributes]); },
    processCallLog(log, interaction, name, done) {
        told.push([name, log.id]);
        done({ id: "log-1" });
    },
    openCallLog(log) { told.push(["openCallLog", log.id]); },
    contactSearch(text, done) { done([{ type: "external", name: `Found ${text}`, phone: [] }]); },
};
"""


@pytest.fixture
def softphone() -> Iterator[RunningSoftphone]:
    with start_softphone(lambda: FRAMEWORK) as running:
        yield running


def ring(page: Page, number: str, **choices: str) -> None:
    page.get_by_label("Number").fill(number)
    for label, value in choices.items():
        page.get_by_label(label).select_option(label=value)
    page.get_by_role("button", name="Ring").click()


def told(page: Page) -> list[Any]:
    return [entry[0] for entry in page.evaluate("told")]


def open_softphone(page: Page, softphone: RunningSoftphone) -> None:
    page.goto(f"{softphone.url}/crm/embeddableFramework.html")
    expect(page.get_by_role("heading", level=1, name="Recorder")).to_be_visible()


def test_a_call_goes_through_its_life(
    page: Page, softphone: RunningSoftphone, page_errors: list[str]
) -> None:
    open_softphone(page, softphone)
    page.get_by_label("record_id").fill("42")
    ring(page, "+1 206 555 0102")
    for name in ("Answer", "Hold", "End", "Done"):
        page.get_by_role("button", name=name).click()
    expect(page.get_by_text("No interactions")).to_be_visible()
    assert told(page) == [
        *("initialSetup", "add", "screenPop"),
        *("change", "interactionChanged", "connect"),
        *("change", "interactionChanged"),
        *("disconnect", "interactionDisconnected", "acw", "interactionACWCompleted"),
    ]
    assert page.evaluate("told[2]") == ["screenPop", "+1 206 555 0102", {"record_id": "42"}]
    assert page_errors == []


def test_a_reload_adds_the_connected_call_again(page: Page, softphone: RunningSoftphone) -> None:
    open_softphone(page, softphone)
    ring(page, "+1 206 555 0102")
    page.get_by_role("button", name="Answer").click()
    page.reload()
    expect(page.get_by_role("button", name="Hold")).to_be_visible()
    assert told(page) == ["initialSetup", "add"]
    assert page.evaluate("told[1][1].isConnected") is True


def test_an_outbound_call_is_not_popped(page: Page, softphone: RunningSoftphone) -> None:
    open_softphone(page, softphone)
    ring(page, "+1 206 555 0102", Direction="Outbound")
    assert told(page) == ["initialSetup", "add"]


def test_click_to_dial_places_a_call(page: Page, softphone: RunningSoftphone) -> None:
    open_softphone(page, softphone)
    page.evaluate("PureCloud.clickToDial({ number: '+12065550102', autoPlace: true })")
    expect(page.get_by_text("Outbound call · dialing")).to_be_visible()


def test_call_log_and_contact_search_reach_the_framework(
    page: Page, softphone: RunningSoftphone
) -> None:
    open_softphone(page, softphone)
    ring(page, "+1 206 555 0102")
    page.get_by_role("button", name="Call log").click()
    assert told(page)[-1] == "openCallLog"
    page.get_by_label("Search contacts").fill("Ana")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Found Ana")).to_be_visible()


def test_a_call_of_a_name_that_genesys_lacks_is_shown(
    page: Page, softphone: RunningSoftphone, page_errors: list[str]
) -> None:
    open_softphone(page, softphone)
    page.evaluate("typeof PureCloud.sendDigits")
    expect(page.get_by_role("alert")).to_contain_text("PureCloud.sendDigits is not part of")
    assert len(page_errors) == 1


def test_a_script_without_a_framework_is_shown(page: Page) -> None:
    with start_softphone(lambda: b"window.Framework = {};") as running:
        page.goto(f"{running.url}/crm/index.html")
        expect(page.get_by_role("alert")).to_contain_text("sets no window.Framework")
