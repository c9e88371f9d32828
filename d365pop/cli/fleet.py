"""``d365pop deploy`` to several environments: planned together, asked once, rolled out in waves."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rich.live import Live
from rich.table import Table
from rich.text import Text

from d365pop.cli.console import ask, can_ask, messages, note, results, show_error
from d365pop.cli.deploying import Conduct, build_desired, open_operator
from d365pop.cli.progress import show_plan
from d365pop.cli.run_reporting import begin
from d365pop.deploy.fleet import Rollout, roll_out
from d365pop.deploy.parallel import in_threads
from d365pop.deploy.plan import Plan, Step
from d365pop.deploy.plan_import import PlanOptions
from d365pop.errors import D365PopError, ExitCode, InterruptedRunError, UsageError
from d365pop.report.runs import RunReport, report_run
from d365pop.report.steps import describe, summary

if TYPE_CHECKING:
    from d365pop.models import Desired
    from d365pop.settings import Settings


class Board:
    """Where each environment is: one live table on a terminal, a line a change elsewhere."""

    def __init__(self, names: Sequence[str]) -> None:
        self._console = messages()
        self._turn = threading.Lock()
        self._states = {name: Text("waits", style="dim") for name in names}
        self._live = (
            Live(console=self._console, get_renderable=self._table)
            if self._console.is_terminal
            else None
        )

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Draw while the block runs."""
        if self._live is None:
            yield
            return
        with self._live:
            yield

    def tell(self, name: str, text: str, style: str = "") -> None:
        """Say where an environment is now."""
        with self._turn:
            self._states[name] = Text(text, style=style)
            if self._live is None:
                self._console.print(Text(f"{name}: {text}"))

    def _table(self) -> Table:
        table = Table(box=None, show_header=False)
        table.add_column(style="bold cyan", no_wrap=True)
        table.add_column(no_wrap=True, overflow="ellipsis")
        for name, state in self._states.items():
            table.add_row(Text(name), state)
        return table


@dataclass(frozen=True, slots=True)
class _Heard:
    """Passes one run's progress on to the board."""

    board: Board
    name: str
    total: int

    def started(self, index: int, step: Step) -> None:
        """The step is about to run."""
        text = describe(step)
        self.board.tell(self.name, f"[{index + 1}/{self.total}] {text.action} {text.item}")

    def advanced(self, fraction: float) -> None:
        """The table shows steps, not their parts."""

    def warned(self, text: str) -> None:
        """The environment has something to say."""
        note(f"{self.name}: warning: {text}")

    def finished(self, index: int, step: Step, seconds: float) -> None:
        """The next step says so, or the proof."""


@dataclass(frozen=True, slots=True)
class Fleet:
    """Plans and deploys in the environments of one configuration."""

    config: Path
    settings: "Settings"
    conduct: Conduct
    options: PlanOptions
    board: Board

    def plan(self, name: str, desired: "Desired") -> "Plan | D365PopError":
        """Return what is to be done in one environment, or why that cannot be told."""
        self.board.tell(name, "reading")
        try:
            with open_operator(name, self.config, self.conduct) as operator:
                url = self.settings.environment(name).url
                plan = operator.plan(desired, url, self.options)
        except D365PopError as error:
            self.board.tell(name, error.message, "red")
            return error
        self.board.tell(name, "nothing to do" if plan.is_empty else summary(plan))
        return plan

    def apply(self, name: str, plan: "Plan | D365PopError") -> "Ended":
        """Carry a plan out; what goes wrong is an outcome like another."""
        if isinstance(plan, D365PopError):
            return Ended(report_run(name, None, error=plan), plan)
        if plan.is_empty:
            return Ended(report_run(name, plan), None)
        told = replace(begin(name), plan=plan)
        try:
            with open_operator(name, self.config, self.conduct) as opened:
                operator = replace(
                    opened, progress=self._progress(name), say=lambda text: note(f"{name}: {text}")
                )
                operator.apply(plan)
        except D365PopError as error:
            self.board.tell(name, error.message, "red")
            return Ended(told.report(error), error)
        self.board.tell(name, "proven", "green")
        return Ended(told.report(), None)

    def _progress(self, name: str) -> Callable[[Plan], AbstractContextManager[_Heard]]:
        @contextmanager
        def heard(plan: Plan) -> Iterator[_Heard]:
            yield _Heard(self.board, name, len(plan.steps))

        return heard


