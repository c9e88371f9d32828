"""Drafts and published states of web resources and forms, and who may delete what."""

import base64

import pytest

from tests.unit.emulator.harness import FORM_XML, LocalEnvironment

ACCOUNT_FORM = "8448b78f-8f42-454e-8e2a-f8196b0419af"
CONTACT_FORM = "1fed44d1-ae68-4a41-bd2b-f13acac4acfa"
SCRIPT = "new_/pop.js"
UNPUBLISHED = "Microsoft.Dynamics.CRM.RetrieveUnpublished()"
UNPUBLISHED_MULTIPLE = "Microsoft.Dynamics.CRM.RetrieveUnpublishedMultiple()"
LIBRARIES = (
    "<formLibraries><Library name='{0}' libraryUniqueId='{{a}}'/></formLibraries>"
    "<events><event name='onload' application='false' active='false'><Handlers>"
    "<Handler functionName='D.on' libraryName='{0}' handlerUniqueId='{{b}}' enabled='true'/>"
    "</Handlers></event></events></form>"
)


def with_library(name: str) -> str:
    return FORM_XML.replace("</form>", LIBRARIES.format(name))


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def publish(local: LocalEnvironment, inner: str, status: int = 204) -> object:
    parameter = f"<importexportxml>{inner}</importexportxml>"
    return local.expect(status, "POST", "PublishXml", {"ParameterXml": parameter})


def test_change_of_a_web_resource_is_invisible_until_published(local: LocalEnvironment) -> None:
    row_id = local.create_script(SCRIPT, "old")
    path = f"webresourceset({row_id})"
    local.expect(204, "PATCH", path, {"content": encoded("new")}, if_match="*")
    assert local.get(f"{path}?$select=content")["content"] == encoded("old")
    assert local.get(f"{path}/{UNPUBLISHED}?$select=content")["content"] == encoded("new")
    publish(local, f"<webresources><webresource>{{{row_id}}}</webresource></webresources>")
    assert local.get(f"{path}?$select=content")["content"] == encoded("new")


def test_form_is_published_with_its_table_and_with_no_other(local: LocalEnvironment) -> None:
    for form_id in (ACCOUNT_FORM, CONTACT_FORM):
        local.expect(204, "PATCH", f"systemforms({form_id})", {"formxml": FORM_XML})
    publish(local, "<entities><entity>account</entity></entities>")
    assert local.get(f"systemforms({ACCOUNT_FORM})?$select=formxml")["formxml"] == FORM_XML
    assert local.get(f"systemforms({CONTACT_FORM})?$select=formxml")["formxml"] != FORM_XML


def test_everything_is_published_at_once(local: LocalEnvironment) -> None:
    local.expect(204, "PATCH", f"systemforms({CONTACT_FORM})", {"formxml": FORM_XML})
    local.expect(204, "POST", "PublishAllXml", {})
    assert local.get(f"systemforms({CONTACT_FORM})?$select=formxml")["formxml"] == FORM_XML


def test_publications_are_counted_when_something_was_pending(local: LocalEnvironment) -> None:
    def count() -> object:
        return local.send("GET", "/_emulator/publications").json()

    before = count()
    publish(local, "<entities><entity>contact</entity></entities>")
    assert count() == before == {"publications": 0}
    local.expect(204, "PATCH", f"systemforms({CONTACT_FORM})", {"formxml": FORM_XML})
    publish(local, "<entities><entity>account</entity></entities>")
    assert count() == {"publications": 0}
    publish(local, "<entities><entity>contact</entity></entities>")
    assert count() == {"publications": 1}
    row_id = local.create_script(SCRIPT, "old")
    path = f"webresourceset({row_id})"
    local.expect(204, "PATCH", path, {"content": encoded("new")}, if_match="*")
    local.expect(204, "POST", "PublishAllXml", {})
    assert count() == {"publications": 2}


def test_state_of_a_component_tells_of_its_draft(local: LocalEnvironment) -> None:
    path = f"systemforms({ACCOUNT_FORM})"
    local.expect(204, "PATCH", path, {"formxml": FORM_XML})
    assert local.get(f"{path}?$select=componentstate")["componentstate"] == 0
    assert local.get(f"{path}/{UNPUBLISHED}?$select=componentstate")["componentstate"] == 1


def test_unpublished_read_adds_columns_and_leaves_empty_ones_out(local: LocalEnvironment) -> None:
    row = local.get(f"systemforms({ACCOUNT_FORM})/{UNPUBLISHED}?$select=name,uniquename")
    assert set(row) == {
        "@odata.context",
        "@odata.etag",
        "name",
        "objecttypecode",
        "type",
        "_organizationid_value",
        "formid",
    }


