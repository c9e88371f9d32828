"""Writes docs/commands.md: every command with its arguments and options, asked of the program."""

from collections.abc import Iterator
from enum import Enum
from typing import Any, Final

from rich.text import Text
from typer.main import get_command

from d365pop.cli.app import app

HEAD: Final = """\
# Command reference

Written from the program by `python3 dev.py pages`; do not edit it.

`d365pop COMMAND --help` says the same. `d365pop --version` prints the version,
`d365pop --install-completion` completes in bash, zsh, fish and PowerShell. Exit codes mean the same
in every command: [Troubleshooting](troubleshooting.md) has them with their messages.
"""
# What Typer makes is without a type of its own that is public.
Command = Any
_KINDS: Final = {
    "str": "TEXT",
    "path": "PATH",
    **dict.fromkeys(("int", "float", "int range", "float range"), "NUMBER"),
}


def commands() -> Iterator[tuple[str, Command]]:
    """Yield every command that does something, by its whole line, in the order of the help."""
    yield from _inside("d365pop", get_command(app))


def _inside(line: str, command: Command) -> Iterator[tuple[str, Command]]:
    for name, child in getattr(command, "commands", {}).items():
        yield from _inside(f"{line} {name}", child)
    if not hasattr(command, "commands"):
        yield line, command


def page() -> str:
    """Return the page, in Markdown."""
    return HEAD + "".join(section(line, command) for line, command in commands())


def section(line: str, command: Command) -> str:
    context = command.context_class(command, info_name=line)
    usage = " ".join([line, *(word for p in command.params for word in _usage(p, context))])
    rows = "".join(_row(parameter, context) for parameter in command.params)
    head = "| | value | default | what it does |\n|---|---|---|---|\n" if rows else ""
    return f"\n## {line}\n\n{_plain(command.help)}\n\n`{usage}`\n\n{head}{rows}".rstrip() + "\n"


def _usage(parameter: Command, context: Any) -> Iterator[str]:
    """Yield what must be typed; optional arguments, in brackets."""
    if parameter.param_type_name == "argument":
        name = _argument(parameter)
        yield name if parameter.required else f"[{name}]"
    elif parameter.required:
        yield f"{parameter.opts[0]} {_value(parameter, context)}"


def _argument(parameter: Command) -> str:
    name = (parameter.metavar or parameter.name).upper()
    return name if parameter.nargs == 1 else f"{name}..."


def _row(parameter: Command, context: Any) -> str:
    names = parameter.opts if parameter.param_type_name == "option" else [_argument(parameter)]
    value = _value(parameter, context)
    cells = (
        ", ".join(f"`{name}`" for name in (*names, *parameter.secondary_opts)),
        f"`{value}`" if value else "",
        "needed" if parameter.required else _default(parameter),
        _plain(parameter.help),
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _value(parameter: Command, context: Any) -> str:
    """Return what follows an option; a flag has nothing behind it."""
    if parameter.param_type_name == "argument" or parameter.is_flag:
        return ""
    shown: str = parameter.metavar or parameter.display_type(context).strip("<>")
    return _KINDS.get(shown.removeprefix("list[").removesuffix("]").lower(), shown)


def _default(parameter: Command) -> str:
    match value := parameter.default:
        case None | False | "" | () | []:
            return ""
        case True:
            return f"`{parameter.opts[0]}`"
        case Enum():
            return f"`{value.value}`"
        case float() if value.is_integer():
            return f"`{int(value)}`"
    return f"`{value}`"


def _plain(markup: str | None) -> str:
    """Return a help text without the terminal's markup, and safe in Markdown."""
    text = " ".join(Text.from_markup(markup or "").plain.split())
    return text.replace("[", "\\[").replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_")
