"""``d365pop metrics``: what the screen pop brings, from what the environment keeps of it."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from d365pop.cli.options import CONFIG, ConfigOption, EnvironmentOption

if TYPE_CHECKING:
    from d365pop.metrics.model import Report


class MetricsFormat(StrEnum):
    """How a report on the screen pop is written."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"
    HTML = "html"


def metrics(  # noqa: PLR0913, PLR0917 - one parameter per option
    env: EnvironmentOption,
    config: ConfigOption = CONFIG,
    since: Annotated[
        str, typer.Option(help="Days (30d) or weeks (12w) back, or a day such as 2026-01-31.")
    ] = "30d",
    until: Annotated[
        str, typer.Option(help="The day before which it ends; now, if not given.")
    ] = "",
    change: Annotated[
        str, typer.Option(help="The day since which the screen pop is used: before against after.")
    ] = "",
    baseline: Annotated[
        Path | None,
        typer.Option(help="CSV of what was before, against which all of the time is compared."),
    ] = None,
    agents: Annotated[
        bool, typer.Option("--agents", help="Name each agent; without it nobody is named.")
    ] = False,
    form: Annotated[MetricsFormat, typer.Option("--format", help="How to write it.")] = (
        MetricsFormat.TEXT
    ),
    out: Annotated[
        Path | None, typer.Option("--out", help="Write it to this file, not to the terminal.")
    ] = None,
) -> None:
    """Sum up calls, times and their change; what has no source reads "not measured"."""
    from d365pop.cli.measuring import Wishes, measured
    from d365pop.cli.outputs import refuse_inputs

    refuse_inputs([out], [config, *([baseline] if baseline else [])])
    _write(measured(Wishes(env, config, since, until, change, baseline, agents)), form, out)


def _write(report: "Report", form: MetricsFormat, out: Path | None) -> None:
    from d365pop.cli.documents import write_data_document, write_document
    from d365pop.report.metrics_data import metrics_csv, metrics_json
    from d365pop.report.metrics_page import metrics_html
    from d365pop.report.metrics_text import metrics_text

    match form:
        case MetricsFormat.TEXT:
            write_document(lambda width: metrics_text(report, width), out)
        case MetricsFormat.JSON:
            write_data_document(metrics_json(report), out)
        case MetricsFormat.CSV:
            write_data_document(metrics_csv(report), out)
        case MetricsFormat.HTML:
            write_data_document(metrics_html(report), out)
