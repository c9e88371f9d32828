"""The documented least role of a deployer, against the local Dataverse, which enforces it."""

from collections.abc import Iterator

import pytest

from d365pop.doctor.access import NEEDED
from d365pop.emulator import seed
from d365pop.emulator.seed_roles import ADMINISTRATOR
from d365pop.emulator.server import EmulatorOptions, start
from d365pop.errors import ExitCode
from tests.local_dataverse import LocalDataverse
from tests.workspace import Workspace

USER = seed.ADMINISTRATOR_ID


@pytest.fixture
def dataverse(workspace: Workspace) -> Iterator[LocalDataverse]:
    with start(EmulatorOptions(port=workspace.port)) as emulator:
        yield LocalDataverse(emulator.url)


def give_role(dataverse: LocalDataverse, privileges: list[str]) -> None:
    """Let the deployment user have these privileges and no others."""
    rows = dataverse.rows("privileges?$select=name,privilegeid")
    ids = {row["name"]: row["privilegeid"] for row in rows}
    unit = dataverse.row("businessunits?$select=businessunitid")["businessunitid"]
    body = {"name": "Deployer", "businessunitid@odata.bind": f"/businessunits({unit})"}
    dataverse.call("POST", "roles", body)
    role = dataverse.row("roles?$select=roleid&$filter=name eq 'Deployer'")["roleid"]
    granted = [{"PrivilegeId": ids[name], "Depth": "Global"} for name in privileges]
    add = f"roles({role})/Microsoft.Dynamics.CRM.AddPrivilegesRole"
    dataverse.call("POST", add, {"Privileges": granted})
    link = f"systemusers({USER})/systemuserroles_association"
    reference = {"@odata.id": f"{dataverse.url}/api/data/v9.2/roles({role})"}
    dataverse.call("POST", f"{link}/$ref", reference)
    dataverse.call("DELETE", f"{link}({ADMINISTRATOR})/$ref")


def test_documented_role_is_enough_for_a_whole_deploy(
    workspace: Workspace, dataverse: LocalDataverse
) -> None:
    give_role(dataverse, [name for names in NEEDED.values() for name in names])
    done = workspace.run("deploy", "--env", "local", "--yes")
    assert done.returncode == ExitCode.OK, done.stderr
    again = workspace.run("doctor", "--env", "local")
    assert again.returncode == ExitCode.OK, again.stdout
    assert "Deployer" in workspace.run("auth", "whoami", "--env", "local").stdout


@pytest.mark.parametrize(
    ("lost", "code"),
    [
        ("prvImportCustomization", ExitCode.DATAVERSE),
        # The rollback that follows would have to publish, too.
        ("prvPublishCustomization", ExitCode.ROLLBACK_FAILED),
    ],
)
def test_deploy_without_a_privilege_is_refused_and_doctor_has_said_so(
    workspace: Workspace, dataverse: LocalDataverse, lost: str, code: ExitCode
) -> None:
    give_role(dataverse, [name for names in NEEDED.values() for name in names if name != lost])
    told = workspace.run("doctor", "--env", "local")
    assert told.returncode == ExitCode.CHECK_FINDINGS
    assert f"{lost} is missing; the role System Customizer would bring it." in told.stdout
    done = workspace.run("deploy", "--env", "local", "--yes")
    assert done.returncode == code, done.stderr
    assert lost in done.stderr
