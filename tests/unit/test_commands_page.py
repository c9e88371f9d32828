"""docs/commands.md has every command of the program, with all that it takes."""

from typing import Annotated

import typer
from typer.main import get_command

from tests.commands_page import commands, section


def test_groups_are_gone_into() -> None:
    lines = [line for line, _ in commands()]
    assert "d365pop forms register" in lines
    assert "d365pop forms" not in lines


def test_command_is_written_with_what_it_needs_and_without_markup() -> None:
    def send(
        names: Annotated[list[str], typer.Argument(help="Whose \\[table].")],
        to: Annotated[str, typer.Option("--to", help="A [bold]place[/] | a name.")],
        *,
        wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Wait.")] = True,
        force: Annotated[bool, typer.Option("--force", help="Do.")] = False,
        seconds: Annotated[float, typer.Option("--seconds", min=0, help="How long.")] = 3,
    ) -> None:
        """Send it."""

    alone = typer.Typer(add_completion=False)
    alone.command("send")(send)
    assert section("send", get_command(alone)).splitlines() == [
        "",
        "## send",
        "",
        "Send it.",
        "",
        "`send NAMES... --to TEXT`",
        "",
        "| | value | default | what it does |",
        "|---|---|---|---|",
        "| `NAMES...` |  | needed | Whose \\[table]. |",
        "| `--to` | `TEXT` | needed | A place \\| a name. |",
        "| `--wait`, `--no-wait` |  | `--wait` | Wait. |",
        "| `--force` |  |  | Do. |",
        "| `--seconds` | `NUMBER` | `3` | How long. |",
    ]
