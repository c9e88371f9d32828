"""The “Phone” command: deployed, proven, in drift, rolled back and undeployed with the rest."""

import pytest

from d365pop.errors import ExitCode
from tests.local_dataverse import JsonObject, LocalDataverse
from tests.workspace import Workspace

TABLES = ("account", "contact", "lead")
NAMES = [f"d365pop_d365pop_phone_{table}" for table in TABLES]
MODERN = '\n[command]\nphone = "modern"\n'
COLUMNS = (
    "appactionid,uniquename,location,context,contextvalue,buttonlabeltext,hidden,"
    "onclickeventtype,onclickeventjavascriptfunctionname,_contextentity_value,statecode"
)
MOST_REQUESTS = 15


@pytest.fixture
def commanding(workspace: Workspace) -> Workspace:
    """A workspace whose configuration wants the command."""
    workspace.append(MODERN)
    return workspace


def commands(dataverse: LocalDataverse) -> list[JsonObject]:
    path = (
        f"appactions?$select={COLUMNS}&$orderby=uniquename"
        "&$expand=OnClickEventJavaScriptWebResourceId($select=name)"
    )
    rows: list[JsonObject] = dataverse.call("GET", path)["value"]
    return rows


def names(dataverse: LocalDataverse) -> list[str]:
    return [row["uniquename"] for row in commands(dataverse)]


@pytest.mark.parametrize("managed", ["", "managed = true"], ids=["unmanaged", "managed"])
def test_the_command_stands_on_the_list_of_each_table(
    commanding: Workspace, dataverse: LocalDataverse, managed: str
) -> None:
    commanding.configure('sign_in = "local"', f'sign_in = "local"\n{managed}')
    output = commanding.deploy()
    assert "create" in output
    assert "Proven by reading back" in output
    found = commands(dataverse)
    assert [row["uniquename"] for row in found] == NAMES
    for table, row in zip(TABLES, found, strict=True):
        assert row["contextvalue"] == table
        definition = dataverse.call(
            "GET", f"EntityDefinitions(LogicalName='{table}')?$select=MetadataId"
        )
        assert row["_contextentity_value"] == definition["MetadataId"]
        assert (row["location"], row["context"], row["buttonlabeltext"]) == (1, 1, "Phone")
        assert (row["onclickeventtype"], row["hidden"]) == (2, False)
        assert row["onclickeventjavascriptfunctionname"] == "D365Pop.openPhone"
        script = row["OnClickEventJavaScriptWebResourceId"]
        assert script["name"] == "d365pop_/screenpop/form.js"


def test_a_second_deploy_writes_nothing_and_asks_little(
    commanding: Workspace, dataverse: LocalDataverse
) -> None:
    commanding.deploy()
    dataverse.clear_requests()
    assert "Nothing to do." in commanding.deploy()
    assert dataverse.writes() == []
    assert len(dataverse.requests()) <= MOST_REQUESTS


def test_a_new_label_is_planned_and_written_alone(
    commanding: Workspace, dataverse: LocalDataverse
) -> None:
    commanding.deploy()
    commanding.configure(MODERN, f'{MODERN}label = "Telephone"\n')
    plan = commanding.run("plan", "--env", "local")
    assert "buttonlabeltext: Phone → Telephone" in plan.stdout
    dataverse.clear_requests()
    commanding.deploy()
    patched = [row["appactionid"] for row in commands(dataverse)]
    assert dataverse.writes() == [
        *(f"PATCH /api/data/v9.2/appactions({row_id})" for row_id in patched),
        "POST /api/data/v9.2/PublishXml",
    ]
    assert {row["buttonlabeltext"] for row in commands(dataverse)} == {"Telephone"}


def test_what_others_did_to_it_is_drift_and_repaired(
    commanding: Workspace, dataverse: LocalDataverse
) -> None:
    commanding.deploy()
    gone, hidden, inactive = commands(dataverse)
    dataverse.call("DELETE", f"appactions({gone['appactionid']})")
    dataverse.call("PATCH", f"appactions({hidden['appactionid']})", {"hidden": True})
    dataverse.call("PATCH", f"appactions({inactive['appactionid']})", {"statecode": 1})
    drift = commanding.run("drift", "--env", "local")
    assert drift.returncode == ExitCode.DIFFERS, drift.stderr
    assert f"command {NAMES[0]}" in drift.stdout
    assert "is not there" in drift.stdout
    assert "has another hidden" in drift.stdout
    assert "has another statecode" in drift.stdout
    assert commanding.run("verify", "--env", "local").returncode != ExitCode.OK
    commanding.deploy()
    assert names(dataverse) == NAMES
    assert not any(row["hidden"] or row["statecode"] for row in commands(dataverse))


def test_a_rollback_takes_it_out_and_brings_the_former_label_back(
    commanding: Workspace, dataverse: LocalDataverse
) -> None:
    commanding.deploy()
    commanding.configure(MODERN, f'{MODERN}label = "Telephone"\n')
    commanding.deploy()
    first, second = commanding.runs()
    back = commanding.run("rollback", second, "--yes")
    assert back.returncode == ExitCode.OK, back.stderr
    assert {row["buttonlabeltext"] for row in commands(dataverse)} == {"Phone"}
    assert commanding.run("rollback", first, "--yes").returncode == ExitCode.OK
    assert names(dataverse) == []


def test_a_rollback_leaves_what_others_changed_since(
    commanding: Workspace, dataverse: LocalDataverse
) -> None:
    commanding.deploy()
    theirs = commands(dataverse)[0]
    body = {"buttontooltiptitle": "Ours"}
    dataverse.call("PATCH", f"appactions({theirs['appactionid']})", body)
    (run,) = commanding.runs()
    back = commanding.run("rollback", run, "--yes")
    assert f"The command {NAMES[0]} was changed since." in back.stdout + back.stderr


def test_switched_off_it_goes(commanding: Workspace, dataverse: LocalDataverse) -> None:
    commanding.deploy()
    commanding.configure('phone = "modern"', 'phone = "off"')
    assert "it is no longer wanted" in commanding.deploy()
    assert names(dataverse) == []
    assert "Nothing to do." in commanding.deploy()


def test_undeploy_takes_it_out_before_its_script(
    commanding: Workspace, dataverse: LocalDataverse
) -> None:
    commanding.deploy()
    result = commanding.run("undeploy", "--env", "local", "--yes")
    assert result.returncode == ExitCode.OK, result.stderr
    assert names(dataverse) == []
    assert (
        dataverse.call("GET", "webresourceset?$filter=startswith(name,'d365pop_')")["value"] == []
    )


def test_without_the_table_nobody_looks_for_it(
    workspace: Workspace, dataverse: LocalDataverse
) -> None:
    workspace.deploy()
    asked = [request["path"] for request in dataverse.requests()]
    assert asked
    assert not [path for path in asked if "appactions" in path]
