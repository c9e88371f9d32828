"""``d365pop deploy`` to several environments: planned together, asked once, rolled out in waves."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.table import Table
from rich.text import Text

from d365pop.cli.console import ask, can_ask, note, results, show_error
from d365pop.cli.deploying import Conduct, build_desired, open_operator
from d365pop.cli.fleet_board import Board, Heard
from d365pop.cli.progress import show_plan
from d365pop.cli.run_reporting import begin
from d365pop.deploy.fleet import Rollout, roll_out
from d365pop.deploy.plan import Plan
from d365pop.deploy.plan_import import PlanOptions
from d365pop.deploy.stopping import StopRequest
from d365pop.errors import D365PopError, ExitCode, InterruptedRunError, interrupted
from d365pop.report.runs import RunReport, report_run
from d365pop.report.steps import summary

if TYPE_CHECKING:
    from d365pop.deploy.operation import Operator
    from d365pop.models import Desired
    from d365pop.settings import Settings


_STOPPED: Final = int(ExitCode.INTERRUPTED)


@dataclass(frozen=True, slots=True)
class Fleet:
    """Plans and deploys in the environments of one configuration."""

    config: Path
    settings: "Settings"
    conduct: Conduct
    options: PlanOptions
    board: Board
    stop: StopRequest

    def plan(self, name: str, desired: "Desired", *, dry_run: bool) -> "Plan | D365PopError":
        """Return what is to be done in one environment, or why that cannot be told."""
        self.board.tell(name, "reading")
        try:
            with self._operator(name) as operator:
                url = self.settings.environment(name).url
                if not dry_run:
                    operator.take_turn()
                plan = operator.planner.deploy(desired, url, self.options)
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
        if self.stop.asked:
            self.board.tell(name, "not begun", "yellow")
            return Ended(replace(report_run(name, plan, exit_code=_STOPPED), state="not run"), None)
        told = replace(begin(name), plan=plan)
        try:
            with self._operator(name) as operator:
                operator.apply(plan)
        except D365PopError as error:
            self.board.tell(name, error.message, "red")
            return Ended(told.report(error), error)
        self.board.tell(name, "proven", "green")
        return Ended(told.report(), None)

    @contextmanager
    def _operator(self, name: str) -> "Iterator[Operator]":
        with open_operator(name, self.config, self.conduct, self.stop.clock()) as opened:
            yield replace(
                opened,
                progress=self._progress(name),
                say=lambda text: note(f"{name}: {text}"),
            )

    def _progress(self, name: str) -> Callable[[Plan], AbstractContextManager[Heard]]:
        @contextmanager
        def heard(plan: Plan) -> Iterator[Heard]:
            yield Heard(self.board, name, len(plan.steps), self.stop.check)

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
        InterruptedRunError: the answer was no, or somebody said stop before it.
    """
    desired = {name: build_desired(name, fleet.config, None) for name in names}
    with fleet.board.shown():
        plans = dict(
            zip(
                names,
                fleet.stop.pool(
                    [partial(fleet.plan, name, desired[name], dry_run=dry_run) for name in names]
                ),
                strict=True,
            )
        )
    if fleet.stop.asked:
        raise interrupted(context="Nothing was written.")
    for name, plan in plans.items():
        if isinstance(plan, Plan) and not plan.is_empty:
            show_plan(name, plan)
    if dry_run:
        return [_only_planned(name, plan) for name, plan in plans.items()]
    _confirm(fleet.settings, plans, yes=yes)
    # Where there is nothing to do, nothing can go wrong: such a canary would prove nothing.
    busy = [name for name, plan in plans.items() if not (isinstance(plan, Plan) and plan.is_empty)]
    with fleet.board.shown():
        result = roll_out(
            busy,
            rollout,
            lambda name: fleet.apply(name, plans[name]),
            lambda ended: ended.failed,
            fleet.stop.pool,
        )
    ended = result.done | {name: _not_run(name, plans[name]) for name in result.not_run}
    return [ended.get(name) or fleet.apply(name, plans[name]) for name in names]


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
