"""Layers and summaries as clients ask for them, and the way back from edits."""

import base64

import pytest

from d365pop.emulator.tables import CATALOG
from tests.unit.emulator.harness import LocalEnvironment, PackageSource, web_resource_id
from tests.unit.emulator.solution_parts import install, layers

SCRIPT = web_resource_id(0)
PATH = f"webresourceset({SCRIPT})"
MANAGED = PackageSource(managed=True, web_resources={"smp_/a.js": b"first"})
COLUMNS = sorted(
    ["name", "displayname", "webresourcetype", "content", "introducedversion", "iscustomizable"]
)


def edit(local: LocalEnvironment, content: bytes) -> None:
    body = {"content": base64.b64encode(content).decode()}
    local.expect(204, "PATCH", PATH, body)


def names(local: LocalEnvironment) -> list[tuple[str, list[str]]]:
    return layers(local, SCRIPT, "WebResource")


def test_managed_component_has_no_active_layer(local: LocalEnvironment) -> None:
    install(local, MANAGED)
    assert names(local) == [("Sample", COLUMNS)]


def test_edit_lies_above_and_names_what_it_changes(local: LocalEnvironment) -> None:
    install(local, MANAGED)
    edit(local, b"edited")
    assert names(local) == [("Active", ["content"]), ("Sample", COLUMNS)]


def test_write_without_a_change_leaves_a_layer_without_attributes(local: LocalEnvironment) -> None:
    install(local, MANAGED)
    edit(local, b"first")
    assert names(local) == [("Active", []), ("Sample", COLUMNS)]


def test_phantom_layers_show_where_they_are_asked_for(local: LocalEnvironment) -> None:
    object.__setattr__(local.environment, "phantom_layers", True)
    install(local, MANAGED)
    assert names(local) == [("Active", []), ("Sample", COLUMNS)]


def test_removing_edits_brings_the_managed_content_back(local: LocalEnvironment) -> None:
    install(local, MANAGED)
    edit(local, b"edited")
    local.expect(204, "POST", "PublishAllXml", {})
    body = {"ComponentId": SCRIPT, "SolutionComponentName": "WebResource"}
    local.expect(204, "POST", "RemoveActiveCustomizations", body)
    assert base64.b64decode(local.get(PATH)["content"]) == b"first"
    assert names(local) == [("Sample", COLUMNS)]


def test_unmanaged_component_cannot_lose_its_only_layer(local: LocalEnvironment) -> None:
    install(local, PackageSource(web_resources={"smp_/a.js": b"first"}))
    body = {"ComponentId": SCRIPT, "SolutionComponentName": "WebResource"}
    local.refusal(400, "POST", "RemoveActiveCustomizations", body)
    assert [name for name, _ in names(local)] == ["Active"]


@pytest.mark.parametrize(
    "condition",
    [
        "msdyn_componentid eq 'a'",
        "msdyn_solutioncomponentname eq 'WebResource'",
        "msdyn_hasactivecustomization eq true",
    ],
)
def test_layers_need_both_filters(local: LocalEnvironment, condition: str) -> None:
    local.refusal(400, "GET", f"msdyn_componentlayers?$filter={condition}")


def test_summary_tells_whether_edits_lie_above(local: LocalEnvironment) -> None:
    install(local, MANAGED)
    edit(local, b"edited")
    (solution_id,) = local.filtered("solutions", "solutionid", "uniquename eq 'Sample'")
    query = f"(msdyn_solutionid eq {solution_id}) and (msdyn_componenttype eq 61)"
    (row,) = local.get(f"msdyn_solutioncomponentsummaries?$filter={query}")["value"]
    assert (row["msdyn_objectid"], row["msdyn_name"]) == (SCRIPT, "smp_/a.js")
    assert row["msdyn_hasactivecustomization"] is True
    refused = f"$filter={query} and msdyn_hasactivecustomization eq true"
    local.refusal(400, "GET", f"msdyn_solutioncomponentsummaries?{refused}")


def test_history_tells_what_ran_and_how_it_ended(local: LocalEnvironment) -> None:
    install(local, MANAGED)
    unknown = PackageSource(unique_name="9wrong", web_resources={"smp_/a.js": b"1"})
    local.import_package(unknown.zip())
    local.expect(204, "POST", "PublishAllXml", {})
    rows = local.get("msdyn_solutionhistories?$filter=msdyn_status eq 1")["value"]
    assert {(r["msdyn_name"], r["msdyn_operation"], r["msdyn_result"]) for r in rows} == {
        ("Sample", 0, True),
        ("9wrong", 0, False),
        (None, 4, True),
    }
    assert local.get("msdyn_solutionhistories?$filter=msdyn_status eq 0")["value"] == []


def test_history_tells_what_runs_now(local: LocalEnvironment) -> None:
    body = {
        "CustomizationFile": base64.b64encode(MANAGED.zip()).decode(),
        "OverwriteUnmanagedCustomizations": False,
        "PublishWorkflows": False,
    }
    local.expect(200, "POST", "ImportSolutionAsync", body)
    (row,) = local.get("msdyn_solutionhistories?$filter=msdyn_status eq 0")["value"]
    assert (row["msdyn_operation"], row["msdyn_endtime"]) == (0, None)


def test_kinds_of_components_are_listed_by_number(local: LocalEnvironment) -> None:
    query = "solutioncomponentdefinitions?$select=name,objecttypecode"
    (row,) = local.get(f"{query}&$filter=solutioncomponenttype eq 61")["value"]
    assert (row["name"], row["objecttypecode"]) == ("webresource", 9333)


@pytest.mark.parametrize("table", ["privileges", "sdkmessages", "solutioncomponentdefinitions"])
def test_rows_made_when_asked_for_are_counted_and_read_by_id(table: str) -> None:
    count = LocalEnvironment().get(f"{table}/$count")
    rows = LocalEnvironment().get(table)["value"]
    assert len(rows) == count > 0
    key = CATALOG.by_set[table].primary_id
    row = LocalEnvironment().get(f"{table}({rows[0][key]})")
    assert row["name"] == rows[0]["name"]


def test_everything_is_published_in_the_background(local: LocalEnvironment) -> None:
    install(local, PackageSource(web_resources={"smp_/a.js": b"first"}))
    keys = local.expect(200, "POST", "PublishAllXmlAsync", {})
    local.refusal(404, "GET", PATH)
    local.run_waiting()
    assert base64.b64decode(local.get(PATH)["content"]) == b"first"
    assert local.get(f"asyncoperations({keys['AsyncOperationId']})")["statuscode"] == 30
