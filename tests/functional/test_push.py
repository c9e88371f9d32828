"""The inner loop: changed web resources only, published by id; watched until Ctrl-C."""

import os
import signal
import sys
from base64 import b64decode

import pytest

from d365pop.errors import ExitCode
from tests.local_dataverse import LocalDataverse
from tests.workspace import Workspace

API = "/api/data/v9.2"
SCRIPT = "d365pop_/screenpop/form.js"
HOOKS = "export function normalise(address) {{ return `{name}${{address.text}}`; }}\n"


def test_push_writes_what_differs_and_publishes_it_by_id(
    workspace: Workspace, dataverse: LocalDataverse
) -> None:
    assert workspace.run("deploy", "--env", "local").returncode == ExitCode.OK
    good = dataverse.web_resource(SCRIPT)
    dataverse.overwrite(SCRIPT, b"// somebody else's edit")
    dataverse.clear_requests()
    dry = workspace.run("push", "--dry-run")
    assert (dry.returncode, dataverse.writes()) == (ExitCode.OK, [])
    pushed = workspace.run("push")
    assert pushed.returncode == ExitCode.OK, pushed.stderr
    assert "Proven by reading back: 1 web resource." in pushed.stdout
    assert dataverse.writes() == [
        f"PATCH {API}/webresourceset({good['webresourceid']})",
        f"POST {API}/PublishXml",
    ]
    assert dataverse.web_resource(SCRIPT)["content"] == good["content"]
    assert "Nothing to do." in workspace.run("push").stdout


def test_push_is_rolled_back(workspace: Workspace, dataverse: LocalDataverse) -> None:
    assert workspace.run("deploy", "--env", "local").returncode == ExitCode.OK
    dataverse.overwrite(SCRIPT, b"// what agents had")
    assert workspace.run("push").returncode == ExitCode.OK
    (run,) = (workspace.folder / ".d365pop" / "runs").glob("*-push")
    back = workspace.run("rollback", run.name, "--yes")
    assert back.returncode == ExitCode.OK, back.stderr
    assert b64decode(dataverse.web_resource(SCRIPT)["content"]) == b"// what agents had"


def test_push_before_a_deploy_is_refused(workspace: Workspace, dataverse: LocalDataverse) -> None:
    result = workspace.run("push")
    assert (result.returncode, dataverse.writes()) == (ExitCode.PLAN_REFUSED, [])
    assert "push-before-deploy" in result.stderr


@pytest.mark.parametrize("command", ["push", "watch"])
def test_production_is_refused_before_anything_is_read(
    workspace: Workspace, dataverse: LocalDataverse, command: str
) -> None:
    workspace.configure("[environments.local]", "[environments.local]\nproduction = true")
    dataverse.clear_requests()
    result = workspace.run(command)
    assert (result.returncode, dataverse.requests()) == (ExitCode.USAGE, [])
    assert "push-to-production" in result.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is a signal on POSIX only")
def test_watch_pushes_each_save_and_ctrl_c_leaves_with_130(
    workspace: Workspace, dataverse: LocalDataverse
) -> None:
    hooks = workspace.folder / "extensions" / "hooks.js"
    hooks.parent.mkdir()
    hooks.write_text(HOOKS.format(name="first"))
    workspace.configure("# [bundle]\n# extensions", "[bundle]\nextensions")
    assert workspace.run("deploy", "--env", "local").returncode == ExitCode.OK
    with workspace.begin("watch") as process:
        assert process.stderr
        lines = iter(process.stderr.readline, "")
        assert next(line for line in lines if "Watching" in line)
        hooks.write_text("export function normalise(")
        assert next(line for line in lines if "error:" in line)
        hooks.write_text(HOOKS.format(name="second"))
        assert next(line for line in lines if line.startswith("Run "))
        os.kill(process.pid, signal.SIGINT)
        assert process.wait(60) == ExitCode.INTERRUPTED
        assert [line for line in lines if line.strip()][-1] == "Stopped watching.\n"
    softphone = dataverse.web_resource("d365pop_/screenpop/softphone.js")
    assert b"second" in b64decode(softphone["content"])
