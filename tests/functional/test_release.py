"""What a release engineer does around a deploy: plan, apply, drift, rollback, resume, undeploy."""

import json
import shutil
import signal
import subprocess
import sys
import time
from base64 import b64decode
from pathlib import Path

import pytest

from d365pop.deploy.journal import open_journal
from d365pop.deploy.plan import Plan
from d365pop.emulator.server import EmulatorOptions, start
from d365pop.errors import ExitCode
from tests.local_dataverse import LocalDataverse
from tests.terminal import Terminal
from tests.workspace import UNTIL_TOLD, Workspace, clean_environment

SCRIPT = "d365pop_/screenpop/form.js"
TABLES = ("account", "contact", "lead")
ENV = ("--env", "local")


def forms(dataverse: LocalDataverse) -> dict[str, str]:
    return {table: dataverse.form(table)["formxml"] for table in TABLES}


def web_resources(dataverse: LocalDataverse) -> list[str]:
    found = dataverse.rows("webresourceset?$select=name&$filter=startswith(name,'d365pop_')")
    return [row["name"] for row in found]


def last_run(workspace: Workspace) -> Path:
    return max((workspace.folder / ".d365pop" / "runs").iterdir())


def ok(result: subprocess.CompletedProcess[str]) -> str:
    assert result.returncode == ExitCode.OK, result.stderr
    return result.stdout


def test_plan_apply_drift_rollback(workspace: Workspace, dataverse: LocalDataverse) -> None:
    before = forms(dataverse)
    dataverse.clear_requests()
    planned = workspace.run("plan", *ENV, "--out", "plan.json", "--detailed-exitcode")
    assert planned.returncode == ExitCode.DIFFERS, planned.stderr
    assert "first install: the solution is not installed" in planned.stdout
    assert "A rollback cannot restore: The publisher stays" in planned.stdout
    assert dataverse.writes() == []

    applied = ok(workspace.run("apply", "plan.json", "--yes"))
    assert "Proven by reading back" in applied
    assert "No drift." in ok(workspace.run("drift", *ENV))
    nothing = workspace.run("plan", *ENV, "--detailed-exitcode")
    assert nothing.returncode == ExitCode.OK, nothing.stderr

    dataverse.overwrite(SCRIPT, b"// somebody else's edit")
    drifted = workspace.run("drift", *ENV, "--report", "json=drift.json")
    assert drifted.returncode == ExitCode.DIFFERS, drifted.stderr
    assert f"web resource {SCRIPT} has another content" in drifted.stdout
    written = json.loads((workspace.folder / "drift.json").read_text("utf-8"))
    assert (written["exit_code"], written["runs"][0]["state"]) == (ExitCode.DIFFERS, "drifted")

    stale = workspace.run("apply", "plan.json", "--yes")
    assert stale.returncode == ExitCode.PLAN_REFUSED
    assert "plan-stale" in stale.stderr
    assert "solution GenesysScreenPop: was not installed, is 1." in stale.stderr

    settings = (workspace.folder / "d365pop.toml").read_text("utf-8")
    elsewhere = settings.replace(dataverse.url, "http://127.0.0.1:9")
    (workspace.folder / "elsewhere.toml").write_text(elsewhere, "utf-8")
    moved = workspace.run("apply", "plan.json", "--yes", "--config", "elsewhere.toml")
    assert moved.returncode == ExitCode.PLAN_REFUSED, moved.stderr
    assert "plan-for-another-environment" in moved.stderr
    assert f"planned for {dataverse.url}, configured is http://127.0.0.1:9" in moved.stderr
    assert "--env ENV" in moved.stderr

    run = last_run(workspace).name
    refused = ok(workspace.run("rollback", run, "--yes"))
    assert f"Not restored: The web resource {SCRIPT} was changed since." in refused
    again = ok(workspace.run("rollback", run, "--yes"))
    assert "Nothing to do. Nothing that can be taken back is left of the run in local." in again
    assert f"Not restored: The web resource {SCRIPT} was changed since." in again
    assert "holds what was built" not in ok(workspace.run("rollback", run, "--dry-run"))
    assert forms(dataverse) == before


