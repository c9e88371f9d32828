"""Finds runs in the folder of their journals; writes nothing."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from d365pop.deploy.journal import EVENTS, PLAN, is_at_work
from d365pop.deploy.plan import Plan, PlanKind
from d365pop.deploy.plan_file import read_plan
from d365pop.deploy.run import PROVEN, Run, RunState, UnreadableRun, read_run
from d365pop.errors import ConfigurationError, D365PopError, PlanRefusedError, UsageError
from d365pop.models import Desired

_AS_IT_WAS: Final = "Use the version that wrote it, or the folder as the run left it."


def list_runs(folder: Path, environment_url: str = "") -> list[Run]:
    """Return every readable run, or those that went to one environment; the newest last."""
    known = newest_runs(folder)
    found = (run for run in known if not environment_url or run.went_to(environment_url))
    return sorted(found, key=lambda run: (run.began, run.name))


def newest_runs(folder: Path) -> Iterator[Run]:
    """Yield every readable run, the newest first; their names begin with when they began."""
    return (run for _, run in _newest(folder) if isinstance(run, Run))


def unreadable_runs(folder: Path, environment_url: str = "") -> list[UnreadableRun]:
    """Return what ``list_runs`` has to leave out, or may have to; the newest last."""
    unreadable = [
        UnreadableRun(path.name, _went_to(path), str(why))
        for path, why in _newest(folder)
        if not isinstance(why, Run)
    ]
    return [
        run
        for run in reversed(unreadable)
        if not environment_url or run.may_have_gone_to(environment_url)
    ]


def _newest(folder: Path) -> Iterator[tuple[Path, Run | OSError | ValueError]]:
    """Yield each run's folder, and the run or why it cannot be read."""
    paths = sorted(folder.iterdir(), reverse=True) if folder.is_dir() else []
    for path in paths:
        if (path / EVENTS).is_file():
            try:
                yield path, read_run(path)
            except (OSError, ValueError) as error:
                yield path, error


def _went_to(folder: Path) -> str:
    try:
        return read_plan(folder / PLAN)[1].environment_url
    except D365PopError:
        return ""


def find_run(folder: Path, name: str) -> tuple[Run, str, Plan]:
    """Return the run called ``name``, its environment's name and its plan.

    ``name`` may also be the path of a run's folder: an artefact of another machine.

    Raises:
        UsageError: there is none.
        ConfigurationError: its plan or its journal cannot be read.
        PlanRefusedError: its plan was changed.
    """
    path = _path(folder, name)
    if not (path / EVENTS).is_file():
        known = [run.name for run in list_runs(folder)][-5:]
        raise UsageError(
            "run-unknown",
            f"There is no run {name}.",
            context=f"The last ones: {', '.join(known)}" if known else f"{folder} holds no run.",
            hint="List them with: d365pop runs",
        )
    environment, plan = _plan_of(path)
    try:
        return read_run(path), environment, plan
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            "journal-unreadable",
            f"{path / EVENTS} is no journal that this version of d365pop reads.",
            context=str(error),
            hint=_AS_IT_WAS,
        ) from error


def as_seen(folder: Path, name: str, run: Run) -> Run:
    """Return the run called ``name`` as a bystander sees it, who can tell work from a kill."""
    if run.state in {RunState.STOPPED, RunState.APPLIED} and is_at_work(_path(folder, name)):
        return replace(run, state=RunState.AT_WORK)
    return run


def _path(folder: Path, name: str) -> Path:
    return folder / name if (folder / name / EVENTS).is_file() else Path(name)


def last_deployed(folder: Path, environment_url: str) -> tuple[Desired, tuple[Run, ...]] | None:
    """Return what was deployed last, and by which runs: proven ones that were not taken back.

    That is the newest deploy, with the web resources of the newest push since.
    """
    push: Run | None = None
    for run in newest_runs(folder):
        if run.state not in PROVEN or not run.went_to(environment_url):
            continue
        if run.kind is PlanKind.PUSH:
            push = push or run
        elif run.kind is PlanKind.DEPLOY and (desired := _desired(folder, run)):
            pushed = _desired(folder, push) if push else None
            return _with_push(desired, pushed), (run, *((push,) if push else ()))
    return None


def last_undeploy(folder: Path, environment_url: str) -> tuple[Run, Plan] | None:
    """Return the proven undeploy that no proven deploy has followed; None without one."""
    for run in newest_runs(folder):
        if run.state in PROVEN and run.went_to(environment_url):
            if run.kind is PlanKind.UNDEPLOY:
                return run, _plan_of(folder / run.name)[1]
            if run.kind is PlanKind.DEPLOY:
                return None
    return None


def _desired(folder: Path, run: Run) -> Desired | None:
    return _plan_of(folder / run.name)[1].desired


def _plan_of(folder: Path) -> tuple[str, Plan]:
    """Return a run's environment and plan; one that cannot be read is not made again."""
    try:
        return read_plan(folder / PLAN)
    except (ConfigurationError, PlanRefusedError) as error:
        error.hint = _AS_IT_WAS
        raise


def _with_push(deployed: Desired, pushed: Desired | None) -> Desired:
    if pushed is None:
        return deployed
    by_name = {each.name: each for each in deployed.solution.web_resources}
    for each in pushed.solution.web_resources:
        # A push writes no titles of what is there, and no dependency lists.
        known = by_name.get(each.name) or replace(each, needs=())
        by_name[each.name] = replace(known, content=each.content)
    return replace(
        deployed, solution=replace(deployed.solution, web_resources=(*by_name.values(),))
    )
