"""The softphone in the panel of an app with several sessions: notifications, sessions, presence."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.agent import running_preview, whole_picture
from tests.browser.shell import MARTA_NAME, expect_record
from tests.browser.test_cif import client_of, expect_connected, panel_of, ring
from tests.local_dataverse import LocalDataverse

HOST = """[host]
kind = "cif-v2"
profiles = ["Agents"]
session = "d365pop_call"
presence = { ON_QUEUE = "Away", MEAL = "Busy", TRAINING = "Teaching" }

[environments.local]"""
NUMBER = "+12065550102"
OTHER, OTHER_NAME = "+13125550143", "Noor Castellane"


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, LocalDataverse]]:
    change = ("[environments.local]", HOST)
    with running_preview(tmp_path_factory.mktemp("cif"), change) as running:
        yield running


@pytest.fixture
def app(deployed: tuple[str, LocalDataverse], page: Page, page_errors: list[str]) -> Iterator[Page]:
    address = deployed[0].partition("/main.aspx")[0]
    page.goto(f"{address}/main.aspx?pagetype=entitylist&etn=account")
    expect_connected(page)
    yield page
    assert page_errors == []


@pytest.fixture
def dataverse(deployed: tuple[str, LocalDataverse]) -> LocalDataverse:
    return deployed[1]


def sessions(page: Page) -> list[str]:
    names = page.get_by_role("navigation", name="Sessions").get_by_role("button").all_inner_texts()
    return [name for name in names if name]


def change(dataverse: LocalDataverse, table: str, values: dict[str, str | int | bool]) -> None:
    """Change what we deployed into that table, as an administrator could."""
    row = dataverse.row(f"{table}s?$filter=startswith(msdyn_uniquename,'d365pop_d365pop_')")
    dataverse.call("PATCH", f"{table}s({row[f'{table}id']})", values)


def test_the_panel_is_docked_although_the_app_starts_it_minimized(app: Page) -> None:
    expect(app.locator("aside.cif-panel")).to_have_attribute("data-mode", "1")


def test_a_call_opens_in_a_session_of_its_own(app: Page) -> None:
    ring(app, OTHER)
    expect_record(app, OTHER_NAME)
    assert sessions(app) == ["Home", OTHER_NAME]
    app.get_by_role("navigation", name="Sessions").get_by_role("button", name="Home").click()
    expect(app).to_have_url(re.compile("etn=account"))
    # The record has its session: the agent is drawn there, and no second one is made.
    panel_of(app).get_by_role("button", name=OTHER_NAME).click()
    expect(app.locator(".session.wanted")).to_have_text(OTHER_NAME)
    assert sessions(app) == ["Home", OTHER_NAME]


def test_a_soft_pop_is_a_notification_that_opens_the_cards_record(app: Page) -> None:
    ring(app, OTHER, "Message")
    notice = app.get_by_role("region", name=OTHER_NAME)
    expect(notice.get_by_role("button", name="Not now")).to_be_visible()
    whole_picture(app, "cif-notification")
    assert "etn=account" in app.url
    notice.get_by_role("button", name="Open").click()
    expect_record(app, OTHER_NAME)
    expect(panel_of(app).get_by_text(f"Opened {OTHER_NAME}.").first).to_be_visible()


def test_a_declined_notification_leaves_the_card(app: Page) -> None:
    ring(app, OTHER, "Message")
    app.get_by_role("button", name="Not now").click()
    expect(app.get_by_role("region", name=OTHER_NAME)).to_be_hidden()
    panel_of(app).get_by_role("button", name=OTHER_NAME).first.click()
    expect_record(app, OTHER_NAME)


def test_a_notification_goes_with_its_call_and_leaves_the_card(app: Page) -> None:
    ring(app, OTHER, "Message")
    expect(app.get_by_role("region", name=OTHER_NAME)).to_be_visible()
    client_of(app).get_by_role("button", name="End").first.click()
    expect(app.get_by_role("region", name=OTHER_NAME)).to_be_hidden()
    expect(panel_of(app).get_by_role("button", name=OTHER_NAME).first).to_be_visible()


def test_of_several_records_the_notification_leads_to_the_choice(app: Page) -> None:
    ring(app, NUMBER, "Message")
    frame = next(one for one in app.frames if "cif.html" in one.url)
    frame.evaluate("Microsoft.CIFramework.setMode(2)")
    app.get_by_role("region", name="2 records fit").get_by_role("button", name="Open").click()
    panel_of(app).get_by_role("button", name=MARTA_NAME).first.click()
    expect_record(app, MARTA_NAME)


def test_a_notification_that_nobody_answers_docks_the_panel(
    app: Page, dataverse: LocalDataverse
) -> None:
    change(dataverse, "msdyn_notificationtemplate", {"msdyn_timeout": 1})
    panel = app.locator("aside.cif-panel")
    ring(app, NUMBER, "Message")
    frame = next(one for one in app.frames if "cif.html" in one.url)
    frame.evaluate("Microsoft.CIFramework.setMode(2)")
    expect(panel).to_be_hidden()
    expect(panel).to_be_visible()
    expect(panel_of(app).get_by_role("button", name=MARTA_NAME).first).to_be_visible()
    change(dataverse, "msdyn_notificationtemplate", {"msdyn_timeout": 30})


def test_the_status_of_genesys_becomes_the_presence(app: Page) -> None:
    presence = app.locator(".presence")
    client_of(app).get_by_label("Agent status").select_option("MEAL")
    expect(presence).to_have_text("Busy")
    client_of(app).get_by_label("Agent status").select_option("ON_QUEUE")
    expect(presence).to_have_text("Away")
    client_of(app).get_by_label("Agent status").select_option("AWAY")
    expect(presence).to_have_text("Away")


def test_a_presence_that_is_none_is_a_line_until_one_is_taken(app: Page) -> None:
    client_of(app).get_by_label("Agent status").select_option("TRAINING")
    line = panel_of(app).get_by_text("does not reach Dynamics 365")
    expect(line).to_be_visible()
    client_of(app).get_by_label("Agent status").select_option("MEAL")
    expect(line).to_be_hidden()


def test_clicks_that_are_refused_are_a_line_and_the_phone_lives(
    app: Page, dataverse: LocalDataverse
) -> None:
    change(dataverse, "msdyn_channelprovider", {"msdyn_enableoutbound": False})
    app.reload()
    expect_connected(app)
    expect(panel_of(app).get_by_text("its panel refuses click-to-act")).to_be_visible()
    ring(app, OTHER)
    expect_record(app, OTHER_NAME)