def test_rollback_brings_back_what_was_there_before(
    workspace: Workspace, dataverse: LocalDataverse, tmp_path: Path
) -> None:
    ok(workspace.run("deploy", *ENV))
    good = dataverse.web_resource(SCRIPT)["content"]
    before = forms(dataverse)
    dataverse.overwrite(SCRIPT, b"// another version")
    ok(workspace.run("deploy", *ENV))
    assert dataverse.web_resource(SCRIPT)["content"] == good
    # Another machine: nothing but the configuration and the run's folder as an artefact.
    artefact = shutil.move(last_run(workspace), tmp_path / "artefact")
    shutil.rmtree(workspace.folder / ".d365pop" / "runs")
    dry = ok(workspace.run("rollback", str(artefact), "--dry-run"))
    assert f"web resource {SCRIPT}" in dry
    assert dataverse.web_resource(SCRIPT)["content"] == good
    ok(workspace.run("rollback", str(artefact), "--yes"))
    assert b64decode(dataverse.web_resource(SCRIPT)["content"]) == b"// another version"
    assert forms(dataverse) == before


def test_undeploy_takes_everything_out_and_can_be_said_twice(
    workspace: Workspace, dataverse: LocalDataverse
) -> None:
    before = forms(dataverse)
    ok(workspace.run("deploy", *ENV))
    dataverse.clear_requests()
    ok(workspace.run("undeploy", *ENV, "--dry-run"))
    assert dataverse.writes() == []
    assert "solution GenesysScreenPop is not installed." in ok(
        workspace.run("undeploy", *ENV, "--yes")
    )
    assert (forms(dataverse), web_resources(dataverse)) == (before, [])
    assert dataverse.rows("solutions?$filter=uniquename eq 'GenesysScreenPop'") == []
    assert "Nothing to do. Nothing of ours is in local" in ok(
        workspace.run("undeploy", *ENV, "--yes")
    )
    assert "No drift." in ok(workspace.run("drift", *ENV))
    assert "drift: nothing differs from run" in ok(workspace.run("status", *ENV))


def test_managed_solution_is_undeployed_with_its_components(
    workspace: Workspace, dataverse: LocalDataverse
) -> None:
    workspace.configure('sign_in = "local"', 'sign_in = "local"\nmanaged = true')
    before = forms(dataverse)
    ok(workspace.run("deploy", *ENV))
    ok(workspace.run("undeploy", *ENV, "--yes"))
    assert (forms(dataverse), web_resources(dataverse)) == (before, [])


def test_layer_that_hides_a_managed_component_is_drift_with_its_author(
    workspace: Workspace, dataverse: LocalDataverse
) -> None:
    workspace.configure('sign_in = "local"', 'sign_in = "local"\nmanaged = true')
    ok(workspace.run("deploy", *ENV))
    dataverse.overwrite(SCRIPT, b"// an unmanaged layer")
    drifted = workspace.run("drift", *ENV)
    assert drifted.returncode == ExitCode.DIFFERS
    assert "is hidden by an unmanaged layer over content" in " ".join(drifted.stdout.split())
    assert "not installed" not in ok(workspace.run("status", *ENV))
    run = last_run(workspace).name
    (workspace.folder / ".d365pop" / "runs" / run / "journal.jsonl").write_text("[]\n", "utf-8")
    told = f"passed over: run {run}, which cannot be read"
    drifted = workspace.run("drift", *ENV, "--format", "json")
    assert any(fact.startswith(told) for fact in json.loads(drifted.stdout)["runs"][0]["left"])
    assert told in " ".join(drifted.stderr.split())
    assert told in " ".join(ok(workspace.run("status", *ENV)).split())