def test_unpublished_forms_are_listed_by_filter(local: LocalEnvironment) -> None:
    local.expect(204, "PATCH", f"systemforms({ACCOUNT_FORM})", {"formxml": FORM_XML})
    query = "$select=formxml&$filter=objecttypecode eq 'account' and type eq 2"
    (row,) = local.get(f"systemforms/{UNPUBLISHED_MULTIPLE}?{query}")["value"]
    assert row["formxml"] == FORM_XML


def test_managed_property_is_filtered_by_its_value(local: LocalEnvironment) -> None:
    path = "systemforms?$select=iscustomizable&$filter=iscustomizable/Value eq "
    rows = local.get(f"{path}true")["value"]
    assert rows[0]["iscustomizable"] == {
        "Value": True,
        "CanBeChanged": True,
        "ManagedPropertyLogicalName": "iscustomizable",
    }
    assert local.get(f"{path}false")["value"] == []


def test_new_form_of_a_table_is_checked_and_visible(local: LocalEnvironment) -> None:
    body = {"name": "Second", "objecttypecode": "account", "type": 2, "formxml": FORM_XML}
    row_id = local.create("systemforms", body)
    assert local.get(f"systemforms({row_id})")["formxml"] == FORM_XML
    nowhere = body | {"objecttypecode": "nope"}
    assert local.refusal(400, "POST", "systemforms", nowhere)[0] == "0x80041102"


def test_web_resource_cannot_be_renamed(local: LocalEnvironment) -> None:
    row_id = local.create_script("new_/a.js")
    local.refusal(400, "PATCH", f"webresourceset({row_id})", {"name": "new_/b.js"})


def test_unpublished_read_of_plain_rows_is_refused(local: LocalEnvironment) -> None:
    code, message = local.refusal(400, "GET", f"accounts/{UNPUBLISHED_MULTIPLE}")
    assert code == "0x80040800"
    assert "does not support entities of type 'account'" in message


@pytest.mark.parametrize(
    ("parameter", "code"),
    [
        ("<importexportxml>", "0x80040203"),
        ("\ud800", "0x80040203"),
        ("<other/>", "0x80040203"),
        ("<importexportxml><things/></importexportxml>", "0x80040203"),
        (
            "<importexportxml><webresources/><entities/></importexportxml>",
            "0x80040203",
        ),
        (
            "<importexportxml><entities><entity>nope</entity></entities></importexportxml>",
            "0x80041102",
        ),
        (
            (
                "<importexportxml><webresources><webresource>{aaaaaaaa-0000-4000-8000-000000000001}"
                "</webresource></webresources></importexportxml>"
            ),
            "0x80040217",
        ),
    ],
    ids=["not-xml", "no-text", "root", "container", "order", "table", "web-resource"],
)
def test_publish_of_what_is_not_there_is_refused(
    local: LocalEnvironment, parameter: str, code: str
) -> None:
    body = {"ParameterXml": parameter}
    assert local.refusal(400, "POST", "PublishXml", body)[0] == code


def test_second_publish_at_the_same_time_is_refused(local: LocalEnvironment) -> None:
    with local.environment.lock.held_for("Import"):
        code, message = local.refusal(429, "POST", "PublishAllXml", {})
    assert code == "0x80071151"
    assert "requested operation [PublishAll] because there is another [Import] running" in message
    local.expect(204, "POST", "PublishAllXml", {})


def test_publish_takes_the_time_it_is_told_to() -> None:
    local = LocalEnvironment(publish_seconds=2.0)
    local.expect(204, "POST", "PublishAllXml", {})
    assert local.sleeps == [2.0]


def test_web_resource_in_a_form_cannot_be_deleted(local: LocalEnvironment) -> None:
    row_id = local.create_script(SCRIPT)
    form = f"systemforms({ACCOUNT_FORM})"
    original = local.get(form)["formxml"]
    local.expect(204, "PATCH", form, {"formxml": with_library(SCRIPT)})
    assert local.refusal(400, "DELETE", f"webresourceset({row_id})")[0] == "0x8004f01f"
    publish(local, "<entities><entity>account</entity></entities>")
    local.expect(204, "PATCH", form, {"formxml": original})
    # The published form still uses it.
    code, message = local.refusal(400, "DELETE", f"webresourceset({row_id})")
    assert (code, "referenced by 1 other components" in message) == ("0x8004f01f", True)
    publish(local, "<entities><entity>account</entity></entities>")
    local.expect(204, "DELETE", f"webresourceset({row_id})")


