"""Reports of commands: also of one that somebody ends before anything was written."""

import json
from pathlib import Path

import pytest

from d365pop.cli.run_reporting import reported
from d365pop.errors import ExitCode, InterruptedRunError
from d365pop.report.names import RunFormat


def test_command_that_ctrl_c_ends_leaves_its_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with (
        pytest.raises(InterruptedRunError),
        reported("plan", "prod", RunFormat.TEXT, ["json=plan.json"]),
    ):
        raise KeyboardInterrupt
    told = json.loads((tmp_path / "plan.json").read_text("utf-8"))
    assert told["exit_code"] == ExitCode.INTERRUPTED
    (run,) = told["runs"]
    assert (run["environment"], run["error"]["reference"]) == ("prod", "interrupted")
