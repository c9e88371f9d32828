"""The question before the first write, asked on a real terminal."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from d365pop.cli.deploying import confirm
from d365pop.deploy.plan import Plan, Publish
from d365pop.errors import ExitCode, UsageError
from d365pop.settings import EnvironmentSettings
from tests.local_dataverse import LocalDataverse
from tests.workspace import Workspace, clean_environment

if TYPE_CHECKING or sys.platform != "win32":
    import pty

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")


def on_a_terminal(workspace: Workspace, answer: str, *arguments: str) -> tuple[int, str]:
    """Run d365pop on a terminal, answer its question, and return exit code and screen."""
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(workspace.folder)
        # Whoever runs the tests in the background ignores Ctrl-C, and so would the child.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        environ = {**clean_environment(), "TERM": "xterm", "COLUMNS": "100"}
        # In a forked child a warning about threads would end up on the screen.
        os.execvpe(sys.executable, [sys.executable, "-m", "d365pop", *arguments], environ)  # noqa: S606
    screen = b""
    answered = False
    while True:
        try:
            chunk = os.read(terminal, 4096)
        except OSError:
            break
        if not chunk:
            break
        screen += chunk
        if not answered and b"[y/N]" in screen:
            os.write(terminal, answer.encode())
            answered = True
    os.close(terminal)
    _, status = os.waitpid(process, 0)
    return os.waitstatus_to_exitcode(status), screen.decode("utf-8", "replace")


def test_no_leaves_everything_as_it_was(workspace: Workspace, dataverse: LocalDataverse) -> None:
    dataverse.clear_requests()
    code, screen = on_a_terminal(workspace, "n\n", "deploy", "--env", "local")
    assert code == ExitCode.INTERRUPTED
    assert "Nothing was written." in screen
    assert dataverse.writes() == []


def test_yes_on_the_terminal_goes_on(workspace: Workspace, dataverse: LocalDataverse) -> None:
    code, screen = on_a_terminal(workspace, "y\n", "deploy", "--env", "local")
    assert code == ExitCode.OK, screen
    assert "Proven" in screen
    assert dataverse.rows("solutions?$filter=uniquename eq 'GenesysScreenPop'")


def test_ctrl_c_at_the_question_is_interrupted(
    workspace: Workspace, dataverse: LocalDataverse
) -> None:
    dataverse.clear_requests()
    code, screen = on_a_terminal(workspace, "\x03", "deploy", "--env", "local")
    assert code == ExitCode.INTERRUPTED
    assert "Traceback" not in screen
    assert dataverse.writes() == []


def test_real_environment_without_a_terminal_needs_yes(monkeypatch: pytest.MonkeyPatch) -> None:
    environment = EnvironmentSettings(
        url="https://contoso.crm.dynamics.com",
        sign_in="client-secret",
        client_id="11111111-2222-3333-4444-555555555555",
    )
    plan = Plan(environment.url, "org", (Publish(("contact",), (), ()),), ())
    with open(os.devnull, encoding="utf-8") as nobody:  # noqa: PTH123 - not a path of ours
        monkeypatch.setattr(sys, "stdin", nobody)
        with pytest.raises(UsageError) as caught:
            confirm("prod", environment, plan, yes=False)
        confirm("prod", environment, plan, yes=True)
    assert caught.value.reference == "confirmation-needed"
    assert "--yes" in caught.value.hint


def test_reader_that_leaves_early_is_no_failure(workspace: Workspace) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "d365pop", "build"],
        cwd=workspace.folder,
        env=clean_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert (process.wait(timeout=60), process.stderr.read()) == (ExitCode.OK, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a full disk to write to is Linux's")
def test_full_disk_is_one_clear_message(workspace: Workspace) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-m", "d365pop", "build"],
            cwd=workspace.folder,
            env=clean_environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == ExitCode.CONFIGURATION
    assert "(disk-full)" in done.stderr