def test_second_deploy_waits_for_the_first_and_plans_from_what_it_left(
    workspace: Workspace,
) -> None:
    options = EmulatorOptions(state=None, port=workspace.port, import_seconds=UNTIL_TOLD)
    with start(options) as emulator:
        first = workspace.run("deploy", *ENV, "--timeout", "1")
        assert first.returncode == ExitCode.STILL_RUNNING
        busy = workspace.run("deploy", *ENV, "--no-wait", "--format", "json")
        assert busy.returncode == ExitCode.PLAN_REFUSED
        assert json.loads(busy.stdout)["runs"][0]["error"]["reference"] == "environment-busy"
        second = workspace.run_until_it_waits(emulator, "deploy", *ENV)
        assert second.returncode == ExitCode.OK, second.stderr
        assert second.stderr.index("waiting for ") < second.stderr.index("Changes for local")
        assert "Proven by reading back" in second.stdout


def test_push_waits_for_an_import_and_plans_from_what_it_left(workspace: Workspace) -> None:
    with start(EmulatorOptions(state=None, port=workspace.port)) as emulator:
        ok(workspace.run("deploy", *ENV))
        dataverse = LocalDataverse(workspace.url)
        dataverse.overwrite(SCRIPT, b"// somebody else's edit")
        dataverse.fail(kind="slow-import", seconds=UNTIL_TOLD)
        workspace.configure('version = "1.0.0.0"', 'version = "1.1.0.0"')
        assert workspace.run("deploy", *ENV, "--timeout", "1").returncode == ExitCode.STILL_RUNNING
        pushed = workspace.run_until_it_waits(emulator, "push")
        assert (pushed.returncode, "waiting for " in pushed.stderr) == (ExitCode.OK, True)
        assert "Proven by reading back: 1 web resource." in pushed.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="there is no pseudo-terminal")
def test_deploy_that_was_overtaken_while_it_asked_plans_anew_and_asks_again(
    workspace: Workspace,
) -> None:
    with start(EmulatorOptions(state=None, port=workspace.port)):
        workspace.configure('version = "1.0.0.0"', 'version = "1.1.0.0"')
        slow = Terminal(workspace.folder, "deploy", *ENV)
        slow.wait_for("[y/N]")
        workspace.configure('version = "1.1.0.0"', 'version = "1.0.0.0"')
        ok(workspace.run("deploy", *ENV))
        slow.answer("y\n")
        slow.wait_for("Planning anew.")
        slow.wait_for("[y/N]", times=2)
        slow.answer("y\n")
        assert slow.end() == ExitCode.OK, slow.written
        installed = "solutions?$filter=uniquename eq 'GenesysScreenPop'"
        assert LocalDataverse(workspace.url).row(installed)["version"] == "1.1.0.0"


def test_rollback_waits_for_another_import_and_plans_from_what_it_left(
    workspace: Workspace,
) -> None:
    with start(EmulatorOptions(state=None, port=workspace.port)) as emulator:
        ok(workspace.run("deploy", *ENV))
        (first,) = workspace.runs()
        workspace.configure('version = "1.0.0.0"', 'version = "1.1.0.0"')
        LocalDataverse(workspace.url).fail(kind="slow-import", seconds=UNTIL_TOLD)
        assert workspace.run("deploy", *ENV, "--timeout", "1").returncode == ExitCode.STILL_RUNNING
        busy = workspace.run("rollback", first, "--over-later", "--yes", "--no-wait")
        assert (busy.returncode, "environment-busy" in busy.stderr) == (ExitCode.PLAN_REFUSED, True)
        back = workspace.run_until_it_waits(emulator, "rollback", first, "--over-later", "--yes")
        assert (back.returncode, "waiting for " in back.stderr) == (ExitCode.PLAN_REFUSED, True)
        assert "(deployed-since)" in back.stderr  # before, the plan was merely stale


