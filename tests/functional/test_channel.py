"""The panel of version 2: provider, notification and links to app profiles, deployed and back."""

import pytest

from d365pop.errors import ExitCode
from tests.local_dataverse import JsonObject, LocalDataverse
from tests.workspace import Workspace

PROFILE = "d365pop_agents"
HOST = '\n[host]\nkind = "cif-v2"\nprofiles = ["Agents"]\n'
NAME = "d365pop_d365pop_phone"
LINKS = "msdyn_appconfig_msdyn_channelprovider"
KEY = f"app profile link {PROFILE}/{NAME}"


@pytest.fixture
def paneled(workspace: Workspace) -> Workspace:
    """A workspace whose softphone lives in the panel of an app with several sessions."""
    workspace.append(HOST)
    return workspace


def channels(dataverse: LocalDataverse) -> list[JsonObject]:
    rows: list[JsonObject] = dataverse.call("GET", "msdyn_channelproviders")["value"]
    return rows


def templates(dataverse: LocalDataverse) -> list[JsonObject]:
    rows: list[JsonObject] = dataverse.call("GET", "msdyn_notificationtemplates")["value"]
    return rows


def linked_profiles(dataverse: LocalDataverse) -> list[str]:
    """Return the unique names of the profiles that show our provider."""
    path = f"msdyn_appconfigurations?$expand={LINKS}($select=msdyn_uniquename)"
    return sorted(
        row["msdyn_uniquename"]
        for row in dataverse.call("GET", path)["value"]
        if NAME in {channel["msdyn_uniquename"] for channel in row[LINKS]}
    )


def add_profile(dataverse: LocalDataverse, unique_name: str, name: str) -> None:
    profile = {
        "msdyn_uniquename": unique_name,
        "msdyn_name": name,
        "msdyn_appmoduleuniquename": "d365pop_CustomerService",
    }
    dataverse.call("POST", "msdyn_appconfigurations", profile)


def test_the_provider_is_linked_to_the_profile_and_deployed_once(
    paneled: Workspace, dataverse: LocalDataverse
) -> None:
    plan = paneled.run("plan", "--env", "local")
    assert f"create   {KEY}" in plan.stdout
    assert "Proven by reading back" in paneled.deploy()
    (row,) = channels(dataverse)
    page = f"{paneled.url}/WebResources/d365pop_/screenpop/cif.html"
    assert (row["msdyn_uniquename"], row["msdyn_channelurl"]) == (NAME, page)
    assert (row["msdyn_enableoutbound"], row["msdyn_apiversion"]) == (True, 162450000)
    (template,) = templates(dataverse)
    assert (template["msdyn_title"], template["msdyn_autoacceptnotification"]) == (
        "{notice}",
        False,
    )
    assert linked_profiles(dataverse) == [PROFILE]
    dataverse.clear_requests()
    assert "Nothing to do." in paneled.deploy()
    assert dataverse.writes() == []


@pytest.mark.parametrize("name", [PROFILE, PROFILE.upper(), "agents"])
def test_a_profile_is_found_by_either_name(
    workspace: Workspace, dataverse: LocalDataverse, name: str
) -> None:
    workspace.append(HOST.replace("Agents", name))
    workspace.deploy()
    assert linked_profiles(dataverse) == [PROFILE]


def test_a_name_that_is_no_profiles_stops_before_anything_is_written(
    workspace: Workspace, dataverse: LocalDataverse
) -> None:
    workspace.append(HOST.replace("Agents", "Agnets"))
    result = workspace.run("deploy", "--env", "local")
    assert result.returncode == ExitCode.PLAN_REFUSED
    assert "No app profile is called Agnets." in result.stderr
    assert f"There are: {PROFILE} (Agents, app d365pop_CustomerService)" in result.stderr
    assert dataverse.writes() == []


def test_a_name_of_two_profiles_stops_before_anything_is_written(
    paneled: Workspace, dataverse: LocalDataverse
) -> None:
    add_profile(dataverse, "d365pop_night", "Agents")
    dataverse.clear_requests()
    result = paneled.run("deploy", "--env", "local")
    assert result.returncode == ExitCode.PLAN_REFUSED
    assert "2 app profiles are called Agents." in result.stderr
    assert "d365pop_night (Agents, app d365pop_CustomerService)" in result.stderr
    assert dataverse.writes() == []


def test_another_profile_is_linked_and_the_first_one_unlinked(
    paneled: Workspace, dataverse: LocalDataverse
) -> None:
    paneled.deploy()
    add_profile(dataverse, "d365pop_night", "Night")
    paneled.configure('profiles = ["Agents"]', 'profiles = ["Night"]')
    paneled.deploy()
    assert linked_profiles(dataverse) == ["d365pop_night"]
    back = paneled.run("rollback", paneled.runs()[-1], "--yes")
    assert back.returncode == ExitCode.OK, back.stderr
    assert linked_profiles(dataverse) == [PROFILE]


