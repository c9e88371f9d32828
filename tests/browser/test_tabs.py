"""Several tabs of one browser: one hosts the phone, the others show which and can take over."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Error, FrameLocator, Page, expect

from tests.browser.agent import barriers, picture, running_preview
from tests.browser.test_seeded_numbers import ring, softphone_of
from tests.local_dataverse import LocalDataverse

NOOR = "+13125550143"
UNKNOWN = "+15035550177"
NEW_RECORD = ('no_match = "search"', 'no_match = "new-record"')
NO_LOCKS = 'Object.defineProperty(Navigator.prototype, "locks", { get: () => undefined });'
# Milliseconds in which another tab takes over.
TWO_SECONDS = 2_000


@pytest.fixture(scope="module")
def preview_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, LocalDataverse]]:
    with running_preview(tmp_path_factory.mktemp("tabs"), NEW_RECORD) as running:
        yield running


BY_LOCKS = pytest.mark.parametrize("context", [""], ids=["locks"], indirect=True)


@pytest.fixture(params=["", NO_LOCKS], ids=["locks", "lease"])
def context(page: Page, request: pytest.FixtureRequest) -> BrowserContext:
    """The browser of ``page``, with Web Locks and without."""
    if request.param:
        page.context.add_init_script(request.param)
    return page.context


def pane(page: Page) -> FrameLocator:
    return page.frame_locator("iframe[src*='softphone.html']")


def clients(*pages: Page) -> list[int]:
    """Return how many Genesys clients each tab holds."""
    return [pane(page).locator("#genesys-frame").count() for page in pages]


@pytest.fixture
def tabs(
    preview_of: tuple[str, LocalDataverse], context: BrowserContext, page: Page
) -> tuple[Page, Page]:
    """The tab that hosts the phone, and one that was opened after it."""
    page.goto(preview_of[0])
    softphone_of(page)
    other = context.new_page()
    other.goto(preview_of[0])
    expect(pane(other).locator("#connection")).to_have_text("The phone is in another tab")
    return page, other


@BY_LOCKS
def test_one_tab_hosts_the_phone_and_the_others_say_which(tabs: tuple[Page, Page]) -> None:
    first, second = tabs
    assert clients(first, second) == [1, 0]
    hint = pane(second).locator("#hint")
    expect(hint).to_contain_text(f"in the tab “{first.title()}”: Connected.")
    assert barriers(second) == []
    picture(second, "elsewhere")


def test_another_tab_takes_over_with_one_key(tabs: tuple[Page, Page]) -> None:
    first, second = tabs
    pane(second).get_by_role("button", name="Use the phone here").press("Enter")
    softphone_of(second)
    expect(pane(first).locator("#connection")).to_have_text("The phone is in another tab")
    assert clients(first, second) == [0, 1]
    before = first.url
    ring(second, NOOR)
    expect(second.get_by_role("heading", name="Noor Castellane")).to_be_visible()
    assert first.url == before


def test_another_tab_takes_over_by_itself_when_the_first_one_is_closed(
    tabs: tuple[Page, Page],
) -> None:
    first, second = tabs
    first.close()
    expect(pane(second).locator("#genesys-frame")).to_be_attached(timeout=TWO_SECONDS)
    softphone_of(second)


def test_another_tab_takes_over_by_itself_when_the_process_of_the_first_one_dies(
    tabs: tuple[Page, Page],
) -> None:
    first, second = tabs
    # The browser asks the page's process to crash, and then says that it went nowhere.
    with first.expect_event("crash"), pytest.raises(Error):
        first.goto("chrome://crash")
    expect(pane(second).locator("#genesys-frame")).to_be_attached(timeout=TWO_SECONDS)
    softphone_of(second)


@BY_LOCKS
def test_call_that_arrives_is_shown_in_each_tab_once_and_opened_where_the_agent_chose(
    tabs: tuple[Page, Page], preview_of: tuple[str, LocalDataverse], context: BrowserContext
) -> None:
    first, second = tabs
    third = context.new_page()
    third.goto(preview_of[0])
    expect(pane(third).locator("#connection")).to_have_text("The phone is in another tab")
    ring(first, NOOR)
    expect(first.get_by_role("heading", name="Noor Castellane")).to_be_visible()
    ring(first, UNKNOWN, name="Somebody")
    for tab in (first, second, third):
        newest = pane(tab).locator("#cards > li").filter(has_text="Call from Somebody")
        expect(newest).to_have_count(1)
    before = first.url, third.url
    pane(second).get_by_role("button", name="New Contact").click()
    expect(second.get_by_label("Business Phone")).to_have_value(UNKNOWN)
    assert (first.url, third.url) == before
    assert UNKNOWN.strip("+") not in second.url


@BY_LOCKS
def test_number_of_a_record_in_another_tab_is_dialled_through_the_phone(
    tabs: tuple[Page, Page], preview_of: tuple[str, LocalDataverse]
) -> None:
    first, second = tabs
    [row] = preview_of[1].rows("contacts?$filter=fullname eq 'Noor Castellane'")
    url = second.url.partition("?")[0]
    second.goto(f"{url}?pagetype=entityrecord&etn=contact&id={row['contactid']}")
    pane(second).locator("#numbers").get_by_role("button").first.click()
    calls = pane(first).frame_locator("iframe").locator("#interactions > li, [data-interaction]")
    expect(calls.first).to_be_visible()


@BY_LOCKS
def test_window_that_a_tab_opens_is_a_tab_of_its_own(tabs: tuple[Page, Page]) -> None:
    first, second = tabs
    with first.expect_popup() as opened:
        first.evaluate("open(location.href)")
    expect(pane(opened.value).locator("#connection")).to_have_text("The phone is in another tab")
    assert clients(first, second, opened.value) == [1, 0, 0]


@BY_LOCKS
def test_call_in_progress_is_warned_of_before_the_phone_is_taken(tabs: tuple[Page, Page]) -> None:
    first, second = tabs
    softphone = ring(first, NOOR)
    softphone.frame_locator("iframe").get_by_role("button", name="Answer").first.click()
    expect(pane(second).locator("#hint")).to_contain_text("may cut the call off")
    pane(second).get_by_role("button", name="Use the phone here").click()
    softphone_of(second)
    assert clients(first, second) == [0, 1]
