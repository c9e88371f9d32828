"""Shells complete commands, options and what the configuration names, as they ask for it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.workspace import Workspace, clean_environment

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the shells here are POSIX")
RUN = "20261126T202009Z-local"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a configuration, a run, and a program d365pop on the PATH."""
    workspace = Workspace.make(tmp_path_factory.mktemp("completion"))
    (workspace.folder / ".d365pop" / "runs" / RUN).mkdir(parents=True)
    program = workspace.folder / "bin" / "d365pop"
    program.parent.mkdir()
    # as pip writes it: the program's name is how the shell asks for it
    program.write_text(
        f"#!{sys.executable}\nfrom d365pop.cli.app import main\nraise SystemExit(main())\n"
    )
    program.chmod(0o755)
    return workspace.folder


def environ(place: Path, **more: str) -> dict[str, str]:
    # completion asks in what the shell has: its own variables, and a PATH
    path = os.pathsep.join([str(place / "bin"), os.environ["PATH"]])
    return {**clean_environment(), "PATH": path, **more}


def output(place: Path, *command: str, **more: str) -> str:
    result = subprocess.run(
        command,
        cwd=place,
        env=environ(place, **more),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert result.stderr == ""
    return result.stdout


def shown(place: Path, shell: str) -> str:
    """Return the script for a shell, asked for inside of it: d365pop looks who its parent is."""
    return output(place, shell, "-c", "d365pop --show-completion; true")


@pytest.fixture(scope="module")
def bash_script(place: Path) -> str:
    return shown(place, "bash")


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("d365pop dep", ["deploy"]),
        ("d365pop forms ", ["register", "unregister"]),
        ("d365pop plan --en", ["--env"]),
        ("d365pop deploy --env ", ["local"]),
        ("d365pop deploy --config gone.toml --env ", []),
        ("d365pop rollback 2026", [RUN]),
        ("d365pop build --layout s", ["source"]),
    ],
    ids=["command", "group", "option", "environment", "no-configuration", "run", "choice"],
)
def test_bash_completes(place: Path, bash_script: str, typed: str, offered: list[str]) -> None:
    words = typed.split(" ")
    ask = (
        f"{bash_script}\nCOMP_WORDS=({' '.join(words)})\nCOMP_CWORD={len(words) - 1}\n"
        '_d365pop_completion d365pop\nprintf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    assert output(place, "bash", "--norc", "-c", ask).split() == offered


@pytest.mark.parametrize(
    ("shell", "asked", "told"),
    [
        ("zsh", {"_TYPER_COMPLETE_ARGS": "d365pop dep"}, '_arguments \'*: :(("deploy":"Build,'),
        (
            "fish",
            {"_TYPER_COMPLETE_ARGS": "d365pop dep", "_TYPER_COMPLETE_FISH_ACTION": "get-args"},
            "deploy\tBuild,",
        ),
        (
            "powershell",
            {"_TYPER_COMPLETE_ARGS": "d365pop dep", "_TYPER_COMPLETE_WORD_TO_COMPLETE": "dep"},
            "deploy:::Build,",
        ),
    ],
    ids=["zsh", "fish", "powershell"],
)
def test_program_answers_what_the_script_of_a_shell_asks(
    place: Path, shell: str, asked: dict[str, str], told: str
) -> None:
    answer = output(place, "d365pop", _D365POP_COMPLETE=f"complete_{shell}", **asked)
    assert answer.startswith(told)


@pytest.mark.skipif(not shutil.which("fish"), reason="there is no fish here")
def test_fish_completes(place: Path) -> None:
    (place / "completion.fish").write_text(shown(place, "fish"))
    ask = 'source completion.fish; complete -C "d365pop dep"'
    assert output(place, "fish", "--no-config", "-c", ask).startswith("deploy\tBuild,")


@pytest.mark.skipif(not shutil.which("zsh"), reason="there is no zsh here")
def test_zsh_reads_its_script(place: Path) -> None:
    (place / "_d365pop").write_text(shown(place, "zsh"))
    ask = "autoload -U compinit; compinit -D -d .zcompdump; source _d365pop; echo $_comps[d365pop]"
    assert output(place, "zsh", "--no-rcs", "-c", ask) == "_d365pop_completion\n"
