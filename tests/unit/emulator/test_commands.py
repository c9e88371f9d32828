"""Modern commands: what may be written, what stays as it was created, what holds a script."""

import pytest

from d365pop.emulator.seed import ADMINISTRATOR_ID
from tests.unit.emulator.harness import LocalEnvironment

SCRIPT = "d3650000-0000-4000-8000-0000000009aa"
COMMAND = "d3650000-0000-4000-8000-0000000009ab"
LIBRARY = "OnClickEventJavaScriptWebResourceId"
BODY = {
    "appactionid": COMMAND,
    "name": "new_phone",
    "uniquename": "new_phone",
    "location": 1,
    "contextvalue": "contact",
    "buttonlabeltext": "Phone",
    f"{LIBRARY}@odata.bind": f"/webresourceset({SCRIPT})",
}


@pytest.fixture
def local() -> LocalEnvironment:
    made = LocalEnvironment()
    script = {"webresourceid": SCRIPT, "name": "new_/a.js", "webresourcetype": 3, "content": ""}
    made.expect(204, "POST", "webresourceset", script)
    return made


def test_command_knows_its_script_and_its_table(local: LocalEnvironment) -> None:
    definition = local.get("EntityDefinitions(LogicalName='contact')?$select=MetadataId")
    bound = {"ContextEntity@odata.bind": f"/entities({definition['MetadataId']})"}
    local.expect(204, "POST", "appactions", BODY | bound)
    script, table = f"{LIBRARY}($select=webresourceid)", "ContextEntity($select=logicalname)"
    row = local.get(f"appactions({COMMAND})?$select=hidden&$expand={script},{table}")
    assert row[LIBRARY]["webresourceid"] == SCRIPT
    assert row["ContextEntity"]["logicalname"] == "contact"
    assert row["hidden"] is False


@pytest.mark.parametrize("name", ["phone", "other_phone", ""])
def test_name_without_a_publishers_prefix_is_refused(local: LocalEnvironment, name: str) -> None:
    refused = local.expect(400, "POST", "appactions", BODY | {"uniquename": name})
    assert refused["error"]["code"] == "0x800608ad"


def test_unique_name_is_there_once(local: LocalEnvironment) -> None:
    local.expect(204, "POST", "appactions", BODY)
    again = BODY | {"appactionid": ADMINISTRATOR_ID}
    assert local.expect(412, "POST", "appactions", again)["error"]["code"] == "0x80040237"


def test_what_cannot_be_updated_stays(local: LocalEnvironment) -> None:
    local.expect(204, "POST", "appactions", BODY)
    changes = {"uniquename": "new_other", "location": 0, "contextvalue": "lead"}
    local.expect(204, "PATCH", f"appactions({COMMAND})", changes | {"buttonlabeltext": "Call"})
    columns = ("uniquename", "location", "contextvalue", "buttonlabeltext")
    row = local.get(f"appactions({COMMAND})?$select={','.join(columns)}")
    assert [row[name] for name in columns] == ["new_phone", 1, "contact", "Call"]


def test_unknown_table_is_refused(local: LocalEnvironment) -> None:
    bound = {"ContextEntity@odata.bind": f"/entities({COMMAND})"}
    local.expect(404, "POST", "appactions", BODY | bound)


def test_script_that_a_command_calls_cannot_go(local: LocalEnvironment) -> None:
    local.expect(204, "POST", "appactions", BODY)
    local.expect(400, "DELETE", f"webresourceset({SCRIPT})")
    dependents = local.get(f"RetrieveDependentComponents(ObjectId={SCRIPT},ComponentType=61)")
    (found,) = dependents["value"]
    assert found["dependentcomponentobjectid"] == COMMAND
    local.expect(204, "DELETE", f"appactions({COMMAND})")
    local.expect(204, "DELETE", f"webresourceset({SCRIPT})")