def test_import_that_outlasts_us_says_the_line_to_resume_with(workspace: Workspace) -> None:
    with start(EmulatorOptions(state=None, port=workspace.port, import_seconds=6.0)):
        waiting = workspace.run("deploy", *ENV, "--timeout", "1", "--report", "junit=deploy.xml")
        assert waiting.returncode == ExitCode.STILL_RUNNING
        assert 'failures="0"' in (workspace.folder / "deploy.xml").read_text()
        assert "still running" in ok(workspace.run("runs"))
        (line,) = [part for part in waiting.stderr.splitlines() if "d365pop resume" in part]
        run = line.rpartition(" ")[2]
        assert run == last_run(workspace).name
        dataverse = LocalDataverse(workspace.url)
        dataverse.clear_requests()
        assert "register form contact / Contact" in ok(workspace.run("resume", run, "--dry-run"))
        assert dataverse.writes() == []
        assert "Proven" in ok(workspace.run("resume", run))
        assert "Nothing to do." in ok(workspace.run("resume", run, "--dry-run"))
        assert f"{run}" in ok(workspace.run("runs"))


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX")
def test_killed_deploy_is_resumed_and_sends_no_second_import(workspace: Workspace) -> None:
    options = EmulatorOptions(state=None, port=workspace.port, import_seconds=UNTIL_TOLD)
    with start(options) as emulator:
        dataverse = LocalDataverse(workspace.url)
        process = subprocess.Popen(
            [sys.executable, "-m", "d365pop", "deploy", *ENV],
            cwd=workspace.folder,
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _until_import(dataverse)
        process.send_signal(signal.SIGKILL)
        process.wait()
        emulator.hurry()
        run = last_run(workspace).name
        assert "stopped" in ok(workspace.run("runs"))
        assert "Proven" in ok(workspace.run("resume", run))
        imports = [line for line in dataverse.writes() if line.endswith("ImportSolutionAsync")]
        assert len(imports) == 1
        assert "Nothing to do." in ok(workspace.run("deploy", *ENV))


def _until_import(dataverse: LocalDataverse) -> None:
    """Return when the import was asked for; the process has 60 seconds to start and bundle."""
    for _ in range(600):
        if any(line.endswith("ImportSolutionAsync") for line in dataverse.writes()):
            return
        time.sleep(0.1)
    raise AssertionError("no import was asked for")


def test_plan_that_was_changed_by_hand_is_refused(
    workspace: Workspace, dataverse: LocalDataverse
) -> None:
    ok(workspace.run("plan", *ENV, "--out", "plan.json"))
    path = workspace.folder / "plan.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    document["plan"]["steps"] = document["plan"]["steps"][1:]
    path.write_text(json.dumps(document), encoding="utf-8")
    dataverse.clear_requests()
    refused = workspace.run("apply", "plan.json", "--yes")
    assert (refused.returncode, dataverse.writes()) == (ExitCode.PLAN_REFUSED, [])
    assert "plan-file-changed" in refused.stderr


def test_function_that_does_not_exist_is_refused_before_anything_is_written(
    workspace: Workspace, dataverse: LocalDataverse
) -> None:
    handler = '[[forms.handlers]]\nevent = "onsave"\nfunction = "D365Pop.onSave"\n'
    workspace.configure('[[forms]]\ntable = "lead"\n', f'[[forms]]\ntable = "lead"\n{handler}')
    dataverse.clear_requests()
    refused = workspace.run("deploy", *ENV)
    assert (refused.returncode, dataverse.writes()) == (ExitCode.PLAN_REFUSED, [])
    assert "has no function D365Pop.onSave" in refused.stderr


def test_unpublished_work_of_others_is_named_and_needs_a_word(
    workspace: Workspace, dataverse: LocalDataverse
) -> None:
    form = dataverse.form("account")
    edited = form["formxml"].replace("<form", "<!-- theirs --><form", 1)
    body = {"formxml": edited}
    dataverse.call("PATCH", f"systemforms({form['formid']})", body, {"If-Match": "*"})
    quick = {"name": "Quick", "objecttypecode": "account", "type": 7, "formxml": form["formxml"]}
    dataverse.call("POST", "systemforms", quick)
    created = dataverse.row("systemforms?$select=formid&$filter=name eq 'Quick'")["formid"]
    dataverse.call("PATCH", f"systemforms({created})", body, {"If-Match": "*"})
    view = dataverse.rows(
        "savedqueries?$select=savedqueryid,name&$filter=returnedtypecode eq 'account'"
    )[0]
    described = {"description": "theirs"}
    dataverse.call("PATCH", f"savedqueries({view['savedqueryid']})", described, {"If-Match": "*"})
    dataverse.clear_requests()
    refused = workspace.run("deploy", *ENV)
    assert (refused.returncode, dataverse.writes()) == (ExitCode.PLAN_REFUSED, [])
    assert "pending-of-others" in refused.stderr
    assert f"view account / {view['name']}\n" in refused.stderr
    for item in ("form account / Account\n", "quick create form account / Quick\n"):
        assert item in refused.stderr
    told = workspace.run("deploy", *ENV, "--publish-pending")
    assert told.returncode == ExitCode.OK, told.stderr
    assert "goes along, not ours: quick create form account / Quick" in told.stdout + told.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="ulimit is POSIX")
