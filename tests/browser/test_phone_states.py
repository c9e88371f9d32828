"""What hinders the phone is named in the pane, with the one thing to do; no call is lost."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, Route, expect

from d365pop.genesys.regions import FRAME_PATH
from tests.browser.agent import barriers, pane_of, picture, running_preview
from tests.browser.test_seeded_numbers import ring, softphone_of
from tests.local_dataverse import LocalDataverse
from tests.workspace import suite_ports

KNOWN = "+13125550143"
CLIENT = re.compile(re.escape(FRAME_PATH))
FRAMEWORK = re.compile(r"/framework\.js$")
PANE = re.compile(r"/softphone\.html")
SIGNED_OUT = """
if (location.port === "{port}") sessionStorage.setItem("d365pop-softphone-signed-out", "true");
"""
NO_MICROPHONE = "FeaturePolicy.prototype.allowsFeature = name => name !== 'microphone';"
NO_COOKIES = 'Object.defineProperty(Navigator.prototype, "cookieEnabled", { get: () => false });'


@pytest.fixture(scope="module")
def preview_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, LocalDataverse]]:
    with running_preview(tmp_path_factory.mktemp("states")) as running:
        yield running


@pytest.fixture
def address(preview_of: tuple[str, LocalDataverse], page: Page) -> str:
    """Where the app is; its timers run on when the test says so, and nobody waits for them."""
    page.clock.install()
    return preview_of[0]


def pane(page: Page) -> FrameLocator:
    return page.frame_locator("iframe[src*='softphone.html']")


def adding(**headers: str) -> Callable[[Route], None]:
    """Return what answers as the server does, with these headers on top."""

    def handle(route: Route) -> None:
        answer = route.fetch()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        route.fulfill(response=answer, headers={**answer.headers, **named})

    return handle


def replacing(before: str, after: str) -> Callable[[Route], None]:
    """Return what answers as the server does, with another text in it."""

    def handle(route: Route) -> None:
        text = route.fetch().text()
        assert before in text
        route.fulfill(content_type="text/javascript", body=text.replace(before, after))

    return handle


def shows(page: Page, state: str, hint: str, name: str) -> FrameLocator:
    """Expect a state with its hint, which axe finds nothing wrong with."""
    found = pane(page)
    expect(found.locator("#connection")).to_have_attribute("data-state", state)
    expect(found.locator("#hint")).to_contain_text(hint)
    assert barriers(page) == []
    picture(page, name)
    return found


def wait_in_vain(page: Page, address: str) -> None:
    """Open the app and let the client be silent for as long as an agent is left in peace."""
    page.goto(address)
    expect(pane(page).locator("#connection")).to_have_text("Connecting")
    page.clock.run_for(20_000)


def test_frame_that_the_policy_of_the_app_keeps_out_is_named_at_once(
    address: str, page: Page
) -> None:
    page.route(PANE, adding(Content_Security_Policy="frame-src 'self' blob:"))
    page.goto(address)
    shows(page, "blocked", "add it to frame-src", "phone-blocked")


@pytest.mark.parametrize(
    "header",
    [{"X_Frame_Options": "DENY"}, {"Content_Security_Policy": "frame-ancestors 'none'"}],
    ids=["x-frame-options", "frame-ancestors"],
)
def test_client_that_refuses_to_be_embedded_is_named(
    address: str, page: Page, header: dict[str, str]
) -> None:
    page.route(CLIENT, adding(**header))
    wait_in_vain(page, address)
    shows(page, "unembeddable", "Allowed Embeddable Domains", "phone-unembeddable")


def test_client_that_cannot_be_reached_is_named(address: str, page: Page) -> None:
    page.route(CLIENT, lambda route: route.abort())
    wait_in_vain(page, address)
    shows(page, "unreachable", "cannot be reached", "phone-unreachable")


def test_dead_frame_is_told_and_begins_anew_on_demand(
    address: str, page: Page, page_errors: list[str]
) -> None:
    page.route(CLIENT, lambda route: route.fulfill(content_type="text/html", body="<p>Hi</p>"))
    wait_in_vain(page, address)
    found = shows(page, "silent", "has not answered", "phone-silent")
    page.unroute(CLIENT)
    found.get_by_role("button", name="Try again").click()
    softphone_of(page)
    expect(found.locator("#banner")).to_be_hidden()
    # Playwright's own script, which the attempt without scripts keeps out.
    assert [error for error in page_errors if "about:srcdoc" not in error] == []


def test_browser_that_keeps_nothing_for_the_client_is_named(address: str, page: Page) -> None:
    page.add_init_script(NO_COOKIES + SIGNED_OUT.replace("{port}", str(suite_ports()[1])))
    page.goto(address)
    shows(page, "no-storage", "Allow third-party cookies", "phone-no-storage")


def test_page_that_cannot_read_its_settings_says_so_and_starts_on_demand(
    address: str, preview_of: tuple[str, LocalDataverse], page: Page, page_errors: list[str]
) -> None:
    variables = "/environmentvariable"
    preview_of[1].fail(kind="server-error", status=403, method="GET", path=variables, count=1)
    page.goto(address)
    card = pane(page).locator("#cards > li")
    expect(card).to_contain_text("The phone could not start")
    assert barriers(page) == []
    picture(page, "not-started")
    card.get_by_role("button", name="Try again").click()
    softphone_of(page)
    expect(card).to_have_count(0)
    # Chromium itself reports every answer of that status.
    assert [error for error in page_errors if "403" not in error] == []


def test_expired_sign_in_shows_the_one_thing_to_do_and_what_arrives_meanwhile_is_kept(
    address: str, page: Page, page_errors: list[str]
) -> None:
    page.goto(address)
    found = softphone_of(page)
    phone = found.frame_locator("iframe")
    phone.get_by_role("button", name="Sign out").click()
    page.get_by_label("Account Name").fill("Larkspur & Co")
    phone.get_by_label("Number").fill(KNOWN)
    phone.get_by_role("button", name="Ring").click()
    expect(found.locator("#cards > li > p")).to_have_text("One record fits.")
    shows(page, "signed-out", "Sign in to Genesys Cloud", "phone-signed-out")
    found.get_by_role("button", name="Sign in", exact=True).first.click()
    expect(found.locator("#connection")).to_have_text("Connecting")
    page.clock.run_for(20_000)
    expect(found.locator("#connection")).to_have_text("Signed out")
    phone.get_by_role("button", name="Sign in").click()
    expect(found.locator("#connection")).to_have_text("Connected")
    expect(found.locator("#cards > li > p")).to_have_text("One record fits.")
    kept = pane_of(page).evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage)]")
    assert [key.partition(" ")[0] for key in kept] == ["d365pop.seen"]
    assert page_errors == []


def test_sign_in_to_dynamics_that_expired_keeps_the_call_and_offers_both_ways_on(
    address: str, preview_of: tuple[str, LocalDataverse], page: Page, page_errors: list[str]
) -> None:
    page.goto(address)
    softphone_of(page)
    asked = "/(contacts|accounts|leads|WhoAmI)"
    preview_of[1].fail(kind="server-error", status=401, method="GET", path=asked, count=4)
    card = ring(page, KNOWN).locator("#cards > li").first
    expect(card).to_contain_text("Your sign-in to Dynamics 365 has expired")
    assert barriers(page) == []
    picture(page, "dynamics-signed-out")
    with page.context.expect_page() as opened:
        card.get_by_role("button", name="Sign in").click()
    opened.value.close()
    card.get_by_role("button", name="Try again").click()
    expect(card).to_contain_text("Opened Noor Castellane")
    # Chromium itself reports every answer of that status.
    assert [error for error in page_errors if "401" not in error] == []


def test_microphone_that_was_refused_is_told_and_the_window_of_the_phone_is_offered(
    preview_of: tuple[str, LocalDataverse], browser: Browser
) -> None:
    with browser.new_context(permissions=[]) as context:
        page = context.new_page()
        page.goto(preview_of[0])
        softphone = softphone_of(page)
        card = softphone.locator("#cards > li")
        expect(card).to_contain_text("The phone cannot hear you")
        assert barriers(page) == []
        picture(page, "microphone")
        card.get_by_role("button", name="Open the phone's settings").click()
        expect(softphone.frame_locator("iframe").get_by_text("View: settings")).to_be_attached()
        card.get_by_role("button", name="Try again").click()
        expect(card).to_contain_text("This did not work: Not")


def test_microphone_that_the_page_around_keeps_is_told(address: str, page: Page) -> None:
    # A page that Playwright answers for may not embed this machine's client, whatever its headers.
    page.add_init_script(NO_MICROPHONE)
    page.goto(address)
    softphone_of(page)
    expect(pane(page).locator("#cards > li > p")).to_contain_text("does not hand the microphone on")


def test_frameworks_of_other_releases_are_told(address: str, page: Page) -> None:
    page.route(FRAMEWORK, replacing('"welcome",{version:', '"welcome",{version:"0"+'))
    page.goto(address)
    shows(page, "differs", "upload the framework.js", "versions-differ")
    page.unroute(FRAMEWORK)
    page.route(FRAMEWORK, replacing("{d365pop:1,", "{d365pop:2,"))
    page.reload()
    shows(page, "refused", "do not understand each other", "versions-refused")


def test_second_client_in_the_browser_is_warned_of_until_it_is_gone(
    address: str, page: Page, page_errors: list[str]
) -> None:
    page.goto(address)
    softphone_of(page)
    other = page.context.new_page()
    other.goto(f"http://127.0.0.1:{suite_ports()[1]}{FRAME_PATH}")
    expect(other.get_by_text("No interactions")).to_be_visible()
    page.clock.run_for(5_000)
    card = pane(page).locator("#cards > li")
    expect(card).to_contain_text("A second Genesys client runs in this browser")
    assert barriers(page) == []
    picture(page, "second-client")
    other.close()
    page.clock.run_for(5_000)
    expect(card).to_have_count(0)
    assert page_errors == []


def test_messages_of_others_change_nothing_in_the_page(
    address: str, page: Page, page_errors: list[str]
) -> None:
    page.goto(address)
    softphone = softphone_of(page)
    before = page.url
    message = {
        "d365pop": 1,
        "kind": "screen-pop",
        "payload": {"searchString": KNOWN, "interaction": {"id": "x", "direction": "Inbound"}},
    }
    pane_of(page).evaluate(
        """message => new Promise(resolve => {
            window.postMessage(message, "*");
            window.parent.setTimeout.call(window, () => {});
            const foreign = document.createElement("iframe");
            foreign.setAttribute("sandbox", "allow-scripts");
            const words = JSON.stringify(message).replace(/</g, "");
            foreign.srcdoc = `<script>parent.postMessage(${words}, "*");</script>`;
            foreign.onload = () => resolve(foreign.remove());
            document.body.append(foreign);
        })""",
        message,
    )
    # One that is allowed to comes later and is served first only if the others were dropped.
    ring(page, "+15035550199")
    expect(softphone.locator("#cards > li > h2")).to_have_text("Call from +15035550199")
    assert page.url == before
    assert page_errors == []


def test_framework_answers_no_page_of_another_origin(page: Page, address: str) -> None:
    client = f"http://127.0.0.1:{suite_ports()[1]}{FRAME_PATH}"
    page.goto(f"http://127.0.0.1:{suite_ports()[1]}/_softphone/softphone.css")
    heard = page.evaluate(
        """client => new Promise(resolve => {
            const heard = [];
            addEventListener("message", ({ data }) => heard.push(data));
            const frame = document.createElement("iframe");
            frame.onload = () => {
                for (const kind of ["hello", "dial"]) {
                    const payload = { version: "1", number: "+15035550199", record: null };
                    frame.contentWindow.postMessage({ d365pop: 1, kind, payload }, "*");
                }
                setTimeout(() => resolve(heard), 300);
            };
            frame.src = client;
            document.body.append(frame);
        })""",
        client,
    )
    assert heard == []
    assert address
    expect(page.frame_locator("iframe").get_by_text("No interactions")).to_be_visible()