def test_what_others_did_to_it_is_drift_and_is_repaired(
    paneled: Workspace, dataverse: LocalDataverse
) -> None:
    paneled.deploy()
    (row,) = channels(dataverse)
    path = f"msdyn_channelproviders({row['msdyn_channelproviderid']})"
    dataverse.call("PATCH", path, {"msdyn_enableoutbound": False, "statecode": 1})
    profile = dataverse.row(f"msdyn_appconfigurations?$filter=msdyn_uniquename eq '{PROFILE}'")
    link = f"msdyn_appconfigurations({profile['msdyn_appconfigurationid']})/{LINKS}"
    dataverse.call("DELETE", f"{link}({row['msdyn_channelproviderid']})/$ref")
    drift = paneled.run("drift", "--env", "local")
    assert drift.returncode == ExitCode.DIFFERS
    assert f"channel provider {NAME} has another msdyn_enableoutbound, statecode" in drift.stdout
    assert f"{KEY} is not there" in drift.stdout
    dataverse.clear_requests()
    paneled.deploy()
    assert dataverse.writes() == [
        f"PATCH /api/data/v9.2/{path}",
        f"POST /api/data/v9.2/{link}/$ref",
    ]


def test_back_to_the_side_pane_all_of_it_goes_and_a_rollback_brings_it_again(
    paneled: Workspace, dataverse: LocalDataverse
) -> None:
    paneled.deploy()
    paneled.configure('kind = "cif-v2"\nprofiles = ["Agents"]', 'kind = "side-pane"')
    paneled.deploy()
    assert (channels(dataverse), templates(dataverse)) == ([], [])
    back = paneled.run("rollback", paneled.runs()[-1], "--yes")
    assert back.returncode == ExitCode.OK, back.stderr
    assert linked_profiles(dataverse) == [PROFILE]
    assert len(templates(dataverse)) == 1


def test_version_1_makes_room_for_version_2(
    workspace: Workspace, dataverse: LocalDataverse
) -> None:
    roles = 'roles = ["11111111-1111-4111-8111-111111111111"]'
    workspace.append(f'\n[host]\nkind = "cif-v1"\n{roles}\n')
    workspace.deploy()
    workspace.configure(f'kind = "cif-v1"\n{roles}', 'kind = "cif-v2"\nprofiles = ["Agents"]')
    workspace.deploy()
    assert dataverse.call("GET", "msdyn_ciproviders")["value"] == []
    assert linked_profiles(dataverse) == [PROFILE]


def planned_for_a_second_profile(paneled: Workspace, dataverse: LocalDataverse) -> str:
    """Plan to link one more profile; return its path."""
    add_profile(dataverse, "abc_night", "Night shift")
    paneled.configure('["Agents"]', '["Agents", "Night shift"]')
    result = paneled.run("plan", "--env", "local", "--out", "plan.json")
    assert f"app profile link abc_night/{NAME}" in result.stdout, result.stderr
    row = dataverse.row("msdyn_appconfigurations?$filter=msdyn_uniquename eq 'abc_night'")
    return f"msdyn_appconfigurations({row['msdyn_appconfigurationid']})"


def test_a_profile_that_is_renamed_after_the_plan_is_the_one_that_was_planned(
    paneled: Workspace, dataverse: LocalDataverse
) -> None:
    path = planned_for_a_second_profile(paneled, dataverse)
    dataverse.call("PATCH", path, {"msdyn_name": "Late shift"})
    applied = paneled.run("apply", "plan.json", "--yes")
    assert applied.returncode == ExitCode.OK, applied.stderr
    assert linked_profiles(dataverse) == ["abc_night", PROFILE]
    assert "No drift." in paneled.run("drift", "--env", "local").stdout


def test_a_profile_that_is_deleted_after_the_plan_refuses_it_before_anything_is_written(
    paneled: Workspace, dataverse: LocalDataverse
) -> None:
    path = planned_for_a_second_profile(paneled, dataverse)
    dataverse.call("DELETE", path)
    dataverse.clear_requests()
    applied = paneled.run("apply", "plan.json", "--yes")
    assert (applied.returncode, dataverse.writes()) == (ExitCode.PLAN_REFUSED, [])
    assert "app profile abc_night: was " in applied.stderr


def test_undeploy_takes_all_of_it_out(paneled: Workspace, dataverse: LocalDataverse) -> None:
    paneled.deploy()
    result = paneled.run("undeploy", "--env", "local", "--yes")
    assert result.returncode == ExitCode.OK, result.stderr
    assert (channels(dataverse), templates(dataverse)) == ([], [])
    assert linked_profiles(dataverse) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[host]\nkind = "cif-v2"\n', "profiles"),
        ('[host]\nprofiles = ["Agents"]\n', "profiles"),
        ('[host]\nsession = "new_calls"\n', "session and presence are for cif-v2"),
        ('[host]\npresence = { BUSY = "Busy" }\n', "session and presence are for cif-v2"),
        (HOST + 'presence = { "on queue" = "Busy" }\n', "a status of Genesys Cloud"),
        (HOST + 'session = "a template"\n', "the unique name of a session template"),
        (HOST + "[command]\n", "\n  [command] opens a side pane"),
    ],
    ids=["no profiles", "of a pane", "session", "presence", "status", "template", "command"],
)
def test_host_that_cannot_be_is_refused(workspace: Workspace, text: str, said: str) -> None:
    workspace.append(f"\n{text}")
    result = workspace.run("plan", "--env", "local")
    assert result.returncode == ExitCode.CONFIGURATION
    assert said in result.stderr


def test_a_prefix_that_channel_providers_cannot_have_is_refused(paneled: Workspace) -> None:
    paneled.configure('customization_prefix = "d365pop"', 'customization_prefix = "dp"')
    result = paneled.run("plan", "--env", "local")
    assert result.returncode == ExitCode.CONFIGURATION
    assert "cif-v2 needs a customization_prefix of three characters or more" in result.stderr
