"""Which pipeline runs us, told from the variables that it sets; reads no environment itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final


class CiSystem(StrEnum):
    """The pipelines whose log and run page we write for."""

    GITHUB = "github"
    AZURE = "azure"


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A running pipeline and where it takes a summary from.

    ``summary`` is the file that GitHub collects Markdown in, ``scratch`` the folder that Azure
    Pipelines empties after the job; None where the system sets none.
    """

    system: CiSystem
    summary: Path | None = None
    scratch: Path | None = None


# https://docs.github.com/actions/reference/workflows-and-actions/variables
# https://learn.microsoft.com/azure/devops/pipelines/build/variables
VARIABLES: Final = (
    "GITHUB_ACTIONS",
    "GITHUB_STEP_SUMMARY",
    "TF_BUILD",
    "AGENT_TEMPDIRECTORY",
)


def detect(variables: Mapping[str, str]) -> Pipeline | None:
    """Return the pipeline that set ``variables``, or None on a person's machine."""
    if variables.get("GITHUB_ACTIONS", "").lower() == "true":
        return Pipeline(CiSystem.GITHUB, summary=_path(variables, "GITHUB_STEP_SUMMARY"))
    if variables.get("TF_BUILD", "").lower() == "true":
        return Pipeline(CiSystem.AZURE, scratch=_path(variables, "AGENT_TEMPDIRECTORY"))
    return None


def _path(variables: Mapping[str, str], name: str) -> Path | None:
    value = variables.get(name, "")
    return Path(value) if value else None
