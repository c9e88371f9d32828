"""The local Dataverse answers in the shapes that a real environment was recorded with."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.emulator.harness import LocalEnvironment

RECORDED = "recorded/terraform-provider-power-platform"
IMPORT = f"{RECORDED}/solution_import"
PACKAGE = f"{IMPORT}/0_CustomizationFile_TerraformTestSolution_Complex_1_1_0_0.zip"
KINDS = {bool: "boolean", int: "number", float: "number", str: "text", list: "list", dict: "object"}


@pytest.fixture
def local() -> LocalEnvironment:
    return LocalEnvironment()


def recorded(shared: Path, name: str) -> Any:
    return json.loads((shared / name).read_text())


def differences(ours: Any, theirs: Any, path: str = "") -> list[str]:
    """Return where keys differ, or types of values that both sides have."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        found = [f"{path}/{key} is missing" for key in theirs.keys() - ours.keys()]
        found += [f"{path}/{key} is extra" for key in ours.keys() - theirs.keys()]
        for key in theirs.keys() & ours.keys():
            found += differences(ours[key], theirs[key], f"{path}/{key}")
        return sorted(found)
    if ours is None or theirs is None or KINDS[type(ours)] == KINDS[type(theirs)]:
        return []
    return [f"{path} is {KINDS[type(ours)]}, was {KINDS[type(theirs)]}"]


def import_recorded(local: LocalEnvironment, shared: Path) -> dict[str, Any]:
    return local.import_package((shared / PACKAGE).read_bytes())


def test_who_am_i_has_the_recorded_shape(local: LocalEnvironment, shared: Path) -> None:
    theirs = recorded(shared, f"{RECORDED}/WhoAmI.response.json")
    assert differences(local.get("WhoAmI"), theirs) == []


def test_who_am_i_has_the_recorded_headers(local: LocalEnvironment, shared: Path) -> None:
    text = (shared / "recorded/http/WhoAmI_200_full_headers_2024.http").read_text()
    answer = text.partition("HTTP/1.1 200 OK")[2].partition("{")[0]
    theirs = {line.partition(":")[0].lower() for line in answer.splitlines() if ":" in line}
    ours = {name.lower() for name, _ in local.call("GET", "WhoAmI").headers}
    # The rest belongs to TLS, to load balancing, or to the socket's side.
    assert theirs - ours == {
        "allow",
        "expires",
        "vary",
        "set-cookie",
        "strict-transport-security",
        "crm.serviceid",
        "x-source",
        "public",
        "date",
        "content-length",
    }
    assert ours <= theirs


def test_stage_solution_has_the_recorded_shape(local: LocalEnvironment, shared: Path) -> None:
    file = base64.b64encode((shared / PACKAGE).read_bytes()).decode()
    ours = local.expect(200, "POST", "StageSolution", {"CustomizationFile": file})
    theirs = recorded(shared, f"{IMPORT}/1_StageSolution.response.json")
    assert differences(ours, theirs) == []


def test_stage_solution_describes_the_recorded_components(
    local: LocalEnvironment, shared: Path
) -> None:
    file = base64.b64encode((shared / PACKAGE).read_bytes()).decode()
    ours = local.expect(200, "POST", "StageSolution", {"CustomizationFile": file})
    theirs = recorded(shared, f"{IMPORT}/1_StageSolution.response.json")
    kinds = {"solution", "EnvironmentVariableDefinition", "EnvironmentVariableValue"}

    def described(answer: Any) -> list[Any]:
        details = answer["StageSolutionResults"]["SolutionComponentsDetails"]
        chosen = [item for item in details if item["ComponentTypeName"] in kinds]
        return sorted(chosen, key=json.dumps)

    assert described(ours) == described(theirs)


def test_asynchronous_import_has_the_recorded_shape(local: LocalEnvironment, shared: Path) -> None:
    file = base64.b64encode((shared / PACKAGE).read_bytes()).decode()
    flags = {"OverwriteUnmanagedCustomizations": True, "PublishWorkflows": False}
    ours = local.expect(200, "POST", "ImportSolutionAsync", {"CustomizationFile": file, **flags})
    theirs = recorded(shared, f"{IMPORT}/2_ImportSolutionAsync.response.json")
    assert differences(ours, theirs) == []


