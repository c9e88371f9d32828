"""The names of the formats that a check's result can be written in."""

from enum import StrEnum


class ReportFormat(StrEnum):
    """What ``--format`` and ``--report`` accept."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"
    HTML = "html"
    MARKDOWN = "markdown"
    GITHUB = "github"
    AZURE = "azure"
