"""The question before the first write, asked on a real terminal."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from d365pop.cli.deploying import confirm
from d365pop.deploy.plan import Plan, Publish
from d365pop.errors import ExitCode, UsageError
from d365pop.settings import EnvironmentSettings
from tests.local_dataverse import LocalDataverse
from tests.terminal import Terminal
from tests.workspace import Workspace, clean_environment

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")


def answered(workspace: Workspace, keys: str) -> tuple[int, str]:
    """Deploy on a terminal, press keys at the question, and return exit code and screen."""
    terminal = Terminal(workspace.folder, "deploy", "--env", "local")
    terminal.answer(keys)
    return terminal.end(), terminal.written


def test_no_leaves_everything_as_it_was(workspace: Workspace, dataverse: LocalDataverse) -> None:
    dataverse.clear_requests()
    code, screen = answered(workspace, "n\n")
    assert code == ExitCode.INTERRUPTED
    assert "Nothing was written." in screen
    assert dataverse.writes() == []


def test_yes_on_the_terminal_goes_on(workspace: Workspace, dataverse: LocalDataverse) -> None:
    code, screen = answered(workspace, "y\n")
    assert code == ExitCode.OK, screen
    assert "Proven" in screen
    assert dataverse.rows("solutions?$filter=uniquename eq 'GenesysScreenPop'")


def test_ctrl_c_at_the_question_is_interrupted(
    workspace: Workspace, dataverse: LocalDataverse
) -> None:
    dataverse.clear_requests()
    code, screen = answered(workspace, "\x03")
    assert code == ExitCode.INTERRUPTED
    assert "Traceback" not in screen
    assert dataverse.writes() == []


@pytest.mark.parametrize(
    ("module", "source", "written"),
    [
        ("typer", "signal.raise_signal(signal.SIGINT)", ""),
        ("sitecustomize", "atexit.register(signal.raise_signal, signal.SIGINT)", "d365pop "),
    ],
    ids=["while-it-loads", "when-it-has-ended"],
)
def test_ctrl_c_at_the_edges_just_ends_the_process(
    tmp_path: Path, module: str, source: str, written: str
) -> None:
    text = f"import atexit, signal\n{source}\n"
    (tmp_path / f"{module}.py").write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "d365pop", "--version"],
        env={**clean_environment(), "PYTHONPATH": str(tmp_path)},
        # Whoever runs the tests in the background ignores Ctrl-C, and so would the child.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (-signal.SIGINT, "")
    assert done.stdout.startswith(written)


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
