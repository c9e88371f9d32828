"""The emulator's modules import each other in one direction."""

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import d365pop.emulator

PACKAGE = "d365pop.emulator"
FOLDER = Path(d365pop.emulator.__file__).parent
FILES = {
    ".".join((PACKAGE, *file.relative_to(FOLDER).with_suffix("").parts)).removesuffix(
        ".__init__"
    ): file
    for file in FOLDER.rglob("*.py")
}


def imported(file: Path) -> Iterator[str]:
    """Yield the emulator's modules that a file imports, for types only included."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            yield from (name for name in names if name in FILES)


def test_modules_import_in_no_circle() -> None:
    graph = {name: set(imported(file)) - {name} for name, file in FILES.items()}
    assert PACKAGE + ".exchange" in graph[PACKAGE + ".rows"]
    TopologicalSorter(graph).prepare()


def test_no_import_is_for_types_only() -> None:
    assert [
        name for name, file in FILES.items() if "TYPE_CHECKING" in file.read_text(encoding="utf-8")
    ] == []
