"""Every format, whole: the files in golden/ are what a reader gets."""

from dataclasses import replace
from pathlib import Path

import pytest

from d365pop import __version__
from d365pop.check.finding import Finding, Location
from d365pop.report.formats import render
from d365pop.report.names import ReportFormat
from d365pop.report.page import asset
from d365pop.report.text import format_text
from tests.unit.report.reports import CLEAN, FOUND_PART, FOUND_POST, HOSTILE, MIXED, NAME, report
from tests.unit.report.reports import FOUND_NAME as FOUND

GOLDEN = Path(__file__).parent / "golden"
REPORTS = {"mixed": MIXED, "clean": CLEAN}


def stable(text: str) -> str:
    """Return a report without what changes with every release or with the page's looks."""
    text = text.replace(asset("palette.css"), "")
    for name in ("page.css", "findings.js"):
        text = text.replace(asset(name), f"@{name}@")
    lines = [
        "@policy@" if "Content-Security-Policy" in line else line
        for line in text.replace(__version__, "@version@").split("\n")
    ]
    return "\n".join(lines)


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("report_format", ReportFormat)
def test_report_is_written_as_agreed(name: str, report_format: ReportFormat) -> None:
    golden = (GOLDEN / f"{name}.{report_format}").read_text(encoding="utf-8")
    assert stable(render(report_format, REPORTS[name])) == golden


@pytest.mark.parametrize("report_format", ReportFormat)
def test_report_holds_no_secret_and_nothing_unseen(report_format: ReportFormat) -> None:
    text = render(report_format, HOSTILE)
    assert "hunter2" not in text
    assert not set(text) & set("\r\x00\x1b\u202e\ud800")


@pytest.mark.parametrize("report_format", ReportFormat)
def test_no_line_of_a_report_is_a_command_that_a_name_wrote(report_format: ReportFormat) -> None:
    for line in render(report_format, HOSTILE).splitlines():
        own = {ReportFormat.GITHUB: "::", ReportFormat.AZURE: "##vso["}.get(report_format, "")
        rest = line.removeprefix(own)
        assert "##vso[" not in rest
        assert "##[" not in rest
        assert not rest.lstrip().startswith("::")


@pytest.mark.parametrize("report_format", ReportFormat)
def test_five_thousand_findings_are_written(report_format: ReportFormat) -> None:
    many = [
        Finding(NAME, Location("customizations.xml", line), f"Name {line}", f"name {line}")
        for line in range(1, 5001)
    ]
    text = render(report_format, report(*many))
    everything = report_format not in {"github", "azure", "markdown", "text"}
    assert ("Name 5000" in text) is everything
    assert everything or "more findings" in text or "4,950 more of [name-case]" in text


@pytest.mark.parametrize("report_format", ReportFormat)
def test_order_in_which_rules_report_does_not_show(report_format: ReportFormat) -> None:
    other = Finding(NAME, Location("customizations.xml", 3), "Lead, lead", "Lead")
    forth = render(report_format, report(FOUND, other))
    assert forth == render(report_format, report(other, FOUND))


def test_text_shows_fifty_findings_of_a_rule_and_counts_the_rest() -> None:
    many = [replace(FOUND_POST, location=Location("a.js", line)) for line in range(1, 1_053)]
    shown = format_text(report(*many, FOUND_PART)).splitlines()
    assert shown[50:53] == [
        "  critical      a.js:50: Posts to '*'. [message-to-any-origin]",
        "  medium        left over.txt: Nobody asks for it. [part-unused]",
        "  and           1,002 more of [message-to-any-origin]; --format json has them all",
    ]
    assert "1053 findings" in shown[-2]
