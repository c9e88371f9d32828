"""Several environments: waves, one report of all, the matrix, and reports merged again."""

import json
import os
import signal
import sys
from collections.abc import Iterator

import pytest

from d365pop.emulator.server import EmulatorOptions, RunningEmulator, start
from d365pop.errors import ExitCode
from tests.local_dataverse import LocalDataverse
from tests.workspace import UNTIL_TOLD, Workspace, free_port


@pytest.fixture
def second(workspace: Workspace) -> Iterator[LocalDataverse]:
    """Run another local Dataverse, and name it in the configuration."""
    with start(EmulatorOptions(state=None, port=free_port())) as running:
        path = workspace.folder / "d365pop.toml"
        text = path.read_text(encoding="utf-8")
        more = f'\n[environments.second]\nurl = "{running.url}"\nsign_in = "local"\n'
        more += f'softphone_url = "http://127.0.0.1:{free_port()}"\n'
        path.write_text(text + more, encoding="utf-8")
        yield LocalDataverse(running.url)


def test_all_environments_are_deployed_the_canary_first(
    workspace: Workspace, dataverse: LocalDataverse, second: LocalDataverse
) -> None:
    result = workspace.run("deploy", "--all", "--format", "json", "--report", "json=all.json")
    assert result.returncode == ExitCode.OK, result.stderr
    runs = json.loads(result.stdout)["runs"]
    assert [(run["environment"], run["state"]) for run in runs] == [
        ("local", "proven"),
        ("second", "proven"),
    ]
    assert result.stderr.index("local: proven") < result.stderr.index("second: [1/")
    assert dataverse.writes()
    assert second.writes()
    again = workspace.run("deploy", "--env", "second", "--env", "local")
    assert (again.returncode, again.stdout.count("nothing to do")) == (ExitCode.OK, 2)
    merged = workspace.run("report", "merge", "all.json", "all.json", "--format", "json")
    document = json.loads(merged.stdout)
    assert (merged.returncode, document["runs"]) == (ExitCode.OK, runs + runs)


def test_canary_that_fails_stops_the_rest(workspace: Workspace, second: LocalDataverse) -> None:
    workspace.configure('[[forms]]\ntable = "lead"', '[[forms]]\ntable = "lead"\nname = "Absent"')
    second.clear_requests()
    result = workspace.run("deploy", "--all", "--format", "json")
    document = json.loads(result.stdout)
    assert result.returncode == document["exit_code"] == ExitCode.PLAN_REFUSED
    assert [run["state"] for run in document["runs"]] == ["failed", "not run"]
    assert second.writes() == []


@pytest.mark.usefixtures("second")
def test_fleet_that_cannot_be_built_is_reported_for_each_environment(workspace: Workspace) -> None:
    workspace.configure("[genesys]", '[bundle]\nextensions = "absent.js"\n\n[genesys]')
    result = workspace.run("deploy", "--all", "--report", "junit=all.xml", "--format", "json")
    document = json.loads(result.stdout)
    assert result.returncode == document["exit_code"] != ExitCode.OK
    assert [(run["environment"], run["state"]) for run in document["runs"]] == [
        ("local", "failed"),
        ("second", "failed"),
    ]
    reference = document["runs"][0]["error"]["reference"]
    assert reference in result.stderr
    assert 'failures="2"' in (workspace.folder / "all.xml").read_text("utf-8")


@pytest.mark.usefixtures("dataverse")
def test_canary_with_nothing_to_do_is_none(workspace: Workspace, second: LocalDataverse) -> None:
    with start(EmulatorOptions(state=None, port=free_port())) as running:
        path = workspace.folder / "d365pop.toml"
        more = f'\n[environments.third]\nurl = "{running.url}"\nsign_in = "local"\n'
        more += f'softphone_url = "http://127.0.0.1:{free_port()}"\n'
        path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")
        assert workspace.run("deploy", "--env", "local").returncode == ExitCode.OK
        second.fail(kind="failed-import")
        third = LocalDataverse(running.url)
        third.clear_requests()
        result = workspace.run("deploy", "--all", "--failure-budget", "9", "--format", "json")
        runs = json.loads(result.stdout)["runs"]
        assert [(run["environment"], run["state"]) for run in runs] == [
            ("local", "nothing to do"),
            ("second", "rolled back"),
            ("third", "not run"),
        ]
        assert third.writes() == []


