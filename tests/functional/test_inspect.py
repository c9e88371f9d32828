"""``d365pop inspect``: what an admin sees of a package, on paper, in JSON and in a browser."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from d365pop.errors import ExitCode
from d365pop.solution.package import write_package
from tests.local_dataverse import LocalDataverse
from tests.unit.compare.samples import parts
from tests.workspace import Workspace

PACKAGE = "dist/GenesysScreenPop_1.0.0.0.zip"
SCRIPT = "d365pop_/screenpop/form.js"


@pytest.fixture
def built(workspace: Workspace) -> Workspace:
    assert workspace.run("build").returncode == ExitCode.OK
    return workspace


def samples(shared: Path) -> Iterator[Path]:
    yield from sorted((shared / "samples" / "packages").glob("*.zip"))
    yield shared / "samples" / "unpacked" / "sb_mock"


def test_text_names_the_solution_and_what_it_holds(built: Workspace) -> None:
    result = built.run("inspect", PACKAGE)
    assert (result.returncode, result.stderr) == (ExitCode.OK, "")
    lines = result.stdout.splitlines()
    assert lines[0] == "GenesysScreenPop 1.0.0.0 (unmanaged)"
    assert "Web resources (12)" in lines
    assert SCRIPT in result.stdout
    assert max(map(len, lines)) <= 200


def test_hashes_are_those_of_the_builds_manifest(built: Workspace) -> None:
    result = built.run("inspect", PACKAGE, "--format", "json")
    document = json.loads(result.stdout)
    manifest = json.loads((built.folder / "dist" / "manifest.json").read_text(encoding="utf-8"))
    assert {item["name"]: item["sha256"] for item in document["web_resources"]} == (
        manifest["web_resources"]
    )
    assert document["content_digest"] == manifest["content_digest"]


def test_report_goes_to_a_file_where_one_is_named(built: Workspace) -> None:
    result = built.run("inspect", PACKAGE, "--format", "html", "--out", "reports/pop.html")
    assert (result.returncode, result.stdout) == (ExitCode.OK, "")
    page = (built.folder / "reports" / "pop.html").read_text(encoding="utf-8")
    assert page.lstrip().startswith("<!doctype html>")
    assert SCRIPT in page


def test_import_effects_are_told_against_a_package_and_an_environment(
    built: Workspace, dataverse: LocalDataverse
) -> None:
    def effects(*arguments: str) -> set[str]:
        result = built.run("inspect", PACKAGE, "--format", "json", *arguments)
        assert result.returncode == ExitCode.OK, result.stderr
        return {item["effect"] for item in json.loads(result.stdout)["import_effects"]}

    assert effects("--against", PACKAGE) == {"leave"}
    assert effects("--env", "local") == {"create"}
    assert built.run("deploy", "--env", "local").returncode == ExitCode.OK
    assert effects("--env", "local") == {"leave"}
    assert dataverse.rows("solutions?$filter=uniquename eq 'GenesysScreenPop'")


def test_every_sample_is_inspected(workspace: Workspace, shared: Path) -> None:
    for path in samples(shared):
        result = workspace.run("inspect", str(path), "--format", "json")
        assert (result.returncode, result.stderr) == (ExitCode.OK, ""), path.name
        assert json.loads(result.stdout)["solution"]["unique_name"]


def test_start_of_a_key_does_not_hide_the_rest_of_the_report(workspace: Workspace) -> None:
    package = parts(scripts={"a.js": b"1"})
    description = b'<Descriptions><Description description="-----BEGIN PRIVATE KEY-----" />'
    package["solution.xml"] = package["solution.xml"].replace(
        b"<Version>", description + b"</Descriptions><Version>"
    )
    (workspace.folder / "p.zip").write_bytes(write_package(package))
    assert "a.js" in workspace.run("inspect", "p.zip").stdout
    assert workspace.run("inspect", "p.zip", "--out", "p.txt").returncode == ExitCode.OK
    assert "a.js" in (workspace.folder / "p.txt").read_text(encoding="utf-8")


def test_json_with_a_masked_secret_is_json_on_stdout_and_in_a_file(workspace: Workspace) -> None:
    package = parts(scripts={"a.js": b"1"})
    description = b'<Descriptions><Description description="password=abc" /></Descriptions>'
    package["solution.xml"] = package["solution.xml"].replace(
        b"<Version>", description + b"<Version>"
    )
    (workspace.folder / "p.zip").write_bytes(write_package(package))
    shown = workspace.run("inspect", "p.zip", "--format", "json").stdout
    assert workspace.run("inspect", "p.zip", "--format", "json", "--out", "p.json").returncode == 0
    assert (workspace.folder / "p.json").read_text(encoding="utf-8") == shown
    assert json.loads(shown)["solution"]["description"] == "password=[redacted]"


@pytest.mark.parametrize(
    ("arguments", "code", "reference"),
    [
        (("missing.zip",), ExitCode.USAGE, "package-not-found"),
        (("d365pop.toml",), ExitCode.BUNDLE, "package-invalid"),
        ((PACKAGE, "--against", PACKAGE, "--env", "local"), ExitCode.USAGE, "options-exclude"),
        ((PACKAGE, "--out", "d365pop.toml/x"), ExitCode.CONFIGURATION, "output-unwritable"),
    ],
)
def test_what_cannot_be_inspected_is_one_error(
    workspace: Workspace, arguments: tuple[str, ...], code: ExitCode, reference: str
) -> None:
    package = workspace.folder / PACKAGE
    package.parent.mkdir()
    package.write_bytes(write_package(parts()))
    result = workspace.run("inspect", *arguments)
    assert (result.returncode, result.stdout) == (code, "")
    assert f"({reference}" in result.stderr
