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
        "maps/call-log.js.map",
        "maps/contact-search.js.map",
        "maps/diagnosis.js.map",
        "maps/form.js.map",
        "maps/framework.js.map",
        "maps/softphone.js.map",
        "maps/tabs.js.map",
        "maps/telemetry.js.map",
        "sbom.cdx.json",
        "settings/local.json",
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
    workspace.forget_bundles()
    fresh = workspace.run("build")
    assert any((workspace.folder / ".d365pop" / "cache").iterdir())
    assert workspace.run("build").stdout == fresh.stdout


def test_package_is_the_same_for_every_environment(workspace: Workspace) -> None:
    before = workspace.run("build").stdout.splitlines()
    workspace.configure('softphone_url = "http://', 'softphone_url = "https://elsewhere.')
    after = workspace.run("build").stdout.splitlines()
    changed = {line.split()[1] for line in set(before) ^ set(after)}
    assert len(before) == len(after)
    assert changed == {"dist/settings/local.json"}


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


def test_all_writes_both_packages_and_one_manifest_that_proves_each(workspace: Workspace) -> None:
    assert workspace.run("build", "--all").returncode == ExitCode.OK
    packages = sorted(path.name for path in (workspace.folder / "dist").glob("*.zip"))
    assert packages == ["GenesysScreenPop_1.0.0.0.zip", "GenesysScreenPop_1.0.0.0_managed.zip"]
    for name in packages:
        result = workspace.run("verify", f"dist/{name}", "--manifest", "dist/manifest.json")
        assert result.returncode == ExitCode.OK, result.stderr


def test_packages_differ_in_the_managed_flag_and_the_digest_alone(workspace: Workspace) -> None:
    workspace.run("build", "--all")
    dist = workspace.folder / "dist"
    parts = []
    for name in ("GenesysScreenPop_1.0.0.0.zip", "GenesysScreenPop_1.0.0.0_managed.zip"):
        with zipfile.ZipFile(dist / name) as package:
            parts.append({part: package.read(part) for part in package.namelist()})
    assert {name for name in parts[0] if parts[0][name] != parts[1].get(name)} == {"solution.xml"}
    assert b"<Managed>0</Managed>" in parts[0]["solution.xml"]
    assert b"<Managed>1</Managed>" in parts[1]["solution.xml"]


