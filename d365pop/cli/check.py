"""``d365pop check``: what is wrong with a package, in whichever form its reader takes."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from d365pop.cli.options import CONFIG, OUT, STATE, ConfigOption
from d365pop.report.names import ReportFormat

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from d365pop.check.finding import Severity
    from d365pop.check.whole import CheckOptions
    from d365pop.report.findings import Checked


class FailOn(StrEnum):
    """From which severity on a finding makes the check fail."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def severity(self) -> "Severity":
        """The threshold as a value that can be compared."""
        from d365pop.check.finding import Severity

        return Severity[self.name]


def check(  # noqa: PLR0913, PLR0917 - one parameter per option
    packages: Annotated[
        list[Path] | None,
        typer.Argument(help="Solution ZIPs or folders; without one, what `build` would make."),
    ] = None,
    config: ConfigOption = CONFIG,
    report_format: Annotated[
        ReportFormat, typer.Option("--format", help="What is written to stdout.")
    ] = ReportFormat.TEXT,
    report: Annotated[
        list[str] | None,
        typer.Option(metavar="FORMAT=FILE", help="Write a report to a file, too; repeatable."),
    ] = None,
    fail_on: Annotated[
        FailOn, typer.Option(help="Fail with exit code 5 from this severity on.")
    ] = FailOn.HIGH,
    baseline: Annotated[
        Path | None, typer.Option(help="A file of findings that are accepted.")
    ] = None,
    write_baseline: Annotated[
        Path | None, typer.Option(help="Accept what is found, in this file.")
    ] = None,
    schemas: Annotated[
        Path | None, typer.Option(help="Microsoft's Schemas.zip, for the full XSD.")
    ] = None,
    no_scripts: Annotated[
        bool, typer.Option("--no-scripts", help="Leave the scripts out, and say so.")
    ] = False,
) -> None:
    """Check packages; exit code 5 says that something at or above the threshold was found."""
    from d365pop.check.baseline import accept
    from d365pop.check.schemas import read_schemas
    from d365pop.check.whole import CheckOptions
    from d365pop.cli import reporting
    from d365pop.cli.outputs import refuse_inputs
    from d365pop.errors import ExitCode
    from d365pop.report.findings import make_report

    files = reporting.report_files(report or [], ReportFormat)
    inputs = [path for path in (*(packages or []), baseline, schemas) if path]
    # A baseline may be written over by the new one; by nothing else.
    refuse_inputs(files, inputs)
    refuse_inputs([write_baseline], packages or [])
    accepted = reporting.read_baseline(baseline) if baseline else ()
    options = CheckOptions(
        scripts=not no_scripts,
        schemas=read_schemas(schemas) if schemas else None,
        cache=STATE / "cache",
    )
    checked = list(_check_all(packages or [], config, options))
    if write_baseline:
        entries = accept([one.findings for one in checked])
        reporting.write_baseline(write_baseline, entries)
        accepted = accepted if baseline else entries
    made = make_report(checked, options.rules(), fail_on.severity, accepted)
    reporting.publish(made, report_format, files)
    if made.failing_count:
        raise typer.Exit(ExitCode.CHECK_FINDINGS)


def _check_all(
    packages: "Sequence[Path]", config: Path, options: "CheckOptions"
) -> "Iterator[Checked]":
    for path in packages:
        yield _check_one(path, options, alone=len(packages) == 1)
    if not packages:
        yield from _check_build(config, options)


def _check_one(path: Path, options: "CheckOptions", *, alone: bool) -> "Checked":
    """Check one package; one of several that cannot be read does not cost the others' report."""
    from d365pop.check.unreadable import unreadable
    from d365pop.check.whole import check_all
    from d365pop.errors import BundleError
    from d365pop.report.findings import Checked
    from d365pop.solution.opening import open_package

    shown = _shown_path(path)
    try:
        parts = open_package(path)
    except BundleError as error:
        if alone:
            raise
        return Checked(shown, (unreadable(error),), ("everything in it",))
    outcome = check_all(parts, options)
    return Checked(shown, outcome.findings, outcome.not_checked)


def _check_build(config: Path, options: "CheckOptions") -> "Iterator[Checked]":
    """Check what lies in both packages, and framework.js, which goes to Genesys by itself."""
    from d365pop.build.names import FRAMEWORK_SCRIPT
    from d365pop.build.product import build_packages
    from d365pop.check.scripts.checker import check_scripts
    from d365pop.check.whole import check_all
    from d365pop.config import load
    from d365pop.report.findings import Checked
    from d365pop.solution.package import read_package

    kinds = (False, True)
    folder = config.absolute().parent
    builds = build_packages(load(config), kinds, cache=options.cache, folder=folder)
    for made in builds:
        outcome = check_all(read_package(made.package), options, strict=True)
        path = (OUT / made.package_name).as_posix()
        yield Checked(path, outcome.findings, outcome.not_checked)
    if options.scripts:
        scripts = {FRAMEWORK_SCRIPT: builds[0].framework}
        yield Checked(OUT.as_posix(), check_scripts(scripts, cache=options.cache))


def _shown_path(path: Path) -> str:
    """Return ``path`` as reports name it: relative to the working folder where it lies below."""
    absolute = path.resolve()
    folder = Path.cwd().resolve()
    shown = absolute.relative_to(folder) if absolute.is_relative_to(folder) else absolute
    return shown.as_posix()
