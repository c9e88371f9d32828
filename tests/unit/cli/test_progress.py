"""Tables of the terminal: nothing is cut where it is narrow."""

from io import StringIO

import pytest
from rich.console import Console

from d365pop.cli.progress import runs_table
from d365pop.deploy.following import NO_HANDLES
from d365pop.deploy.plan import PlanKind
from d365pop.deploy.run import Run, RunState, UnreadableRun

URL = "https://contoso.crm.dynamics.com"
NAME = "20260102T030405Z-production-emea-undeploy"
RUN = Run(
    NAME,
    PlanKind.UNDEPLOY,
    URL,
    "2026-01-02T03:04:05Z",
    RunState.FAILED,
    18,
    17,
    "dataverse-refused: No.",
    "",
    NO_HANDLES,
    (),
)
UNREADABLE = UnreadableRun("20260102T030406Z-test", URL, "No line of it says what was planned.")


def columns(width: int) -> tuple[list[str], list[str]]:
    """Return the lines of the first and of the last column of the table."""
    console = Console(file=StringIO(), width=width, color_system=None)
    with console.capture() as capture:
        console.print(runs_table([RUN], [UNREADABLE], width))
    heading, *lines = capture.get().splitlines()
    assert max(map(len, lines)) <= width
    what, state = heading.index("what"), heading.index("state")
    return [line[:what].strip() for line in lines], [line[state:].strip() for line in lines]


@pytest.mark.parametrize("width", [45, 60, 100])
def test_runs_lose_neither_name_nor_state_on_a_narrow_terminal(width: int) -> None:
    names, states = columns(width)
    assert "".join(names) == RUN.name + UNREADABLE.name
    told = f"{RUN.state}: {RUN.failure} unreadable: {UNREADABLE.why}"
    assert "".join(states).replace(" ", "") == told.replace(" ", "")


def test_name_of_a_run_stays_on_one_line_where_there_is_room_for_it() -> None:
    names, _ = columns(80)
    assert RUN.name in names
