"""The pipelines are recognised by what they set, and by nothing else."""

from pathlib import Path

import pytest

from d365pop.ci import CiSystem, Pipeline, detect
from d365pop.config import pipeline


@pytest.mark.parametrize(
    ("variables", "found"),
    [
        ({"GITHUB_ACTIONS": "true"}, Pipeline(CiSystem.GITHUB)),
        (
            {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": "summary.md"},
            Pipeline(CiSystem.GITHUB, summary=Path("summary.md")),
        ),
        ({"TF_BUILD": "True"}, Pipeline(CiSystem.AZURE)),
        (
            {"TF_BUILD": "True", "AGENT_TEMPDIRECTORY": "scratch"},
            Pipeline(CiSystem.AZURE, scratch=Path("scratch")),
        ),
        ({}, None),
        ({"CI": "true", "GITHUB_STEP_SUMMARY": "summary.md"}, None),
        ({"GITHUB_ACTIONS": "false", "TF_BUILD": ""}, None),
    ],
    ids=["github", "github summary", "azure", "azure scratch", "none", "another", "switched off"],
)
def test_pipeline_is_recognised(variables: dict[str, str], found: Pipeline | None) -> None:
    assert pipeline(variables) == found
    assert detect(variables) == found
