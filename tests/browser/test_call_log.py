"""Calls become phone calls in Dataverse; Genesys hears of it once they are, and none is lost."""

import re
from collections.abc import Callable, Iterator
from typing import Final

import pytest
from playwright.sync_api import APIResponse, FrameLocator, Page, Route, expect

from tests.browser.agent import barriers, picture, running_preview
from tests.browser.test_seeded_numbers import ring, softphone_of
from tests.local_dataverse import JsonObject, LocalDataverse

NOOR: Final = "+13125550143"
UNKNOWN: Final = "+15035550199"
COLUMNS: Final = (
    "subject,phonenumber,directioncode,statecode,statuscode,actualstart,actualend,"
    "actualdurationminutes,_regardingobjectid_value,_ownerid_value"
)


@pytest.fixture(scope="module")
def preview_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, LocalDataverse]]:
    with running_preview(tmp_path_factory.mktemp("call-log")) as running:
        yield running


@pytest.fixture
def dataverse(preview_of: tuple[str, LocalDataverse]) -> LocalDataverse:
    return preview_of[1]


@pytest.fixture
def started(preview_of: tuple[str, LocalDataverse], page: Page) -> Page:
    page.goto(preview_of[0])
    softphone_of(page)
    return page


def calls_with(dataverse: LocalDataverse, subject: str) -> list[JsonObject]:
    query = f"phonecalls?$select={COLUMNS}&$expand=phonecall_activity_parties"
    return [row for row in dataverse.rows(query) if row["subject"] == subject]


def wait_for(page: Page, found: Callable[[], list[JsonObject]]) -> JsonObject:
    for _ in range(100):
        rows = found()
        if rows:
            assert len(rows) == 1
            return rows[0]
        page.wait_for_timeout(100)
    raise AssertionError("no such phone call was stored")


def phone_of(softphone: FrameLocator) -> FrameLocator:
    return softphone.frame_locator("iframe")


def finish(softphone: FrameLocator) -> None:
    for button in ("Answer", "End", "Done"):
        phone_of(softphone).get_by_role("button", name=button).first.click()


def test_answered_call_becomes_a_completed_phone_call_with_its_parties(
    started: Page, dataverse: LocalDataverse
) -> None:
    softphone = ring(started, NOOR, name="Noor by phone")
    expect(softphone.locator("#cards > li").first).to_contain_text("Opened Noor Castellane")
    finish(softphone)
    subject = "Call from Noor by phone"
    row = wait_for(
        started, lambda: [one for one in calls_with(dataverse, subject) if one["statecode"] == 1]
    )
    noor = dataverse.row("contacts?$select=contactid&$filter=fullname eq 'Noor Castellane'")
    parties = {
        party["participationtypemask"]: party["_partyid_value"]
        for party in row["phonecall_activity_parties"]
    }
    assert (row["phonenumber"], row["directioncode"], row["statuscode"]) == (NOOR, False, 4)
    assert row["_regardingobjectid_value"] == noor["contactid"]
    assert parties == {1: noor["contactid"], 2: row["_ownerid_value"]}
    assert row["actualstart"] <= row["actualend"]
    assert row["actualdurationminutes"] == 0


def test_call_log_is_opened_from_the_softphone(started: Page, dataverse: LocalDataverse) -> None:
    softphone = ring(started, UNKNOWN, name="Opened by hand")
    phone_of(softphone).get_by_role("button", name="Call log").click()
    row = wait_for(started, lambda: calls_with(dataverse, "Call from Opened by hand"))
    # The local Dataverse has no form of phone calls to show.
    expect(started).to_have_url(re.compile(row["activityid"]))


