"""A check's result in the format of a name."""

from typing import assert_never

from d365pop.report.azure import format_azure
from d365pop.report.findings import CheckReport
from d365pop.report.github import format_github
from d365pop.report.html_text import format_html
from d365pop.report.json_text import format_json
from d365pop.report.junit import format_junit
from d365pop.report.markdown import format_markdown
from d365pop.report.names import ReportFormat
from d365pop.report.sarif import format_sarif
from d365pop.report.text import format_text


def render(report_format: ReportFormat, report: CheckReport) -> str:  # noqa: PLR0911 - one a format
    """Return ``report`` in one format."""
    match report_format:
        case ReportFormat.TEXT:
            return format_text(report)
        case ReportFormat.JSON:
            return format_json(report)
        case ReportFormat.SARIF:
            return format_sarif(report)
        case ReportFormat.JUNIT:
            return format_junit(report)
        case ReportFormat.HTML:
            return format_html(report)
        case ReportFormat.MARKDOWN:
            return format_markdown(report)
        case ReportFormat.GITHUB:
            return format_github(report)
        case ReportFormat.AZURE:
            return format_azure(report)
        case _:
            assert_never(report_format)