@dataclass(frozen=True, slots=True)
class Ended:
    """How it went in one environment."""

    report: RunReport
    error: D365PopError | None

    @property
    def failed(self) -> bool:
        """Whether the budget is charged; what runs still is no failure."""
        return self.report.exit_code not in {ExitCode.OK, ExitCode.STILL_RUNNING}


def deploy_fleet(
    fleet: Fleet, names: Sequence[str], rollout: Rollout, *, dry_run: bool, yes: bool
) -> list[Ended]:
    """Plan everywhere, ask once, and deploy in waves; return how each environment ended.

    Raises:
        InterruptedRunError: the answer was no.
    """
    desired = {name: build_desired(name, fleet.config, None) for name in names}
    with fleet.board.shown():
        plans = dict(
            zip(
                names,
                in_threads([partial(fleet.plan, name, desired[name]) for name in names]),
                strict=True,
            )
        )
    for name, plan in plans.items():
        if isinstance(plan, Plan) and not plan.is_empty:
            show_plan(name, plan)
    if dry_run:
        return [_only_planned(name, plan) for name, plan in plans.items()]
    _confirm(fleet.settings, plans, yes=yes)
    with fleet.board.shown():
        result = roll_out(
            names, rollout, lambda name: fleet.apply(name, plans[name]), lambda ended: ended.failed
        )
    return [*result.done.values(), *(_not_run(name, plans[name]) for name in result.not_run)]


def _only_planned(name: str, plan: "Plan | D365PopError") -> Ended:
    if isinstance(plan, D365PopError):
        return Ended(report_run(name, None, error=plan), plan)
    return Ended(report_run(name, plan), None)


def _not_run(name: str, plan: "Plan | D365PopError") -> Ended:
    known = plan if isinstance(plan, Plan) else None
    return Ended(replace(report_run(name, known), state="not run"), None)


def _confirm(settings: "Settings", plans: "dict[str, Plan | D365PopError]", *, yes: bool) -> None:
    """Ask once for all; without a terminal only local environments go without ``--yes``."""
    writes = [name for name, plan in plans.items() if isinstance(plan, Plan) and plan.steps]
    local = all(settings.environment(name).is_local for name in writes)
    if yes or not writes or (local and not can_ask()):
        return
    shown = ", ".join(
        f"{name} (PRODUCTION)" if settings.environment(name).production else name for name in writes
    )
    if not ask(f"Write to {len(writes)} environments: {shown}?"):
        raise InterruptedRunError("declined", "Nothing was written.", context="The answer was no.")


def chosen(settings: "Settings", env: Sequence[str] | None, *, everything: bool) -> list[str]:
    """Return the environments that ``--env`` or ``--all`` mean; with ``--all`` production last.

    Raises:
        UsageError: none or both are given, or one twice.
    """
    if bool(env) is everything:
        raise UsageError(
            "environment-choice",
            "Name environments with --env, or all of them with --all.",
            context=f"configured: {', '.join(settings.environments)}",
        )
    if everything:
        return sorted(settings.environments, key=lambda name: settings.environment(name).production)
    names = list(env or ())
    if twice := {name for name in names if names.count(name) > 1}:
        raise UsageError("environment-twice", f"--env names {', '.join(sorted(twice))} twice.")
    for name in names:
        settings.environment(name)
    return names


def show_ended(ended: Sequence[Ended]) -> None:
    """Print the errors, then one line for each environment."""
    for each in ended:
        if each.error is not None:
            note(f"{each.report.environment}:")
            show_error(each.error)
    table = Table(box=None)
    for column in ("environment", "state", "run"):
        table.add_column(column, overflow="fold")
    for each in ended:
        table.add_row(Text(each.report.environment), each.report.state, each.report.run)
    results().print(table)
