"""A session at a terminal, recorded from the real program: as text, and as a picture.

``python -m tests.session`` records it anew into README.md and docs/images/session.svg.
"""

import io
import re
import tempfile
from html import unescape
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.text import Text

from d365pop.emulator.server import EmulatorOptions, start
from tests.local_dataverse import LocalDataverse
from tests.terminal import COLUMNS, Terminal
from tests.workspace import ROOT, Workspace

README: Final = ROOT / "README.md"
PICTURE: Final = ROOT / "docs" / "images" / "session.svg"
BLOCK: Final = re.compile(r"(<!-- session -->\n+```text\n)(.*?)(^```)", re.MULTILINE | re.DOTALL)
SCRIPT: Final = "d365pop_/screenpop/form.js"
_HANDLER = '\n[[forms.handlers]]\nevent = "onsave"\nfunction = "D365Pop.onLoad"\n'
_VARIES = (
    (re.compile(r"\d{8}T\d{6}Z-local"), "RUN"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"), "TIME"),
    (re.compile(r"\s*\b\d+\.\d\d\b(?=\s*│)"), " SECONDS"),
    (re.compile(r"\d+:\d\d:\d\d"), "ELAPSED"),
    # Another file in the package is no other session.
    (re.compile(r"\d+ web resources"), "N web resources"),
)


def record(workspace: Workspace, dataverse: LocalDataverse) -> list[str]:
    """Return the lines of the session, with their colours, in the words of a default port."""
    assert workspace.run("deploy", "--env", "local").returncode == 0
    workspace.configure('version = "1.0.0.0"', 'version = "1.1.0.0"')
    workspace.configure('no_match = "search"', 'no_match = "new-record"')
    contact = '[[forms]]\ntable = "contact"\n'
    workspace.configure(contact, contact + _HANDLER)
    shown = [
        _comment("d365pop.toml: version 1.1.0.0, another no_match, one more handler on contact"),
        *_typed(workspace, "plan", "--env", "local", "--out", "plan.json"),
        *_typed(workspace, "apply", "plan.json", "--yes"),
    ]
    run = workspace.runs()[-1]
    dataverse.overwrite(SCRIPT, b"// a quick fix, made in the maker portal")
    shown += [
        _comment("somebody makes a quick fix in the maker portal"),
        *_typed(workspace, "drift", "--env", "local"),
        _comment(
            "the run goes back; the quick fix stays, since the run had not touched that script"
        ),
        *_typed(workspace, "rollback", run, "--yes"),
    ]
    port = "http://127.0.0.1:8365"
    return [line.replace(workspace.url, port).rstrip() for line in shown]


def _comment(text: str) -> str:
    return f"\x1b[2m# {text}\x1b[0m"


def _typed(workspace: Workspace, *arguments: str) -> list[str]:
    """Return the command line and what stands on the terminal after it."""
    prompt = f"\x1b[1;32m$\x1b[0m \x1b[1md365pop {' '.join(arguments)}\x1b[0m"
    return [prompt, *_on_a_terminal(workspace, arguments), ""]


def _on_a_terminal(workspace: Workspace, arguments: tuple[str, ...]) -> list[str]:
    terminal = Terminal(workspace.folder, *arguments)
    terminal.end()
    lines = terminal.lines()
    while lines and not plain([lines[-1]])[0]:
        lines.pop()
    return lines


def plain(lines: list[str]) -> list[str]:
    """Return lines without their colours."""
    return [Text.from_ansi(line).plain.rstrip() for line in lines]


def picture(lines: list[str]) -> str:
    """Return the terminal as an SVG file."""
    console = Console(
        record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True, legacy_windows=False
    )
    for line in lines:
        console.print(Text.from_ansi(line), soft_wrap=True)
    drawn = console.export_svg(title="d365pop", unique_id="session")
    # A picture loads nothing: whoever looks at it has a monospaced font.
    return re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.DOTALL)


def text_of(svg: str) -> list[str]:
    """Return the lines that a picture shows."""
    rows: dict[float, str] = {}
    for attributes, content in re.findall(r"<text ([^>]*clip-path[^>]*)>(.*?)</text>", svg):
        found = re.search(r' y="([\d.]+)"', attributes)
        assert found
        y = float(found[1])
        rows[y] = rows.get(y, "") + unescape(content).replace("\N{NO-BREAK SPACE}", " ")
    return [rows[y] for y in sorted(rows)]


def masked(lines: list[str]) -> list[str]:
    """Return what is the same each time: no run names, times and blanks."""
    found = []
    for line in lines:
        text = line
        for pattern, name in _VARIES:
            text = pattern.sub(name, text)
        if words := " ".join(text.split()):
            found.append(words)
    return found


def main() -> None:
    """Record the session into the documents."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace.make(Path(folder))
        with start(EmulatorOptions(state=None, port=workspace.port)):
            lines = record(workspace, LocalDataverse(workspace.url))
    text = "\n".join(plain(lines)).rstrip() + "\n"
    document = README.read_text("utf-8")
    README.write_text(BLOCK.sub(lambda found: found[1] + text + found[3], document), "utf-8")
    PICTURE.write_text(picture(lines), "utf-8")


if __name__ == "__main__":
    main()
