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
        expect(softphone.locator("#caller-title")).to_have_text(f"Call from {number}")
        detail = softphone.locator("#caller-detail")
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
    found: list[str] = softphone.locator("#choices button").evaluate_all(read)
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
    detail = softphone.locator("#caller-detail")
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
@pytest.mark.parametrize("answered", [False, True], ids=["alerting", "connected"])
def test_a_reload_shows_again_what_came_of_a_live_call(  # noqa: PLR0913, PLR0917 - one scenario
    address: tuple[str, LocalDataverse],
    page: Page,
    number: str,
    detail: str,
    choices: list[str],
    answered: bool,
) -> None:
    page.goto(address[0])
    softphone = ring(page, number)
    expect(softphone.locator("#caller-detail")).to_have_text(detail)
    if answered:
        softphone.frame_locator("iframe").get_by_role("button", name="Answer").click()
    before = page.url
    page.reload()
    softphone = softphone_of(page)
    expect(softphone.locator("#caller-title")).to_have_text(f"Call from {number}")
    expect(softphone.locator("#caller-detail")).to_have_text(detail)
    assert shown(softphone) == choices
    assert page.url == before
