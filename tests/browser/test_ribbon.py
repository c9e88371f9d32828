"""The “Phone” button of the classic ribbon: the softphone starts before any form was opened."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.agent import running_preview
from tests.browser.test_seeded_numbers import softphone_of
from tests.local_dataverse import LocalDataverse

CLASSIC = ("[environments.local]", '[command]\nphone = "classic"\n\n[environments.local]')


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, LocalDataverse]]:
    with running_preview(tmp_path_factory.mktemp("ribbon"), CLASSIC) as running:
        yield running


def test_the_button_of_the_ribbon_starts_the_softphone_before_any_form(
    deployed: tuple[str, LocalDataverse], page: Page, page_errors: list[str]
) -> None:
    app = deployed[0].partition("/main.aspx")[0]
    page.goto(f"{app}/main.aspx?pagetype=entitylist&etn=lead")
    expect(page.get_by_role("heading", level=1, name="Leads")).to_be_visible()
    button = page.get_by_role("button", name="Phone", exact=True)
    expect(button).to_have_attribute("title", "Opens the softphone")
    button.click()
    expect(softphone_of(page).locator("#cards")).to_be_attached()
    assert "etn=lead" in page.url
    assert page_errors == []
