"""The “Phone” command on a list: the softphone starts before any form was opened."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.agent import running_preview, whole_picture
from tests.browser.test_seeded_numbers import softphone_of
from tests.local_dataverse import LocalDataverse

COMMAND = ("[environments.local]", '[command]\nphone = "modern"\n\n[environments.local]')


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, LocalDataverse]]:
    with running_preview(tmp_path_factory.mktemp("command"), COMMAND) as running:
        yield running


@pytest.fixture
def contacts(
    deployed: tuple[str, LocalDataverse], page: Page, page_errors: list[str]
) -> Iterator[Page]:
    app = deployed[0].partition("/main.aspx")[0]
    page.goto(f"{app}/main.aspx?pagetype=entitylist&etn=contact")
    expect(page.get_by_role("heading", level=1, name="Contacts")).to_be_visible()
    yield page
    assert page_errors == []


def test_the_command_starts_the_softphone_before_any_form(contacts: Page) -> None:
    assert not [frame for frame in contacts.frames if "softphone.html" in frame.url]
    contacts.get_by_role("button", name="Phone", exact=True).click()
    expect(softphone_of(contacts).locator("#cards")).to_be_attached()
    assert "etn=contact" in contacts.url
    whole_picture(contacts, "command")


def test_the_command_shows_a_pane_that_was_collapsed(contacts: Page) -> None:
    # The open pane has a tab of the same name.
    button = contacts.locator("button.command", has_text="Phone")
    button.click()
    softphone_of(contacts)
    pane = contacts.locator("iframe[src*='softphone.html']")
    expect(pane).to_be_visible()
    contacts.evaluate("Xrm.App.sidePanes.state = 0")
    expect(pane).to_be_hidden()
    button.click()
    expect(pane).to_be_visible()
    assert contacts.locator("iframe[src*='softphone.html']").count() == 1