def test_fleet_waits_for_an_import_and_plans_from_what_it_left(
    workspace: Workspace,
    emulator: RunningEmulator,
    dataverse: LocalDataverse,
    second: LocalDataverse,
) -> None:
    dataverse.fail(kind="slow-import", seconds=UNTIL_TOLD, count=1)
    first = workspace.run("deploy", "--env", "local", "--timeout", "1")
    assert first.returncode == ExitCode.STILL_RUNNING
    busy = workspace.run("deploy", "--all", "--no-wait", "--format", "json")
    told = json.loads(busy.stdout)["runs"]
    assert [(run["error"] or {}).get("reference") for run in told] == ["environment-busy", None]
    assert [run["state"] for run in told] == ["failed", "not run"]
    assert second.writes() == []
    result = workspace.run_until_it_waits(emulator, "deploy", "--all", "--format", "json")
    assert result.returncode == ExitCode.OK, result.stderr
    assert "local: waiting for " in result.stderr
    assert [run["state"] for run in json.loads(result.stdout)["runs"]] == ["proven", "proven"]


def interrupted_fleet(workspace: Workspace, said: str) -> str:
    """Deploy everywhere, press Ctrl-C once something is said, and return what is said then."""
    with workspace.begin("deploy", "--all", "--yes") as process:
        assert process.stderr
        assert any(said in line for line in iter(process.stderr.readline, ""))
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == ExitCode.INTERRUPTED
    return errors


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is a signal on POSIX only")
def test_ctrl_c_ends_a_fleet_that_waits_before_it_plans(
    workspace: Workspace, dataverse: LocalDataverse, second: LocalDataverse
) -> None:
    dataverse.fail(kind="slow-import", seconds=UNTIL_TOLD, count=1)
    first = workspace.run("deploy", "--env", "local", "--timeout", "1")
    assert first.returncode == ExitCode.STILL_RUNNING
    assert "Nothing was written." in interrupted_fleet(workspace, "local: waiting for ")
    assert second.writes() == []


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is a signal on POSIX only")
@pytest.mark.usefixtures("second")
def test_ctrl_c_ends_a_fleet_that_an_environment_lets_wait(
    workspace: Workspace, dataverse: LocalDataverse
) -> None:
    dataverse.fail(kind="throttle", seconds=300)
    assert "Nothing was written." in interrupted_fleet(workspace, "waiting 300 s")


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is a signal on POSIX only")
def test_ctrl_c_leaves_every_environment_so_that_it_can_be_gone_on_with(
    workspace: Workspace, dataverse: LocalDataverse, second: LocalDataverse
) -> None:
    for each in (dataverse, second):
        each.fail(kind="slow-import", seconds=5, count=1)
    with workspace.begin("deploy", "--all", "--canary", "0", "--yes") as process:
        assert process.stderr
        lines = iter(process.stderr.readline, "")
        pending = {"local", "second"}
        while pending:
            line = next(lines)
            pending -= {name for name in pending if line.startswith(f"{name}: [1/")}
        os.kill(process.pid, signal.SIGINT)
        told = "".join(lines)
        shown = process.stdout.read() if process.stdout else ""
        assert process.wait(60) == ExitCode.INTERRUPTED
    assert "Stopping: every environment can be gone on with later." in told
    assert "Traceback" not in told
    runs = workspace.runs()
    assert [name.rpartition("-")[2] for name in runs] == ["local", "second"]
    listed = json.loads(workspace.run("runs", "--format", "json").stdout)["runs"]
    assert [(run["state"], run["steps"][0]["state"]) for run in listed] == [
        ("stopped", "unknown"),
        ("stopped", "unknown"),
    ]
    for name in runs:
        assert f"d365pop resume {name}" in told
        assert any(name in line and "stopped" in line for line in shown.splitlines())
        resumed = workspace.run("resume", name)
        assert resumed.returncode == ExitCode.OK, resumed.stderr
        assert "Proven by reading back" in resumed.stdout


