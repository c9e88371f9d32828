import hashlib
import json
import shutil
from pathlib import Path

import pytest

import hatch_build
from d365pop.bundle.engine import open_engine
from d365pop.bundle.threads import run_on_threads
from d365pop.models import Json
from d365pop.resources import example_configuration, solution_template_root, webresources_root

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with a lock and the current toolchain of this one."""
    (tmp_path / "webresources" / "src").mkdir(parents=True)
    lock = Path("webresources", "package-lock.json")
    shutil.copyfile(ROOT / lock, tmp_path / lock)
    shutil.copytree(ROOT / hatch_build.TOOLCHAIN, tmp_path / hatch_build.TOOLCHAIN)
    facts = tmp_path / hatch_build.TOOLCHAIN / "toolchain.json"
    known = json.loads(facts.read_bytes())
    known["inputs"] = hatch_build.inputs_hash(tmp_path)
    facts.write_text(json.dumps(known), encoding="utf-8")
    return tmp_path


def package(folder: Path, name: str, **files: str) -> Path:
    home = folder / name
    home.mkdir(parents=True)
    facts = {"name": name, "version": "1.2.3", "license": "MIT"}
    (home / "package.json").write_text(json.dumps(facts), encoding="utf-8")
    for file, text in files.items():
        (home / file).write_text(text, encoding="utf-8")
    return home


def test_toolchain_of_the_same_inputs_is_current(checkout: Path) -> None:
    assert hatch_build.is_current(checkout)


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("webresources/package-lock.json", id="another lock"),
        pytest.param("d365pop/bundle/toolchain/toolchain.js", id="changed bundler"),
        pytest.param("d365pop/bundle/toolchain/checker.js", id="changed checker"),
        pytest.param("d365pop/bundle/toolchain/phone-table.json", id="changed phone table"),
        pytest.param("d365pop/bundle/toolchain/toolchain.json", id="unreadable description"),
    ],
)
def test_toolchain_is_out_of_date_when_a_file_changed(checkout: Path, path: str) -> None:
    with (checkout / path).open("ab") as file:
        file.write(b"\n{")
    assert not hatch_build.is_current(checkout)


@pytest.mark.parametrize(
    "name", ["toolchain.js", "checker.js", "phone-table.json", "toolchain.json", "LICENSES.txt"]
)
def test_toolchain_is_out_of_date_when_a_file_is_missing(checkout: Path, name: str) -> None:
    (checkout / hatch_build.TOOLCHAIN / name).unlink()
    assert not hatch_build.is_current(checkout)


def test_wheel_carries_the_folders_that_exist_and_no_node_modules(checkout: Path) -> None:
    (checkout / "webresources" / "node_modules").mkdir()
    (checkout / "solution_template").mkdir()
    assert hatch_build.data_files(checkout) == {
        str(checkout / "webresources/src"): "d365pop/data/webresources/src",
        str(checkout / "solution_template"): "d365pop/data/solution_template",
    }


def test_wheel_carries_everything_that_the_installed_program_looks_for(tmp_path: Path) -> None:
    for source, target in hatch_build.data_files(ROOT).items():
        place = tmp_path / target
        place.parent.mkdir(parents=True, exist_ok=True)
        if Path(source).is_dir():
            shutil.copytree(source, place)
        else:
            shutil.copyfile(source, place)
    installed = tmp_path / "d365pop"
    assert (webresources_root(installed) / "src" / "form.js").is_file()
    assert any(solution_template_root(installed).iterdir())
    assert example_configuration(installed) == (ROOT / "d365pop.toml").read_bytes()


def test_licence_file_stands_under_name_and_version(tmp_path: Path) -> None:
    package(tmp_path, "some", **{"LICENSE.md": "Do as you like.\n"})
    expected = "some 1.2.3 (MIT)\n================\n\nDo as you like.\n"
    assert hatch_build.licence_text(tmp_path, "some") == expected


def test_licences_of_what_a_script_carries_follow_its_own(tmp_path: Path) -> None:
    for name, inside in hatch_build.MORE_LICENCES.items():
        for each in (name, *inside):
            package(tmp_path, each, **{"license.txt": f"Terms of {each}.\n"})
        text = hatch_build.licence_text(tmp_path, name)
        assert all(f"Terms of {each}." in text for each in (name, *inside))


def test_licence_file_of_the_same_owner_stands_in_for_a_missing_one(tmp_path: Path) -> None:
    [(name, other)] = hatch_build.LICENCE_OF.items()
    package(tmp_path, name)
    package(tmp_path, other, LICENSE="Owner's terms.\n")
    assert hatch_build.licence_text(tmp_path, name).endswith("Owner's terms.\n")


def test_package_without_a_licence_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(hatch_build.ToolchainError, match=r"some 1\.2\.3 came without a licence"):
        hatch_build.licence_text(package(tmp_path, "some").parent, "some")


def test_joined_scripts_require_one_another_once(tmp_path: Path) -> None:
    package(tmp_path, "first", **{"a.js": "exports.n = ++this.started;"})
    package(
        tmp_path, "last", **{"b.js": "module.exports = require('first').n + require('first').n;"}
    )
    parts = {"last": ("b.js",), "first": ("a.js",)}
    joined = hatch_build.join_scripts(tmp_path, parts)
    assert hatch_build.join_scripts(tmp_path, parts) == joined

    def job() -> Json:
        with open_engine() as engine:
            engine.run(f"globalThis.started = 0;\n{joined}")
            engine.run("function main(name) { return require(name); }")
            return [engine.call("main", "last"), engine.call("main", "first")]

    assert run_on_threads([job]) == [[2, {"n": 1}]]


def test_relative_requires_lead_to_the_files_of_their_own_package(tmp_path: Path) -> None:
    home = package(tmp_path, "@some/rules")
    for name, text in {
        "lib/rules/one.js": "module.exports = require('../kit').n + require('./two').n;",
        "lib/rules/two.js": "exports.n = 2;",
        "lib/kit.js": "exports.n = 1;",
    }.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text, encoding="utf-8")
    parts = {"@some/rules": ("lib/rules/*.js", "lib/kit.js")}
    joined = hatch_build.join_scripts(tmp_path, parts)

    def job() -> Json:
        with open_engine() as engine:
            engine.run(joined)
            engine.run("function main(name) { return require(name); }")
            return engine.call("main", "@some/rules/lib/rules/one.js")

    assert run_on_threads([job]) == [3]


def test_files_are_replaced_whole(tmp_path: Path) -> None:
    hatch_build.write_all(tmp_path / "new", {"a": b"1", "toolchain.json": b"{}"})
    hatch_build.write_all(tmp_path / "new", {"a": b"2", "toolchain.json": b"{}"})
    assert {path.name: path.read_bytes() for path in (tmp_path / "new").iterdir()} == {
        "a": b"2",
        "toolchain.json": b"{}",
    }


def test_description_of_this_toolchain_is_true() -> None:
    folder = ROOT / hatch_build.TOOLCHAIN
    facts = json.loads((folder / "toolchain.json").read_bytes())
    lock = json.loads((ROOT / "webresources" / "package-lock.json").read_bytes())["packages"]
    assert facts["files"] == {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
        for name in ("toolchain.js", "checker.js", "phone-table.json")
    }
    assert {p["name"]: p["version"] for p in facts["packages"]} == {
        name: lock[f"node_modules/{name}"]["version"]
        for parts in (
            *hatch_build.SCRIPTS.values(),
            (hatch_build.PHONE_PACKAGE,),
            *hatch_build.MORE_LICENCES.values(),
        )
        for name in parts
    }


def test_licence_of_the_telephone_metadata_is_told() -> None:
    licences = (ROOT / hatch_build.TOOLCHAIN / "LICENSES.txt").read_text(encoding="utf-8")
    assert f"\n{hatch_build.PHONE_PACKAGE} " in licences


@pytest.mark.parametrize(
    "metadata",
    [
        pytest.param("{}", id="no version"),
        pytest.param('{"version": 5, "countries": {}}', id="another version"),
        pytest.param('{"version": 4}', id="no countries"),
        pytest.param("[]", id="no object"),
        pytest.param("{", id="no JSON"),
    ],
)
def test_metadata_of_another_layout_are_refused(tmp_path: Path, metadata: str) -> None:
    package(tmp_path, hatch_build.PHONE_PACKAGE, **{hatch_build.PHONE_METADATA: metadata})
    with pytest.raises(hatch_build.ToolchainError, match="another layout"):
        hatch_build.read_phone_table(tmp_path)
