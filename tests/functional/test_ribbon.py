"""The “Phone” button of the classic ribbon: in the package, proven, rolled back, undeployed."""

import base64
import io
import zipfile
from pathlib import Path

import pytest
from lxml import etree

from d365pop.errors import ExitCode
from tests.local_dataverse import JsonObject, LocalDataverse
from tests.pac import import_package
from tests.workspace import Workspace

TABLES = ("account", "contact", "lead")
CLASSIC = '\n[command]\nphone = "classic"\n'
MANAGED = ('sign_in = "local"', 'sign_in = "local"\nmanaged = true')
MOST_REQUESTS = 15
NODES_OF_A_TABLE = 4
XSD = "CustomizationsSolution.xsd"
THEIRS = "theirs.d365pop.phone.account.CustomAction"


@pytest.fixture
def classic(workspace: Workspace) -> Workspace:
    """A workspace whose configuration wants the button."""
    workspace.append(CLASSIC)
    return workspace


def nodes(dataverse: LocalDataverse) -> list[JsonObject]:
    found: list[JsonObject] = []
    for path in (
        "ribbondiffs?$select=diffid,entity,rdx,ismanaged&$orderby=diffid",
        "ribboncommands?$select=command,entity,commanddefinition,ismanaged&$orderby=command",
    ):
        found += dataverse.call("GET", path)["value"]
    return found


def tables(dataverse: LocalDataverse) -> list[str]:
    return sorted({row["entity"] for row in nodes(dataverse)})


def refused(workspace: Workspace) -> str:
    result = workspace.run("deploy", "--env", "local")
    assert result.returncode == ExitCode.PLAN_REFUSED, result.stdout + result.stderr
    return result.stderr


def roll_back(workspace: Workspace, run: str) -> str:
    result = workspace.run("rollback", run, "--yes")
    assert result.returncode == ExitCode.OK, result.stdout + result.stderr
    return result.stderr


def labels(dataverse: LocalDataverse) -> set[str]:
    return {
        etree.fromstring(row["rdx"])[0][0].get("description", "")
        for row in nodes(dataverse)
        if str(row.get("diffid")).endswith(".LabelText")
    }


def put_button_of_others(dataverse: LocalDataverse, folder: Path) -> None:
    """Let somebody else import an unmanaged button, and publish it."""
    (folder / "theirs").mkdir()
    theirs = Workspace.make(folder / "theirs")
    theirs.append(CLASSIC)
    theirs.configure('customization_prefix = "d365pop"', 'customization_prefix = "theirs"')
    theirs.configure('unique_name = "d365pop"', 'unique_name = "theirs"')
    theirs.configure('unique_name = "GenesysScreenPop"', 'unique_name = "Theirs"')
    assert theirs.run("build").returncode == ExitCode.OK
    import_package(dataverse, theirs.folder / "dist" / "Theirs_1.0.0.0.zip", None)
    dataverse.call("POST", "PublishAllXml", {})


@pytest.mark.parametrize("managed", [False, True], ids=["unmanaged", "managed"])
def test_the_button_stands_on_the_ribbon_of_each_list(
    classic: Workspace, dataverse: LocalDataverse, *, managed: bool
) -> None:
    if managed:
        classic.configure(*MANAGED)
    plan = classic.run("plan", "--env", "local")
    assert "button on the ribbon of account" in plan.stdout
    assert "ribbon account, ribbon contact, ribbon lead." in classic.deploy()
    found = nodes(dataverse)
    assert tables(dataverse) == [*TABLES]
    assert len(found) == len(TABLES) * NODES_OF_A_TABLE
    assert {row["ismanaged"] for row in found} == {managed}
    (call,) = (row for row in found if row.get("command") == "d365pop.d365pop.phone.lead.Command")
    function = etree.fromstring(call["commanddefinition"]).find("Actions/JavaScriptFunction")
    assert function is not None
    assert {name: function.get(name) for name in ("FunctionName", "Library")} == {
        "FunctionName": "D365Pop.openPhone",
        "Library": "$webresource:d365pop_/screenpop/form.js",
    }
    assert dataverse.call("GET", "appactions?$select=name")["value"] == []


def test_a_second_deploy_writes_nothing_and_asks_little(
    classic: Workspace, dataverse: LocalDataverse
) -> None:
    classic.deploy()
    dataverse.clear_requests()
    assert "Nothing to do." in classic.deploy()
    assert dataverse.writes() == []
    assert len(dataverse.requests()) <= MOST_REQUESTS


@pytest.mark.parametrize("suffix", ["", "_managed"])
def test_the_package_is_valid_and_holds_nothing_of_the_tables_but_their_ribbons(
    classic: Workspace, shared: Path, suffix: str
) -> None:
    assert classic.run("build", "--all").returncode == ExitCode.OK
    package = classic.folder / "dist" / f"GenesysScreenPop_1.0.0.0{suffix}.zip"
    with zipfile.ZipFile(package) as archive:
        customizations = etree.fromstring(archive.read("customizations.xml"))
        manifest = etree.fromstring(archive.read("solution.xml"))
    schema = etree.XMLSchema(etree.parse(shared / "schemas" / "9.0.0.2090-portable" / XSD))
    schema.assertValid(customizations)
    assert customizations.findall("Entities/Entity/FormXml") == []
    assert customizations.findall(".//attribute") == []
    roots = [dict(root.attrib) for root in manifest.iterfind(".//RootComponent[@type='1']")]
    assert roots == [{"type": "1", "schemaName": table, "behavior": "2"} for table in TABLES]
    check = classic.run("check", str(package))
    assert check.returncode == ExitCode.OK, check.stdout
    assert "account, contact, lead" in classic.run("inspect", str(package)).stdout