def test_call_that_dataverse_refused_is_kept_over_a_reload_and_told_genesys_as_not_stored(
    started: Page, dataverse: LocalDataverse
) -> None:
    dataverse.fail(kind="server-error", status=403, method="POST", path="/phonecalls", count=1)
    softphone = ring(started, UNKNOWN, name="Kept over a reload")
    phone_of(softphone).get_by_role("button", name="Answer").click()
    kept = softphone.locator("#cards > li", has_text="The call log is not stored yet")
    expect(kept).to_be_visible()
    expect(phone_of(softphone).get_by_role("alert")).to_contain_text("processCallLog failed")
    subject = "Call from Kept over a reload"
    assert calls_with(dataverse, subject) == []
    started.reload()
    softphone_of(started)
    wait_for(started, lambda: calls_with(dataverse, subject))


def test_internal_call_is_no_phone_call_and_no_failure(
    started: Page, dataverse: LocalDataverse
) -> None:
    softphone = softphone_of(started)
    phone = phone_of(softphone)
    phone.get_by_label("Medium").select_option("internal")
    ring(started, NOOR, name="A colleague")
    finish(softphone)
    expect(softphone.get_by_text("no pop, it is internal").first).to_be_attached()
    expect(phone.get_by_role("alert")).to_have_count(0)
    expect(softphone.locator("#cards > li")).to_have_count(0)
    # Logged after it, and one after the other.
    phone.get_by_label("Medium").select_option("call")
    ring(started, UNKNOWN, name="A customer")
    finish(softphone)
    wait_for(started, lambda: calls_with(dataverse, "Call from A customer"))
    assert calls_with(dataverse, "Call from A colleague") == []


def test_call_whose_script_cannot_be_loaded_is_kept_over_a_reload_and_stored(
    started: Page, dataverse: LocalDataverse
) -> None:
    started.route("**/call-log.js", lambda route: route.abort())
    softphone = ring(started, UNKNOWN, name="Without the script")
    phone_of(softphone).get_by_role("button", name="Answer").click()
    kept = softphone.locator("#cards > li", has_text="The call log is not stored yet")
    expect(kept).to_contain_text("call-log.js cannot be loaded")
    expect(phone_of(softphone).get_by_role("alert")).to_contain_text("processCallLog failed")
    assert barriers(started) == []
    picture(started, "call-log-kept")
    softphone.get_by_role("button", name="Open the list of Leads").hover()
    assert barriers(started) == []
    subject = "Call from Without the script"
    assert calls_with(dataverse, subject) == []
    started.unroute("**/call-log.js")
    started.reload()
    softphone_of(started)
    wait_for(started, lambda: calls_with(dataverse, subject))


def test_call_that_is_stored_behind_time_is_told_as_late_and_is_one_row(
    started: Page, dataverse: LocalDataverse
) -> None:
    started.clock.install()
    started.reload()
    softphone = softphone_of(started)
    held: list[tuple[Route, APIResponse]] = []
    started.route(
        "**/phonecalls",
        lambda route: (
            held.append((route, route.fetch()))
            if route.request.method == "POST" and not held
            else route.continue_()
        ),
    )
    ring(started, UNKNOWN, name="Behind time")
    phone_of(softphone).get_by_role("button", name="Answer").click()
    subject = "Call from Behind time"
    wait_for(started, lambda: calls_with(dataverse, subject))
    started.clock.run_for(9_500)
    expect(phone_of(softphone).get_by_role("alert")).to_contain_text("not stored yet")
    kept = softphone.locator("#cards > li", has_text="The call log is not stored yet")
    expect(kept).to_be_visible()
    started.clock.run_for(31_000)
    expect(kept).to_have_count(0)
    assert len(calls_with(dataverse, subject)) == 1


def test_call_that_dataverse_refused_is_stored_on_demand(
    started: Page, dataverse: LocalDataverse
) -> None:
    dataverse.fail(kind="server-error", status=403, method="POST", path="/phonecalls", count=1)
    softphone = ring(started, UNKNOWN, name="Tried again")
    phone_of(softphone).get_by_role("button", name="Answer").click()
    kept = softphone.locator("#cards > li", has_text="The call log is not stored yet")
    kept.get_by_role("button", name="Try again").click()
    expect(kept).to_have_count(0)
    assert len(calls_with(dataverse, "Call from Tried again")) == 1
