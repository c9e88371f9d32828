"""What a person sees of a deploy: the plan, the steps as they run, the table at the end."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final, Self

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Column, Table
from rich.text import Text

from d365pop.ci import CiSystem
from d365pop.cli.console import messages, results, write_commands
from d365pop.config import pipeline
from d365pop.deploy.operation import Outcome
from d365pop.deploy.plan import Plan, PlanKind, Step
from d365pop.deploy.run import Run, UnreadableRun
from d365pop.report import azure
from d365pop.report.runs import ReportedDrift
from d365pop.report.steps import describe
from d365pop.smoke.verdict import Finding

_TITLES = {
    "deploy": "Deployed to {env}",
    "push": "Pushed to {env}",
    "rollback": "Rolled back in {env}",
    "undeploy": "Undeployed from {env}",
}
_DIFF_STYLES = {"+": "green", "-": "red", "~": "yellow"}
# On a narrow terminal the words give way, not the bar.
_SHRINKING = Column(no_wrap=True, overflow="ellipsis", ratio=1)


@contextmanager
def working(what: str) -> Iterator[None]:
    """Show that ``what`` is going on: a spinner on a terminal, one line elsewhere."""
    console = messages()
    if not console.is_terminal:
        console.print(Text(what))
        yield
        return
    with console.status(escape(what)):
        yield


class StepProgress:
    """Shows the steps of a plan as they run: bars on a terminal, a line a step elsewhere."""

    def __init__(self, plan: Plan) -> None:
        self._console = messages()
        self._total = len(plan.steps)
        self._tasks: dict[int, TaskID] = {}
        self._task: TaskID | None = None
        self._done = 0
        running = pipeline()
        self._tells_azure = running is not None and running.system is CiSystem.AZURE
        self._bars: Progress | None = None
        if self._console.is_terminal:
            self._bars = Progress(
                SpinnerColumn(),
                TextColumn("{task.description}", table_column=_SHRINKING),
                BarColumn(bar_width=16),
                TextColumn("{task.percentage:>3.0f} %"),
                TimeElapsedColumn(),
                console=self._console,
                expand=True,
            )

    def __enter__(self) -> Self:
        """Start to draw."""
        if self._bars:
            self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop drawing; what was drawn stays."""
        if self._bars:
            self._bars.stop()

    def started(self, index: int, step: Step) -> None:
        """Show that the step is about to run."""
        text = describe(step)
        line = f"[{index + 1}/{self._total}] {text.action} {text.item}"
        if self._bars:
            self._task = self._tasks[index] = self._bars.add_task(escape(line), total=1.0)
        else:
            self._console.print(Text(f"{line} …"))

    def advanced(self, fraction: float) -> None:
        """Show how far the running step is, 0 to 1."""
        if self._bars and self._task is not None:
            self._bars.update(self._task, completed=min(fraction, 1.0))

    def warned(self, text: str) -> None:
        """Show what the environment has to say of a component."""
        self._console.print(Text(f"warning: {text}", style="yellow"))

    def finished(self, index: int, step: Step, seconds: float) -> None:
        """Show that the step is done."""
        self._done += 1
        if self._tells_azure:
            write_commands(azure.progress(self._done, self._total, describe(step).item))
        if self._bars:
            self._bars.update(self._tasks[index], completed=1.0)
        else:
            text = describe(step)
            line = f"[{index + 1}/{self._total}] {text.action} {text.item}: {seconds:.1f} s"
            self._console.print(Text(line))


def show_plan(env: str, plan: Plan) -> None:
    """Print what is going to be done, on stderr, above the question."""
    heading = f"[bold]Changes for {escape(env)}[/] ({escape(plan.environment_url)})"
    _show(messages(), heading, plan)


def _show(console: Console, heading: str, plan: Plan) -> None:
    console.print(heading)
    # A grid, so that on a narrow terminal long lines stay in their column.
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True, style="bold cyan")
    grid.add_column(overflow="fold")
    for step in plan.steps:
        text = describe(step)
        grid.add_row(f"  {text.action}", Text.assemble(text.item, (f" ({text.reason})", "dim")))
        for detail in text.details:
            grid.add_row("", Text(detail, style=_DIFF_STYLES.get(detail[:1], "dim")))
    for leave in plan.left:
        grid.add_row("  leave", Text(f"{leave.item} ({leave.reason})", style="dim"))
    console.print(grid)
    _show_irreversible(console, plan)


def _show_irreversible(console: Console, plan: Plan) -> None:
    is_rollback = plan.kind is PlanKind.ROLLBACK
    what = "Not restored" if is_rollback else "A rollback cannot restore"
    for sentence in plan.irreversible:
        console.print(Text(f"{what}: {sentence}", style="yellow"))


_HOLDS: Final = {
    PlanKind.ROLLBACK: "Nothing that can be taken back is left of the run in {env}.",
    PlanKind.UNDEPLOY: "Nothing of ours is in {env}:",
}


