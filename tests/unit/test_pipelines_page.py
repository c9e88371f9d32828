"""The pipelines in docs/pipelines.md give our workflows and templates what they take, no more."""

import re
from typing import Any

import pytest
import yaml

from tests.workspace import ROOT

NAMES = ("deploy", "rollback")
PAGE = (ROOT / "docs" / "pipelines.md").read_text("utf-8")
EXAMPLES: list[dict[Any, Any]] = [
    yaml.safe_load(block)
    for block in re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
]
JOBS = [
    (job["uses"].partition("/d365pop/")[2].partition("@")[0], job, example["permissions"])
    for example in EXAMPLES
    for job in example.get("jobs", {}).values()
]
STAGES = [
    (stage["template"].partition("@")[0], stage["parameters"])
    for example in EXAMPLES
    for stage in example.get("stages", ())
]


def test_page_calls_every_workflow_and_every_template_of_stages() -> None:
    assert {file for file, *_ in JOBS} == {f".github/workflows/{it}.yml" for it in NAMES}
    assert {file for file, _ in STAGES} == {f".azure-pipelines/{it}.yml" for it in NAMES}


@pytest.mark.parametrize(("file", "job", "granted"), JOBS, ids=NAMES)
def test_workflow_gets_its_inputs_and_the_permissions_of_its_jobs(
    file: str, job: dict[str, Any], granted: dict[str, str]
) -> None:
    called = yaml.safe_load((ROOT / file).read_text("utf-8"))
    # YAML's readers take the key "on" for a truth.
    declared = called[True]["workflow_call"]["inputs"]
    needed = {name for name, told in declared.items() if told.get("required")}
    assert needed <= set(job["with"]) <= set(declared)
    # GitHub starts no workflow whose jobs ask for more than their caller has.
    asked = {entry for each in called["jobs"].values() for entry in each["permissions"].items()}
    assert asked == set(granted.items())


@pytest.mark.parametrize(("file", "given"), STAGES, ids=NAMES)
def test_template_gets_its_parameters(file: str, given: dict[str, Any]) -> None:
    declared = yaml.safe_load((ROOT / file).read_text("utf-8"))["parameters"]
    needed = {told["name"] for told in declared if "default" not in told}
    assert needed <= set(given) <= {told["name"] for told in declared}
