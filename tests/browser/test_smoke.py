"""``--smoke``: a real deploy, a real browser, and what is wrong is found and told."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from d365pop.emulator.server import EmulatorOptions, start
from d365pop.emulator.softphone import start_softphone
from d365pop.errors import ExitCode
from tests.local_dataverse import LocalDataverse
from tests.workspace import Workspace, suite_ports

DEPLOY = ("deploy", "--env", "local", "--yes", "--smoke")
# Numbers as the seed writes them, and as digits.
NUMBER = re.compile(r"\d[\d ().-]{7,}\d")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.make(tmp_path)


@pytest.fixture
def dataverse(workspace: Workspace) -> Iterator[LocalDataverse]:
    with start(EmulatorOptions(state=None, port=workspace.port)):
        yield LocalDataverse(workspace.url)


def only_run(document: str) -> dict[str, Any]:
    (run,) = json.loads(document)["runs"]
    assert isinstance(run, dict)
    return run


def extend(workspace: Workspace, module: str) -> None:
    (workspace.folder / "hooks.js").write_text(module, encoding="utf-8")
    workspace.configure(
        "\n[environments.local]", '\n[bundle]\nextensions = "hooks.js"\n\n[environments.local]'
    )


def stored_numbers(dataverse: LocalDataverse) -> set[str]:
    rows = dataverse.rows("contacts?$select=telephone1,mobilephone")
    rows += dataverse.rows("accounts?$select=telephone1")
    texts = (str(row.get(name)) for row in rows for name in ("telephone1", "mobilephone"))
    return {found[0] for text in texts if (found := NUMBER.search(text))}


def test_call_opens_its_record_and_the_run_tells_so_for_ever(
    workspace: Workspace, dataverse: LocalDataverse
) -> None:
    result = workspace.run(*DEPLOY, "--format", "json", "--report", "junit=out.xml")
    assert result.returncode == ExitCode.OK, result.stderr
    run = only_run(result.stdout)
    step = run["steps"][-1]
    assert (run["state"], step["action"], step["state"]) == ("proven", "check", "done")
    assert all(line.startswith("passed: ") for line in step["details"])
    assert re.search(r"passed: call from …\d\d: opened \w+ [0-9a-f-]{36}", str(step["details"]))
    assert 'name="check softphone in a browser"' in (workspace.folder / "out.xml").read_text()
    again = workspace.run("runs", run["run"], "--format", "json")
    assert only_run(again.stdout) == run
    journal = (workspace.folder / ".d365pop" / "runs" / run["run"] / "journal.jsonl").read_text()
    for number in stored_numbers(dataverse):
        assert number not in journal + result.stdout + result.stderr
        digits = re.sub(r"\D", "", number)
        assert digits not in journal + result.stdout + result.stderr
    assert not (workspace.folder / ".d365pop" / "smoke").exists()


@pytest.mark.usefixtures("dataverse")
def test_plan_is_applied_and_looked_at_where_calls_ask_first(workspace: Workspace) -> None:
    workspace.configure('voice = "auto"', 'voice = "soft"')
    assert workspace.run("plan", "--env", "local", "--out", "plan.json").returncode == 0
    result = workspace.run("apply", "plan.json", "--yes", "--smoke")
    assert result.returncode == ExitCode.OK, result.stderr
    assert "Smoke test passed:" in result.stdout
    assert "opened" in result.stdout


@pytest.mark.usefixtures("dataverse")
def test_card_is_opened_where_the_panel_has_no_notifications(workspace: Workspace) -> None:
    role = "11111111-1111-4111-8111-111111111111"
    workspace.configure('voice = "auto"', 'voice = "soft"')
    workspace.append(f'\n[host]\nkind = "cif-v1"\nroles = ["{role}"]\n')
    result = workspace.run(*DEPLOY)
    assert result.returncode == ExitCode.OK, result.stderr
    assert re.search(r"ok +call from …\d\d: opened", result.stdout)


@pytest.mark.usefixtures("dataverse")
def test_broken_page_fails_the_smoke_test_of_a_proven_run_and_of_a_later_look(
    workspace: Workspace,
) -> None:
    extend(
        workspace,
        "export function policy() {}\n"
        "if (globalThis.document) throw new Error('hook of +1 206 555 0100');\n",
    )
    result = workspace.run(*DEPLOY, "--format", "json")
    assert result.returncode == ExitCode.VERIFICATION_FAILED, result.stderr
    run = only_run(result.stdout)
    name = run["run"]
    assert run["state"] == "proven, smoke test failed"
    assert run["error"]["reference"] == "smoke-failed"
    assert "softphone pane: not connected" in run["error"]["context"]
    assert "hook of …00" in run["error"]["context"]
    # The last four digits alone may be those of a time.
    assert not re.search(r"555\D?0100", result.stdout + result.stderr)
    assert f"Take it back with: d365pop rollback {name}" in result.stderr
    picture = workspace.folder / ".d365pop" / "smoke" / f"{name}.png"
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert str(picture.relative_to(workspace.folder)) in run["error"]["hint"]

    later = workspace.run(*DEPLOY)
    assert later.returncode == ExitCode.VERIFICATION_FAILED
    assert "Nothing was written, and the smoke test failed." in later.stderr
    assert "rollback" not in later.stderr
    drift = workspace.run("drift", "--env", "local")
    assert (drift.returncode, name in drift.stdout) == (ExitCode.OK, True)
    assert workspace.run("rollback", name, "--yes").returncode == ExitCode.OK


@pytest.mark.usefixtures("dataverse")
def test_call_that_finds_nobody_fails_it_with_what_the_pane_says(workspace: Workspace) -> None:
    extend(workspace, "export async function lookup() { return []; }\n")
    result = workspace.run(*DEPLOY)
    assert result.returncode == ExitCode.VERIFICATION_FAILED, result.stderr
    assert re.search(r"wrong +call from …\d\d: \w+ [0-9a-f-]{36} did not open", result.stdout)
    assert re.search(r"the pane says “No record has …\d\d\.", result.stdout)


def test_environment_without_a_caller_is_left_as_it_is(
    workspace: Workspace, dataverse: LocalDataverse
) -> None:
    for columns in (
        '["telephone1", "telephone2", "mobilephone"]',
        '["telephone1", "telephone2"]',
        '["telephone1", "mobilephone"]',
    ):
        workspace.configure(f"columns = {columns}", 'columns = ["telephone3"]')
    result = workspace.run(*DEPLOY)
    assert result.returncode == ExitCode.USAGE, result.stderr
    assert "(smoke-no-caller)" in result.stderr
    assert dataverse.writes() == []


def test_phone_that_is_running_already_is_named_before_anything_is_written(
    workspace: Workspace, dataverse: LocalDataverse
) -> None:
    with start_softphone(lambda: b"", port=suite_ports()[1]):
        result = workspace.run(*DEPLOY)
    assert result.returncode == ExitCode.NETWORK, result.stderr
    assert "(softphone-port-taken)" in result.stderr
    assert dataverse.writes() == []
