"""``d365pop build``: same input, same bytes, wherever and whenever it runs."""

import json
import shutil
import zipfile
from hashlib import sha256
from pathlib import Path

from lxml import etree

from d365pop.errors import ExitCode
from tests.workspace import Workspace


def test_build_writes_package_framework_manifest_and_maps(workspace: Workspace) -> None:
    result = workspace.run("build")
    assert result.returncode == ExitCode.OK, result.stderr
    dist = workspace.folder / "dist"
    assert sorted(path.relative_to(dist).as_posix() for path in dist.rglob("*.*")) == [
        "GenesysScreenPop_1.0.0.0.zip",
        "framework.js",
        "manifest.json",
        "maps/form.js.map",
        "maps/framework.js.map",
        "maps/softphone.js.map",
    ]
    manifest = json.loads((dist / "manifest.json").read_text(encoding="utf-8"))
    package = (dist / "GenesysScreenPop_1.0.0.0.zip").read_bytes()
    assert manifest["package_sha256"] == sha256(package).hexdigest()
    framework = (dist / "framework.js").read_bytes()
    assert manifest["framework_sha256"] == sha256(framework).hexdigest()


def test_two_builds_in_other_folders_zones_and_locales_are_identical(
    workspace: Workspace, tmp_path: Path
) -> None:
    first = workspace.run("build", TZ="Pacific/Auckland", LC_ALL="C")
    other = tmp_path / "an other folder"
    other.mkdir()
    shutil.copy(workspace.folder / "d365pop.toml", other)
    second = Workspace(other, workspace.url).run("build", TZ="America/St_Johns", LC_ALL="C.UTF-8")
    assert (first.returncode, second.returncode) == (ExitCode.OK, ExitCode.OK)
    assert first.stdout == second.stdout


def test_cached_build_is_the_same_as_a_fresh_one(workspace: Workspace) -> None:
    fresh = workspace.run("build")
    assert any((workspace.folder / ".d365pop" / "cache").iterdir())
    assert workspace.run("build").stdout == fresh.stdout


def test_package_is_the_same_for_every_environment(workspace: Workspace) -> None:
    before = workspace.run("build").stdout
    workspace.configure('softphone_url = "http://', 'softphone_url = "https://elsewhere.')
    after = workspace.run("build").stdout
    assert before == after


def test_framework_holds_the_origins_of_the_environments_and_the_package_none(
    workspace: Workspace,
) -> None:
    assert workspace.run("build").returncode == ExitCode.OK
    dist = workspace.folder / "dist"
    assert workspace.url in (dist / "framework.js").read_text(encoding="utf-8")
    with zipfile.ZipFile(dist / "GenesysScreenPop_1.0.0.0.zip") as package:
        for name in package.namelist():
            assert workspace.url.encode() not in package.read(name), name


def test_package_is_valid_for_microsofts_schema(workspace: Workspace, shared: Path) -> None:
    assert workspace.run("build", "--managed").returncode == ExitCode.OK
    path = shared / "schemas" / "9.0.0.2090-portable" / "CustomizationsSolution.xsd"
    schema = etree.XMLSchema(etree.parse(str(path)))
    package = workspace.folder / "dist" / "GenesysScreenPop_1.0.0.0_managed.zip"
    with zipfile.ZipFile(package) as opened:
        document = etree.fromstring(opened.read("customizations.xml"))
    schema.assertValid(document)


def test_syntax_error_names_file_line_and_column(workspace: Workspace, tmp_path: Path) -> None:
    # The sources travel with the program, so a copy of the program is broken.
    program = tmp_path / "program"
    root = Path(__file__).parents[2]
    for folder in ("d365pop", "webresources", "solution_template"):
        shutil.copytree(
            root / folder,
            program / folder,
            ignore=shutil.ignore_patterns("node_modules", "__pycache__"),
        )
    script = program / "webresources" / "src" / "form.js"
    lines = script.read_text(encoding="utf-8").splitlines()
    script.write_text("\n".join([*lines, "const broken = a ?? b;"]), encoding="utf-8")
    result = workspace.run("build", PYTHONPATH=str(program))
    assert result.returncode == ExitCode.BUNDLE
    assert "(script-syntax)" in result.stderr
    assert f"form.js:{len(lines) + 1}:" in result.stderr
    assert "const broken = a ?? b;" in result.stderr
    assert not (workspace.folder / "dist").exists()
