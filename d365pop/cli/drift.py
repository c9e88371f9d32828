"""``d365pop drift`` and ``status``: what is there now, against what was deployed."""

from typing import TYPE_CHECKING, Annotated, NamedTuple

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
    from d365pop.deploy.plan import Plan
    from d365pop.models import Desired, RemoteSnapshot
    from d365pop.report.runs import ReportedDrift


class _Deployed(NamedTuple):
    """What an environment is compared with."""

    desired: "Desired"
    since: str
    """What tells so."""
    taken_out: "Plan | None" = None
    """The undeploy that took all of it out, where that was the last thing done."""
    passed_over: tuple[str, ...] = ()
    """Which runs there cannot be read, though they may have done something since."""


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
    from d365pop.cli.console import note
    from d365pop.cli.progress import show_drift, working
    from d365pop.config import load
    from d365pop.errors import ExitCode
    from d365pop.report.runs import report_drift

    with reported("drift", env, report_format, report) as told:
        url = load(config).environment(env).url
        deployed = _deployed(env, url, config, run)
        with open_operator(env, config, Conduct()) as operator, working(f"Reading {url}"):
            found = _named(operator, _drifted(operator, deployed))
        facts = (f"compared with {deployed.since}", *deployed.passed_over)
        told.found = report_drift(env, url, found, facts)
        for sentence in deployed.passed_over:
            note(sentence)
        show_drift(env, deployed.since, found)
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
    from d365pop.deploy.runs import as_seen, list_runs
    from d365pop.report.runs import report_drift
    from d365pop.report.status import status_facts

    with reported("status", env, report_format, report) as told:
        url = load(config).environment(env).url
        deployed = _deployed(env, url, config, "")
        with open_operator(env, config, Conduct()) as operator, working(f"Reading {url}"):
            remote = operator.planner.read(deployed.desired)
            found = _named(operator, _drifted(operator, deployed, remote))
            running = retrieve_running_imports(operator.dataverse)
        facts = status_facts(remote.solution, running, len(found), deployed.since)
        facts += deployed.passed_over
        told.found = report_drift(env, url, found, facts)
        show_status(env, url, facts)
        show_runs([as_seen(RUNS, each.name, each) for each in list_runs(RUNS, url)[-5:]])


def _drifted(
    operator: "Operator", deployed: _Deployed, remote: "RemoteSnapshot | None" = None
) -> "tuple[Drift, ...]":
    """Return what is no longer as it was deployed, or as an undeploy left it."""
    if deployed.taken_out:
        return _back(operator, deployed.taken_out)
    return operator.planner.drift(deployed.desired, remote)


def _back(operator: "Operator", undeploy: "Plan") -> "tuple[Drift, ...]":
    """Return what is there again of what ``undeploy`` took out."""
    from d365pop.deploy.drift import Drift
    from d365pop.deploy.plan import EditForm, Publish
    from d365pop.report.steps import describe

    if undeploy.desired is None:
        return ()
    left = operator.planner.again(undeploy, undeploy.desired, undeploy).steps
    return tuple(
        Drift(
            describe(step).item,
            "has our handlers again" if isinstance(step, EditForm) else "is there again",
        )
        for step in left
        if not isinstance(step, Publish)
    )


def _named(operator: "Operator", found: "Sequence[Drift]") -> "tuple[ReportedDrift, ...]":
    """Return what has drifted with the names of those who changed it."""
    from d365pop.deploy.others import user_name
    from d365pop.report.runs import ReportedDrift

    names = {
        user: user_name(operator.dataverse, user)
        for user in dict.fromkeys(each.modified_by for each in found if each.modified_by)
    }
    return tuple(
        ReportedDrift(
            each.item, each.what, names.get(each.modified_by), each.modified_on, each.unnamed
        )
        for each in found
    )


def _deployed(env: str, url: str, config: "Path", run: str) -> "_Deployed":
    """Return what was deployed: as a run's journal tells, else as the present build has it."""
    from d365pop.deploy.runs import find_run, last_deployed, last_undeploy, unreadable_runs

    if run:
        found, _, plan = find_run(RUNS, run)
        if plan.desired is not None:
            return _Deployed(plan.desired, f"run {found.name}")
    passed_over = tuple(
        f"passed over: run {each.name}, which cannot be read: {each.why}"
        for each in unreadable_runs(RUNS, url)
    )
    if (out := last_undeploy(RUNS, url)) and out[1].desired is not None:
        return _Deployed(out[1].desired, f"run {out[0].name}", out[1], passed_over)
    if last := last_deployed(RUNS, url):
        desired, runs = last
        since = " and ".join(f"run {each.name}" for each in runs)
        return _Deployed(desired, since, passed_over=passed_over)
    since = "the present build, since no run that stands is known here"
    return _Deployed(build_desired(env, config, None), since, passed_over=passed_over)
