"""``d365pop drift`` and ``status``: what is there now, against what was deployed."""

from typing import TYPE_CHECKING, Annotated

import typer

from d365pop.cli.deploying import RUNS, Conduct, build_desired, open_operator
from d365pop.cli.options import CONFIG, ConfigOption, EnvironmentOption
from d365pop.cli.run_options import FormatOption, ReportOption
from d365pop.cli.run_reporting import reported
from d365pop.report.names import RunFormat

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from d365pop.deploy.drift import Drift
    from d365pop.deploy.operation import Operator
    from d365pop.models import Desired
    from d365pop.report.runs import ReportedDrift

RunOption = Annotated[
    str, typer.Option("--run", help="Compare with this run instead of the last one.")
]


def drift(
    env: EnvironmentOption,
    config: ConfigOption = CONFIG,
    run: RunOption = "",
    report_format: FormatOption = RunFormat.TEXT,
    report: ReportOption = None,
) -> None:
    """Show what differs from what was deployed, who changed it and when; exit 13 if anything."""
    from d365pop.cli.progress import show_drift, working
    from d365pop.config import load
    from d365pop.errors import ExitCode
    from d365pop.report.runs import report_drift

    with reported("drift", env, report_format, report) as told:
        url = load(config).environment(env).url
        desired, since = _deployed(env, url, config, run)
        with open_operator(env, config, Conduct()) as operator, working(f"Reading {url}"):
            found = _named(operator, operator.planner.drift(desired))
        told.found = report_drift(env, url, found, (f"compared with {since}",))
        show_drift(env, since, found)
        told.exit_code = ExitCode.DIFFERS if found else ExitCode.OK
    if told.exit_code:
        raise typer.Exit(told.exit_code)


def status(
    env: EnvironmentOption,
    config: ConfigOption = CONFIG,
    report_format: FormatOption = RunFormat.TEXT,
    report: ReportOption = None,
) -> None:
    """Show what is installed, what runs there, the last runs, and whether anything has drifted."""
    from d365pop.cli.progress import show_runs, show_status, working
    from d365pop.config import load
    from d365pop.dataverse.lifecycle import retrieve_running_imports
    from d365pop.deploy.runs import list_runs
    from d365pop.report.runs import report_drift
    from d365pop.report.status import status_facts

    with reported("status", env, report_format, report) as told:
        url = load(config).environment(env).url
        desired, since = _deployed(env, url, config, "")
        with open_operator(env, config, Conduct()) as operator, working(f"Reading {url}"):
            remote = operator.planner.read(desired)
            found = _named(operator, operator.planner.drift(desired, remote))
            running = retrieve_running_imports(operator.dataverse)
        facts = status_facts(remote.solution, running, len(found), since)
        told.found = report_drift(env, url, found, facts)
        show_status(env, url, facts)
        show_runs([each for each in list_runs(RUNS) if each.went_to(url)][-5:])


def _named(operator: "Operator", found: "Sequence[Drift]") -> "tuple[ReportedDrift, ...]":
    """Return what has drifted with the names of those who changed it."""
    from d365pop.deploy.others import user_name
    from d365pop.report.runs import ReportedDrift

    names = {
        user: user_name(operator.dataverse, user)
        for user in dict.fromkeys(each.modified_by for each in found)
    }
    return tuple(
        ReportedDrift(each.item, each.what, names[each.modified_by], each.modified_on)
        for each in found
    )


def _deployed(env: str, url: str, config: "Path", run: str) -> "tuple[Desired, str]":
    """Return what was deployed, and what tells so: a run's journal, else the present build."""
    from d365pop.deploy.runs import find_run, last_deployed

    if run:
        found, _, plan = find_run(RUNS, run)
        if plan.desired is not None:
            return plan.desired, f"run {found.name}"
    elif last := last_deployed(RUNS, url):
        desired, runs = last
        return desired, " and ".join(f"run {each.name}" for each in runs)
    return build_desired(
        env, config, None
    ), "the present build, since no run that stands is known here"
