"""Every exit code is what some line of d365pop ended in, in a test of this folder."""

import ast
import subprocess
import sys
from pathlib import Path

from d365pop.errors import ExitCode
from tests.workspace import Workspace, clean_environment

# A defect cannot be ordered: one is put where a build begins.
WITH_A_DEFECT = """
import sys
from d365pop.cli import app

def load(*arguments, **options):
    raise RuntimeError("Bearer abc.def.ghi broke")

import d365pop.config
d365pop.config.load = load
sys.argv = ["d365pop", "build"]
app.main()
"""


def test_defect_is_one_message_and_its_own_exit_code(workspace: Workspace) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITH_A_DEFECT],
        cwd=workspace.folder,
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (ExitCode.DEFECT, "")
    assert "(defect)" in done.stderr
    assert "Traceback" not in done.stderr
    assert "abc.def.ghi" not in done.stderr


def test_every_exit_code_is_expected_by_a_test_that_runs_the_program() -> None:
    assert asserted_codes() == set(ExitCode.__members__)


def asserted_codes() -> set[str]:
    """Return the names of exit codes that stand in asserts or parameters of this folder's tests."""
    trees = [ast.parse(path.read_text("utf-8")) for path in Path(__file__).parent.glob("*.py")]
    return {
        node.attr
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "ExitCode"
    } - {"__members__"}
