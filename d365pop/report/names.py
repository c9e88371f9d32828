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


class PlainFormat(StrEnum):
    """What ``--format`` accepts where something is looked at and no report is made."""

    TEXT = "text"
    JSON = "json"


class RunFormat(StrEnum):
    """The same where environments are written to: SARIF has no place for a step."""

    TEXT = ReportFormat.TEXT
    JSON = ReportFormat.JSON
    JUNIT = ReportFormat.JUNIT
    HTML = ReportFormat.HTML
    MARKDOWN = ReportFormat.MARKDOWN
    GITHUB = ReportFormat.GITHUB
    AZURE = ReportFormat.AZURE
