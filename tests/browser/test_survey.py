"""The question to the agent: after a call, by keyboard, once in a while, only where asked for."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from tests.browser.agent import barriers, picture, running_preview
from tests.browser.test_seeded_numbers import ring, softphone_of
from tests.browser.test_telemetry import KEY, KNOWN, NAME, Ingestion, taken, told, wait_until
from tests.local_dataverse import LocalDataverse

__all__ = ["taken"]

QUESTION = "How content are you with this phone?"
Taken = tuple[str, list[tuple[str, str]]]


@pytest.fixture(scope="module")
def preview_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, LocalDataverse]]:
    with running_preview(tmp_path_factory.mktemp("survey")) as running:
        yield running


@pytest.fixture
def asked(preview_of: tuple[str, LocalDataverse], taken: Taken, page: Page) -> Iterator[Page]:
    """A page whose settings ask the agent every thirty days, as a deploy would write them."""
    address, dataverse = preview_of
    row = dataverse.row("environmentvariablevalues?$select=environmentvariablevalueid,value")
    path = f"environmentvariablevalues({row['environmentvariablevalueid']})"
    telemetry = {"url": taken[0], "key": KEY, "ask": 30}
    value = json.dumps({**json.loads(row["value"]), "telemetry": telemetry})
    dataverse.call("PATCH", path, {"value": value})
    page.goto(address)
    yield page
    dataverse.call("PATCH", path, {"value": row["value"]})


def call(page: Page) -> FrameLocator:
    """Ring, answer and end."""
    softphone = ring(page, KNOWN, NAME)
    phone = softphone.frame_locator("iframe")
    phone.get_by_role("button", name="Answer").first.click()
    phone.get_by_role("button", name="End").first.click()
    return softphone


def test_agent_answers_by_keyboard_and_only_the_number_of_stars_leaves(
    asked: Page, page_errors: list[str]
) -> None:
    softphone = softphone_of(asked)
    call(asked)
    expect(softphone.get_by_role("group", name=QUESTION)).to_be_visible()
    expect(softphone.locator("#said")).to_have_text(QUESTION)
    assert barriers(asked) == []
    picture(asked, "survey")
    softphone.get_by_role("radio", name="1 of 5 stars").focus()
    for _ in range(3):
        asked.keyboard.press("ArrowRight")
    expect(softphone.get_by_role("radio", name="4 of 5 stars")).to_be_checked()
    asked.keyboard.press("Enter")
    expect(softphone.get_by_text("Thank you.")).to_be_focused()
    asked.goto("about:blank")
    wait_until(asked, lambda: any("satisfaction" in body for _, body in Ingestion.taken))
    events = [event for _, body in Ingestion.taken for event in told(body)]
    assert [event for event in events if event[0] == "satisfaction"] == [
        ("satisfaction", {}, {"stars": 4})
    ]
    assert page_errors == []


def test_agent_is_not_asked_again_and_a_call_takes_the_question_away(asked: Page) -> None:
    softphone = call(asked)
    expect(softphone.locator("#survey")).to_be_visible()
    ring(asked, KNOWN, NAME)
    softphone.frame_locator("iframe").get_by_role("button", name="Answer").first.click()
    expect(softphone.locator("#survey")).to_have_count(0)
    softphone.frame_locator("iframe").get_by_role("button", name="End").first.click()
    call(asked)
    asked.wait_for_timeout(200)
    expect(softphone.locator("#survey")).to_have_count(0)


def test_question_that_is_put_off_is_gone_and_tells_nothing(asked: Page) -> None:
    softphone = call(asked)
    softphone.get_by_role("button", name="Not now").click()
    expect(softphone.locator("#survey")).to_have_count(0)
    expect(softphone.locator("#phone")).to_be_focused()
    asked.goto("about:blank")
    wait_until(asked, lambda: bool(Ingestion.taken))
    assert not any("satisfaction" in body for _, body in Ingestion.taken)


def test_empty_answer_is_not_sent(asked: Page) -> None:
    softphone = call(asked)
    softphone.get_by_role("button", name="Send").click()
    expect(softphone.get_by_role("group", name=QUESTION)).to_be_visible()
    expect(softphone.get_by_text("Thank you.")).to_have_count(0)


def test_nobody_is_asked_where_the_settings_do_not_say_so(
    preview_of: tuple[str, LocalDataverse], page: Page
) -> None:
    page.goto(preview_of[0])
    softphone = call(page)
    page.wait_for_timeout(200)
    expect(softphone.locator("#survey")).to_have_count(0)
