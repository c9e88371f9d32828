"""The names of the formats that results can be written in."""

from enum import StrEnum


class ReportFormat(StrEnum):
    """What ``--format`` and ``--report`` of a check accept."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"
    HTML = "html"
    MARKDOWN = "markdown"
    GITHUB = "github"
    AZURE = "azure"


class RunFormat(StrEnum):
    """What ``--format`` and ``--report`` accept where environments are written to."""

    TEXT = "text"
    JSON = "json"
    JUNIT = "junit"
    HTML = "html"
    MARKDOWN = "markdown"
    GITHUB = "github"
    AZURE = "azure"
