"""The shell, after something was published under an open page: it offers to load itself anew."""

from playwright.sync_api import Locator, Page, expect

from d365pop.emulator.server import RunningEmulator
from tests.browser.shell import (
    MARTA_NAME,
    SCRIPT,
    expect_record,
    open_record,
    publish_web_resource,
    register,
)
from tests.local_dataverse import LocalDataverse

LIBRARY = "new_/form.js"


def _script(version: int) -> str:
    return f"var D = {{ onLoad: () => {{ window.ran = {version}; }} }};"


def _offer(page: Page) -> Locator:
    return page.get_by_role("status").filter(has_text="Something was published")


def test_open_page_offers_to_run_what_was_published(
    page: Page, emulator: RunningEmulator, dataverse: LocalDataverse, page_errors: list[str]
) -> None:
    publish_web_resource(dataverse, LIBRARY, SCRIPT, _script(1))
    register(dataverse, LIBRARY, "D.onLoad")
    open_record(page, emulator)
    page.wait_for_function("window.ran === 1")
    expect(_offer(page)).to_have_count(0)
    dataverse.overwrite(LIBRARY, _script(2).encode())
    _offer(page).get_by_role("button", name="Reload").click()
    page.wait_for_function("window.ran === 2")
    expect_record(page, MARTA_NAME)
    expect(_offer(page)).to_have_count(0)
    assert page_errors == []


def test_unsaved_changes_outlive_the_offer_unless_they_are_discarded(
    page: Page, emulator: RunningEmulator, dataverse: LocalDataverse
) -> None:
    publish_web_resource(dataverse, LIBRARY, SCRIPT, _script(1))
    open_record(page, emulator)
    page.get_by_label("Job Title").fill("Unsaved")
    dataverse.overwrite(LIBRARY, _script(2).encode())
    reload = _offer(page).get_by_role("button", name="Reload")
    reload.click()
    question = page.get_by_role("dialog")
    question.get_by_role("button", name="Cancel").click()
    expect(page.get_by_label("Job Title")).to_have_value("Unsaved")
    expect(reload).to_be_visible()
    reload.click()
    question.get_by_role("button", name="Discard").click()
    expect(page.get_by_label("Job Title")).not_to_have_value("Unsaved")
    expect(_offer(page)).to_have_count(0)
