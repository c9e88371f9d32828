"""What became of a run, as one value that every format shows; made from plan and journal; pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from d365pop.deploy.plan import Plan
from d365pop.deploy.run import INTERRUPTED, Run, RunState
from d365pop.errors import D365PopError, ExitCode
from d365pop.models import Json
from d365pop.report.steps import StepText, describe


class StepState(StrEnum):
    """How far a step came."""

    PLANNED = "planned"
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"
    """It began, and nothing tells how it ended."""
    NOT_RUN = "not run"


@dataclass(frozen=True, slots=True)
class ReportedStep:
    """One step, in words and in time."""

    action: str
    item: str
    reason: str
    details: tuple[str, ...]
    state: StepState
    began: float | None = None
    """Seconds after the run began."""
    seconds: float | None = None
    failure: str = ""


@dataclass(frozen=True, slots=True)
class ReportedError:
    """What ended a run before its time."""

    reference: str
    message: str
    context: str
    hint: str


@dataclass(frozen=True, slots=True)
class ReportedDrift:
    """One thing that is not as it was deployed."""

    item: str
    what: str
    modified_by: str | None = None
    """A name."""
    modified_on: str = ""
    unnamed: str = ""
    """Why nobody is named, where the platform never names one."""

    @property
    def author(self) -> str:
        """Who changed it, or why nobody is named."""
        return self.modified_by or self.unnamed


@dataclass(frozen=True, slots=True)
class RunReport:
    """One environment's share of a command."""

    environment: str
    url: str
    kind: str
    """Of the plan, empty where none was made."""
    run: str
    """Empty where nothing was written."""
    began: str
    state: str
    exit_code: int
    steps: tuple[ReportedStep, ...] = ()
    left: tuple[str, ...] = ()
    irreversible: tuple[str, ...] = ()
    error: ReportedError | None = None
    drift: tuple[ReportedDrift, ...] = ()
    """What ``drift`` and ``status`` found."""

    @property
    def seconds(self) -> float:
        """From the first step's beginning to the last one's end."""
        return max((end for step in self.steps if (end := _end(step)) is not None), default=0.0)


@dataclass(frozen=True, slots=True)
class CommandReport:
    """What one command did, in one environment or in many."""

    command: str
    runs: tuple[RunReport, ...] = field(default=())

    @property
    def exit_code(self) -> int:
        """The gravest of all."""
        return gravest(run.exit_code for run in self.runs)


_MILD = (ExitCode.OK, ExitCode.DIFFERS, ExitCode.STILL_RUNNING)


def gravest(codes: Iterable[int]) -> int:
    """Return the code that weighs most.

    A failed rollback leaves the most behind, then a deploy that is not proven, then an
    interruption and failures; what runs still is no failure, what differs is news.
    """
    order: dict[int, int] = {int(code): rank for rank, code in enumerate(_MILD)}
    order |= {ExitCode.INTERRUPTED: 900, ExitCode.VERIFICATION_FAILED: 901}
    order |= {ExitCode.ROLLBACK_FAILED: 902, ExitCode.DEFECT: 903}
    return max(codes, key=lambda code: order.get(code, 100 + code), default=int(ExitCode.OK))


def report_run(
    environment: str,
    plan: Plan | None,
    run: Run | None = None,
    *,
    error: D365PopError | None = None,
    exit_code: int | None = None,
    smoke: ReportedStep | None = None,
) -> RunReport:
    """Return what became of ``plan``; without ``run`` nothing was written.

    ``smoke`` is what a smoke test has seen, which a run's own journal tells.
    """
    looked = _smoke_of(run) if run else smoke
    code = error.exit_code if error else ExitCode.OK
    return RunReport(
        environment=environment,
        url=plan.environment_url if plan else "",
        kind=str(plan.kind) if plan else "",
        run=run.name if run else "",
        began=run.began if run else "",
        state=_state(plan, run, error),
        exit_code=int(code) if exit_code is None else exit_code,
        steps=(*(_steps(plan, run) if plan else ()), *([looked] if looked else [])),
        left=tuple(f"{leave.item}: {leave.reason}" for leave in plan.left) if plan else (),
        irreversible=plan.irreversible if plan else (),
        error=ReportedError(error.reference, error.message, error.context, error.hint)
        if error
        else None,
    )


def report_unreadable(run: str, error: D365PopError) -> RunReport:
    """Return that nothing can be told of a run; no failure of the command that lists it."""
    return replace(
        report_run("unknown", None, error=error, exit_code=ExitCode.OK), run=run, state="unreadable"
    )


