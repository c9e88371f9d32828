"""What a person sees of a deploy: the plan, the steps as they run, the table at the end."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Self

from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Column, Table
from rich.text import Text

from d365pop.cli.console import messages, results
from d365pop.deploy.plan import Plan, Step
from d365pop.report.steps import describe

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
        self.seconds: dict[int, float] = {}
        """How long each step took, by its index in the plan."""
        self._console = messages()
        self._total = len(plan.steps)
        self._task: TaskID | None = None
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
            self._task = self._bars.add_task(escape(line), total=1.0)
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
        self.seconds[index] = seconds
        self.advanced(1.0)
        if not self._bars:
            text = describe(step)
            line = f"[{index + 1}/{self._total}] {text.action} {text.item}: {seconds:.1f} s"
            self._console.print(Text(line))


def show_plan(env: str, plan: Plan) -> None:
    """Print what is going to be done, on stderr, above the question."""
    console = messages()
    console.print(f"[bold]Changes for {escape(env)}[/] ({escape(plan.environment_url)})")
    # A grid, so that on a narrow terminal long lines stay in their column.
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True, style="bold cyan")
    grid.add_column()
    for step in plan.steps:
        text = describe(step)
        grid.add_row(f"  {text.action}", Text.assemble(text.item, (f" ({text.reason})", "dim")))
        for detail in text.details:
            grid.add_row("", Text(detail, style="dim"))
    console.print(grid)


def show_left(env: str, plan: Plan) -> None:
    """Print that there was nothing to do."""
    console = results()
    console.print(f"[bold green]Nothing to do.[/] {escape(env)} holds what was built:")
    for leave in plan.left:
        console.print(f"  {escape(leave.item)}: {escape(leave.reason)}")


def show_result(env: str, plan: Plan, proof: Plan, seconds: Mapping[int, float], run: str) -> None:
    """Print the table of what changed, with times, and what was proven."""
    console = results()
    table = Table(title=f"Deployed to {env}", title_justify="left", expand=False)
    table.add_column("change", style="cyan", no_wrap=True)
    table.add_column("component", overflow="fold")
    table.add_column("why", style="dim", overflow="fold")
    table.add_column("seconds", justify="right", no_wrap=True)
    for index, step in enumerate(plan.steps):
        text = describe(step)
        table.add_row(
            text.action, Text(text.item), Text(text.reason), f"{seconds.get(index, 0.0):.2f}"
        )
    console.print(table)
    read_back = ", ".join(leave.item for leave in proof.left)
    console.print(Text.assemble(("Proven", "bold green"), f" by reading back: {read_back}."))
    messages().print(Text(f"Run {run}."))
