"""The agent at work: interrupted only when free, nothing lost, new records, numbers to dial."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from tests.browser.agent import barriers, pane_of, picture, running_preview, whole_picture
from tests.browser.test_seeded_numbers import ring, softphone_of
from tests.local_dataverse import LocalDataverse

MARTA = "d3650000-0000-4000-8000-000200000001"
UNKNOWN = "+15035550199"
CONSULT = """() => {
    const [{ id }] = JSON.parse(sessionStorage.getItem("d365pop-softphone"));
    PureCloud.Interaction.updateState({ action: "consultTransfer", id });
}"""


@pytest.fixture(scope="module")
def preview_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, LocalDataverse]]:
    change = ('no_match = "search"', 'no_match = "new-record"')
    with running_preview(tmp_path_factory.mktemp("agent"), change) as running:
        yield running


@pytest.fixture
def started(
    preview_of: tuple[str, LocalDataverse], page: Page, page_errors: list[str]
) -> Iterator[Page]:
    page.goto(preview_of[0])
    softphone_of(page)
    yield page
    assert page_errors == []


def open_marta(page: Page) -> None:
    app = page.url.partition("/main.aspx")[0]
    page.goto(f"{app}/main.aspx?pagetype=entityrecord&etn=contact&id={MARTA}")
    softphone_of(page)


def cards(softphone: FrameLocator) -> list[str]:
    return softphone.locator("#cards > li > h2").all_inner_texts()


def test_form_with_unsaved_changes_is_left_in_front(started: Page) -> None:
    open_marta(started)
    started.get_by_label("First Name").fill("Martha")
    softphone = ring(started, "+13125550143")
    notice = started.get_by_role("button", name="Open", exact=True)
    expect(notice).to_be_visible()
    assert MARTA in started.url
    expect(softphone.locator("#cards > li > p")).to_have_text("One record fits.")
    assert barriers(started) == []
    whole_picture(started, "soft-pop")


def test_agent_who_stays_on_the_form_after_all_can_choose_again_and_no_notice_is_left(
    started: Page,
) -> None:
    open_marta(started)
    started.get_by_label("First Name").fill("Martha")
    softphone = ring(started, "+13125550143")
    notice = started.get_by_role("button", name="Open", exact=True)
    choice = softphone.get_by_role("button", name="Noor Castellane")
    choice.click()
    started.get_by_role("button", name="Cancel").click()
    expect(softphone.locator("#cards > li > p")).to_contain_text("This did not work")
    assert barriers(started) == []
    expect(notice).to_be_visible()
    choice.click()
    started.get_by_role("button", name="Discard changes").click()
    expect(started.get_by_role("heading", level=1, name="Noor Castellane")).to_be_visible()
    expect(notice).to_be_hidden()


@pytest.mark.parametrize("end", ["Dismiss: Call from +13125550143", "End"])
def test_notice_goes_with_its_card_and_with_its_call(started: Page, end: str) -> None:
    open_marta(started)
    started.get_by_label("First Name").fill("Martha")
    softphone = ring(started, "+13125550143")
    notice = started.get_by_role("button", name="Open", exact=True)
    expect(notice).to_be_visible()
    place = softphone.frame_locator("iframe") if end == "End" else softphone
    place.get_by_role("button", name=end).first.click()
    expect(notice).to_be_hidden()
    # What was found of a call that nobody took stays in the pane.
    expect(softphone.locator("#cards > li")).to_have_count(1 if end == "End" else 0)


def test_agent_on_another_call_is_asked_and_both_calls_stay_in_the_pane(started: Page) -> None:
    softphone = ring(started, "+13125550143")
    expect(softphone.locator("#cards > li > p")).to_contain_text("Opened")
    phone = softphone.frame_locator("iframe")
    phone.get_by_role("button", name="Answer").first.click()
    # Whoever consults a colleague is with the customer all the same.
    frame = next(one for one in started.frames if "embeddableFramework" in one.url)
    frame.evaluate(CONSULT)
    before = started.url
    for number in ("+442079460123", UNKNOWN):
        ring(started, number)
    expect(softphone.locator("#cards > li")).to_have_count(2)
    assert started.url == before
    assert cards(softphone) == [f"Call from {UNKNOWN}", "Call from +442079460123"]
    softphone.get_by_role("button", name=f"Dismiss: Call from {UNKNOWN}").press("Enter")
    expect(softphone.locator("#cards > li")).to_have_count(1)


def test_new_record_opens_empty_and_is_filled_with_the_number_behind_the_address(
    started: Page,
) -> None:
    softphone = ring(started, UNKNOWN)
    softphone.get_by_role("button", name="New Contact").click()
    expect(started.get_by_label("Business Phone")).to_have_value(UNKNOWN)
    digits = UNKNOWN.removeprefix("+")
    assert digits not in re.sub(r"\D", "", started.url)
    assert all(digits not in frame.url for frame in started.frames)


def test_storm_of_429_costs_a_moment_and_not_the_pop(
    started: Page, preview_of: tuple[str, LocalDataverse], page_errors: list[str]
) -> None:
    fault: dict[str, object] = {
        "kind": "throttle",
        "seconds": 1,
        "which": "requests",
        "method": "GET",
    }
    preview_of[1].fail(**fault, path="/(contacts|accounts|leads)", count=4)
    softphone = ring(started, "+13125550143")
    expect(softphone.locator("#cards > li").first).to_contain_text("Opened Noor Castellane")
    # Dataverse said when it wants to be asked again.
    said = softphone.locator("#log").text_content() or ""
    waits = re.findall(r"tried again in ([\d.]+) s", said)
    assert waits == ["1.0"] * 4
    # Chromium itself reports every answer of that status.
    assert len(page_errors) == 4
    page_errors.clear()


def test_dataverse_that_stays_down_is_said_with_a_way_on(
    started: Page, preview_of: tuple[str, LocalDataverse], page_errors: list[str]
) -> None:
    fault: dict[str, object] = {"kind": "server-error", "status": 403, "method": "GET"}
    preview_of[1].fail(**fault, path="/(contacts|accounts|leads)", count=3)
    softphone = ring(started, "+13125550143")
    card = softphone.locator("#cards > li").first
    expect(card).to_contain_text("This did not work")
    assert barriers(started) == []
    picture(started, "search-failed")
    card.get_by_role("button", name="Try again").click()
    expect(card).to_contain_text("Opened Noor Castellane")
    page_errors.clear()


def test_number_of_the_record_in_front_is_dialled_by_one_click_and_associated(
    started: Page,
) -> None:
    open_marta(started)
    softphone = softphone_of(started)
    numbers = softphone.locator("#numbers button")
    expect(numbers.first).to_be_visible()
    numbers.first.click()
    phone = softphone.frame_locator("iframe")
    association = f"Association: contact {MARTA} Marta Lindqvist"
    expect(phone.get_by_text(association)).to_be_attached()
    expect(softphone.locator("#cards > li").first).to_contain_text("Marta Lindqvist")


def test_focus_of_whoever_uses_the_keyboard_is_not_lost_when_the_pane_is_drawn_anew(
    started: Page,
) -> None:
    open_marta(started)
    softphone = softphone_of(started)
    number = softphone.locator("#numbers button").first
    number.press("Enter")
    expect(softphone.locator("#cards > li")).to_have_count(1)
    expect(number).to_be_focused()
    # Whether the form is dirty is asked at each call; it answers with its numbers.
    ring(started, UNKNOWN)
    number.focus()
    softphone.frame_locator("iframe").get_by_role("button", name="Ring").dispatch_event("click")
    expect(softphone.locator("#cards > li")).to_have_count(2)
    expect(number).to_be_focused()
    for left in (1, 0):
        softphone.locator(".dismiss").first.press("Enter")
        expect(softphone.locator("#cards > li")).to_have_count(left)
    expect(softphone.locator("#phone")).to_be_focused()


def test_numbers_go_when_another_page_is_in_front(started: Page) -> None:
    open_marta(started)
    softphone = softphone_of(started)
    expect(softphone.locator("#dial")).to_be_visible()
    started.get_by_role("link", name="Accounts").click()
    expect(softphone.locator("#dial")).to_be_hidden()


def test_pane_with_numbers_and_a_caller_whom_nothing_fits_has_no_barrier(started: Page) -> None:
    open_marta(started)
    softphone = ring(started, UNKNOWN)
    expect(softphone.get_by_role("button", name="New Contact")).to_be_visible()
    assert barriers(started) == []
    picture(started, "none-fits")


def test_pane_without_room_scrolls_as_a_whole_and_cuts_nothing_off(started: Page) -> None:
    open_marta(started)
    softphone = ring(started, UNKNOWN)
    expect(softphone.get_by_role("button", name="New Contact")).to_be_visible()
    # What a window of 1280 by 1024 pixels leaves at 400 %.
    started.set_viewport_size({"width": 320, "height": 256})
    cut = """parts => parts.filter(part => part.scrollHeight > part.clientHeight).length"""
    assert softphone.locator("#cards, #dial, main").evaluate_all(cut) == 0
    height = softphone.locator("#phone").evaluate("phone => phone.clientHeight")
    assert height >= 300
    root = softphone.locator("html")
    assert root.evaluate("page => page.scrollWidth <= page.clientWidth")
    assert root.evaluate("page => page.scrollHeight > page.clientHeight")
    assert barriers(started) == []


def test_barrier_in_one_look_only_is_found(started: Page) -> None:
    style = "@media (prefers-color-scheme: dark) { #connection { color: #333 !important } }"
    pane_of(started).add_style_tag(content=style)
    found = [(looks, rule) for looks, rule, *_ in barriers(started)]
    assert found == [("dark none", "color-contrast"), ("dark active", "color-contrast")]


def test_several_records_that_fit_are_a_list_without_a_barrier(
    started: Page, preview_of: tuple[str, LocalDataverse]
) -> None:
    for name in ("Twin One", "Twin Two"):
        row = {"lastname": name, "telephone1": "+1 503 555 0177"}
        preview_of[1].call("POST", "contacts", row)
    softphone = ring(started, "+15035550177")
    expect(softphone.locator("#cards > li > p")).to_have_text("2 records fit. Choose one.")
    assert barriers(started) == []
    picture(started, "several-fit")
    softphone.get_by_role("button", name="Twin Two").press("Enter")
    expect(started.get_by_role("heading", name="Twin Two")).to_be_visible()


def test_what_nobody_opened_is_back_after_a_reload(started: Page) -> None:
    open_marta(started)
    started.get_by_label("First Name").fill("Martha")
    softphone = ring(started, "+13125550143")
    expect(softphone.locator("#cards > li > p")).to_have_text("One record fits.")
    # A call log that the reload cuts off is sent again, and the browser reports the refusal.
    with started.expect_response(lambda answer: answer.url.endswith("/phonecalls")):
        softphone.frame_locator("iframe").get_by_role("button", name="End").first.click()
    started.on("dialog", lambda dialog: dialog.accept())
    started.reload()
    again = softphone_of(started)
    expect(again.locator("#cards > li > p")).to_have_text("One record fits.")


def test_client_finds_contacts_in_dynamics_and_speaks_the_agents_language(started: Page) -> None:
    phone = softphone_of(started).frame_locator("iframe")
    phone.get_by_label("Search contacts").fill("Noor")
    phone.get_by_label("Search contacts").press("Enter")
    expect(phone.locator("#contacts")).to_contain_text("Noor Castellane")
    frame = next(one for one in started.frames if "embeddableFramework" in one.url)
    asked = "new Promise((done) => Framework.config.getUserLanguage(done))"
    assert frame.evaluate(asked) == "en-US"


def test_record_travels_with_the_call_to_whoever_it_is_transferred_to(started: Page) -> None:
    softphone = ring(started, "+13125550143")
    expect(softphone.locator("#cards > li").first).to_contain_text("Opened Noor Castellane")
    phone = softphone.frame_locator("iframe")
    opened = re.search(r"[?&]id=([0-9a-f-]{36})", started.url)
    assert opened
    record = f'{{"d365_record_table":"contact","d365_record_id":"{opened[1]}"}}'
    context = f"Transfer context: Noor Castellane {record}"
    expect(phone.get_by_text(context)).to_be_attached()
    frame = next(one for one in started.frames if "embeddableFramework" in one.url)
    assert record in frame.evaluate("JSON.stringify({...sessionStorage})").replace("\\", "")
