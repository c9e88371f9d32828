"""What a pipeline gets of a deploy: one document on stdout, files, its page and its log."""

import json

import pytest

from d365pop.errors import ExitCode
from tests.local_dataverse import LocalDataverse
from tests.workspace import Workspace

SCRIPT = "d365pop_/screenpop/form.js"


@pytest.mark.usefixtures("dataverse")
def test_deploy_writes_every_report_and_stdout_is_one_document(workspace: Workspace) -> None:
    names = ("text", "json", "junit", "html", "markdown", "github", "azure")
    options = [part for name in names for part in ("--report", f"{name}=out.{name}")]
    result = workspace.run("deploy", "--env", "local", "--format", "json", *options)
    assert result.returncode == ExitCode.OK, result.stderr
    document = json.loads(result.stdout)
    (run,) = document["runs"]
    assert (document["command"], document["exit_code"], run["state"]) == ("deploy", 0, "proven")
    assert {step["state"] for step in run["steps"]} == {"done"}
    assert json.loads((workspace.folder / "out.json").read_text()) == document
    assert all((workspace.folder / f"out.{name}").is_file() for name in names)
    again = workspace.run("runs", run["run"], "--format", "json")
    assert json.loads(again.stdout)["runs"] == [run]


def test_plan_reports_what_is_pending(workspace: Workspace, dataverse: LocalDataverse) -> None:
    result = workspace.run("plan", "--env", "local", "--detailed-exitcode", "--format", "json")
    document = json.loads(result.stdout)
    assert (result.returncode, document["exit_code"]) == (ExitCode.DIFFERS, ExitCode.DIFFERS)
    assert document["runs"][0]["state"] == "planned"
    assert dataverse.writes() == []


def test_report_that_could_not_be_written_stops_the_deploy_before_it_begins(
    workspace: Workspace, dataverse: LocalDataverse
) -> None:
    result = workspace.run("deploy", "--env", "local", "--report", "junit=d365pop.toml/a.xml")
    assert (result.returncode, "output-unwritable" in result.stderr) == (3, True)
    assert dataverse.writes() == []


@pytest.mark.usefixtures("dataverse")
def test_failure_is_reported_with_its_error(workspace: Workspace) -> None:
    result = workspace.run("push", "--format", "json")
    document = json.loads(result.stdout)
    assert (result.returncode, document["exit_code"]) == (9, 9)
    assert document["runs"][0]["error"]["reference"] == "push-before-deploy"


@pytest.mark.usefixtures("dataverse")
def test_github_gets_summary_and_annotations(workspace: Workspace) -> None:
    summary = workspace.folder / "summary.md"
    environ = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
    good = workspace.run("deploy", "--env", "local", "--yes", **environ)
    assert good.returncode == ExitCode.OK, good.stderr
    assert "## d365pop deploy: passed" in summary.read_text()
    workspace.configure('[[forms]]\ntable = "lead"', '[[forms]]\ntable = "lead"\nname = "Absent"')
    bad = workspace.run("deploy", "--env", "local", "--yes", **environ)
    assert bad.returncode != ExitCode.OK
    assert "\n::error title=d365pop deploy::local: " in f"\n{bad.stderr}"
    assert "## d365pop deploy: failed" in summary.read_text()


def test_azure_gets_progress_summary_and_outcome(
    workspace: Workspace, dataverse: LocalDataverse
) -> None:
    environ = {"TF_BUILD": "True", "AGENT_TEMPDIRECTORY": str(workspace.folder)}
    assert workspace.run("deploy", "--env", "local", "--yes").returncode == ExitCode.OK
    dataverse.overwrite(SCRIPT, b"// old")
    good = workspace.run("push", **environ)
    assert good.returncode == ExitCode.OK, good.stderr
    commands = [line for line in good.stderr.splitlines() if line.startswith("##vso")]
    (summary,) = workspace.folder.glob("d365pop-*.md")
    assert commands == [
        f"##vso[task.setprogress value=50;]web resource {SCRIPT}",
        "##vso[task.setprogress value=100;]1 web resource",
        f"##vso[task.uploadsummary]{summary}",
    ]


@pytest.mark.parametrize("option", ["sarif=a.sarif", "json", "pdf=a.pdf"])
def test_report_of_another_kind_is_refused_before_anything_is_read(
    workspace: Workspace, dataverse: LocalDataverse, option: str
) -> None:
    dataverse.clear_requests()
    result = workspace.run("deploy", "--env", "local", "--report", option)
    assert (result.returncode, dataverse.requests()) == (ExitCode.USAGE, [])
