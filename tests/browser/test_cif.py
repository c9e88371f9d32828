"""The softphone in the panel of the Channel Integration Framework: pop, click-to-act, modes."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from tests.browser.agent import running_preview, whole_picture
from tests.browser.shell import MARTA, MARTA_NAME, expect_record
from tests.local_dataverse import LocalDataverse

ROLE = "11111111-1111-4111-8111-111111111111"
HOST = f'[host]\nkind = "cif-v1"\nroles = ["{ROLE}"]\n\n[environments.local]'


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, LocalDataverse]]:
    change = ("[environments.local]", HOST)
    with running_preview(tmp_path_factory.mktemp("cif"), change) as running:
        yield running


@pytest.fixture
def app(deployed: tuple[str, LocalDataverse], page: Page, page_errors: list[str]) -> Iterator[Page]:
    address = deployed[0].partition("/main.aspx")[0]
    page.goto(f"{address}/main.aspx?pagetype=entitylist&etn=account")
    expect_connected(page)
    yield page
    assert page_errors == []


def panel_of(page: Page) -> FrameLocator:
    return page.frame_locator("aside.cif-panel iframe")


def expect_connected(page: Page) -> None:
    expect(panel_of(page).locator("#connection")).to_have_text("Connected")


def client_of(page: Page) -> FrameLocator:
    return panel_of(page).frame_locator("iframe")


def ring(page: Page, number: str, medium: str = "Call") -> None:
    client = client_of(page)
    client.get_by_label("Number").fill(number)
    client.get_by_label("Medium").select_option(label=medium)
    client.get_by_role("button", name="Ring").click()


def test_a_call_opens_the_record_by_the_framework(app: Page) -> None:
    ring(app, "+13125550143")
    expect_record(app, "Noor Castellane")
    assert "pagetype=entityrecord&etn=contact" in app.url
    assert app.evaluate("Xrm.App.sidePanes.getAllPanes().length") == 0
    whole_picture(app, "cif-panel")


def test_a_clicked_number_is_dialled(app: Page) -> None:
    app.goto(f"{app.url.partition('?')[0]}?pagetype=entityrecord&etn=contact&id={MARTA}")
    expect_record(app, MARTA_NAME)
    expect_connected(app)
    app.get_by_role("button", name="Call telephone1").click()
    expect(client_of(app).get_by_text("+12065550102").first).to_be_visible()


def test_what_wants_the_agent_docks_the_panel_again(app: Page) -> None:
    panel = app.locator("aside.cif-panel")
    frame = next(one for one in app.frames if "cif.html" in one.url)
    frame.evaluate("Microsoft.CIFramework.setMode(2)")
    expect(panel).to_be_hidden()
    # Of a hidden panel nobody can click a button: the client's own form is sent.
    client = next(one for one in app.frames if "embeddableFramework" in one.url)
    client.evaluate(
        """() => {
            document.getElementById("number").value = "+12065550102";
            document.getElementById("medium").value = "message";
            document.getElementById("simulate").requestSubmit();
        }"""
    )
    expect(panel).to_be_visible()
    expect(panel_of(app).get_by_role("button", name=MARTA_NAME)).to_be_visible()
    assert "etn=account" in app.url
    panel_of(app).get_by_role("button", name=MARTA_NAME).click()
    expect_record(app, MARTA_NAME)
