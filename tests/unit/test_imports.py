"""The house's own rules, read from the source of every module."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "d365pop"

# Lower rooms first; a room imports itself and what stands below it, never a neighbour.
LAYERS = (
    {
        "errors",
        "__version__",
        "app_profiles",
        "contents",
        "own_rows",
        "parallel",
        "ribbons",
        "wording",
    },
    {"models", "redaction", "ci", "watching", "suggestions", "toml_lines", "spans"},
    {"countries", "resources", "transport", "files", "framework_settings", "settings_file"},
    {"genesys", "application_insights"},
    {"setting_types", "auth", "bundle", "solution"},
    {"settings"},
    {"sign_in"},
    {"mistakes", "cross_checks"},
    {"config", "dataverse", "emulator", "provenance"},
    {"build", "deploy", "check", "metrics"},
    {"doctor", "smoke"},
    {"desired", "form_files", "handlers", "report"},
    {"compare"},
    {"inspect"},
    {"cli", "pytest_plugin"},
    {"__main__"},
)
RANK = {room: rank for rank, layer in enumerate(LAYERS) for room in layer}

# The only rooms that may import a library.
OWNERS = {
    "requests": {"transport"},
    "urllib3": {"transport"},
    "msal": {"auth"},
    "typer": {"cli"},
    "rich": {"cli"},
    "quickjs": {"bundle"},
    "py_mini_racer": {"bundle"},
    "playwright": {"smoke"},
}

# Programs that we start ourselves: their stdout is the pipe to us, and no user's screen.
CHILD_PROGRAMS = {PACKAGE / "bundle" / "v8_process.py"}

# Code shared by a client and its fake hides the same bug in both.
FORBIDDEN = {"emulator": {"dataverse", "solution"}}


def modules(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(source: str) -> Iterator[str]:
    """Yield the dotted name of everything that is imported, at the top or inside a function."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module="d365pop", names=names):
                yield from (f"d365pop.{alias.name}" for alias in names)
            case ast.ImportFrom(module=str(module)):
                yield module
            case ast.Call(
                func=ast.Name(id="import_module") | ast.Attribute(attr="import_module"),
                args=[ast.Constant(value=str(module)), *_],
            ):
                yield module
            case _:
                continue


def wrong_imports(room: str, source: str) -> list[str]:
    """Return the imports that a module of ``room`` may not have."""
    found = []
    for name in imported(source):
        top, _, rest = name.partition(".")
        target = rest.partition(".")[0]
        if top == "d365pop" and target != room:
            allowed = RANK[target] < RANK[room] and target not in FORBIDDEN.get(room, set())
        else:
            allowed = room in OWNERS.get(top, {room})
        found += [] if allowed else [name]
    return found


def environment_reads(source: str) -> list[int]:
    """Return the lines that name the process environment."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if (isinstance(node, ast.Attribute) and node.attr in {"environ", "environb", "getenv"})
        or (isinstance(node, ast.alias) and node.name in {"environ", "getenv"})
    ]


def prints(source: str) -> list[int]:
    """Return the lines that print or name a standard stream."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if (isinstance(node, ast.Name) and node.id == "print")
        or (
            isinstance(node, ast.Attribute)
            and node.attr in {"stdout", "stderr", "__stdout__"}
            and isinstance(node.value, ast.Name)
            and node.value.id == "sys"
        )
    ]


def patches(source: str) -> list[int]:
    """Return the lines that take ``patch`` from a mock library."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if (isinstance(node, ast.Attribute) and node.attr == "patch" and "mock" in ast.dump(node))
        or (isinstance(node, ast.ImportFrom) and node.module in {"unittest.mock", "mock"})
    ]


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


every_module = pytest.mark.parametrize("path", modules(PACKAGE), ids=relative)


@every_module
def test_module_imports_only_what_its_room_may(path: Path) -> None:
    room = "errors" if path == PACKAGE / "__init__.py" else room_of(path)
    assert wrong_imports(room, path.read_text(encoding="utf-8")) == []


@every_module
def test_environment_is_read_in_config_alone(path: Path) -> None:
    found = environment_reads(path.read_text(encoding="utf-8"))
    assert found == [] or path == PACKAGE / "config.py"


@every_module
def test_nothing_prints_outside_the_command_line(path: Path) -> None:
    may_print = room_of(path) == "cli" or path in CHILD_PROGRAMS
    assert prints(path.read_text(encoding="utf-8")) == [] or may_print


@pytest.mark.parametrize("path", modules(ROOT / "tests"), ids=relative)
def test_no_test_patches_a_module(path: Path) -> None:
    assert patches(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("room", "source", "wrong"),
    [
        pytest.param("deploy", "from d365pop.cli.app import main", "d365pop.cli.app", id="up"),
        pytest.param(
            "solution", "import d365pop.bundle.bundler", "d365pop.bundle.bundler", id="=="
        ),
        pytest.param("models", "from d365pop import cli", "d365pop.cli", id="from package"),
        pytest.param(
            "emulator", "from d365pop.solution import xml", "d365pop.solution", id="emulator"
        ),
        pytest.param("dataverse", "import requests.adapters", "requests.adapters", id="requests"),
        pytest.param("dataverse", "def f():\n    import msal", "msal", id="msal in a function"),
        pytest.param("report", "from rich.table import Table", "rich.table", id="rich"),
        pytest.param("check", "import_module('typer')", "typer", id="typer by name"),
    ],
)
def test_wrong_import_is_found(room: str, source: str, wrong: str) -> None:
    assert wrong_imports(room, source) == [wrong]


@pytest.mark.parametrize(
    ("room", "source"),
    [
        pytest.param("deploy", "from d365pop.dataverse.client import X", id="down"),
        pytest.param("deploy", "from d365pop.deploy.plan import Plan", id="own room"),
        pytest.param("transport", "import requests", id="requests"),
        pytest.param("cli", "import rich, typer", id="cli"),
        pytest.param("emulator", "import sqlite3", id="standard library"),
    ],
)
def test_right_import_is_let_through(room: str, source: str) -> None:
    assert wrong_imports(room, source) == []


@pytest.mark.parametrize(
    "source",
    ["os.environ['X']", "from os import environ", "os.getenv('X')", "import os\nos.environ"],
)
def test_reading_the_environment_is_found(source: str) -> None:
    assert environment_reads(source) != []


@pytest.mark.parametrize("source", ["print(1)", "sys.stdout.write('')", "x(file=sys.stderr)"])
def test_printing_is_found(source: str) -> None:
    assert prints(source) != []


@pytest.mark.parametrize(
    "source",
    [
        "from unittest.mock import patch",
        "mock.patch('x')",
        "@mock.patch.object(a, 'b')\ndef f(): ...",
    ],
)
def test_patching_is_found(source: str) -> None:
    assert patches(source) != []
