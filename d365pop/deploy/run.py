"""One run, as its journal tells of it; writes nothing."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from d365pop.deploy.following import ImportHandles
from d365pop.deploy.journal import EVENTS
from d365pop.deploy.plan import PlanKind
from d365pop.models import Json

INTERRUPTED: Final = "interrupted"
"""Reference of a step that somebody stopped: nobody knows yet how it ended."""


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
        kind=_kind(planned),
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
    for number, line in enumerate(text.splitlines(), 1):
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict):
            _refuse_timeless(event, number)
            yield event


def _refuse_timeless(event: dict[str, Json], number: int) -> None:
    try:
        datetime.fromisoformat(str(event.get("at")))  # every reader of an event counts on it
    except ValueError:
        raise ValueError(f"Line {number} of it does not say when that was.") from None


def _kind(planned: dict[str, Json]) -> PlanKind:
    try:
        return PlanKind(str(planned.get("kind", PlanKind.DEPLOY)))
    except ValueError:
        raise ValueError(f"It is of a run of an unknown kind, {planned['kind']!r}.") from None


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
