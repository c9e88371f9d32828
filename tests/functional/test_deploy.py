"""The main job from end to end: build, import, register, publish, prove; then nothing more."""

import json
import shutil
from base64 import b64decode

from d365pop.errors import ExitCode
from tests.local_dataverse import LocalDataverse
from tests.workspace import Workspace

SCRIPT = "d365pop_/screenpop/form.js"
TABLES = ("account", "contact", "lead")


def test_deploy_starts_a_local_dataverse_where_none_answers(workspace: Workspace) -> None:
    first = workspace.run("deploy", "--env", "local")
    assert first.returncode == ExitCode.OK, first.stderr
    for change in ("import", "set", "register", "publish"):
        assert change in first.stdout
    assert "Proven by reading back" in first.stdout
    again = workspace.run("deploy", "--env", "local")
    assert again.returncode == ExitCode.OK, again.stderr
    assert "Nothing to do." in again.stdout


def test_deployed_state_is_published(workspace: Workspace, dataverse: LocalDataverse) -> None:
    result = workspace.run("deploy", "--env", "local")
    assert result.returncode == ExitCode.OK, result.stderr
    script = b64decode(dataverse.web_resource(SCRIPT)["content"])
    assert b"D365Pop" in script
    for table in TABLES:
        form_xml = dataverse.form(table)["formxml"]
        assert form_xml.count('functionName="D365Pop.onLoad"') == 1
        assert form_xml.count(f'name="{SCRIPT}"') == 1
    variable = dataverse.row(
        "environmentvariabledefinitions?$select=schemaname"
        "&$filter=schemaname eq 'd365pop_ScreenPopSettings'"
        "&$expand=environmentvariabledefinition_environmentvariablevalue($select=value)"
    )
    (value,) = variable["environmentvariabledefinition_environmentvariablevalue"]
    softphone = json.loads(value["value"])["genesys"]["frameUrl"]
    assert softphone.endswith("/crm/embeddableFramework.html")


def test_second_deploy_writes_nothing(workspace: Workspace, dataverse: LocalDataverse) -> None:
    assert workspace.run("deploy", "--env", "local").returncode == ExitCode.OK
    dataverse.clear_requests()
    again = workspace.run("deploy", "--env", "local")
    assert (again.returncode, dataverse.writes()) == (ExitCode.OK, [])
    assert "Nothing to do." in again.stdout


def test_second_deploy_writes_nothing_without_the_state_of_the_first(
    workspace: Workspace, dataverse: LocalDataverse
) -> None:
    assert workspace.run("deploy", "--env", "local").returncode == ExitCode.OK
    shutil.rmtree(workspace.folder / ".d365pop")
    shutil.rmtree(workspace.folder / "dist")
    dataverse.clear_requests()
    again = workspace.run("deploy", "--env", "local")
    assert (again.returncode, dataverse.writes()) == (ExitCode.OK, [])


def test_web_resource_changed_there_is_repaired_alone(
    workspace: Workspace, dataverse: LocalDataverse
) -> None:
    assert workspace.run("deploy", "--env", "local").returncode == ExitCode.OK
    good = dataverse.web_resource(SCRIPT)
    dataverse.overwrite(SCRIPT, b"// somebody else's edit")
    dataverse.clear_requests()
    repair = workspace.run("deploy", "--env", "local")
    assert repair.returncode == ExitCode.OK, repair.stderr
    api = "/api/data/v9.2"
    assert dataverse.writes() == [
        f"PATCH {api}/webresourceset({good['webresourceid']})",
        f"POST {api}/PublishXml",
    ]
    assert dataverse.web_resource(SCRIPT)["content"] == good["content"]


def test_newer_version_is_imported_over_the_older(
    workspace: Workspace, dataverse: LocalDataverse
) -> None:
    assert workspace.run("deploy", "--env", "local").returncode == ExitCode.OK
    result = workspace.run("deploy", "--env", "local", D365POP_SOLUTION__VERSION="1.1.0.0")
    assert result.returncode == ExitCode.OK, result.stderr
    solution = dataverse.row("solutions?$select=version&$filter=uniquename eq 'GenesysScreenPop'")
    assert solution["version"] == "1.1.0.0"
    older = workspace.run("deploy", "--env", "local")
    assert older.returncode == ExitCode.PLAN_REFUSED
    assert "(newer-version-installed)" in older.stderr