def test_another_label_is_told_apart_by_diff(classic: Workspace, tmp_path: Path) -> None:
    assert classic.run("build", "--out", str(tmp_path / "one")).returncode == ExitCode.OK
    classic.append('label = "Telephone"\n')
    assert classic.run("build", "--out", str(tmp_path / "two")).returncode == ExitCode.OK
    packages = [str(tmp_path / name / "GenesysScreenPop_1.0.0.0.zip") for name in ("one", "two")]
    told = classic.run("diff", *packages)
    assert told.returncode == ExitCode.DIFFERS, told.stderr
    assert "Telephone" in told.stdout


def test_what_others_did_to_it_is_drift_and_repaired(
    classic: Workspace, dataverse: LocalDataverse
) -> None:
    classic.deploy()
    for row in dataverse.call("GET", "ribbondiffs?$filter=entity eq 'lead'")["value"]:
        dataverse.call("DELETE", f"ribbondiffs({row['ribbondiffid']})")
    drift = classic.run("drift", "--env", "local")
    assert drift.returncode == ExitCode.DIFFERS, drift.stderr
    assert "ribbon lead has another button" in drift.stdout
    assert classic.run("verify", "--env", "local").returncode != ExitCode.OK
    classic.deploy()
    assert len(nodes(dataverse)) == len(TABLES) * NODES_OF_A_TABLE


def test_a_rollback_brings_the_former_label_back_and_takes_the_button_out(
    classic: Workspace, dataverse: LocalDataverse
) -> None:
    classic.deploy()
    classic.configure(CLASSIC, f'{CLASSIC}label = "Telephone"\n')
    classic.deploy()
    assert labels(dataverse) == {"Telephone"}
    first, second = classic.runs()
    assert "restore ribbon account" in roll_back(classic, second)
    assert labels(dataverse) == {"Phone"}
    roll_back(classic, first)
    assert nodes(dataverse) == []


@pytest.mark.parametrize("managed", [False, True], ids=["unmanaged", "managed"])
@pytest.mark.parametrize("phone", ["modern", "off"])
def test_switched_to_another_command_it_goes_and_comes_back(
    classic: Workspace, dataverse: LocalDataverse, phone: str, *, managed: bool
) -> None:
    if managed:
        classic.configure(*MANAGED)
    classic.deploy()
    classic.configure('phone = "classic"', f'phone = "{phone}"')
    if managed:
        assert "(ribbon-needs-upgrade)" in refused(classic)
        classic.configure('version = "1.0.0.0"', 'version = "1.1.0.0"')
    classic.deploy()
    assert nodes(dataverse) == []
    rows = dataverse.call("GET", "appactions?$select=name")["value"]
    assert len(rows) == (len(TABLES) if phone == "modern" else 0)
    assert "Nothing to do." in classic.deploy()
    if not managed:
        roll_back(classic, classic.runs()[-1])
        assert tables(dataverse) == [*TABLES]
        assert dataverse.call("GET", "appactions?$select=name")["value"] == []
        classic.configure(f'phone = "{phone}"', 'phone = "classic"')
        assert "Nothing to do." in classic.deploy()


def test_buttons_of_others_stop_an_unmanaged_deploy_alone(
    classic: Workspace, dataverse: LocalDataverse, tmp_path: Path
) -> None:
    put_button_of_others(dataverse, tmp_path)
    told = refused(classic)
    assert "(foreign-ribbon)" in told
    assert f"account: {THEIRS}" in told
    classic.configure(*MANAGED)
    classic.deploy()
    assert THEIRS in [row.get("diffid") for row in nodes(dataverse)]


@pytest.mark.parametrize("managed", [False, True], ids=["unmanaged", "managed"])
def test_undeploy_takes_it_out_with_its_script(
    classic: Workspace, dataverse: LocalDataverse, *, managed: bool
) -> None:
    if managed:
        classic.configure(*MANAGED)
    classic.deploy()
    result = classic.run("undeploy", "--env", "local", "--yes")
    assert result.returncode == ExitCode.OK, result.stderr
    assert nodes(dataverse) == []
    left = dataverse.call("GET", "webresourceset?$filter=startswith(name,'d365pop_')")["value"]
    assert left == []


def test_an_export_holds_it_also_after_a_rollback(
    classic: Workspace, dataverse: LocalDataverse
) -> None:
    classic.deploy()
    classic.configure(CLASSIC, f'{CLASSIC}label = "Telephone"\n')
    classic.deploy()
    roll_back(classic, classic.runs()[-1])
    body = {"SolutionName": "GenesysScreenPop", "Managed": False}
    file = dataverse.call("POST", "ExportSolution", body)["ExportSolutionFile"]
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(file))) as archive:
        customizations = etree.fromstring(archive.read("customizations.xml"))
        manifest = etree.fromstring(archive.read("solution.xml"))
    titles = customizations.findall("Entities/Entity/RibbonDiffXml/LocLabels/LocLabel/Titles/Title")
    assert {title.get("description") for title in titles} == {"Phone", "Opens the softphone"}
    roots = [root.get("schemaName") for root in manifest.iter("RootComponent")]
    assert {*TABLES, "d365pop_/screenpop/form.js"} <= {*roots}


def test_without_the_table_nobody_looks_for_it(
    workspace: Workspace, dataverse: LocalDataverse
) -> None:
    workspace.deploy()
    asked = [request["path"] for request in dataverse.requests()]
    assert asked
    assert not [path for path in asked if "ribbon" in path]