@pytest.mark.parametrize(
    ("options", "reference"),
    [
        ([], "environment-choice"),
        (["--all", "--env", "local"], "environment-choice"),
        (["--env", "local", "--env", "local"], "environment-twice"),
    ],
)
def test_choice_that_means_nothing_is_refused(
    workspace: Workspace, options: list[str], reference: str
) -> None:
    result = workspace.run("deploy", *options)
    assert (result.returncode, reference in result.stderr) == (ExitCode.USAGE, True)


def test_environment_of_two_names_is_not_written_twice_at_once(workspace: Workspace) -> None:
    path = workspace.folder / "d365pop.toml"
    more = f'\n[environments.again]\nurl = "{workspace.url}"\nsign_in = "local"\n'
    more += 'softphone_url = "http://127.0.0.1:9"\n'
    path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")
    for choice in (["--all"], ["--env", "local", "--env", "again"]):
        result = workspace.run("deploy", *choice)
        assert (result.returncode, "environment-twice" in result.stderr) == (ExitCode.USAGE, True)


def test_matrix_has_the_shape_of_each_pipeline(workspace: Workspace) -> None:
    github = workspace.run("matrix", "--env", "local", GITHUB_ACTIONS="true").stdout
    azure = workspace.run("matrix", "--env", "local", TF_BUILD="True").stdout
    assert github == '{"include":[{"environment":"local","production":false}]}\n'
    assert azure == '{"local":{"environment":"local","production":"false"}}\n'


def test_merge_takes_the_gravest_exit_code_and_refuses_what_it_cannot_read(
    workspace: Workspace, dataverse: LocalDataverse
) -> None:
    workspace.run("plan", "--env", "local", "--report", "json=plan.json")
    workspace.run("push", "--report", "json=push.json")
    merged = workspace.run("report", "merge", "plan.json", "push.json")
    assert merged.returncode == ExitCode.PLAN_REFUSED
    assert "push-before-deploy" in merged.stdout
    (workspace.folder / "bad.json").write_text('{"format": 2}')
    refused = workspace.run("report", "merge", "bad.json", "--report", "json=out.json")
    assert refused.returncode == ExitCode.CONFIGURATION
    assert "report-unreadable" in refused.stderr
    assert "validation error" not in refused.stderr
    assert not (workspace.folder / "out.json").exists()
    assert dataverse.writes() == []


def test_merge_notices_the_environment_whose_job_left_no_report(
    workspace: Workspace, dataverse: LocalDataverse
) -> None:
    workspace.run("plan", "--env", "local", "--report", "json=plan.json")
    config = workspace.folder / "d365pop.toml"
    prod = '[environments.prod]\nurl = "https://contoso.crm4.dynamics.com"\nsign_in = "azure-cli"\n'
    config.write_text(f"{config.read_text('utf-8')}\n{prod}", "utf-8")
    alone = workspace.run("report", "merge", "plan.json", "--env", "local", "--format", "json")
    told = json.loads(workspace.run("report", "merge", "plan.json", "--format", "json").stdout)
    assert json.loads(alone.stdout) == told
    merged = workspace.run("report", "merge", "plan.json", "--all", "--report", "json=all.json")
    document = json.loads((workspace.folder / "all.json").read_text("utf-8"))
    assert dataverse.writes() == []
    _, missing = document["runs"]
    assert (missing["environment"], missing["state"]) == ("prod", "failed")
    assert missing["error"]["reference"] == "report-missing"
    assert "No report tells of prod." in merged.stdout
    assert merged.returncode >= ExitCode.CONFIGURATION


def test_folder_of_one_build_is_refused_for_several_environments(
    workspace: Workspace, second: LocalDataverse
) -> None:
    refused = workspace.run("deploy", "--all", "--out", "out")
    assert (refused.returncode, "(out-of-many)" in refused.stderr) == (ExitCode.USAGE, True)
    assert not (workspace.folder / "out").exists()
    assert second.writes() == []
