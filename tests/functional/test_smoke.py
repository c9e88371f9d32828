"""What a smoke test lacks is found before anything is written; tests/browser has the rest."""

import sys
from pathlib import Path

import pytest

from d365pop.errors import ExitCode
from tests.local_dataverse import LocalDataverse
from tests.workspace import ROOT, Workspace

PROD = """
[environments.prod]
url = "https://contoso.crm.dynamics.com"
sign_in = "device-code"

[environments.local]"""
DEPLOY = ("deploy", "--env", "local", "--yes", "--smoke")


def refused(
    workspace: Workspace, dataverse: LocalDataverse, *arguments: str, **environ: str
) -> tuple[int, str]:
    """Return exit code and message of a run that must not have written anything."""
    result = workspace.run(*arguments, **environ)
    assert dataverse.writes() == []
    assert not (workspace.folder / ".d365pop" / "runs").exists()
    assert "Traceback" not in result.stderr
    return result.returncode, result.stderr


@pytest.mark.parametrize(
    ("names", "reference"),
    [
        (("prod",), "smoke-is-local"),
        (("local", "prod"), "smoke-is-local"),
        (("local", "other"), "smoke-of-one"),
    ],
    ids=["real", "one of them real", "two"],
)
def test_other_environments_than_one_local_one_are_refused(
    workspace: Workspace, dataverse: LocalDataverse, names: tuple[str, ...], reference: str
) -> None:
    other = '\n[environments.other]\nurl = "http://127.0.0.1:1"\nsign_in = "local"\n'
    other += 'softphone_url = "http://127.0.0.1:2"\n'
    workspace.configure("\n[environments.local]", f"{other}{PROD}")
    named = [part for name in names for part in ("--env", name)]
    code, said = refused(workspace, dataverse, "deploy", *named, "--yes", "--smoke")
    assert (code, f"({reference})" in said) == (ExitCode.USAGE, True), said


def test_missing_driver_is_found_before_the_first_write(
    workspace: Workspace, dataverse: LocalDataverse, tmp_path: Path
) -> None:
    shadow = tmp_path / "shadow" / "playwright"
    shadow.mkdir(parents=True)
    (shadow / "__init__.py").write_text("raise ImportError('not installed')\n")
    path = f"{shadow.parent}{';' if sys.platform == 'win32' else ':'}{ROOT}"
    code, said = refused(workspace, dataverse, *DEPLOY, PYTHONPATH=path)
    assert (code, "(browser-driver-missing)" in said) == (ExitCode.CONFIGURATION, True), said
    assert 'pip install "d365pop[smoke]"' in said


def test_missing_browser_is_found_before_the_first_write(
    workspace: Workspace, dataverse: LocalDataverse
) -> None:
    named = str(workspace.folder / "gone")
    code, said = refused(workspace, dataverse, *DEPLOY, D365POP_CHROMIUM=named)
    assert (code, "(browser-missing)" in said) == (ExitCode.CONFIGURATION, True), said
    assert "apt-get install chromium" in said


@pytest.mark.skipif(sys.platform == "win32", reason="a script is no program there")
def test_browser_that_does_not_start_is_found_before_the_first_write(
    workspace: Workspace, dataverse: LocalDataverse
) -> None:
    broken = workspace.folder / "chromium"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    code, said = refused(workspace, dataverse, *DEPLOY, D365POP_CHROMIUM=str(broken))
    assert (code, "(browser-broken)" in said) == (ExitCode.CONFIGURATION, True), said
