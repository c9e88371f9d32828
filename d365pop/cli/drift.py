"""``d365pop drift`` and ``status``: what is there now, against what was deployed."""

from typing import TYPE_CHECKING, Annotated

import typer

from d365pop.cli.deploying import RUNS, Conduct, build_desired, open_operator
from d365pop.cli.options import CONFIG, ConfigOption, EnvironmentOption

if TYPE_CHECKING:
    from pathlib import Path

    from d365pop.models import Desired

RunOption = Annotated[
    str, typer.Option("--run", help="Compare with this run instead of the last one.")
]


def drift(env: EnvironmentOption, config: ConfigOption = CONFIG, run: RunOption = "") -> None:
    """Show what differs from what was deployed, who changed it and when; exit 13 if anything."""
    from d365pop.cli.progress import show_drift, working
    from d365pop.config import load
    from d365pop.deploy.others import user_name
    from d365pop.errors import ExitCode

    url = load(config).environment(env).url
    desired, since = _deployed(env, url, config, run)
    with open_operator(env, config, Conduct()) as operator, working(f"Reading {url}"):
        found = operator.drift(desired)
        named = {
            drift.modified_by: user_name(operator.dataverse, drift.modified_by) for drift in found
        }
    show_drift(env, since, found, named)
    if found:
        raise typer.Exit(ExitCode.DIFFERS)


def status(env: EnvironmentOption, config: ConfigOption = CONFIG) -> None:
    """Show what is installed, what runs there, the last runs, and whether anything has drifted."""
    from d365pop.cli.progress import show_runs, show_status, working
    from d365pop.config import load
    from d365pop.dataverse.lifecycle import retrieve_running_imports
    from d365pop.deploy.runs import list_runs

    url = load(config).environment(env).url
    desired, since = _deployed(env, url, config, "")
    with open_operator(env, config, Conduct()) as operator, working(f"Reading {url}"):
        remote = operator.read(desired)
        found = operator.drift(desired, remote)
        running = retrieve_running_imports(operator.dataverse)
    show_status(env, url, remote, running, f"{len(found)} things differ from {since}.")
    show_runs([each for each in list_runs(RUNS) if each.environment_url == url][-5:])


def _deployed(env: str, url: str, config: "Path", run: str) -> "tuple[Desired, str]":
    """Return what was deployed, and what tells so: a run's journal, else the present build."""
    from d365pop.deploy.runs import find_run, last_proven

    if run:
        found, _, plan = find_run(RUNS, run)
        if plan.desired is not None:
            return plan.desired, f"run {found.name}"
    elif (last := last_proven(RUNS, url)) and last[1].desired is not None:
        return last[1].desired, f"run {last[0].name}"
    return build_desired(env, config, None), "the present build, since no run is known here"
