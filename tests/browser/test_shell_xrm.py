"""Xrm as scripts and side panes find it."""

from playwright.sync_api import Page, expect

from d365pop.emulator.server import RunningEmulator
from tests.browser.shell import (
    HTML,
    IDRIS,
    IDRIS_NAME,
    MARTA,
    expect_record,
    open_record,
    publish_web_resource,
)
from tests.local_dataverse import LocalDataverse

PANE_PAGE = "new_/pane.html"
PANE_HTML = (
    "<!doctype html><title>Pane</title><p>Inside</p><script>window.started = Date.now()</script>"
)
CREATE_PANE = """async (options) => {
    const fixed = { paneId: "phone", title: "Phone" };
    const pane = await Xrm.App.sidePanes.createPane({ ...fixed, ...options });
    const webresourceName = "new_/pane.html";
    await pane.navigate({ pageType: "webresource", webresourceName, data: "a=1&b=2" });
}"""
REJECTION = """async (call) => {
    try { return ["resolved", await new Function("return " + call)()]; }
    catch ({ errorCode, message }) { return [errorCode, message]; }
}"""


def test_a_pane_lives_through_navigation_and_has_no_xrm_of_its_own(
    page: Page, emulator: RunningEmulator, dataverse: LocalDataverse, page_errors: list[str]
) -> None:
    publish_web_resource(dataverse, PANE_PAGE, HTML, PANE_HTML)
    open_record(page, emulator)
    page.evaluate(CREATE_PANE, {"alwaysRender": True})
    inside = page.frame_locator("iframe[title='Phone']")
    expect(inside.get_by_text("Inside")).to_be_visible()
    frame = page.frames[1]
    started = frame.evaluate("started")
    assert frame.url == f"{emulator.url}/WebResources/{PANE_PAGE}?data=a%3D1%26b%3D2"
    assert frame.evaluate("[typeof window.Xrm, typeof parent.Xrm.WebApi]") == [
        "undefined",
        "object",
    ]
    frame.evaluate(
        "(id) => parent.Xrm.Navigation.openForm({ entityName: 'contact', entityId: id })", IDRIS
    )
    expect_record(page, IDRIS_NAME)
    page.get_by_role("button", name="Collapse pane").click()
    expect(inside.get_by_text("Inside")).to_be_hidden()
    page.get_by_role("button", name="Phone").click()
    expect(inside.get_by_text("Inside")).to_be_visible()
    assert page.frames[1].evaluate("started") == started
    assert page_errors == []


def test_a_pane_that_is_not_always_rendered_starts_anew(
    page: Page, emulator: RunningEmulator, dataverse: LocalDataverse
) -> None:
    publish_web_resource(dataverse, PANE_PAGE, HTML, PANE_HTML)
    open_record(page, emulator)
    page.evaluate(CREATE_PANE, {})
    frames = page.locator("iframe[title='Phone']")
    expect(frames).to_have_count(1)
    page.get_by_role("button", name="Collapse pane").click()
    expect(frames).to_have_count(0)


def test_panes_are_found_selected_and_closed(
    page: Page, emulator: RunningEmulator, dataverse: LocalDataverse
) -> None:
    publish_web_resource(dataverse, PANE_PAGE, HTML, PANE_HTML)
    open_record(page, emulator)
    page.evaluate(CREATE_PANE, {"isSelected": False, "canClose": True})
    panes = """(() => { const p = Xrm.App.sidePanes; return [p.state, p.getAllPanes().length,
        p.getPane("phone")?.title, p.getSelectedPane()?.paneId]; })()"""
    assert page.evaluate(panes) == [0, 1, "Phone", None]
    page.evaluate("Xrm.App.sidePanes.getPane('phone').badge = 3")
    expect(page.locator(".badge")).to_have_text("3")
    page.evaluate("Xrm.App.sidePanes.getPane('phone').select()")
    assert page.evaluate(panes) == [1, 1, "Phone", "phone"]
    expect(page.locator(".badge")).to_be_hidden()
    page.get_by_role("button", name="Close pane").click()
    assert page.evaluate(panes) == [0, 0, None, None]


def test_a_second_pane_of_the_same_id_is_refused(page: Page, emulator: RunningEmulator) -> None:
    open_record(page, emulator)
    create = "Xrm.App.sidePanes.createPane({ paneId: 'x', isSelected: false })"
    page.evaluate(f"async () => {{ await {create}; }}")
    _, message = page.evaluate(REJECTION, create)
    assert "exists already" in message


def test_web_api_errors_carry_the_platforms_code_as_a_number(
    page: Page, emulator: RunningEmulator
) -> None:
    open_record(page, emulator)
    gone = MARTA[:-1] + "f"
    code, message = page.evaluate(REJECTION, f"Xrm.WebApi.retrieveRecord('contact', '{gone}')")
    assert code == 0x80040217
    assert "Does Not Exist" in message


def test_web_api_reads_page_by_page(page: Page, emulator: RunningEmulator) -> None:
    open_record(page, emulator)
    names = page.evaluate("""async () => {
        const names = [];
        let options = "?$select=fullname&$orderby=fullname";
        for (;;) {
            const part = await Xrm.WebApi.retrieveMultipleRecords("contact", options, 4);
            const { entities, nextLink } = part;
            names.push(entities.map(({ fullname }) => fullname));
            if (!nextLink) return names;
            options = new URL(nextLink).search;
        }
    }""")
    assert [len(part) for part in names] == [4, 4, 1]
    flat = [name for part in names for name in part]
    assert sorted(flat) == flat


