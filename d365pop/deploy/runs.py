"""Reads the runs that journals tell of; writes nothing."""

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from d365pop.deploy.following import ImportHandles
from d365pop.deploy.journal import EVENTS, PLAN, is_at_work
from d365pop.deploy.plan import Plan, PlanKind
from d365pop.deploy.plan_file import read_plan
from d365pop.errors import ConfigurationError, D365PopError, PlanRefusedError, UsageError
from d365pop.models import Desired, Json

INTERRUPTED: Final = "interrupted"
"""Reference of a step that somebody stopped: nobody knows yet how it ended."""
_AS_IT_WAS: Final = "Use the version that wrote it, or the folder as the run left it."


class RunState(StrEnum):
    """How a run ended, as far as its journal knows."""

    STOPPED = "stopped"
    """It was killed or interrupted; its journal alone does not tell that from work."""
    AT_WORK = "at work"
    """A process is at work on it, as the lock on its journal tells."""
    STILL_RUNNING = "still running"
    """Our patience ended first; what the run has asked for goes on in the environment."""
    FAILED = "failed"
    APPLIED = "applied, not proven"
    PROVEN = "proven"
    SMOKE_FAILED = "proven, smoke test failed"
    ROLLING_BACK = "partly rolled back"
    """Its rollback runs still, failed, or was killed."""
    ROLLED_BACK = "rolled back"


@dataclass(frozen=True, slots=True)
class Run:
    """One run, without its contents."""

    name: str
    kind: PlanKind
    environment_url: str
    began: str
    state: RunState
    steps: int
    done: int
    failure: str
    """What failed, empty where nothing did."""
    of_run: str
    handles: ImportHandles
    events: tuple[dict[str, Json], ...] = field(repr=False)

    def went_to(self, environment_url: str) -> bool:
        """Return whether it went to this environment."""
        return self.environment_url.rstrip("/") == environment_url.rstrip("/")

    @property
    def begun(self) -> frozenset[int]:
        """The steps that were about to run, whatever became of them."""
        return frozenset(_begun(self.events))

    @property
    def standing(self) -> frozenset[int]:
        """The steps that were done, and that no rollback has touched since."""
        names = [event.get("event") for event in reversed(self.events)]
        since = names.index("rolling-back") if "rolling-back" in names else len(names)
        return frozenset(_done(self.events[len(names) - since :]))


@dataclass(frozen=True, slots=True)
class UnreadableRun:
    """A run whose journal does not tell what it did."""

    name: str
    environment_url: str
    """Where it went, as its plan tells; empty where that cannot be read either."""
    why: str

    def may_have_gone_to(self, environment_url: str) -> bool:
        """Return whether it went to this environment, or may have."""
        return self.environment_url.rstrip("/") in {"", environment_url.rstrip("/")}


def list_runs(folder: Path, environment_url: str = "") -> list[Run]:
    """Return every readable run, or those that went to one environment; the newest last."""
    known = newest_runs(folder)
    found = (run for run in known if not environment_url or run.went_to(environment_url))
    return sorted(found, key=lambda run: (run.began, run.name))


def newest_runs(folder: Path) -> Iterator[Run]:
    """Yield every readable run, the newest first; their names begin with when they began."""
    for path in reversed(_folders(folder)):
        with suppress(OSError, ValueError):
            yield read_run(path)


def unreadable_runs(folder: Path, environment_url: str = "") -> list[UnreadableRun]:
    """Return what ``list_runs`` has to leave out, or may have to; the newest last."""
    found = []
    for path in _folders(folder):
        try:
            read_run(path)
        except (OSError, ValueError) as error:
            found.append(UnreadableRun(path.name, _went_to(path), str(error)))
    return [run for run in found if not environment_url or run.may_have_gone_to(environment_url)]


def _folders(folder: Path) -> list[Path]:
    paths = sorted(folder.iterdir()) if folder.is_dir() else []
    return [path for path in paths if (path / EVENTS).is_file()]


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


def read_run(folder: Path) -> Run:
    """Return what the journal in ``folder`` tells; a line that a kill tore is no line.

    Raises:
        OSError: it cannot be read.
        ValueError: it is none that this version reads.
    """
    text = (folder / EVENTS).read_text(encoding="utf-8", errors="replace")
    events = tuple(_events(text))
    planned = next((event for event in events if event.get("event") == "planned"), {})
    # A run that was killed before its first line was whole has sent nothing.
    if "\n" in text and not planned:
        raise ValueError("No line of it says what was planned.")
    steps = planned.get("steps")
    return Run(
        name=folder.name,
        kind=PlanKind(str(planned.get("kind", PlanKind.DEPLOY))),
        environment_url=str(planned.get("environment", "")),
        began=str(planned.get("at", "")),
        state=_state(events, len(steps) if isinstance(steps, list) else 0),
        steps=len(steps) if isinstance(steps, list) else 0,
        done=len(_done(events)),
        failure=_failure(events),
        of_run=str(planned.get("of_run", "")),
        handles=_handles(events),
        events=events,
    )


def _events(text: str) -> Iterator[dict[str, Json]]:
    for line in text.splitlines():
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict):
            datetime.fromisoformat(str(event.get("at")))  # every reader of an event counts on it
            yield event


def _done(events: Sequence[dict[str, Json]]) -> set[int]:
    return {
        step
        for event in events
        if event.get("event") == "done" and isinstance(step := event.get("step"), int)
    }


def _begun(events: Sequence[dict[str, Json]]) -> Iterator[int]:
    for event in events:
        steps = event.get("steps")
        if event.get("event") == "starts" and isinstance(steps, list):
            yield from (step for step in steps if isinstance(step, int))


def _state(events: Sequence[dict[str, Json]], steps: int) -> RunState:
    names = [_named(event) for event in reversed(events)]
    last = next((name for name in names if name in {*_ENDS, "resumed", INTERRUPTED}), "")
    if last in _ENDS:
        return _ENDS[last]
    return RunState.APPLIED if 0 < steps <= len(_done(events)) else RunState.STOPPED


def _named(event: dict[str, Json]) -> str:
    """Return what an event is called; a step that somebody stopped has not failed."""
    name, why = str(event.get("event")), event.get("reference")
    return INTERRUPTED if name == "failed" and why == INTERRUPTED else name


PROVEN: Final = frozenset({RunState.PROVEN, RunState.SMOKE_FAILED})
"""A failed smoke test takes nothing away from what was proven."""

_ENDS: Final = {
    "failed": RunState.FAILED,
    "still-running": RunState.STILL_RUNNING,
    "proven": RunState.PROVEN,
    "smoke-passed": RunState.PROVEN,
    "smoke-failed": RunState.SMOKE_FAILED,
    "rolling-back": RunState.ROLLING_BACK,
    "rolled-back": RunState.ROLLED_BACK,
}


def _failure(events: Sequence[dict[str, Json]]) -> str:
    for event in reversed(events):
        if event.get("event") == "failed":
            return f"{event.get('reference')}: {event.get('message')}"
    return ""


def _handles(events: Sequence[dict[str, Json]]) -> ImportHandles:
    """Return where the last import is to be found whose outcome no rollback has touched."""
    handles = ImportHandles()
    for event in events:
        if event.get("event") == "rolling-back":
            handles = ImportHandles()
        if "import_job_id" in event:
            jobs = event.get("earlier_jobs")
            earlier = tuple(map(str, jobs)) if isinstance(jobs, list) else None
            handles = ImportHandles(str(event["import_job_id"]), earlier_jobs=earlier)
        if "async_operation_id" in event:
            handles = replace(handles, async_operation_id=str(event["async_operation_id"]))
    return handles
