"""The live table of several environments."""

import io

from rich.console import Console

from d365pop.cli.fleet_board import Board

UP = "\x1b[1A"


def test_table_that_is_drawn_again_leaves_what_was_printed_in_between() -> None:
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=80, legacy_windows=False)
    board = Board(["local", "second"], console)
    with board.shown():
        board.tell("local", "reading")
    console.print("the plan")
    before = len(out.getvalue())
    with board.shown():
        board.tell("local", "proven")
    again = out.getvalue()[before:]
    assert UP not in again.partition("local")[0]
    assert "proven" in again


def test_elsewhere_each_change_is_a_line() -> None:
    out = io.StringIO()
    board = Board(["local", "second"], Console(file=out, width=80))
    with board.shown():
        board.tell("local", "reading")
        board.tell("second", "reading")
    assert out.getvalue().splitlines() == ["local: reading", "second: reading"]
