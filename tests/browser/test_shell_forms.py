"""Forms in the shell: what is published is shown, and its scripts run."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from d365pop.emulator.server import RunningEmulator
from tests.browser.shell import (
    IDRIS,
    IDRIS_NAME,
    MARTA,
    SCRIPT,
    expect_record,
    open_record,
    publish_web_resource,
    register,
)
from tests.local_dataverse import LocalDataverse

LIBRARY = "new_/form.js"
RECORDS_ITS_CALLS = """
var Seen = { calls: [] };
Seen.onLoad = function (context, first, second) {
    const form = context.getFormContext();
    const { entity } = form.data;
    Seen.calls.push([entity.getId(), entity.getEntityName(), entity.getPrimaryAttributeValue(),
        form.ui.getFormType(), form.ui.formSelector.getCurrentItem().getLabel(),
        form.getAttribute("jobtitle").getValue(), first, second]);
};
Seen.fail = function () { throw new TypeError("no luck"); };
Seen.after = function () { Seen.calls.push("after"); };
"""
READ_MODELS = """async (sources) => {
    const { readFormModel } = await import("/_shell/form-model.js");
    const { FormState } = await import("/_shell/form-state.js");
    const { renderForm } = await import("/_shell/form-view.js");
    return sources.map((source) => {
        const xml = new DOMParser().parseFromString(source, "application/xml");
        if (xml.querySelector("parsererror")) throw new Error("not well-formed");
        const model = readFormModel(xml.documentElement, { languageCode: 1033 });
        const state = new FormState({ entityName: "x", entityId: "1", primaryName: "name",
            form: { id: "1", label: "x" }, model, row: {} });
        const element = renderForm(state, { tableLabel: "X", onEdit() {} });
        const isShown = (control) => !model.hidden.includes(control);
        return { fields: element.querySelectorAll(".field, .placeholder, .header-fields dd").length,
            controls: [...state.byModel.keys()].filter(isShown).length };
    });
}"""


def test_a_contacts_form_shows_labels_and_values(
    page: Page, emulator: RunningEmulator, page_errors: list[str]
) -> None:
    open_record(page, emulator)
    expect(page.get_by_label("Business Phone")).to_have_value("+1 (206) 555-0102")
    expect(page.get_by_label("Account Name")).to_have_text("Larkspur Outfitters")
    expect(page.get_by_role("tab", name="Summary")).to_have_attribute("aria-selected", "true")
    assert page.title() == "Marta Lindqvist - Local Dataverse"
    assert page_errors == []


def test_a_row_that_is_gone_is_told_on_the_page(
    page: Page, emulator: RunningEmulator, page_errors: list[str]
) -> None:
    gone = MARTA[:-1] + "f"
    page.goto(f"{emulator.url}/main.aspx?pagetype=entityrecord&etn=contact&id={gone}")
    expect(page.get_by_role("alert")).to_contain_text("This page cannot be shown")
    expect(page.get_by_role("alert")).to_contain_text("Does Not Exist")
    assert len(page_errors) == 1


def test_every_real_form_is_read_and_drawn_with_each_of_its_controls(
    page: Page, emulator: RunningEmulator, shared: Path
) -> None:
    page.goto(f"{emulator.url}/main.aspx")
    files = sorted((shared / "samples" / "forms").glob("*.xml"))
    counts = page.evaluate(READ_MODELS, [path.read_text("utf-8-sig") for path in files])
    drawn = {path.name: count["fields"] for path, count in zip(files, counts, strict=True)}
    assert len(files) == 11
    assert drawn == {
        path.name: count["controls"] for path, count in zip(files, counts, strict=True)
    }
    assert drawn["contact_main_internal.xml"] > 20


def test_onload_runs_the_published_library_with_an_execution_context(
    page: Page, emulator: RunningEmulator, dataverse: LocalDataverse, page_errors: list[str]
) -> None:
    publish_web_resource(dataverse, LIBRARY, SCRIPT, RECORDS_ITS_CALLS)
    register(dataverse, LIBRARY, 'Seen.onLoad|"a", 2', "Seen.after")
    open_record(page, emulator)
    page.wait_for_function("window.Seen && Seen.calls.length === 2")
    braced = f"{{{MARTA.upper()}}}"
    known = [braced, "contact", "Marta Lindqvist", 2, "Contact", "Purchasing Manager", "a", 2]
    assert page.evaluate("Seen.calls") == [known, "after"]
    assert page_errors == []


def test_a_failing_and_a_missing_handler_are_told_and_stop_nothing(
    page: Page, emulator: RunningEmulator, dataverse: LocalDataverse, page_errors: list[str]
) -> None:
    publish_web_resource(dataverse, LIBRARY, SCRIPT, RECORDS_ITS_CALLS)
    register(dataverse, LIBRARY, "Seen.fail", "Seen.missing", "Seen.after")
    open_record(page, emulator)
    alerts = page.get_by_role("alert")
    expect(alerts).to_have_text(
        [re.compile("TypeError: no luck"), re.compile("Seen.missing is not defined")]
    )
    expect(page.get_by_label("Business Phone")).to_be_visible()
    assert page.evaluate("Seen.calls") == ["after"]
    assert len(page_errors) == 2


def test_an_unpublished_library_does_not_run(
    page: Page, emulator: RunningEmulator, dataverse: LocalDataverse, page_errors: list[str]
) -> None:
    publish_web_resource(dataverse, LIBRARY, SCRIPT, "var Seen = { calls: ['published'] };")
    row_id = dataverse.web_resource(LIBRARY)["webresourceid"]
    dataverse.call("PATCH", f"webresourceset({row_id})", {"content": "dmFyIFNlZW4gPSAxOw=="})
    register(dataverse, LIBRARY)
    open_record(page, emulator)
    page.wait_for_function("window.Seen !== undefined")
    assert page.evaluate("Seen") == {"calls": ["published"]}
    assert page_errors == []


def test_a_saved_change_is_in_the_row_and_the_handlers_saw_it(
    page: Page, emulator: RunningEmulator, dataverse: LocalDataverse, page_errors: list[str]
) -> None:
    script = (
        "var Seen = []; function changed(c) {"
        "  Seen.push(c.getEventSource().getName(), c.getEventSource().getValue()); }"
    )
    publish_web_resource(dataverse, LIBRARY, SCRIPT, script)
    register(dataverse, LIBRARY, "changed", event="onchange", more='attribute="jobtitle"')
    open_record(page, emulator)
    page.get_by_label("Job Title").fill("Head of Purchasing")
    page.get_by_label("Home Phone").click()
    expect(page.get_by_text("- Unsaved")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("- Saved")).to_be_visible()
    assert page.evaluate("Seen") == ["jobtitle", "Head of Purchasing"]
    row = dataverse.call("GET", f"contacts({MARTA})?$select=jobtitle,lastname")
    assert (row["jobtitle"], row["lastname"]) == ("Head of Purchasing", "Lindqvist")
    assert page_errors == []


def test_a_save_that_a_handler_prevents_writes_nothing(
    page: Page, emulator: RunningEmulator, dataverse: LocalDataverse
) -> None:
    script = "function stop(c) { c.getEventArgs().preventDefault(); window.asked = true; }"
    publish_web_resource(dataverse, LIBRARY, SCRIPT, script)
    register(dataverse, LIBRARY, "stop", event="onsave")
    open_record(page, emulator)
    dataverse.clear_requests()
    page.get_by_label("Job Title").fill("x")
    page.get_by_role("button", name="Save").click()
    page.wait_for_function("window.asked")
    expect(page.get_by_text("- Unsaved")).to_be_visible()
    assert dataverse.writes() == []


def test_a_save_without_a_change_writes_nothing(
    page: Page, emulator: RunningEmulator, dataverse: LocalDataverse
) -> None:
    open_record(page, emulator)
    dataverse.clear_requests()
    page.get_by_role("button", name="Save").click()
    page.get_by_label("Job Title").fill("x")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("- Saved")).to_be_visible()
    assert dataverse.writes() == [f"PATCH /api/data/v9.2/contacts({MARTA})"]


def test_leaving_a_changed_form_asks_and_can_be_refused(
    page: Page, emulator: RunningEmulator
) -> None:
    open_record(page, emulator)
    page.get_by_label("Job Title").fill("x")
    page.get_by_role("link", name="Accounts").click()
    dialog = page.get_by_role("dialog", name="Unsaved changes")
    dialog.get_by_role("button", name="Cancel").click()
    expect_record(page, "Marta Lindqvist")
    page.get_by_role("link", name="Accounts").click()
    dialog.get_by_role("button", name="Discard changes").click()
    expect(page.get_by_role("heading", level=1, name="Accounts")).to_be_visible()


def test_a_new_row_is_created_and_gets_an_address(
    page: Page, emulator: RunningEmulator, dataverse: LocalDataverse
) -> None:
    page.goto(f"{emulator.url}/main.aspx?pagetype=entityrecord&etn=contact")
    page.get_by_label("First Name").fill("Ada")
    page.get_by_label("Last Name").fill("Quince")
    page.get_by_role("button", name="Save").click()
    expect_record(page, "Ada Quince")
    row = dataverse.row("contacts?$select=contactid&$filter=lastname eq 'Quince'")
    assert page.url.endswith(f"etn=contact&id={row['contactid']}")
    assert page.title() == "Ada Quince - Local Dataverse"


def test_the_list_leads_to_a_form_and_back(page: Page, emulator: RunningEmulator) -> None:
    page.goto(f"{emulator.url}/main.aspx")
    page.get_by_role("searchbox", name="Filter by keyword").fill("pembroke")
    page.get_by_role("link", name=IDRIS_NAME).click()
    expect_record(page, IDRIS_NAME)
    assert page.url.endswith(f"id={IDRIS}")
    page.go_back()
    expect(page.get_by_role("heading", level=1, name="Contacts")).to_be_visible()


@pytest.mark.parametrize("search", ["?pagetype=dashboard", "?pagetype=entitylist&etn=a'b"])
def test_an_address_without_a_page_is_told(
    page: Page, emulator: RunningEmulator, search: str
) -> None:
    page.goto(f"{emulator.url}/main.aspx{search}")
    expect(page.get_by_role("alert")).to_contain_text("This page cannot be shown")
