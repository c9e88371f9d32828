"""The tour of docs/tour.md, walked as somebody does who reads it; its files are taken from there.

``python -m tests.tour`` walks it anew, and writes into the page what the program says.
"""

import re
import tempfile
import textwrap
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from tests.session import masked, plain
from tests.terminal import Terminal
from tests.workspace import ROOT, suite_cache, suite_ports

PAGE: Final = ROOT / "docs" / "tour.md"
BLOCK: Final = re.compile(r"(<!-- tour: (\w+) -->\n```text\n)(.*?)(^```)", re.MULTILINE | re.DOTALL)
_FILE: Final = re.compile(r"<!-- (file|in): (\S+) -->\n```\w+\n(.*?)^```", re.MULTILINE | re.DOTALL)
# A time that is over reads the same in every walk.
MONTH: Final = ("--since", "2025-01-01", "--until", "2025-02-01")
PORTS: Final = ("8365", "8366")
# What the bundled scripts and their list look like is no matter of the tour.
_OF_THE_BUILD: Final = re.compile(r"^\s*(?:create web resource |[+-]!function)|…$")


class Walk:
    """A folder of somebody new, and what stood on the terminal after each step."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.shown: dict[str, list[str]] = {}

    def type(self, step: str, *arguments: str, asked: bool = False) -> None:
        """Run a command to its end, with a yes where it asks; it must succeed."""
        terminal = Terminal(self.folder, *arguments)
        if asked:
            terminal.answer("y\n")
        assert terminal.end() == 0, terminal.written
        self.keep(step, terminal, *arguments)

    def keep(self, step: str, terminal: Terminal, *arguments: str) -> None:
        """Keep what stands on a terminal, with the line that was typed."""
        lines = [f"$ d365pop {' '.join(arguments)}", *plain(terminal.lines())]
        for mine, words in zip(map(str, suite_ports()), PORTS, strict=True):
            lines = [line.replace(f":{mine}", f":{words}") for line in lines]
        shown = self.shown.setdefault(step, [])
        self.shown[step] = [*shown, *([""] if shown else []), *_without_end(lines)]

    def change(self, name: str, before: str, after: str) -> None:
        """Edit a file."""
        text = (self.folder / name).read_text("utf-8")
        assert before in text, name
        (self.folder / name).write_text(text.replace(before, after), "utf-8")


def walk(folder: Path) -> Mapping[str, list[str]]:
    """Walk the whole tour in an empty folder; return what was shown in each step."""
    walked = Walk(folder)
    walked.type("init", "init")
    for words, mine in zip(PORTS, map(str, suite_ports()), strict=True):
        walked.change("d365pop.toml", f":{words}", f":{mine}")
    (folder / ".d365pop").mkdir()
    (folder / ".d365pop" / "cache").symlink_to(suite_cache().name)
    walked.type("deploy", "deploy", "--env", "local", asked=True)
    preview = Terminal(folder, "preview", "--no-browser")
    preview.wait_for("Ctrl-C stops both.")
    _look_at(preview)
    _extend(walked)
    _watch(walked)
    preview.interrupt()
    walked.keep("preview", preview, "preview")
    walked.change("d365pop.toml", 'version = "1.0.0.0"', 'version = "1.1.0.0"')
    walked.change("d365pop.toml", 'no_match = "search"', 'no_match = "new-record"')
    walked.type("plan", "plan", "--env", "local", "--out", "plan.json")
    walked.type("release", "deploy", "--env", "local", asked=True)
    run = max(path.name for path in (folder / ".d365pop" / "runs").iterdir())
    walked.type("rollback", "rollback", run, asked=True)
    walked.type("metrics", "metrics", "--env", "local", *MONTH)
    return walked.shown


def _look_at(preview: Terminal) -> None:
    """Load the page that the browser would open."""
    address = re.search(r"http://\S+", preview.written)
    assert address
    with urllib.request.urlopen(address[0]) as answer:
        assert answer.status == 200


def _extend(walked: Walk) -> None:
    text = PAGE.read_text("utf-8")
    for kind, name, content in _FILE.findall(text):
        if kind == "file":
            (walked.folder / name).parent.mkdir()
            (walked.folder / name).write_text(content, "utf-8")
        else:
            walked.change(name, textwrap.indent(content, "# "), content)


def _watch(walked: Walk) -> None:
    watch = Terminal(walked.folder, "watch")
    watch.wait_for("Watching the sources.")
    walked.change("extensions/hooks.js", "Project line", "Quiet line")
    watch.wait_for("Run ", times=2)
    # Ctrl-C in the last moment of a push interrupts the push.
    watch.settle()
    watch.interrupt()
    walked.keep("watch", watch, "watch")


def _without_end(lines: list[str]) -> Iterator[str]:
    """Yield lines without the empty ones at the end, and what Ctrl-C draws."""
    kept = [line.replace("^C", "") for line in lines]
    while kept and not kept[-1].strip():
        kept.pop()
    return iter(kept)


def comparable(lines: list[str]) -> list[str]:
    """Return what is the same in every walk."""
    return masked([line for line in lines if not _OF_THE_BUILD.search(line)])


def main() -> None:
    """Walk, and write the page anew."""
    with tempfile.TemporaryDirectory() as folder:
        shown = walk(Path(folder))
    text = PAGE.read_text("utf-8")
    PAGE.write_text(
        BLOCK.sub(lambda b: b[1] + "\n".join(shown[b[2]]).rstrip() + "\n" + b[4], text), "utf-8"
    )


if __name__ == "__main__":
    main()
