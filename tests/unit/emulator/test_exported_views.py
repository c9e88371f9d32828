"""Views and apps that were edited or made after an import stand in the export as published."""

import base64
import io
import re
import zipfile
from xml.etree import ElementTree as ET

import pytest

from tests.unit.emulator.harness import LocalEnvironment
from tests.unit.emulator.solution_parts import install
from tests.unit.emulator.test_custom_tables import VIEW_ID, source

INTO_DESK = {"mscrm.solutionuniquename": "Desk"}
FETCH = '<fetch><entity name="smp_ticket"><attribute name="smp_name" /></entity></fetch>'
LAYOUT = '<grid name="resultset"><row name="result" id="accountid" /></grid>'
VIEW_COLUMNS = "name,description,returnedtypecode,querytype,isdefault,fetchxml,layoutxml"
APP_COLUMNS = "name,uniquename,description,clienttype,formfactor,navigationtype"


def exported(local: LocalEnvironment, *, managed: bool = False) -> bytes:
    body = {"SolutionName": "Desk", "Managed": managed}
    return base64.b64decode(local.expect(200, "POST", "ExportSolution", body)["ExportSolutionFile"])


def customizations(package: bytes) -> ET.Element:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return ET.fromstring(archive.read("customizations.xml"))


def rows(local: LocalEnvironment, entity_set: str, columns: str, name: str) -> list[object]:
    found = local.get(f"{entity_set}?$select={columns}&$filter={name}&$orderby=name")["value"]
    return [{key: _dense(row[key]) for key in columns.split(",")} for row in found]


def _dense(value: object) -> object:
    """Return XML without the white space that an export indents it with."""
    return re.sub(r">\s+<", "><", value) if isinstance(value, str) else value


@pytest.fixture
def edited() -> LocalEnvironment:
    """Return an environment where a package's view and app were edited, and others made."""
    local = LocalEnvironment()
    install(local, source(managed=False))
    local.expect(204, "POST", "PublishAllXml")
    view = {"name": "Mine", "description": "Edited", "isdefault": False, "fetchxml": FETCH}
    local.expect(204, "PATCH", f"savedqueries({VIEW_ID})", view)
    app_id = local.get("appmodules(uniquename='smp_Desk')")["appmoduleid"]
    local.expect(204, "PATCH", f"appmodules({app_id})", {"name": "Edited desk", "formfactor": 2})
    made = {
        "name": "Made",
        "returnedtypecode": "account",
        "fetchxml": '<fetch><entity name="account" /></fetch>',
        "layoutxml": LAYOUT,
    }
    local.create("savedqueries", made, **INTO_DESK)
    app = {"name": "Made app", "uniquename": "smp_Made", "description": "New"}
    local.create("appmodules", app, **INTO_DESK)
    return local


MINE = "name eq 'Mine' or name eq 'Made'"
APPS = "startswith(uniquename,'smp_')"


def test_what_was_edited_and_made_comes_with_the_package(edited: LocalEnvironment) -> None:
    edited.expect(204, "POST", "PublishAllXml")
    again = LocalEnvironment()
    again.import_package(exported(edited))
    again.expect(204, "POST", "PublishAllXml")
    for entity_set, columns, name in (
        ("savedqueries", VIEW_COLUMNS, MINE),
        ("appmodules", APP_COLUMNS, APPS),
    ):
        expected = rows(edited, entity_set, columns, name)
        assert len(expected) == 2
        assert rows(again, entity_set, columns, name) == expected
    parts = "solutioncomponents?$select=componenttype,objectid&$filter=componenttype eq 26"
    ids = [{row["objectid"] for row in local.get(parts)["value"]} for local in (edited, again)]
    assert ids[0] == ids[1]
    assert exported(again) == exported(edited)


def test_draft_of_a_view_is_not_exported(edited: LocalEnvironment) -> None:
    names = [
        label.get("description")
        for label in customizations(exported(edited)).iterfind(".//savedquery//LocalizedName")
    ]
    assert names == ["Active Tickets", "Made"]


def test_deleted_view_and_app_leave_the_export(edited: LocalEnvironment) -> None:
    app_id = edited.get("appmodules(uniquename='smp_Desk')")["appmoduleid"]
    edited.expect(204, "DELETE", f"savedqueries({VIEW_ID})")
    edited.expect(204, "DELETE", f"appmodules({app_id})")
    root = customizations(exported(edited))
    views = [view.findtext("savedqueryid") for view in root.iter("savedquery")]
    apps = [app.findtext("UniqueName") for app in root.iter("AppModule")]
    assert (len(views), f"{{{VIEW_ID}}}" in views, apps) == (1, False, ["smp_Made"])


def test_managed_export_with_a_view_imports_as_managed(edited: LocalEnvironment) -> None:
    edited.expect(204, "POST", "PublishAllXml")
    again = LocalEnvironment()
    again.import_package(exported(edited, managed=True))
    columns = f"{VIEW_COLUMNS},ismanaged"
    assert [
        row["ismanaged"]
        for row in again.get(f"savedqueries?$select={columns}&$filter={MINE}")["value"]
    ] == [True, True]


@pytest.mark.parametrize("managed", [False, True])
def test_what_was_never_published_is_no_root_of_the_export(*, managed: bool) -> None:
    local = LocalEnvironment()
    install(local, source(managed=False))
    package = exported(local, managed=managed)
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        manifest = ET.fromstring(archive.read("solution.xml"))
    roots = {item.get("type") for item in manifest.iter("RootComponent")}
    assert roots.isdisjoint({"26", "60", "61", "80"})
    again = local if not managed else LocalEnvironment()
    body = {
        "CustomizationFile": base64.b64encode(package).decode(),
        "ImportJobId": VIEW_ID,
        "OverwriteUnmanagedCustomizations": False,
        "PublishWorkflows": True,
    }
    again.expect(204, "POST", "ImportSolution", body)