def test_web_api_creates_changes_and_deletes(
    page: Page, emulator: RunningEmulator, dataverse: LocalDataverse
) -> None:
    open_record(page, emulator)
    created = page.evaluate("Xrm.WebApi.createRecord('lead', { lastname: 'Quince' })")
    row_id = created["id"]
    assert created == {"entityType": "lead", "id": row_id}
    page.evaluate("(id) => Xrm.WebApi.updateRecord('lead', id, { lastname: 'Plum' })", row_id)
    assert dataverse.call("GET", f"leads({row_id})?$select=lastname")["lastname"] == "Plum"
    page.evaluate("(id) => Xrm.WebApi.deleteRecord('lead', id)", row_id)
    assert dataverse.rows(f"leads?$select=leadid&$filter=leadid eq {row_id}") == []


def test_parameters_of_open_form_stand_in_the_address_and_fill_the_form(
    page: Page, emulator: RunningEmulator
) -> None:
    open_record(page, emulator)
    page.evaluate(
        """Xrm.Navigation.openForm({ entityName: "contact" }, { telephone1: "+1 206 555 0199" })"""
    )
    expect_record(page, "New record")
    assert page.url.endswith("&extraqs=telephone1%3D%252B1%2B206%2B555%2B0199")
    expect(page.get_by_label("Business Phone")).to_have_value("+1 206 555 0199")


def test_open_form_in_a_new_window_leaves_this_one(page: Page, emulator: RunningEmulator) -> None:
    open_record(page, emulator)
    with page.context.expect_page() as opened:
        page.evaluate(
            """(entityId) => Xrm.Navigation.openForm(
                { entityName: "contact", entityId, openInNewWindow: true })""",
            IDRIS,
        )
    expect_record(opened.value, IDRIS_NAME)
    expect_record(page, "Marta Lindqvist")


def test_open_form_of_a_row_that_is_gone_is_rejected(page: Page, emulator: RunningEmulator) -> None:
    open_record(page, emulator)
    gone = MARTA[:-1] + "f"
    call = f"Xrm.Navigation.openForm({{ entityName: 'contact', entityId: '{gone}' }})"
    assert page.evaluate(REJECTION, call)[0] == 0x80040217
    expect(page.get_by_role("alert")).to_contain_text("Does Not Exist")


def test_the_page_context_follows_the_page(page: Page, emulator: RunningEmulator) -> None:
    open_record(page, emulator)
    read = "Xrm.Utility.getPageContext().input"
    assert page.evaluate(read)["entityId"] == MARTA
    page.evaluate("Xrm.Navigation.navigateTo({ pageType: 'entitylist', entityName: 'lead' })")
    assert page.evaluate(read) == {"pageType": "entitylist", "entityName": "lead"}


def test_the_global_context_names_user_and_client(page: Page, emulator: RunningEmulator) -> None:
    open_record(page, emulator)
    read = """(() => { const { getClientUrl, userSettings } = Xrm.Utility.getGlobalContext();
        return [getClientUrl(), userSettings.userName, userSettings.languageId]; })()"""
    assert page.evaluate(read) == [emulator.url, "Robin Agent", 1033]


def test_a_global_notification_acts_and_is_cleared(page: Page, emulator: RunningEmulator) -> None:
    open_record(page, emulator)
    page.evaluate("""async () => {
        window.acted = 0;
        const action = { actionLabel: "Open", eventHandler: () => { acted += 1; } };
        const notification = { type: 2, level: 4, message: "Ana calls", action };
        window.barId = await Xrm.App.addGlobalNotification(notification);
    }""")
    bar = page.get_by_role("region", name="Notifications").get_by_role("status")
    expect(bar).to_contain_text("Ana calls")
    bar.get_by_role("button", name="Open").click()
    assert page.evaluate("acted") == 1
    expect(bar.get_by_role("button", name="Dismiss")).to_have_count(0)
    page.evaluate("Xrm.App.clearGlobalNotification(barId)")
    expect(bar).to_have_count(0)
    assert "type 2" in page.evaluate(REJECTION, "Xrm.App.addGlobalNotification({ type: 1 })")[1]


def test_a_dialog_answers_what_was_pressed(page: Page, emulator: RunningEmulator) -> None:
    open_record(page, emulator)
    page.evaluate("""() => {
        Xrm.Navigation.openConfirmDialog({ title: "Sure?", text: "Really?" })
            .then((answer) => { window.said = answer; });
    }""")
    dialog = page.get_by_role("dialog", name="Sure?")
    expect(dialog.get_by_role("button", name="OK")).to_be_focused()
    page.keyboard.press("Escape")
    page.wait_for_function("window.said !== undefined")
    assert page.evaluate("said") == {"confirmed": False}


def test_metadata_name_a_table_as_users_do(page: Page, emulator: RunningEmulator) -> None:
    open_record(page, emulator)
    asked = "async () => { const { DisplayName, DisplayCollectionName, PrimaryNameAttribute } = "
    asked += "await Xrm.Utility.getEntityMetadata('phonecall', []); "
    asked += "return [DisplayName, DisplayCollectionName, PrimaryNameAttribute]; }"
    assert page.evaluate(asked) == ["Phone Call", "Phone Calls", "subject"]


def test_the_picture_of_a_pane_lies_on_light_ground_in_the_dark(
    page: Page, emulator: RunningEmulator
) -> None:
    page.emulate_media(color_scheme="dark")
    open_record(page, emulator)
    options = "{ title: 'Phone', imageSrc: 'data:image/svg+xml,' }"
    page.evaluate(f"async () => {{ await Xrm.App.sidePanes.createPane({options}); }}")
    ground = "getComputedStyle(document.querySelector('.rail-tab img')).backgroundColor"
    assert page.evaluate(ground) == "rgb(243, 244, 247)"
