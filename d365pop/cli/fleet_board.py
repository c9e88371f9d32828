"""Where each environment of a fleet is: one live table on a terminal, a line a change elsewhere."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from d365pop.cli.console import note
from d365pop.deploy.plan import Step
from d365pop.report.steps import describe


class Board:
    """The states of all environments, told by several threads."""

    def __init__(self, names: Sequence[str], console: Console) -> None:
        self._console = console
        self._turn = threading.Lock()
        self._states = {name: Text("waits", style="dim") for name in names}

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Draw while the block runs."""
        if not self._console.is_terminal:
            yield
            return
        # Anew each time: a second start of the same one clears what was printed in between.
        with Live(console=self._console, get_renderable=self._table):
            yield

    def tell(self, name: str, text: str, style: str = "") -> None:
        """Say where an environment is now."""
        with self._turn:
            self._states[name] = Text(text, style=style)
            if not self._console.is_terminal:
                self._console.print(Text(f"{name}: {text}"))

    def _table(self) -> Table:
        table = Table(box=None, show_header=False)
        table.add_column(style="bold cyan", no_wrap=True)
        table.add_column(no_wrap=True, overflow="ellipsis")
        for name, state in self._states.items():
            table.add_row(Text(name), state)
        return table


@dataclass(frozen=True, slots=True)
class Heard:
    """Passes one run's progress on to the board."""

    board: Board
    name: str
    total: int
    check: Callable[[], None]
    """Raises where somebody said stop."""

    def started(self, index: int, step: Step) -> None:
        """The step is about to run, unless somebody said stop."""
        self.check()
        text = describe(step)
        self.board.tell(self.name, f"[{index + 1}/{self.total}] {text.action} {text.item}")

    def advanced(self, fraction: float) -> None:
        """The table shows steps, not their parts."""

    def warned(self, text: str) -> None:
        """The environment has something to say."""
        note(f"{self.name}: warning: {text}")

    def finished(self, index: int, step: Step, seconds: float) -> None:
        """The next step says so, or the proof."""