def test_form_with_an_absent_library_is_refused_and_unchanged(local: LocalEnvironment) -> None:
    path = f"systemforms({ACCOUNT_FORM})"
    before = local.get(f"{path}/{UNPUBLISHED}")
    code, message = local.refusal(400, "PATCH", path, {"formxml": with_library("new_/no.js")})
    assert code == "0x8004f036"
    assert "WebResource (Id=new_/no.js) does not exist" in message
    assert "PrimaryNameLookup" in message
    assert local.get(f"{path}/{UNPUBLISHED}") == before


@pytest.mark.parametrize(
    "form_xml",
    [
        pytest.param("<form>", id="not-well-formed"),
        pytest.param("<!DOCTYPE form><form><tabs/></form>", id="document-type"),
        pytest.param("<notform/>", id="root"),
        pytest.param("<form/>", id="no-tabs"),
        pytest.param("<form><tabs/><surprise/></form>", id="unknown-part"),
        pytest.param("<form><tabs/><tabs/></form>", id="part-twice"),
        pytest.param("<form><tabs/><formLibraries/></form>", id="empty-libraries"),
        pytest.param("<form><tabs/><events/></form>", id="empty-events"),
        pytest.param(
            "<form><tabs/><formLibraries><Library name='new_/a.js'/></formLibraries></form>",
            id="library-without-id",
        ),
        pytest.param(
            "<form><tabs/><events><event name='onload'><Handlers><Handler functionName='f' "
            "libraryName='l'/></Handlers></event></events></form>",
            id="handler-without-id",
        ),
        pytest.param(
            "<form><tabs/><events><event name='onload'><Handlers/><Handlers/></event></events>"
            "</form>",
            id="handlers-twice",
        ),
        pytest.param(
            "<form><tabs/><events><event name='onload' active='perhaps'/></events></form>",
            id="no-boolean",
        ),
        pytest.param(
            "<form><tabs/><events><event name='onload'><Handlers>"
            + "<Handler functionName='f' libraryName='l' handlerUniqueId='{h}'/>" * 51
            + "</Handlers></event></events></form>",
            id="51-handlers",
        ),
    ],
)
def test_form_that_breaks_the_schema_is_refused(local: LocalEnvironment, form_xml: str) -> None:
    path = f"systemforms({ACCOUNT_FORM})"
    code, message = local.refusal(400, "PATCH", path, {"formxml": form_xml})
    assert code == "0x80048425"
    assert message.startswith("The Form XML does not conform to the required schema.")


@pytest.mark.parametrize(
    "form_xml",
    [
        "<form><tabs/><events><event name='onload'/></events></form>",
        (
            "\ufeff<form><tabs/>\r\n<!-- note --><events><event name='onload'><Handlers/>"
            "<InternalHandlers/></event></events></form>"
        ),
    ],
    ids=["event-stub", "byte-order-mark-and-comment"],
)
def test_form_with_unusual_but_legal_events_is_saved(
    local: LocalEnvironment, form_xml: str
) -> None:
    local.expect(204, "PATCH", f"systemforms({ACCOUNT_FORM})", {"formxml": form_xml})
    draft = local.get(f"systemforms({ACCOUNT_FORM})/{UNPUBLISHED}?$select=formxml")
    assert draft["formxml"] == form_xml


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"webresourcetype": 99}, "0x8004f111"),
        ({"webresourcetype": None}, "0x8004f111"),
        ({"name": ""}, "0x8004f116"),
        ({"name": "new_/a b.js"}, "0x8004f117"),
        ({"name": "new_//a.js"}, "0x8004f117"),
        ({"name": "new_/a.aspx"}, "0x8004f119"),
        ({"name": "a.js"}, "0x8004f118"),
        ({"name": "zzz_/a.js"}, "0x8004f118"),
        ({"name": "_/a.js"}, "0x8004f118"),
        ({"content": encoded("x" * (5 * 1024 * 1024 + 1))}, "0x8004f114"),
        ({"content": "no base64!"}, "0x80048d19"),
    ],
)
def test_web_resource_that_breaks_a_rule_is_refused(
    local: LocalEnvironment, change: dict[str, object], code: str
) -> None:
    body = {"name": "new_/a.js", "webresourcetype": 3, "content": encoded("1"), **change}
    assert local.refusal(400, "POST", "webresourceset", body)[0] == code


def test_web_resource_name_is_taken_whatever_its_case(local: LocalEnvironment) -> None:
    local.create_script("new_/a.js")
    body = {"name": "NEW_/A.js", "webresourcetype": 3, "content": ""}
    assert local.refusal(412, "POST", "webresourceset", body)[0] == "0x8004f115"
