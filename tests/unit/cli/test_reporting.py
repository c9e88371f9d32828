"""Which files a report goes to, and what a terminal and a pipeline get to see."""

from pathlib import Path

import pytest

from d365pop.cli import console, reporting
from d365pop.errors import ConfigurationError, D365PopError, UsageError
from d365pop.report.names import ReportFormat


def test_report_options_name_format_and_file() -> None:
    assert reporting.report_files(["json=a.json", "html=b=c.html"], ReportFormat) == {
        Path("a.json"): ReportFormat.JSON,
        Path("b=c.html"): ReportFormat.HTML,
    }


@pytest.mark.parametrize("option", ["", "json", "json=", "=a.json", "pdf=a.pdf", "JSON=a.json"])
def test_report_option_of_another_shape_is_refused(option: str) -> None:
    with pytest.raises(UsageError) as caught:
        reporting.report_files([option], ReportFormat)
    assert caught.value.reference == "report-option-invalid"


def test_place_that_no_report_can_be_written_to_is_refused_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for place in (tmp_path / "file" / "a.xml", tmp_path):
        with pytest.raises(ConfigurationError) as caught:
            reporting.report_files([f"sarif={place}"], ReportFormat)
        assert caught.value.reference == "output-unwritable"
    assert reporting.report_files([f"json={tmp_path / 'new' / 'a.json'}"], ReportFormat)
    assert [*(tmp_path / "new").iterdir()] == []


def test_report_that_cannot_be_written_keeps_no_other_from_being(tmp_path: Path) -> None:
    good = tmp_path / "good.json"
    with pytest.raises(ConfigurationError):
        reporting.write_reports({tmp_path: "x", good: "{}"})
    assert good.read_text() == "{}"


def test_document_is_written_as_it_is(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    long = "word " * 100 + "[bold]ü[/]\n"
    console.write_data(long)
    assert capfdbinary.readouterr() == (long.encode(), b"")


def test_commands_to_the_pipeline_are_neither_wrapped_nor_read_as_markup(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    line = "##vso[task.logissue type=error;]" + "word " * 100 + "\n"
    console.write_commands(line)
    assert capfdbinary.readouterr() == (b"", line.encode())


def test_name_in_an_error_is_no_command_to_the_pipeline(
    capsys: pytest.CaptureFixture[str],
) -> None:
    console.show_error(
        D365PopError("x", "The part '##vso[task.x]a' is bad.", context="::error::b\n ##[group]c")
    )
    assert capsys.readouterr().err.splitlines() == [
        "error: The part '**vso[task.x]a' is bad. (x)",
        "  : :error::b",
        "   **[group]c",
    ]
