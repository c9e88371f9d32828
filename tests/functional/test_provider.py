"""The softphone's panel: its provider is deployed, in drift, rolled back and undeployed."""

from base64 import b64decode

import pytest

from d365pop.errors import ExitCode
from tests.local_dataverse import JsonObject, LocalDataverse
from tests.workspace import Workspace

ROLE = "11111111-1111-4111-8111-111111111111"
HOST = f'\n[host]\nkind = "cif-v1"\nroles = ["{ROLE}"]\n'
NAME = "d365pop_d365pop_phone"
COLUMNS = (
    "msdyn_ciproviderid,msdyn_name,msdyn_label,msdyn_landingurl,msdyn_clicktoact,"
    "msdyn_sortorder,msdyn_roleselector"
)
THEIRS = {
    "name": "d365pop_/screenpop/theirs.js",
    "displayname": "A script that somebody added",
    "webresourcetype": 3,
    "content": "Ly8=",
}
IN_OURS = {"MSCRM.SolutionUniqueName": "GenesysScreenPop"}
MOST_REQUESTS = 16
"""Three more than without [host]: rows of either version are looked for."""


@pytest.fixture
def paneled(workspace: Workspace) -> Workspace:
    """A workspace whose softphone lives in the panel."""
    workspace.append(HOST)
    return workspace


def providers(dataverse: LocalDataverse) -> list[JsonObject]:
    rows: list[JsonObject] = dataverse.call("GET", f"msdyn_ciproviders?$select={COLUMNS}")["value"]
    return rows


def test_the_provider_shows_our_page_to_the_roles(
    paneled: Workspace, dataverse: LocalDataverse
) -> None:
    assert "Proven by reading back" in paneled.deploy()
    (row,) = providers(dataverse)
    assert row["msdyn_name"] == NAME
    assert row["msdyn_landingurl"] == f"{paneled.url}/WebResources/d365pop_/screenpop/cif.html"
    assert (row["msdyn_clicktoact"], row["msdyn_roleselector"]) == (True, ROLE)
    page = b64decode(dataverse.web_resource("d365pop_/screenpop/cif.html")["content"])
    first, then = (page.index(f'src="{name}"'.encode()) for name in ("cif.js", "softphone.js"))
    assert first < then
    dataverse.clear_requests()
    assert "Nothing to do." in paneled.deploy()
    assert dataverse.writes() == []
    assert len(dataverse.requests()) <= MOST_REQUESTS


@pytest.mark.parametrize(
    ("column", "ours", "theirs"),
    [("msdyn_clicktoact", True, False), ("statecode", 0, 1)],
    ids=["changed", "deactivated"],
)
def test_what_others_did_to_it_is_drift_and_one_write_repairs_it(
    paneled: Workspace, dataverse: LocalDataverse, column: str, ours: object, theirs: object
) -> None:
    paneled.deploy()
    (row,) = providers(dataverse)
    path = f"msdyn_ciproviders({row['msdyn_ciproviderid']})"
    dataverse.call("PATCH", path, {column: theirs})
    drift = paneled.run("drift", "--env", "local")
    assert drift.returncode == ExitCode.DIFFERS
    assert f"has another {column}" in drift.stdout
    dataverse.clear_requests()
    paneled.deploy()
    assert dataverse.writes() == [f"PATCH /api/data/v9.2/{path}"]
    assert dataverse.call("GET", path)[column] == ours


def test_back_to_the_side_pane_it_goes_and_a_rollback_brings_it_again(
    paneled: Workspace, dataverse: LocalDataverse
) -> None:
    paneled.deploy()
    paneled.configure(f'kind = "cif-v1"\nroles = ["{ROLE}"]', 'kind = "side-pane"')
    paneled.deploy()
    assert providers(dataverse) == []
    back = paneled.run("rollback", paneled.runs()[-1], "--yes")
    assert back.returncode == ExitCode.OK, back.stderr
    assert [row["msdyn_name"] for row in providers(dataverse)] == [NAME]


@pytest.mark.parametrize(
    ("first", "then", "panels"),
    [(HOST, '\n[host]\nkind = "side-pane"\n', []), ("\n[host]\n", HOST, [NAME])],
    ids=["into a side pane", "into the panel"],
)
def test_the_softphone_stays_where_the_scripts_of_a_managed_package_are_for(
    workspace: Workspace, dataverse: LocalDataverse, first: str, then: str, panels: list[str]
) -> None:
    workspace.configure('sign_in = "local"', 'sign_in = "local"\nmanaged = true')
    workspace.append(first)
    workspace.deploy()
    workspace.configure(first, then)
    workspace.configure('version = "1.0.0.0"', 'version = "1.1.0.0"')
    workspace.deploy()
    back = workspace.run("rollback", workspace.runs()[-1], "--yes")
    assert back.returncode == ExitCode.OK, back.stderr
    assert "The softphone stays where the run puts it" in back.stdout
    assert [row["msdyn_name"] for row in providers(dataverse)] == panels


def test_undeploy_takes_out_what_the_panel_had_also_after_it_was_left(
    paneled: Workspace, dataverse: LocalDataverse
) -> None:
    paneled.deploy()
    paneled.configure(f'kind = "cif-v1"\nroles = ["{ROLE}"]', 'kind = "side-pane"')
    paneled.deploy()
    dataverse.call("POST", "webresourceset", THEIRS, headers=IN_OURS)
    result = paneled.run("undeploy", "--env", "local", "--yes")
    assert result.returncode == ExitCode.OK, result.stderr
    names = {row["name"] for row in dataverse.rows("webresourceset?$select=name")}
    assert {name for name in names if name.startswith("d365pop_/")} == {THEIRS["name"]}


def test_undeploy_takes_it_out(paneled: Workspace, dataverse: LocalDataverse) -> None:
    paneled.deploy()
    result = paneled.run("undeploy", "--env", "local", "--yes")
    assert result.returncode == ExitCode.OK, result.stderr
    assert providers(dataverse) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[host]\nkind = "cif-v1"\n', "roles"),
        (f'[host]\nroles = ["{ROLE}"]\n', "roles"),
        (HOST + "[command]\n", "\n  [command] opens a side pane"),
        ('[host]\nkind = "cif-v3"\n', "kind"),
    ],
    ids=["without roles", "roles of a side pane", "command beside it", "unknown"],
)
def test_host_that_cannot_be_is_refused(workspace: Workspace, text: str, said: str) -> None:
    workspace.append(f"\n{text}")
    result = workspace.run("plan", "--env", "local")
    assert result.returncode == ExitCode.CONFIGURATION
    assert said in result.stderr
