"""README.md is run: its commands work, and its output is what they print."""

import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from d365pop.errors import ExitCode
from tests import pac
from tests.workspace import ROOT, Workspace, clean_environment

FILE = re.compile(r"<!-- (file|in): (\S+) -->\n```\w+\n(.*?)^```", re.MULTILINE | re.DOTALL)
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def commands(document: Path) -> list[str]:
    """Return the command lines of a document's console blocks, without comments."""
    blocks = re.findall(
        r"^```console\n(.*?)^```", document.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    lines = [line.removeprefix("$ ") for block in blocks for line in block.splitlines()]
    return [line.partition("  #")[0].strip() for line in lines]


def test_first_two_commands_are_deploy_and_test() -> None:
    assert commands(ROOT / "README.md")[:2] == [
        "python3 dev.py deploy --env local",
        "python3 dev.py test",
    ]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_of_the_documents_works(document: Path, workspace: Workspace) -> None:
    write_files(document, workspace)
    for command in commands(document):
        match command.split():
            case ["python3", "dev.py", "check" | "test"]:
                # The pipeline runs them; this very test by the second.
                assert command in (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
            case ["python3", "dev.py", *arguments]:
                run([str(ROOT / "dev.py"), *arguments], workspace)
            case ["pac", "solution", *arguments]:
                pac.solution(arguments, workspace)
            case ["d365pop", "init"]:
                run(["-m", "d365pop", "init", "other.toml"], workspace)
            case ["d365pop", *arguments]:
                run(["-m", "d365pop", *arguments], workspace)
            case _:
                pytest.fail(f"{document.name} shows a command that no test runs: {command}")


def write_files(document: Path, workspace: Workspace) -> None:
    """Write the files that a document asks its reader to write; uncomment what it says."""
    for kind, name, content in FILE.findall(document.read_text("utf-8")):
        if kind == "file":
            (workspace.folder / name).parent.mkdir(parents=True)
            (workspace.folder / name).write_text(content, "utf-8")
        else:
            workspace.configure(textwrap.indent(content, "# "), content)


def run(arguments: list[str], workspace: Workspace) -> None:
    result = subprocess.run(
        [sys.executable, *arguments],
        cwd=workspace.folder,
        # pip, which dev.py may call, warns of itself.
        env={**clean_environment(), "PYTHONWARNINGS": "default"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert result.returncode == ExitCode.OK, result.stderr


def test_output_in_the_readme_is_what_deploy_prints(workspace: Workspace) -> None:
    shown = re.search(
        r"<!-- output: deploy -->\n```text\n(.*?)^```",
        (ROOT / "README.md").read_text("utf-8"),
        re.MULTILINE | re.DOTALL,
    )
    assert shown
    lines = workspace.run("deploy", "--env", "local").stderr.splitlines()
    printed = "".join(f"{line.rstrip()}\n" for line in lines)
    assert shown[1].replace("http://127.0.0.1:8365", workspace.url) in printed


def test_readme_names_every_exit_code() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    named = {int(code) for code in re.findall(r"^\| (\d+) \|", text, re.MULTILINE)}
    assert named == {int(code) for code in ExitCode}


def test_picture_of_the_readme_is_there() -> None:
    for picture in re.findall(r"!\[.+?\]\((.+?)\)", (ROOT / "README.md").read_text("utf-8")):
        assert (ROOT / picture).read_bytes().startswith((b"\x89PNG", b"<svg"))
