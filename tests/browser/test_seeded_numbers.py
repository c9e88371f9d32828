"""Every number of the local Dataverse's own rows is found by its international form."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from d365pop.emulator.server import EmulatorOptions, start
from d365pop.errors import ExitCode
from tests.browser.test_screen_pop import preview
from tests.local_dataverse import LocalDataverse
from tests.workspace import Workspace

COLUMNS = {
    "contact": ("contacts", "fullname", ("telephone1", "telephone2", "mobilephone")),
    "account": ("accounts", "name", ("telephone1", "telephone2")),
    "lead": ("leads", "fullname", ("telephone1", "mobilephone")),
}
EXTENSION = re.compile(r"\s*(?:ext\.?|x)\s*\d+$")


def e164(stored: str) -> str:
    """Return an American or British number as a carrier delivers it.

    Written anew here: a rule shared with the pages would find its own mistakes right.
    """
    body = EXTENSION.sub("", stored.removeprefix("tel:")).replace("(0)", "")
    digits = re.sub(r"\D", "", body)
    if body.startswith("+"):
        return f"+{digits}"
    if digits.startswith("00"):
        return f"+{digits[2:]}"
    if digits.startswith("0"):
        return f"+44{digits[1:]}"
    return f"+{digits}" if digits.startswith("1") else f"+1{digits}"


def numbers(dataverse: LocalDataverse) -> dict[str, set[str]]:
    """Return the names of the rows by number."""
    found: dict[str, set[str]] = {}
    for entity_set, name, columns in COLUMNS.values():
        for row in dataverse.rows(f"{entity_set}?$select={','.join((name, *columns))}"):
            for stored in filter(None, (row[column] for column in columns)):
                found.setdefault(e164(stored), set()).add(str(row[name]))
    return found


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, LocalDataverse]]:
    """A running preview with the product deployed to it; the tests here write no rows."""
    workspace = Workspace.make(tmp_path_factory.mktemp("preview"))
    with start(EmulatorOptions(state=None, port=workspace.port)):
        result = workspace.run("deploy", "--env", "local")
        assert result.returncode == ExitCode.OK, result.stderr
        with preview(workspace) as running:
            yield running, LocalDataverse(workspace.url)


def softphone_of(page: Page) -> FrameLocator:
    softphone = page.frame_locator("iframe[src*='softphone.html']")
    expect(softphone.locator("#connection")).to_have_text("Connected")
    return softphone


def ring(page: Page, number: str, name: str = "") -> FrameLocator:
    softphone = softphone_of(page)
    phone = softphone.frame_locator("iframe")
    phone.get_by_label("Number").fill(number)
    phone.get_by_label("Name", exact=True).fill(name)
    phone.get_by_role("button", name="Ring").click()
    return softphone


def test_every_seeded_number_is_found_by_its_international_form(
    address: tuple[str, LocalDataverse], page: Page, page_errors: list[str]
) -> None:
    url, dataverse = address
    page.goto(url)
    expected = numbers(dataverse)
    wrong = {}
    for number, names in expected.items():
        softphone = ring(page, number)
        phone = softphone.frame_locator("iframe")
        expect(softphone.locator("#cards li:first-child > h2")).to_have_text(f"Call from {number}")
        detail = softphone.locator("#cards li:first-child > p")
        expect(detail).not_to_have_text("Searching…")
        text = detail.inner_text()
        choices = {words.split("\n")[0].strip() for words in shown(softphone)}
        if len(names) == 1:
            right = text == f"Opened {next(iter(names))}."
        else:
            right = text == f"{len(names)} records fit. Choose one." and choices == names
        if not right:
            wrong[number] = (names, text, choices)
        phone.get_by_role("button", name="End").click()
    assert wrong == {}
    assert len(expected) > 30
    assert page_errors == []


def shown(softphone: FrameLocator) -> list[str]:
    """Return the names on the choices, without the small print behind them."""
    read = "buttons => buttons.map(button => button.firstChild.textContent)"
    found: list[str] = softphone.locator("#cards li:first-child > ul button").evaluate_all(read)
    return found


@pytest.mark.parametrize(
    ("number", "name"),
    [
        ("5125550177", "Deniz Karagul"),
        ("+15125550175", "Vireo Analytics"),
        ("+18025550199", "Caspian Dell"),
    ],
)
def test_numbers_with_slashes_and_extensions_open_their_record(
    address: tuple[str, LocalDataverse], page: Page, number: str, name: str
) -> None:
    page.goto(address[0])
    ring(page, number)
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()


def test_an_unknown_number_offers_the_lists_under_the_names_that_users_know(
    address: tuple[str, LocalDataverse], page: Page
) -> None:
    page.goto(address[0])
    softphone = ring(page, "tel:+19995550100")
    detail = softphone.locator("#cards li:first-child > p")
    expect(detail).to_have_text("No record has +19995550100.")
    assert shown(softphone) == [
        "Open the list of Contacts",
        "Open the list of Accounts",
        "Open the list of Leads",
    ]
    softphone.get_by_role("button", name="Open the list of Leads").click()
    expect(page.get_by_role("heading", level=1, name="Leads")).to_be_visible()


@pytest.mark.parametrize(
    ("number", "detail", "choices"),
    [
        ("+14155550118", "Opened Priya Ravenscroft.", ["Open again "]),
        (
            "+12065550102",
            "2 records fit. Choose one.",
            ["Marta Lindqvist ", "Wren Abernathy "],
        ),
        (
            "+19995550100",
            "No record has +19995550100.",
            [
                "Open the list of Contacts",
                "Open the list of Accounts",
                "Open the list of Leads",
            ],
        ),
    ],
    ids=["opened", "several", "none"],
)
@pytest.mark.parametrize("state", ["alerting", "connected"])
def test_a_reload_shows_again_what_came_of_a_live_call(
    address: tuple[str, LocalDataverse],
    page: Page,
    number: str,
    detail: str,
    choices: list[str],
    state: str,
) -> None:
    page.goto(address[0])
    softphone = ring(page, number)
    expect(softphone.locator("#cards li:first-child > p")).to_have_text(detail)
    if state == "connected":
        softphone.frame_locator("iframe").get_by_role("button", name="Answer").click()
    before = page.url
    page.reload()
    softphone = softphone_of(page)
    expect(softphone.locator("#cards li:first-child > h2")).to_have_text(f"Call from {number}")
    expect(softphone.locator("#cards li:first-child > p")).to_have_text(detail)
    assert shown(softphone) == choices
    assert page.url == before


def is_inside(page: Page, softphone: FrameLocator, name: str) -> bool:
    """Say whether a button of the simulator can be clicked without scrolling."""
    pane = softphone.locator("iframe").bounding_box()
    button = softphone.frame_locator("iframe").get_by_role("button", name=name).bounding_box()
    assert pane is not None
    assert button is not None
    size = page.viewport_size
    assert size is not None
    right, bottom = button["x"] + button["width"], button["y"] + button["height"]
    return right <= pane["x"] + pane["width"] and bottom <= min(
        pane["y"] + pane["height"], size["height"]
    )


def test_a_long_name_or_number_leaves_every_button_in_view(
    address: tuple[str, LocalDataverse], page: Page
) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(address[0])
    softphone = ring(page, "+1999" + "5" * 60, "W" * 300)
    expect(softphone.frame_locator("iframe").get_by_role("button", name="End")).to_be_visible()
    assert [is_inside(page, softphone, name) for name in ("Answer", "End", "Ring")] == [True] * 3


def test_the_next_call_can_be_rung_while_an_unknown_number_offers_its_lists(
    address: tuple[str, LocalDataverse], page: Page
) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(address[0])
    softphone = ring(page, "+19995550100")
    expect(softphone.get_by_role("button", name="Open the list of Leads")).to_be_visible()
    assert is_inside(page, softphone, "Ring")


def test_the_two_logs_do_not_cover_each_other(
    address: tuple[str, LocalDataverse], page: Page
) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(address[0])
    softphone = ring(page, "+19995550100")
    softphone.get_by_text("Activity", exact=True).click()
    phone = softphone.frame_locator("iframe")
    phone.get_by_text("Events", exact=True).click()
    expect(phone.get_by_text("screenPop", exact=True)).to_be_in_viewport(ratio=1)
    expect(softphone.get_by_text("connection: loading")).to_be_in_viewport(ratio=1)
    events = phone.locator("#events").bounding_box()
    activity = softphone.locator("#log").bounding_box()
    assert events is not None
    assert activity is not None
    assert events["y"] + events["height"] <= activity["y"]


def test_a_record_that_is_named_is_typed_under_words(
    address: tuple[str, LocalDataverse], page: Page
) -> None:
    page.goto(address[0])
    phone = softphone_of(page).frame_locator("iframe")
    expect(phone.get_by_label("Record table")).to_be_visible()
    expect(phone.get_by_label("Record id")).to_be_visible()


def test_the_pane_lies_over_the_form_on_a_phone_and_beside_it_on_a_desk(
    address: tuple[str, LocalDataverse], page: Page
) -> None:
    width = "document.querySelector('main').offsetWidth"
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(address[0])
    softphone_of(page)
    assert page.evaluate(width) > 200
    page.set_viewport_size({"width": 1280, "height": 800})
    assert 600 < page.evaluate(width) < 700


def test_no_value_and_no_label_of_a_form_is_cut_beside_the_pane(
    address: tuple[str, LocalDataverse], page: Page
) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(address[0])
    ring(page, "+14155550118")
    expect(page.get_by_role("heading", level=1, name="Priya Ravenscroft")).to_be_visible()
    expect(page.get_by_text("Robin Agent", exact=True).first).to_be_visible()
    cut = """() => [...document.querySelectorAll('.field:not([hidden]) :is(label, input, output)')]
        .filter(part => part.offsetParent && part.scrollWidth > part.clientWidth + 1)
        .map(part => part.value || part.textContent)"""
    assert page.evaluate(cut) == []
