"""``d365pop diff``: packages, folders and an environment, and what the exit code says."""

import json
import shutil
import zipfile
from pathlib import Path

import pytest

from d365pop.errors import ExitCode
from d365pop.solution.package import write_package
from tests.local_dataverse import LocalDataverse
from tests.unit.compare.samples import parts
from tests.workspace import Workspace

PACKAGE = "dist/GenesysScreenPop_1.0.0.0.zip"


@pytest.fixture
def built(workspace: Workspace) -> Workspace:
    assert workspace.run("build").returncode == ExitCode.OK
    return workspace


def rewrite(package: Path, part: str, before: bytes, after: bytes, target: Path) -> None:
    """Copy a package with one text of one part replaced; ``part`` is the start of its name."""
    found = 0
    with zipfile.ZipFile(package) as source, zipfile.ZipFile(target, "w") as copy:
        for name in source.namelist():
            content = source.read(name)
            if name.startswith(part):
                found += content.count(before)
                content = content.replace(before, after)
            copy.writestr(name, content)
    assert found > 0


def test_package_and_the_folder_it_was_extracted_to_are_the_same(built: Workspace) -> None:
    with zipfile.ZipFile(built.folder / PACKAGE) as package:
        package.extractall(built.folder / "extracted")
    result = built.run("diff", PACKAGE, "extracted")
    assert (result.returncode, result.stderr) == (ExitCode.OK, "")
    assert result.stdout.endswith("No difference.\n")


def test_difference_is_the_exit_code_and_the_report(built: Workspace) -> None:
    other = built.folder / "other.zip"
    rewrite(built.folder / PACKAGE, "solution.xml", b"1.0.0.0", b"2.0.0.0", other)
    result = built.run("diff", PACKAGE, "other.zip")
    assert (result.returncode, result.stderr) == (ExitCode.DIFFERS, "")
    assert (
        "changed  solution: GenesysScreenPop\n         Version: 1.0.0.0 -> 2.0.0.0" in result.stdout
    )
    assert "\x1b" not in result.stdout
    document = json.loads(built.run("diff", PACKAGE, "other.zip", "--format", "json").stdout)
    assert [item["kind"] for item in document["differences"]] == ["solution"]
    summary = built.run("diff", PACKAGE, "other.zip", "--summary").stdout
    assert "2.0.0.0" not in summary


def test_scripts_of_two_builds_are_compared_by_their_sources(
    built: Workspace, tmp_path: Path
) -> None:
    shutil.copytree(built.folder / "dist", built.folder / "old")
    built.configure('customization_prefix = "d365pop"', 'customization_prefix = "newpop"')
    assert built.run("build").returncode == ExitCode.OK
    # The same name in both, so that the script is changed and not replaced by another.
    renamed = tmp_path / "dist" / "renamed.zip"
    with zipfile.ZipFile(built.folder / PACKAGE) as source, zipfile.ZipFile(renamed, "w") as copy:
        for name in source.namelist():
            content = source.read(name)
            if name == "customizations.xml":
                content = content.replace(b"newpop_/", b"d365pop_/")
            copy.writestr(name, content)
    result = built.run("diff", f"old/{Path(PACKAGE).name}", "dist/renamed.zip")
    assert result.returncode == ExitCode.DIFFERS, result.stderr
    lines = result.stdout.splitlines()
    assert "         source d365pop:build" in lines
    assert any(line.strip().startswith("+") and "newpop_" in line for line in lines)
    # Without the proof beside it nothing claims to be a source.
    (built.folder / "old" / "manifest.json").unlink()
    unproven = built.run("diff", f"old/{Path(PACKAGE).name}", "dist/renamed.zip").stdout
    assert "source d365pop:build" not in unproven
    assert "script, broken into lines" in unproven


def test_environment_is_compared_before_and_after_a_deploy(
    built: Workspace, dataverse: LocalDataverse
) -> None:
    before = built.run("diff", "env:local", PACKAGE)
    assert before.returncode == ExitCode.DIFFERS, before.stderr
    assert "added    web resources: d365pop_/screenpop/form.js" in before.stdout
    assert dataverse.rows("solutions?$filter=uniquename eq 'GenesysScreenPop'") == []
    assert built.run("deploy", "--env", "local").returncode == ExitCode.OK
    after = built.run("diff", "env:local", PACKAGE)
    assert (after.returncode, after.stdout.splitlines()[-1]) == (ExitCode.OK, "No difference.")


@pytest.mark.parametrize(
    ("arguments", "code", "reference"),
    [
        (("missing.zip", PACKAGE), ExitCode.USAGE, "package-not-found"),
        (("env:local", "env:local"), ExitCode.USAGE, "nothing-to-compare"),
        ((PACKAGE, "env:nowhere"), ExitCode.CONFIGURATION, "environment-unknown"),
        ((PACKAGE, "d365pop.toml"), ExitCode.BUNDLE, "package-invalid"),
        ((PACKAGE, "dist/maps"), ExitCode.BUNDLE, "package-part-missing"),
    ],
)
def test_what_cannot_be_compared_is_one_error(
    workspace: Workspace, arguments: tuple[str, str], code: ExitCode, reference: str
) -> None:
    package = workspace.folder / PACKAGE
    (package.parent / "maps").mkdir(parents=True)
    package.write_bytes(write_package(parts()))
    result = workspace.run("diff", *arguments)
    assert (result.returncode, result.stdout) == (code, "")
    assert f"({reference})" in result.stderr


def test_unmanaged_and_managed_export_differ_as_microsoft_made_them(
    workspace: Workspace, shared: Path
) -> None:
    stem = shared / "samples" / "packages" / "terraform_TerraformSolutionExample_1_0_0_1"
    result = workspace.run("diff", f"{stem}.zip", f"{stem}_managed.zip", "--format", "json")
    assert result.returncode == ExitCode.DIFFERS
    differences = json.loads(result.stdout)["differences"]
    assert differences[0]["details"] == [
        {"what": "Managed", "before": "unmanaged", "after": "managed"}
    ]
    assert {item["change"] for item in differences} == {"changed"}
