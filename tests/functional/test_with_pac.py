"""Handing over to pac and back: nothing is imported twice, and its settings file counts."""

import json

from d365pop.errors import ExitCode
from tests import pac
from tests.local_dataverse import LocalDataverse
from tests.workspace import Workspace

PACKAGE = "dist/GenesysScreenPop_1.0.0.0.zip"
OURS = "d365pop_ScreenPopSettings"


def test_package_that_pac_imported_is_not_imported_again(
    workspace: Workspace, dataverse: LocalDataverse
) -> None:
    assert workspace.run("build").returncode == ExitCode.OK
    folder = workspace.folder
    pac.import_package(dataverse, folder / PACKAGE, folder / "dist" / "settings" / "local.json")
    planned = workspace.run("plan", "--env", "local", "--format", "json")
    steps = json.loads(planned.stdout)["runs"][0]["steps"]
    assert sorted({step["action"] for step in steps}) == ["publish", "register"]
    dataverse.clear_requests()
    assert workspace.run("deploy", "--env", "local", "--yes").returncode == ExitCode.OK
    assert not [write for write in dataverse.writes() if "ImportSolution" in write]
    assert workspace.run("plan", "--env", "local", "--detailed-exitcode").returncode == ExitCode.OK


def test_settings_file_of_the_team_counts_and_its_others_are_left_alone(
    workspace: Workspace, dataverse: LocalDataverse
) -> None:
    assert workspace.run("build").returncode == ExitCode.OK
    folder = workspace.folder
    document = json.loads((folder / "dist" / "settings" / "local.json").read_text("utf-8"))
    ours = json.loads(document["EnvironmentVariables"][0]["Value"])
    ours["screenPop"]["noMatch"] = "nothing"
    document["EnvironmentVariables"] = [
        {"SchemaName": OURS, "Value": json.dumps(ours)},
        {"SchemaName": "contoso_Url", "Value": "https://contoso.example"},
    ]
    (folder / "team.json").write_text(json.dumps(document), "utf-8")
    variable = {"D365POP_ENVIRONMENTS__LOCAL__SETTINGS_FILE": "team.json"}
    deployed = workspace.run("deploy", "--env", "local", **variable)
    assert deployed.returncode == ExitCode.OK, deployed.stderr
    assert "team.json: not in this package, so left alone: contoso_Url" in deployed.stderr
    (value,) = dataverse.rows("environmentvariablevalues")
    assert json.loads(value["value"]) == ours
    assert workspace.run("build", **variable).returncode == ExitCode.OK
    rebuilt = json.loads((folder / "dist" / "settings" / "local.json").read_text("utf-8"))
    assert rebuilt == document


def test_settings_file_of_another_shape_is_refused_before_anything_is_asked(
    workspace: Workspace, dataverse: LocalDataverse
) -> None:
    (workspace.folder / "team.json").write_text('{"Variables": []}', "utf-8")
    dataverse.clear_requests()
    variable = {"D365POP_ENVIRONMENTS__LOCAL__SETTINGS_FILE": "team.json"}
    refused = workspace.run("deploy", "--env", "local", **variable)
    assert refused.returncode == ExitCode.CONFIGURATION
    assert "(settings-file-invalid)" in refused.stderr
    assert dataverse.requests() == []