def test_operation_row_has_the_recorded_shape(local: LocalEnvironment, shared: Path) -> None:
    ours = import_recorded(local, shared)
    del ours["ImportJobKey"]
    theirs = recorded(shared, f"{IMPORT}/3_asyncoperations_entity.response.json")
    assert differences(ours, theirs) == []


def test_operation_row_says_what_the_recorded_one_says(
    local: LocalEnvironment, shared: Path
) -> None:
    ours = import_recorded(local, shared)
    theirs = recorded(shared, f"{IMPORT}/3_asyncoperations_entity.response.json")
    columns = (
        *("name", "messagename", "operationtype", "statecode", "statuscode", "message"),
        *("friendlymessage", "errorcode", "depth", "subtype", "retrycount"),
        *("iswaitingforevent", "retainjobhistory", "parentpluginexecutionid"),
    )
    assert {name: ours[name] for name in columns} == {name: theirs[name] for name in columns}


def test_import_result_has_the_recorded_shape(local: LocalEnvironment, shared: Path) -> None:
    key = import_recorded(local, shared)["ImportJobKey"]
    ours = local.get(f"RetrieveSolutionImportResult(ImportJobId={key})")
    theirs = recorded(shared, f"{IMPORT}/4_RetrieveSolutionImportResult.response.json")
    assert differences(ours, theirs) == []
    ours["SolutionOperationResult"].pop("FormattedResults")
    theirs["SolutionOperationResult"].pop("FormattedResults")
    assert ours["SolutionOperationResult"] == theirs["SolutionOperationResult"]


def test_solution_with_its_publisher_has_the_recorded_shape(
    local: LocalEnvironment, shared: Path
) -> None:
    import_recorded(local, shared)
    query = "$expand=publisherid&$filter=uniquename eq 'TerraformTestSolution'"
    ours = local.get(f"solutions?{query}")
    theirs = recorded(shared, f"{IMPORT}/5_solutions_expand_publisherid.response.json")
    assert differences(ours["value"][0], theirs["value"][0]) == []
    assert ours["@odata.context"].partition("#")[2] == theirs["@odata.context"].partition("#")[2]


@pytest.mark.parametrize(
    ("path", "file"),
    [
        ("organizations", "organizations"),
        ("systemusers?$top=1", "systemusers"),
        ("accounts?$top=1", "accounts_entity"),
    ],
)
def test_every_column_of_a_row_is_one_that_was_recorded(
    local: LocalEnvironment, shared: Path, path: str, file: str
) -> None:
    ours = local.get(path)["value"][0]
    answer = recorded(shared, f"{RECORDED}/{file}.response.json")
    theirs = answer["value"][0] if "value" in answer else answer
    assert [text for text in differences(ours, theirs) if not text.endswith("is missing")] == []


def test_created_account_is_represented_as_recorded(local: LocalEnvironment, shared: Path) -> None:
    theirs = recorded(shared, f"{RECORDED}/accounts_POST_return_representation.response.json")
    body, prefer = {"name": "powerplatform_rest"}, "return=representation"
    ours = local.expect(201, "POST", "accounts?$select=name", body, prefer=prefer)
    assert differences(ours, theirs) == []
    assert ours["@odata.context"].partition("#")[2] == theirs["@odata.context"].partition("#")[2]


def test_deleted_row_is_reported_in_the_recorded_words(
    local: LocalEnvironment, shared: Path
) -> None:
    theirs = recorded(shared, "recorded/http/errors.json")[0]
    row_id = theirs["body"]["error"]["message"].partition("Id = ")[2].partition(" ")[0]
    assert local.expect(theirs["status"], "GET", f"accounts({row_id})") == theirs["body"]


def test_definition_of_a_table_is_part_of_the_recorded_one(
    local: LocalEnvironment, shared: Path
) -> None:
    theirs = recorded(shared, f"{RECORDED}/EntityDefinitions_account_entity.response.json")
    ours = local.get(f"EntityDefinitions(LogicalName='{theirs['LogicalName']}')")
    own = {"@odata.context", "MetadataId"}
    assert {name: ours[name] for name in ours.keys() - own} == {
        name: theirs[name] for name in ours.keys() - own
    }