def show_left(env: str, plan: Plan) -> None:
    """Print that there was nothing to do."""
    console = results()
    holds = _HOLDS.get(plan.kind, "{env} holds what was built:").format(env=env)
    console.print(f"[bold green]Nothing to do.[/] {escape(holds)}")
    _show_irreversible(console, plan)
    for leave in plan.left:
        console.print(f"  {escape(leave.item)}: {escape(leave.reason)}")


def show_dry_run(env: str, plan: Plan) -> None:
    """Print what would be done, on stdout; nothing is asked and nothing written."""
    if plan.is_empty:
        show_left(env, plan)
        return
    _show(results(), f"[bold]Changes for {escape(env)}[/] ({escape(plan.environment_url)})", plan)


def show_runs(runs: Sequence[Run], unreadable: Sequence[UnreadableRun] = ()) -> None:
    """Print the runs as a table; those that cannot be read come last."""
    console = results()
    if not runs and not unreadable:
        console.print("No runs yet.")
        return
    console.print(runs_table(runs, unreadable, console.width))


_BESIDE_NAMES: Final = 38
"""Columns for what a run did and how it ended, a word of the reason included."""


def runs_table(runs: Sequence[Run], unreadable: Sequence[UnreadableRun], width: int) -> Table:
    """Return the table of runs; no terminal is so narrow that it cuts a name or hides a state."""
    names = [each.name for each in runs] + [each.name for each in unreadable]
    table = Table(box=None)
    # A name is to be typed, so it stays on one line where that leaves room for the rest.
    table.add_column("run", no_wrap=max(map(len, names)) + _BESIDE_NAMES <= width, overflow="fold")
    table.add_column("what", no_wrap=True)
    table.add_column("steps", no_wrap=True)
    table.add_column("state", overflow="fold")
    for run in runs:
        state = f"{run.state}: {run.failure}" if run.state == "failed" else str(run.state)
        table.add_row(run.name, str(run.kind), f"{run.done}/{run.steps}", Text(state))
    for each in unreadable:
        table.add_row(each.name, "", "", Text(f"unreadable: {each.why}"))
    return table


def show_drift(env: str, since: str, found: Sequence[ReportedDrift]) -> None:
    """Print what has drifted, with who and when as far as the platform keeps it."""
    console = results()
    if not found:
        console.print(Text.assemble(("No drift.", "bold green"), f" {env} is as {since} left it."))
        return
    console.print(Text(f"{env} differs from {since}:", style="bold"))
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True, width=1)
    grid.add_column(overflow="fold")
    for each in found:
        told = ", ".join(filter(None, (each.author, each.modified_on)))
        why = (f" ({told})", "dim") if told else ""
        grid.add_row("", Text.assemble((each.item, "bold"), f" {each.what}", why))
    console.print(grid)


def show_status(env: str, url: str, facts: Sequence[str]) -> None:
    """Print what is installed and what goes on there."""
    console = results()
    console.print(Text.assemble((env, "bold"), f" ({url})"))
    for fact in facts:
        console.print(Text(f"  {fact}"))


def show_smoke(findings: Sequence[Finding]) -> None:
    """Print what a browser has seen of what was deployed."""
    console = results()
    passed = all(finding.passed for finding in findings)
    word = ("passed", "bold green") if passed else ("failed", "bold red")
    console.print(Text.assemble("Smoke test ", word, ":"))
    for finding in findings:
        mark = ("  ok     ", "green") if finding.passed else ("  wrong  ", "red")
        console.print(Text.assemble(mark, finding.text))


def show_result(env: str, outcome: Outcome) -> None:
    """Print the table of what changed, and what was proven."""
    console = results()
    table = Table(title=_TITLES[outcome.plan.kind].format(env=env), title_justify="left")
    table.add_column("change", style="cyan", no_wrap=True)
    table.add_column("component", overflow="fold")
    table.add_column("why", style="dim", overflow="fold")
    table.add_column("seconds", justify="right", no_wrap=True)
    for index, step in enumerate(outcome.plan.steps):
        text = describe(step)
        seconds = outcome.seconds.get(index)
        shown = "-" if seconds is None else f"{seconds:.2f}"
        table.add_row(text.action, Text(text.item), Text(text.reason), shown)
    console.print(table)
    read_back = ", ".join(_proven(outcome)) or "nothing is left to do"
    console.print(Text.assemble(("Proven", "bold green"), f" by reading back: {read_back}."))
    if outcome.plan.kind is PlanKind.ROLLBACK:
        _show_irreversible(console, outcome.plan)
    messages().print(Text(f"Run {outcome.run}."))


def _proven(outcome: Outcome) -> Iterator[str]:
    gone = outcome.plan.kind is PlanKind.UNDEPLOY
    for leave in outcome.proof.left:
        yield f"{leave.item} is {leave.reason}" if gone else leave.item