def test_full_disk_stops_the_run_before_the_first_write_and_leaves_nothing_behind(
    workspace: Workspace, dataverse: LocalDataverse
) -> None:
    ok(workspace.run("plan", *ENV, "--out", "plan.json"))
    dataverse.clear_requests()
    refused = subprocess.run(
        ["sh", "-c", f"ulimit -f 8; exec {sys.executable} -m d365pop apply plan.json --yes"],
        cwd=workspace.folder,
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (refused.returncode, dataverse.writes()) == (ExitCode.CONFIGURATION, [])
    assert "journal-unwritable" in refused.stderr
    assert list((workspace.folder / ".d365pop" / "runs").iterdir()) == []


def test_run_that_does_not_exist_is_a_mistake_of_usage(workspace: Workspace) -> None:
    for command in ("resume", "rollback"):
        refused = workspace.run(command, "none")
        assert refused.returncode == ExitCode.USAGE
        assert "run-unknown" in refused.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="files are not locked on Windows")
def test_run_that_another_window_is_at_work_on_is_shown_so(workspace: Workspace) -> None:
    plan = Plan(environment_url=workspace.url, organization_id="", steps=(), left=())
    with open_journal(workspace.folder / ".d365pop" / "runs", "local", plan) as journal:
        assert "at work" in ok(workspace.run("runs"))
        (told,) = json.loads(ok(workspace.run("runs", "--format", "json")))["runs"]
        assert (told["run"], told["state"]) == (journal.run, "at work")
    assert "stopped" in ok(workspace.run("runs"))


def test_runs_are_listed_of_one_environment_alone(workspace: Workspace) -> None:
    config = workspace.folder / "d365pop.toml"
    prod = '[environments.prod]\nurl = "https://contoso.crm4.dynamics.com"\nsign_in = "azure-cli"\n'
    config.write_text(f"{config.read_text('utf-8')}\n{prod}", "utf-8")
    runs = workspace.folder / ".d365pop" / "runs"
    names = {}
    for env, url in (("local", workspace.url), ("prod", "https://contoso.crm4.dynamics.com")):
        plan = Plan(environment_url=url, organization_id="", steps=(), left=())
        with open_journal(runs, env, plan) as journal:
            names[env] = journal.run
    listed = ok(workspace.run("runs", "--env", "prod"))
    assert (names["prod"] in listed, names["local"] in listed) == (True, False)
    told = json.loads(ok(workspace.run("runs", "--env", "local", "--format", "json")))["runs"]
    assert [each["run"] for each in told] == [names["local"]]
    for name, part in (("prod", "journal.jsonl"), ("local", "plan.json")):
        (runs / names[name] / part).write_text("[]\n", "utf-8")
    listed = ok(workspace.run("runs"))
    assert "unreadable: No line of it says what was planned." in " ".join(listed.split())
    told = json.loads(ok(workspace.run("runs", "--format", "json")))["runs"]
    assert [(each["run"], each["state"], each["error"]["reference"]) for each in told] == [
        (names["local"], "unreadable", "plan-unreadable"),
        (names["prod"], "unreadable", "journal-unreadable"),
    ]
    both = workspace.run("runs", names["local"], "--env", "local")
    assert both.returncode == ExitCode.USAGE