def test_managed_package_is_deployed_and_repaired_by_import(
    workspace: Workspace, dataverse: LocalDataverse
) -> None:
    workspace.configure('sign_in = "local"', 'sign_in = "local"\nmanaged = true')
    first = workspace.run("deploy", "--env", "local")
    assert first.returncode == ExitCode.OK, first.stderr
    solution = dataverse.row("solutions?$select=ismanaged&$filter=uniquename eq 'GenesysScreenPop'")
    assert solution["ismanaged"] is True
    dataverse.clear_requests()
    again = workspace.run("deploy", "--env", "local")
    assert (again.returncode, dataverse.writes()) == (ExitCode.OK, [])
    good = dataverse.web_resource(SCRIPT)
    dataverse.overwrite(SCRIPT, b"// an unmanaged layer")
    repair = workspace.run("deploy", "--env", "local")
    assert repair.returncode == ExitCode.OK, repair.stderr
    assert "import" in repair.stdout
    assert dataverse.web_resource(SCRIPT)["content"] == good["content"]


def test_journal_of_the_run_holds_the_forms_as_they_were(
    workspace: Workspace, dataverse: LocalDataverse
) -> None:
    before = {table: dataverse.form(table)["formxml"] for table in TABLES}
    assert workspace.run("deploy", "--env", "local").returncode == ExitCode.OK
    (journal,) = (workspace.folder / ".d365pop" / "runs").glob("*/journal.jsonl")
    records = [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines()]
    assert records[-1]["event"] == "proven"
    plan = json.loads((journal.parent / "plan.json").read_text(encoding="utf-8"))["plan"]
    edits = {step["table"]: step for step in plan["steps"] if step["step"] == "edit-form"}
    assert {table: step["before"] for table, step in edits.items()} == before
    # Written back, the forms are what they were, to the byte.
    for step in edits.values():
        dataverse.call(
            "PATCH",
            f"systemforms({step['form_id']})",
            {"formxml": step["before"]},
            {"If-Match": "*"},
        )
    entities = "".join(f"<entity>{table}</entity>" for table in TABLES)
    dataverse.call(
        "POST",
        "PublishXml",
        {"ParameterXml": f"<importexportxml><entities>{entities}</entities></importexportxml>"},
    )
    assert {table: dataverse.form(table)["formxml"] for table in TABLES} == before


def test_failing_import_is_one_clear_error_and_changes_nothing(
    workspace: Workspace, dataverse: LocalDataverse
) -> None:
    organization = dataverse.row("organizations?$select=organizationid,maxuploadfilesize")
    dataverse.call(
        "PATCH",
        f"organizations({organization['organizationid']})",
        {"maxuploadfilesize": 1024},
        {"If-Match": "*"},
    )
    before = {table: dataverse.form(table)["formxml"] for table in TABLES}
    result = workspace.run("deploy", "--env", "local")
    assert result.returncode == ExitCode.DATAVERSE
    assert "Traceback" not in result.stderr
    assert "0x8004f114" in result.stderr.lower()
    assert dataverse.rows("solutions?$filter=uniquename eq 'GenesysScreenPop'") == []
    assert {table: dataverse.form(table)["formxml"] for table in TABLES} == before


def test_form_that_is_not_there_stops_before_the_first_write(
    workspace: Workspace, dataverse: LocalDataverse
) -> None:
    workspace.configure('[[forms]]\ntable = "lead"', '[[forms]]\ntable = "lead"\nname = "None"')
    dataverse.clear_requests()
    result = workspace.run("deploy", "--env", "local")
    assert result.returncode == ExitCode.PLAN_REFUSED
    assert "(form-not-found)" in result.stderr
    assert dataverse.writes() == []


def test_column_that_does_not_exist_is_named_before_the_first_write(
    workspace: Workspace, dataverse: LocalDataverse
) -> None:
    workspace.configure('"telephone2", "mobilephone"', '"telefone2", "mobilephone"')
    dataverse.clear_requests()
    result = workspace.run("deploy", "--env", "local")
    assert result.returncode == ExitCode.PLAN_REFUSED
    assert "has no column telefone2; did you mean “telephone2”?" in result.stderr
    assert dataverse.writes() == []


def test_other_publisher_or_name_is_never_nothing_to_do(
    workspace: Workspace, dataverse: LocalDataverse
) -> None:
    assert workspace.run("deploy", "--env", "local").returncode == ExitCode.OK
    other = workspace.run("deploy", "--env", "local", D365POP_PUBLISHER__UNIQUE_NAME="other")
    assert other.returncode == ExitCode.PLAN_REFUSED
    assert "(publisher-differs)" in other.stderr
    renamed = workspace.run("deploy", "--env", "local", D365POP_SOLUTION__DISPLAY_NAME="Renamed")
    assert renamed.returncode == ExitCode.OK, renamed.stderr
    solution = dataverse.row(
        "solutions?$select=friendlyname&$filter=uniquename eq 'GenesysScreenPop'"
    )
    assert solution["friendlyname"] == "Renamed"
