"""The sample page of a CRM that is not Dynamics, with the softphone simulator in it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import copytree
from threading import Thread
from urllib.parse import quote

import pytest
from playwright.sync_api import FrameLocator, Page, Route, expect

from d365pop.build import build
from d365pop.config import load
from d365pop.emulator.softphone import start_softphone
from tests.browser.agent import AXE

ROOT = Path(__file__).parents[2]
KNOWN = "+13125550143"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Stay silent."""


@contextmanager
def served(site: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(site))) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Where the sample is served with host.js and framework.js of one build.

    The second origin is one that framework.js was not built for.
    """
    site = tmp_path_factory.mktemp("crm") / "site"
    copytree(ROOT / "samples" / "custom-crm", site)
    with served(site) as origin, served(site) as foreign:
        settings = load(ROOT / "d365pop.toml", {"D365POP_GENESYS__PAGE_ORIGINS": f'["{origin}"]'})
        made = build(settings, folder=ROOT, version="1.0.0.0")
        assert made.host
        (site / "host.js").write_bytes(made.host)
        with start_softphone(lambda: made.framework) as softphone:
            frame = quote(f"{softphone.url}/crm/embeddableFramework.html", safe="")
            yield f"{origin}/?frame={frame}", f"{foreign}/?frame={frame}"


@pytest.fixture
def phone(addresses: tuple[str, str], page: Page, page_errors: list[str]) -> Iterator[FrameLocator]:
    page.goto(addresses[0])
    expect(page.locator("#connection")).to_have_text("Connected")
    yield page.frame_locator("#genesys-frame")
    assert page_errors == []


def ring(phone: FrameLocator, number: str) -> None:
    phone.get_by_label("Number").fill(number)
    phone.get_by_role("button", name="Ring").click()


def test_only_customer_of_a_number_is_opened_and_never_in_an_address(
    page: Page, phone: FrameLocator
) -> None:
    ring(phone, KNOWN)
    expect(page.locator("#name")).to_have_text("Marta Lindqvist")
    expect(page.locator("#cards p")).to_have_text("Opened Marta Lindqvist.")
    assert all(KNOWN.removeprefix("+") not in frame.url for frame in page.frames)


def test_agent_who_types_is_asked_first(page: Page, phone: FrameLocator) -> None:
    page.get_by_role("button", name="Deniz Karagul").click()
    page.get_by_label("Note").fill("unsaved")
    ring(phone, KNOWN)
    notice = page.locator("#notices")
    expect(notice).to_contain_text("Marta Lindqvist")
    expect(page.locator("#name")).to_have_text("Deniz Karagul")
    notice.get_by_role("button", name="Open").press("Enter")
    expect(page.locator("#name")).to_have_text("Marta Lindqvist")


def test_notice_goes_with_its_call_and_the_card_stays(page: Page, phone: FrameLocator) -> None:
    page.get_by_role("button", name="Deniz Karagul").click()
    page.get_by_label("Note").fill("unsaved")
    ring(phone, KNOWN)
    expect(page.locator("#notices")).to_contain_text("Marta Lindqvist")
    phone.get_by_role("button", name="End").first.click()
    expect(page.locator("#notices")).to_be_empty()
    expect(page.locator("#cards li")).to_contain_text("Marta Lindqvist")


def test_number_is_not_dialled_and_that_is_said_where_nobody_is_signed_in(
    page: Page, phone: FrameLocator
) -> None:
    phone.get_by_role("button", name="Sign out").click()
    expect(page.locator("#connection")).to_contain_text("Signed out")
    page.get_by_role("button", name="Noor Castellane").click()
    page.get_by_role("button", name="(206) 555-0102").click()
    expect(page.get_by_role("alert")).to_contain_text("was not dialled")


def test_several_customers_are_chosen_from_and_an_unknown_caller_is_made_one(
    page: Page, phone: FrameLocator
) -> None:
    ring(phone, "+12065550102")
    page.locator("#cards").get_by_role("button", name="Noor Castellane").press("Enter")
    expect(page.locator("#name")).to_have_text("Noor Castellane")
    ring(phone, "+15035550199")
    page.locator("#cards").get_by_role("button", name="New customer", exact=True).click()
    expect(page.get_by_role("button", name="+15035550199", exact=True)).to_be_visible()


def test_number_is_dialled_by_one_click_and_its_call_opens_nobody_else(
    page: Page, phone: FrameLocator
) -> None:
    page.get_by_role("button", name="Noor Castellane").click()
    page.get_by_role("button", name="(206) 555-0102").click()
    expect(phone.get_by_text("Association: customer 2 Noor Castellane")).to_be_attached()
    expect(page.locator("#cards li").first).to_contain_text("Noor Castellane")


def test_call_is_logged_once_by_the_page_and_completed_with_what_the_agent_noted(
    page: Page, phone: FrameLocator
) -> None:
    ring(phone, KNOWN)
    phone.get_by_role("button", name="Answer").click()
    logged = page.locator("#log li")
    expect(logged).to_have_count(1)
    expect(logged).to_contain_text("inbound voice")
    for button in ("End", "Done"):
        phone.get_by_role("button", name=button).first.click()
    expect(logged).to_contain_text(re.compile("interactionACWCompleted|interactionRemoved"))
    expect(logged).to_have_count(1)
    expect(phone.get_by_role("alert")).to_have_count(0)


def test_call_log_that_the_page_cannot_store_is_told_genesys_as_failed(
    addresses: tuple[str, str], page: Page
) -> None:
    def refuse(route: Route) -> None:
        answer = route.fetch()
        stores = "const logId = id || interaction.id;"
        assert stores in answer.text()
        broken = answer.text().replace(stores, f"throw new Error('the log is read-only'); {stores}")
        route.fulfill(response=answer, body=broken)

    page.route("**/crm.js", refuse)
    page.goto(addresses[0])
    expect(page.locator("#connection")).to_have_text("Connected")
    frame = page.frame_locator("#genesys-frame")
    ring(frame, KNOWN)
    frame.get_by_role("button", name="Answer").click()
    expect(frame.get_by_role("alert")).to_contain_text("read-only")
    expect(page.locator("#log li")).to_have_count(0)


def test_page_with_the_softphone_has_no_barrier_that_axe_finds(
    page: Page, phone: FrameLocator
) -> None:
    ring(phone, "+12065550102")
    expect(page.locator("#cards li")).to_have_count(1)
    page.evaluate(AXE.read_text("utf-8"))
    asked = (
        "axe.run({ exclude: ['#genesys-frame'] }, { iframes: false })"
        ".then(({ violations }) => violations.map(({ id }) => id))"
    )
    assert page.evaluate(asked) == []


def test_page_of_another_origin_hears_nothing(addresses: tuple[str, str], page: Page) -> None:
    page.goto(addresses[1])
    frame = page.frame_locator("#genesys-frame")
    expect(frame.get_by_role("heading", level=1, name="Dynamics 365 screen pop")).to_be_visible()
    ring(frame, KNOWN)
    expect(frame.get_by_role("button", name="Answer")).to_be_visible()
    expect(page.locator("#connection")).to_have_text("Connecting")
    expect(page.locator("#cards li")).to_have_count(0)
