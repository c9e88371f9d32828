"""Doctor and the sign-in commands, as a person runs them against the local Dataverse."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from d365pop.emulator.server import EmulatorOptions, start
from d365pop.errors import ExitCode
from tests.local_dataverse import LocalDataverse
from tests.workspace import Workspace

POLICY = '{"Frame-Src":{"sources":[{"source":"\'self\'"}]}}'
SECRET_ENVIRONMENT = """
[environments.prod]
url = "https://contoso.example"
sign_in = "client-secret"
client_id = "00000000-0000-4000-8000-000000000000"
"""


@pytest.fixture
def dataverse(workspace: Workspace) -> Iterator[LocalDataverse]:
    with start(EmulatorOptions(port=workspace.port)) as emulator:
        yield LocalDataverse(emulator.url)


def break_policy(dataverse: LocalDataverse) -> str:
    organization: str = dataverse.row("organizations?$select=organizationid")["organizationid"]
    columns = {
        "iscontentsecuritypolicyenabled": True,
        "contentsecuritypolicyconfiguration": POLICY,
    }
    dataverse.call("PATCH", f"organizations({organization})", columns)
    return organization


def test_doctor_finds_says_how_to_mend_and_mends(
    workspace: Workspace, dataverse: LocalDataverse
) -> None:
    break_policy(dataverse)
    before = workspace.run("doctor", "--env", "local", "--report", "junit=doctor.xml")
    assert before.returncode == ExitCode.CHECK_FINDINGS
    assert "csp-blocks-softphone" in before.stdout
    assert "d365pop doctor --fix does it after a question." in before.stdout
    assert '<failure message="high: ' in (workspace.folder / "doctor.xml").read_text("utf-8")

    unanswered = workspace.run("doctor", "--env", "local", "--fix")
    assert unanswered.returncode == ExitCode.USAGE
    assert "(confirmation-needed)" in unanswered.stderr

    after = workspace.run("doctor", "--env", "local", "--fix", "--yes", "--format", "json")
    assert after.returncode == ExitCode.OK, after.stderr
    assert "Mended: csp-blocks-softphone." in after.stderr
    assert json.loads(after.stdout)["failed"] is False
    assert workspace.run("doctor", "--env", "local").returncode == ExitCode.OK


def test_doctor_writes_nothing_without_fix(workspace: Workspace, dataverse: LocalDataverse) -> None:
    break_policy(dataverse)
    dataverse.clear_requests()
    workspace.run("doctor", "--env", "local", "--yes")
    assert dataverse.writes() == []


@pytest.mark.parametrize(
    ("arguments", "reference"),
    [
        (("--format", "xml"), "format-unknown"),
        (("--report", "junit"), "report-option-invalid"),
        (("--report", "json=a", "--report", "junit=a"), "report-file-twice"),
    ],
)
def test_doctor_refuses_formats_that_it_does_not_know(
    workspace: Workspace, arguments: tuple[str, ...], reference: str
) -> None:
    done = workspace.run("doctor", "--env", "local", *arguments)
    assert (done.returncode, done.stdout) == (ExitCode.USAGE, "")
    assert f"({reference})" in done.stderr


def test_status_says_what_each_sign_in_lacks_and_asks_no_server(workspace: Workspace) -> None:
    path = workspace.folder / "d365pop.toml"
    text = path.read_text("utf-8").replace('client_id = ""', 'client_id = "genesys"')
    path.write_text(text + SECRET_ENVIRONMENT, encoding="utf-8")
    lacking = workspace.run("auth", "status").stdout
    assert "missing: the variable D365POP_CLIENT_SECRET" in lacking
    ready = workspace.run("auth", "status", D365POP_CLIENT_SECRET="marked").stdout
    assert "missing" not in ready
    assert "marked" not in ready


def test_discovery_is_not_asked_for_a_host_of_no_known_cloud(workspace: Workspace) -> None:
    listed = workspace.run("env", "list")
    assert (listed.returncode, workspace.url in listed.stdout) == (ExitCode.OK, True)
    asked = workspace.run("env", "list", "--env", "local")
    assert asked.returncode == ExitCode.USAGE
    assert "(cloud-unknown)" in asked.stderr


def test_local_sign_in_keeps_nothing_to_forget(workspace: Workspace) -> None:
    done = workspace.run("auth", "logout", "--env", "local")
    assert (done.returncode, done.stdout) == (
        ExitCode.OK,
        "Nothing to forget: the sign-in is in memory only.\n",
    )


def test_what_is_looked_at_is_told_to_programs_too(workspace: Workspace) -> None:
    def told(*command: str) -> Any:
        done = workspace.run(*command, "--format", "json")
        assert done.returncode == ExitCode.OK, done.stderr
        return json.loads(done.stdout)

    listed = told("env", "list")
    first = {"environment": "local", "url": workspace.url, "sign_in": "local"}
    unknown = {"version": None, "what_microsoft_says": None}
    assert listed == {
        "format": 1,
        "asked_microsoft": False,
        "environments": [{**first, **unknown}],
    }
    states = told("auth", "status")["environments"]
    assert states == [
        {"environment": "local", "sign_in": "local", "state": "ready; kept in memory only"}
    ]
    me = told("auth", "whoami", "--env", "local")
    assert (me["format"], me["environment"]["url"]) == (1, workspace.url)
    shown = workspace.run("auth", "whoami", "--env", "local").stdout
    for value in (me["user"]["name"], me["user"]["application_id"], me["user_id"]):
        assert value in shown
    assert me["roles"] == ["System Administrator"]
