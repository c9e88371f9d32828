"""The whole product: deployed to a fresh local Dataverse, a ringing phone opens the caller."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from d365pop.emulator.server import EmulatorOptions, start
from d365pop.errors import ExitCode
from tests.local_dataverse import LocalDataverse
from tests.workspace import Workspace, clean_environment

PICTURES = os.environ.get("D365POP_PICTURES", "")


@contextmanager
def preview(workspace: Workspace) -> Iterator[str]:
    """Run ``d365pop preview`` and yield the address that it prints; stop it as Ctrl-C does."""
    process = subprocess.Popen(
        [sys.executable, "-m", "d365pop", "preview", "--no-browser"],
        cwd=workspace.folder,
        env=clean_environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process.stdout as stdout:
        try:
            yield stdout.readline().strip()
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=60) == ExitCode.OK


@pytest.fixture
def deployed(tmp_path: Path) -> Iterator[tuple[Workspace, LocalDataverse]]:
    workspace = Workspace.make(tmp_path)
    with start(EmulatorOptions(state=None, port=workspace.port)):
        result = workspace.run("deploy", "--env", "local")
        assert result.returncode == ExitCode.OK, result.stderr
        yield workspace, LocalDataverse(workspace.url)


def other_format(number: str) -> str:
    """Return a North American number as a carrier would deliver it."""
    digits = re.sub(r"\D", "", number)
    return f"tel:+{digits if digits.startswith('1') else '1' + digits}"


def test_ringing_phone_opens_the_contact_whose_number_is_stored_in_another_format(
    deployed: tuple[Workspace, LocalDataverse], page: Page, page_errors: list[str]
) -> None:
    workspace, dataverse = deployed
    contact = next(
        row
        for row in dataverse.rows("contacts?$select=contactid,fullname,telephone1")
        if re.match(r"^\(?\d{3}\)?[ -]", row["telephone1"] or "")
    )
    ringing = other_format(contact["telephone1"])
    assert ringing != contact["telephone1"]
    with preview(workspace) as address:
        page.goto(address)
        softphone = page.frame_locator("iframe[src*='softphone.html']")
        phone = softphone.frame_locator("iframe")
        expect(softphone.get_by_role("status").first).to_have_text("Connected")
        phone.get_by_label("Number").fill(ringing)
        phone.get_by_role("button", name="Ring").click()
        expect(page.get_by_role("heading", name=contact["fullname"])).to_be_visible()
        assert f"id={contact['contactid']}" in page.url
        assert not re.search(r"\d{7}", page.url.replace(contact["contactid"], ""))
        if PICTURES:
            page.set_viewport_size({"width": 1360, "height": 820})
            page.screenshot(path=str(Path(PICTURES) / "screen-pop.png"))
    assert page_errors == []


def test_agent_reads_the_phone_in_german_where_that_is_the_language_of_the_user(
    deployed: tuple[Workspace, LocalDataverse], browser: Browser
) -> None:
    workspace, _ = deployed
    with preview(workspace) as address, browser.new_context(locale="de-DE") as context:
        page = context.new_page()
        page.goto(address)
        softphone = page.frame_locator("iframe[src*='softphone.html']")
        expect(softphone.get_by_role("status").first).to_have_text("Verbunden")
        expect(softphone.locator("html")).to_have_attribute("lang", "de")
        expect(softphone.locator("summary")).to_have_text("Aktivität")
        phone = softphone.frame_locator("iframe")
        phone.get_by_label("Number").fill("+491511234567")
        phone.get_by_role("button", name="Ring").click()
        expect(softphone.locator("#cards h2")).to_have_text("Anruf von +491511234567")
        expect(softphone.locator("#cards p")).to_contain_text("Kein Datensatz enthält")
