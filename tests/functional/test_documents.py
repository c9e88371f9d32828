"""What README and docs point to is there: files, anchors, commands with their options, YAML."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.main import get_command

from d365pop.cli.app import app
from tests.functional.test_pipelines import actionlint, schema_says
from tests.workspace import ROOT

DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCED = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
PROGRAM = get_command(app)


def prose(document: Path) -> str:
    """Return a document without its blocks."""
    return FENCED.sub("", document.read_text("utf-8"))


def anchors(document: Path) -> set[str]:
    """Return what headings can be linked to, as GitHub and the site make it of them."""
    headings = re.findall(r"^#+ (.+)$", prose(document), re.MULTILINE)
    return {
        re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-") for heading in headings
    }


def dead_links(document: Path) -> Iterator[str]:
    text = prose(document)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        path, _, anchor = target.partition("#")
        place = (document.parent / path) if path else document
        if target.startswith("https://"):
            continue
        if not place.exists() or (anchor and anchor not in anchors(place)):
            yield target
    # what is written as code or plainly, as README does for those who read it in a terminal
    for target in re.findall(r"(?<![\w/])((?:docs|tests|samples|\.ci)/[\w./-]+\w)", text):
        if not (ROOT / target).exists():
            yield target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_no_link_is_dead(document: Path) -> None:
    assert list(dead_links(document)) == []


def test_dead_links_of_every_style_are_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A head\n[a](#a-head) [b](#none) [c](gone.md) `docs/gone.md` docs/index.md\n")
    assert list(dead_links(page)) == ["#none", "gone.md", "docs/gone.md"]


def mistaken(text: str) -> Iterator[str]:
    """Yield lines of d365pop with a command or an option that the program does not have."""
    for code in re.findall(r"`(d365pop [^`]+)`", text):
        words = code.split()
        node, known = PROGRAM, set[str]()
        while True:
            known |= {name for p in node.params for name in (*p.opts, *p.secondary_opts)}
            words = words[1:]
            inner = getattr(node, "commands", {})
            if not words or words[0] not in inner:
                break
            node = inner[words[0]]
        unknown = inner and words and not words[0].startswith(("-", "COMMAND"))
        if unknown or {
            word.partition("=")[0] for word in words if word.startswith("--")
        } - known - {"--help"}:
            yield code


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_commands_in_the_text_are_those_of_the_program(document: Path) -> None:
    assert list(mistaken(prose(document))) == []


def test_commands_that_the_program_does_not_have_are_found() -> None:
    text = "`d365pop deploi --env A` `d365pop plan --evn A` `d365pop plan --env A` `d365pop forms`"
    assert list(mistaken(text)) == ["d365pop deploi --env A", "d365pop plan --evn A"]


@pytest.mark.skipif(sys.platform == "win32", reason="as the tests of the shipped files")
def test_yaml_in_the_documents_is_what_the_published_schemas_ask_for(tmp_path: Path) -> None:
    files: dict[str, list[Path]] = {"github": [], "azure": []}
    for document in DOCUMENTS:
        for number, (kind, block) in enumerate(FENCED.findall(document.read_text("utf-8"))):
            if kind == "yaml":
                service = "github" if re.search("github/workflows|GitHub", block[:60]) else "azure"
                path = tmp_path / f"{document.stem}-{number}.yml"
                path.write_text(block)
                files[service].append(path)
    assert [len(found) for found in files.values()] == [3, 3]
    assert schema_says("github-workflows", *files["github"]) == ""
    assert actionlint(*files["github"]) == ""
    assert schema_says("azure-pipelines", *files["azure"], transform="azure-pipelines") == ""
