"""Lines that the agents of GitHub and Azure obey, and names that must not become such lines."""

import re

import pytest

from d365pop.check.finding import Finding, Location, Severity
from d365pop.report import azure, github
from d365pop.report.plain import markup_without_commands, visible, without_commands
from tests.unit.report.reports import FOUND_NAME, HOSTILE, NOTE, report


def test_github_properties_and_message_are_escaped() -> None:
    assert github.command("error", "a%\r\n:,", file="b%:,\r\n", line="", title="t") == (
        "::error file=b%25%3A%2C%0A,title=t::a%25%0A:,"
    )


def test_azure_properties_and_message_are_escaped() -> None:
    assert azure.command("task.x", "a%\r\n;]", type="error", code="", sourcepath="b%;]\n") == (
        "##vso[task.x type=error;sourcepath=b%AZP25%3B%5D%0A;]a%AZP25%0A;]"
    )


def test_github_reads_no_more_properties_than_we_wrote() -> None:
    line = github.format_github(HOSTILE).splitlines()[0]
    properties = line.removeprefix("::error ").partition("::")[0]
    assert [part.partition("=")[0] for part in properties.split(",")] == [
        "file",
        "line",
        "col",
        "title",
    ]


def test_azure_reads_no_more_properties_than_we_wrote() -> None:
    line = azure.format_azure(HOSTILE).splitlines()[0]
    found = re.fullmatch(r"##vso\[task\.logissue ([^\]]*)\].*", line)
    assert found
    assert [part.partition("=")[0] for part in found[1].split(";")] == [
        "type",
        "sourcepath",
        "linenumber",
        "columnnumber",
        "code",
        "",
    ]


@pytest.mark.parametrize(
    ("fail_on", "kinds"),
    [(Severity.LOW, ["error", "notice"]), (Severity.MEDIUM, ["warning", "notice"])],
    ids=["failing", "below the threshold"],
)
def test_github_shows_what_fails_as_an_error(fail_on: Severity, kinds: list[str]) -> None:
    note = Finding(NOTE, Location("big.js"), "Too large.")
    lines = github.format_github(report(FOUND_NAME, note, fail_on=fail_on)).splitlines()
    assert [line.split()[0].strip(":") for line in lines] == kinds


@pytest.mark.parametrize(
    ("fail_on", "result"),
    [(Severity.LOW, "Failed"), (Severity.HIGH, "SucceededWithIssues")],
    ids=["failing", "below the threshold"],
)
def test_azure_task_ends_as_the_check_does(fail_on: Severity, result: str) -> None:
    last = azure.format_azure(report(FOUND_NAME, fail_on=fail_on)).splitlines()[-1]
    assert last.startswith(f"##vso[task.complete result={result};]")


def test_azure_task_without_an_issue_ends_by_itself() -> None:
    assert azure.format_azure(report()) == ""


def test_azure_is_told_where_the_summary_is() -> None:
    assert (
        azure.format_azure(report(), "/agent/a;b.md") == "##vso[task.uploadsummary]/agent/a;b.md\n"
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\r\nb\rc\td", "a\nb\nc\td"),
        ("\x00\x1b[0m\x85", "\\u0000\\u001b[0m\\u0085"),
        ("\u202egnp\u2066\u2028\ufeff", "\\u202egnp\\u2066\\u2028\\ufeff"),
        ("\udc80ü😀", "\\udc80ü😀"),
        ("password=hunter2", "password=[redacted]"),
    ],
    ids=["line ends", "controls", "reordering", "half a character", "secret"],
)
def test_unseen_characters_are_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a ##VSO[task.x]b", "a **VSO[task.x]b"),
        ("##[section]", "**[section]"),
        ("a\n \t::error::b", "a\n \t: :error::b"),
        ("a ::b", "a ::b"),
        ("## heading", "## heading"),
    ],
    ids=["azure", "old form", "github", "not at the start", "heading"],
)
def test_commands_in_names_are_taken_apart(text: str, shown: str) -> None:
    assert without_commands(text) == shown


def test_blank_lines_are_passed_in_linear_time() -> None:
    blank = "\n" * 200_000
    assert without_commands(f"{blank}::x") == f"{blank}: :x"


def test_commands_in_markup_are_written_as_references() -> None:
    assert markup_without_commands("##vso[x]\n ::y") == "&#35;&#35;vso[x]\n &#58;:y"