def test_version_option_goes_into_name_manifest_and_package(workspace: Workspace) -> None:
    assert workspace.run("build", "--version", "2.3.4.5").returncode == ExitCode.OK
    dist = workspace.folder / "dist"
    manifest = json.loads((dist / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["version"] == "2.3.4.5"
    with zipfile.ZipFile(dist / "GenesysScreenPop_2.3.4.5.zip") as package:
        assert b"<Version>2.3.4.5</Version>" in package.read("solution.xml")


def test_version_from_git_needs_a_tag(workspace: Workspace) -> None:
    workspace.configure('version = "1.0.0.0"', 'version = "git"')
    result = workspace.run("build", GIT_CEILING_DIRECTORIES=str(workspace.folder.parent))
    assert result.returncode == ExitCode.CONFIGURATION
    assert "(version-tag-missing)" in result.stderr


def test_deployment_settings_have_the_shape_of_the_power_platform_cli(
    workspace: Workspace,
) -> None:
    assert workspace.run("build").returncode == ExitCode.OK
    path = workspace.folder / "dist" / "settings" / "local.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    (variable,) = document.pop("EnvironmentVariables")
    assert document == {"ConnectionReferences": []}
    assert variable["SchemaName"] == "d365pop_ScreenPopSettings"
    assert json.loads(variable["Value"])["version"] == 1


def test_package_carries_definitions_without_values(workspace: Workspace) -> None:
    assert workspace.run("build").returncode == ExitCode.OK
    with zipfile.ZipFile(workspace.folder / "dist" / "GenesysScreenPop_1.0.0.0.zip") as package:
        definition = next(n for n in package.namelist() if n.startswith("environmentvariable"))
        assert b"defaultvalue" not in package.read(definition)
        assert not any(name.endswith(".json") for name in package.namelist())


def test_page_and_handler_say_which_web_resources_they_need(workspace: Workspace) -> None:
    assert workspace.run("build").returncode == ExitCode.OK
    with zipfile.ZipFile(workspace.folder / "dist" / "GenesysScreenPop_1.0.0.0.zip") as package:
        root = etree.fromstring(package.read("customizations.xml"))
    needs = {
        element.findtext("Name"): [
            library.get("name")
            for library in etree.fromstring(element.findtext("DependencyXml") or "").iter("Library")
        ]
        for element in root.iter("WebResource")
        if element.find("DependencyXml") is not None
    }
    folder = "d365pop_/screenpop"
    assert needs == {
        f"{folder}/form.js": [f"{folder}/phone.svg", f"{folder}/softphone.html"],
        f"{folder}/softphone.html": [
            f"{folder}/{name}"
            for name in (
                *("call-log.js", "contact-search.js", "diagnosis.js", "softphone.css"),
                *("softphone.js", "strings.1031.resx", "strings.1033.resx"),
                *("tabs.js", "telemetry.js"),
            )
        ],
    }


def test_source_layout_packs_to_the_very_package_that_was_built(workspace: Workspace) -> None:
    zipped = workspace.run("build")
    package = workspace.folder / "dist" / "GenesysScreenPop_1.0.0.0.zip"
    before = package.read_bytes()
    package.unlink()
    result = workspace.run("build", "--layout", "source")
    assert (zipped.returncode, result.returncode) == (ExitCode.OK, ExitCode.OK)
    assert not package.exists()
    packed = workspace.run("pack", "dist/GenesysScreenPop", "--out", f"dist/{package.name}")
    assert packed.returncode == ExitCode.OK, packed.stderr
    assert package.read_bytes() == before


def test_options_that_exclude_each_other_are_refused(workspace: Workspace) -> None:
    for options in (["--all", "--managed"], ["--all", "--layout", "source"]):
        result = workspace.run("build", *options)
        assert result.returncode == ExitCode.USAGE
        assert "(options-exclusive)" in result.stderr
    assert not (workspace.folder / "dist").exists()


FORM = (
    "<forms><systemform><formid>{11111111-2222-3333-4444-555555555555}</formid>"
    "<IntroducedVersion>1.0</IntroducedVersion><FormPresentation>1</FormPresentation>"
    "<FormActivationState>1</FormActivationState><form><tabs /></form>"
    '<LocalizedNames><LocalizedName description="Main" languagecode="1033" /></LocalizedNames>'
    "</systemform></forms>"
)


def test_form_travels_whole_in_one_package_and_as_a_difference_in_the_other(
    workspace: Workspace,
) -> None:
    path = workspace.folder / "Entities" / "Account" / "FormXml" / "main" / "form.xml"
    path.parent.mkdir(parents=True)
    path.write_text(FORM, encoding="utf-8")
    relative = path.relative_to(workspace.folder).as_posix()
    workspace.configure(
        '[[forms]]\ntable = "account"\n',
        f'[[forms]]\ntable = "account"\nin_package = true\nform_xml = "{relative}"\n',
    )
    assert workspace.run("build", "--all").returncode == ExitCode.OK
    found = []
    for name in ("GenesysScreenPop_1.0.0.0.zip", "GenesysScreenPop_1.0.0.0_managed.zip"):
        with zipfile.ZipFile(workspace.folder / "dist" / name) as package:
            customizations = etree.fromstring(package.read("customizations.xml"))
            solution = etree.fromstring(package.read("solution.xml"))
        assert [e.get("functionName") for e in customizations.iter("Handler")] == ["D365Pop.onLoad"]
        assert customizations.findtext("Entities/Entity/Name") == "Account"
        has_tabs = customizations.find(".//systemform/form/tabs") is not None
        types = [component.get("type") for component in solution.iter("RootComponent")][:2]
        found.append((has_tabs, types))
    assert found == [(True, ["1", "60"]), (False, ["1", "61"])]


def test_form_in_the_package_needs_its_file(workspace: Workspace) -> None:
    workspace.configure(
        '[[forms]]\ntable = "account"\n', '[[forms]]\ntable = "account"\nin_package = true\n'
    )
    result = workspace.run("build")
    assert result.returncode == ExitCode.CONFIGURATION
    assert "form_xml" in result.stderr
