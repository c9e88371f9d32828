"""A command is loaded when it is asked for, and only that one."""

import subprocess
import sys

import pytest

from d365pop.cli.commands import MODULES, Commands

LOADED = (
    "import sys\n"
    "from d365pop.cli.commands import Commands\n"
    "Commands()['emulator']\n"
    "loaded = (name for name in sys.modules if name.startswith('d365pop.'))\n"
    "print(*sorted(loaded))\n"
)


@pytest.mark.parametrize("name", MODULES)
def test_command_bears_its_name_and_says_what_it_does(name: str) -> None:
    command = Commands()[name]
    assert (command.name, bool(command.help)) == (name, True)


def test_unknown_name_is_none() -> None:
    assert Commands().get("emulater") is None


def test_local_dataverse_starts_without_the_other_commands() -> None:
    told = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, check=True)
    assert told.stdout.decode().split() == [
        "d365pop.cli",
        "d365pop.cli.commands",
        "d365pop.cli.emulator",
        "d365pop.cli.options",
    ]