def report_drift(
    environment: str, url: str, drift: Sequence[ReportedDrift], facts: Sequence[str]
) -> RunReport:
    """Return what an environment holds against what was deployed; nothing was written."""
    return RunReport(
        environment=environment,
        url=url,
        kind="",
        run="",
        began="",
        state="drifted" if drift else "as deployed",
        exit_code=int(ExitCode.OK),
        left=tuple(facts),
        drift=tuple(drift),
    )


def _state(plan: Plan | None, run: Run | None, error: D365PopError | None) -> str:
    if error is not None and error.exit_code == ExitCode.STILL_RUNNING:
        return "still running"
    if error is not None and error.exit_code == ExitCode.INTERRUPTED:
        return "stopped"
    if run is not None:
        return "failed" if error and run.state is RunState.STOPPED else str(run.state)
    if error is not None:
        return "failed"
    return "nothing to do" if plan is None or plan.is_empty else "planned"


def _steps(plan: Plan, run: Run | None) -> Iterable[ReportedStep]:
    if run is None:
        for step in plan.steps:
            yield _reported(describe(step), StepState.PLANNED)
        return
    times = _Times.of(run.events)
    for index, step in enumerate(plan.steps):
        began, end = times.began.get(index), times.ended.get(index)
        took = end - began if began is not None and end is not None else None
        yield _reported(
            describe(step), times.state(index), began, took, times.failures.get(index, "")
        )


def smoke_step(
    findings: Sequence[tuple[bool, str]], began: float | None, seconds: float | None
) -> ReportedStep:
    """Return a smoke test as the last step; nobody knows what came of it without findings."""
    wrong = "; ".join(text for passed, text in findings if not passed)
    state = StepState.FAILED if wrong else StepState.DONE
    return ReportedStep(
        "check",
        "softphone in a browser",
        "--smoke: a call opens the caller's record",
        tuple(f"{'passed' if passed else 'failed'}: {text}" for passed, text in findings),
        state if findings else StepState.UNKNOWN,
        began,
        seconds,
        wrong,
    )


def _smoke_of(run: Run) -> ReportedStep | None:
    """Return the last smoke test that a run's journal tells of."""
    looked = None
    zero = began = 0.0
    for event in run.events:
        at = datetime.fromisoformat(str(event.get("at", ""))).timestamp()
        zero = zero or at
        match event.get("event"), event.get("findings"):
            case "smoke-begins", _:
                began = at
                looked = smoke_step((), began - zero, None)
            case "smoke-passed" | "smoke-failed", [*findings]:
                told = [_finding(each) for each in findings]
                looked = smoke_step(told, began - zero, at - began)
            case _:
                continue
    return looked


def _finding(told: Json) -> tuple[bool, str]:
    known = told if isinstance(told, dict) else {}
    return known.get("passed") is True, str(known.get("text", ""))


def _reported(
    text: StepText,
    state: StepState,
    began: float | None = None,
    seconds: float | None = None,
    failure: str = "",
) -> ReportedStep:
    return ReportedStep(
        text.action, text.item, text.reason, text.details, state, began, seconds, failure
    )


@dataclass(frozen=True, slots=True)
class _Times:
    """When each step began and ended, in seconds since the run's beginning."""

    began: dict[int, float] = field(default_factory=dict)
    ended: dict[int, float] = field(default_factory=dict)
    failures: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, events: Sequence[Mapping[str, Json]]) -> "_Times":
        times, zero = cls(), None
        for event in events:
            at = datetime.fromisoformat(str(event.get("at", "")))
            zero = zero or at
            times.hear(event, (at - zero).total_seconds())
        return times

    def hear(self, event: Mapping[str, Json], seconds: float) -> None:
        """Take one event of the journal in; a later one goes over an earlier."""
        step = event.get("step")
        match event.get("event"), event.get("steps"), step:
            case "starts", [*indexes], _:
                self._begin([int(str(index)) for index in indexes], seconds)
            case "done", _, int(index):
                self.ended[index] = seconds
                self.failures.pop(index, None)
            case "failed", _, int(index) if event.get("reference") != INTERRUPTED:
                self.ended[index] = seconds
                self.failures[index] = f"{event.get('message')} ({event.get('reference')})"
            case _:
                return

    def _begin(self, indexes: Sequence[int], seconds: float) -> None:
        """Forget how the steps ended in an earlier attempt."""
        for index in indexes:
            self.began[index] = seconds
            self.ended.pop(index, None)
            self.failures.pop(index, None)

    def state(self, index: int) -> StepState:
        """Return how far the step came."""
        if index in self.failures:
            return StepState.FAILED
        if index in self.ended:
            return StepState.DONE
        return StepState.UNKNOWN if index in self.began else StepState.NOT_RUN


def _end(step: ReportedStep) -> float | None:
    return None if step.began is None or step.seconds is None else step.began + step.seconds
