"""A package's digest, the manifest it is proven against, and its bill of materials."""

import io
import json
import zipfile
from hashlib import sha256
from typing import Any

import pytest

from d365pop.errors import ExitCode, UsageError, VerificationError
from d365pop.models import Publisher, Solution, WebResource, WebResourceType
from d365pop.provenance.digest import (
    BLANK_MARK,
    provenance_digest,
    stamp,
    stamped_digest,
    with_blank_mark,
)
from d365pop.provenance.manifest import BuildManifest, BuiltPackage, read_manifest, write_manifest
from d365pop.provenance.sbom import write_sbom
from d365pop.provenance.verify import Proof, prove_origin, prove_package, prove_script
from d365pop.resources import toolchain_root
from d365pop.solution.package import write_package

BLANK = {
    "solution.xml": f"<S d='Pops. {BLANK_MARK}'><Managed>0</Managed></S>".encode(),
    "a.js": b"a",
}
PARTS = stamp(BLANK)
PACKAGE = write_package(PARTS)
SCRIPT = WebResource("pop_/a.js", "a.js", "", WebResourceType.SCRIPT, b"a")
SCRIPTS = {"framework.js": b"f", "host.js": b"h"}
SOLUTION = Solution(
    unique_name="ScreenPop",
    display_name="Screen pop",
    description="Pops.",
    version="1.2.3.4",
    publisher=Publisher("contoso", "Contoso Ltd", "pop", 12345),
    web_resources=(SCRIPT,),
    environment_variables=(),
)


def manifest(*packages: BuiltPackage) -> BuildManifest:
    built = packages or (BuiltPackage("pop.zip", managed=False, package=PACKAGE, parts=PARTS),)
    data = write_manifest(
        SOLUTION, built, scripts=SCRIPTS, inputs={"src/a.js": b"a"}, tools={"terser": "5"}
    )
    return read_manifest(data, "manifest.json")


def refusal(parts: dict[str, bytes], name: str = "pop.zip") -> VerificationError:
    with pytest.raises(VerificationError) as caught:
        prove_package(write_package(parts), parts, manifest(), name)
    assert caught.value.exit_code is ExitCode.VERIFICATION_FAILED
    return caught.value


def test_digest_is_the_same_before_and_after_it_is_written_down() -> None:
    assert provenance_digest(PARTS) == provenance_digest(BLANK) == stamped_digest(PARTS)


def test_digest_is_the_one_that_is_defined() -> None:
    lines = "".join(
        f"{name}\0{sha256(content).hexdigest()}\n" for name, content in sorted(BLANK.items())
    )
    expected = sha256(lines.encode()).hexdigest()
    assert f"Pops. [d365pop:sha256:{expected}]".encode() in PARTS["solution.xml"]


def test_digest_changes_with_any_part() -> None:
    assert provenance_digest({**PARTS, "a.js": b"b"}) != provenance_digest(PARTS)
    assert provenance_digest({**PARTS, "b.js": b""}) != provenance_digest(PARTS)


def test_package_without_a_mark_says_no_digest() -> None:
    assert stamped_digest({"solution.xml": b"<S/>"}) == ""
    assert stamped_digest({"solution.xml": BLANK_MARK.encode()}) == ""


def test_empty_description_is_the_mark_alone() -> None:
    assert with_blank_mark("") == BLANK_MARK


def test_package_that_was_built_is_proven() -> None:
    proof = prove_package(PACKAGE, PARTS, manifest(), "renamed.zip")
    assert proof.file_name == "pop.zip"
    assert proof.content_digest == stamped_digest(PARTS)
    assert proof.same_archive


def test_same_parts_in_another_archive_are_proven_and_said_to_be_packed_again() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in PARTS.items():
            archive.writestr(name, content)
    assert not prove_package(stream.getvalue(), PARTS, manifest(), "pop.zip").same_archive


def test_parts_in_a_folder_are_proven_without_an_archive() -> None:
    proof = prove_package(None, PARTS, manifest(), "folder")
    assert (proof.file_name, proof.same_archive) == ("pop.zip", False)


@pytest.mark.parametrize("name", SCRIPTS)
def test_script_that_was_built_is_proven_by_its_bytes(name: str) -> None:
    proof = prove_script(SCRIPTS[name], manifest(), name)
    assert proof == Proof(name, sha256(SCRIPTS[name]).hexdigest(), same_archive=True)


def test_script_that_was_changed_or_not_built_is_not_proven() -> None:
    with pytest.raises(VerificationError) as changed:
        prove_script(b"x", manifest(), "host.js")
    assert changed.value.reference == "script-differs"
    assert changed.value.context == (
        f"host.js: has SHA-256 {sha256(b'x').hexdigest()}, built was {sha256(b'h').hexdigest()}"
    )
    alone = manifest().model_copy(update={"host_sha256": None})
    with pytest.raises(VerificationError) as unknown:
        prove_script(b"h", alone, "host.js")
    assert unknown.value.reference == "script-unknown"
    assert unknown.value.context == "It describes: framework.js"


def test_same_inputs_and_tools_are_the_origin() -> None:
    prove_origin(manifest(), manifest())


def test_each_input_and_tool_that_differs_is_named() -> None:
    built = manifest()
    here = built.model_copy(
        update={
            "inputs": {"src/a.js": built.inputs["src/a.js"], "src/b.js": "0" * 64},
            "tools": {"terser": "6"},
            "framework_sha256": "1" * 64,
            "host_sha256": None,
        }
    )
    with pytest.raises(VerificationError) as caught:
        prove_origin(built, here)
    assert caught.value.reference == "origin-differs"
    assert caught.value.context.splitlines() == [
        f"input src/b.js: built was without it, here is {'0' * 64}",
        "tool terser: built was 5, here is 6",
        f"script framework.js: built was {sha256(b'f').hexdigest()}, here is {'1' * 64}",
        f"script host.js: built was {sha256(b'h').hexdigest()}, here is none of it",
    ]


@pytest.mark.parametrize(
    "package",
    [b"MZ evil" + PACKAGE, PACKAGE + b"evil", PACKAGE[:-2] + b"\x04\x00evil"],
    ids=["before", "behind", "comment"],
)
def test_bytes_before_or_behind_the_parts_are_no_repacking(package: bytes) -> None:
    with pytest.raises(VerificationError) as caught:
        prove_package(package, PARTS, manifest(), "pop.zip")
    assert "before or behind its parts" in caught.value.context


@pytest.mark.parametrize(
    ("parts", "lines"),
    [
        pytest.param(
            {**PARTS, "a.js": b"b"},
            [f"a.js: has SHA-256 {sha256(b'b').hexdigest()}, built was {sha256(b'a').hexdigest()}"],
            id="changed",
        ),
        pytest.param({**PARTS, "b.js": b""}, ["b.js: was not built, and is there"], id="added"),
        pytest.param(
            {"solution.xml": PARTS["solution.xml"]},
            ["a.js: was built, and is missing"],
            id="missing",
        ),
    ],
)
def test_each_part_that_differs_is_named(parts: dict[str, bytes], lines: list[str]) -> None:
    found = refusal(parts)
    assert found.reference == "package-differs"
    assert found.context.splitlines() == lines


def test_manifest_whose_digest_is_not_the_one_of_its_parts_proves_nothing() -> None:
    record = manifest().packages["pop.zip"]
    lies = {"pop.zip": record.model_copy(update={"content_digest": "0" * 64})}
    lying = manifest().model_copy(update={"packages": lies})
    with pytest.raises(VerificationError) as caught:
        prove_package(PACKAGE, PARTS, lying, "pop.zip")
    assert "content digest" in caught.value.context


def test_package_that_was_never_stamped_is_not_proven() -> None:
    built = BuiltPackage("pop.zip", managed=False, package=b"", parts=BLANK)
    with pytest.raises(VerificationError) as caught:
        prove_package(b"", BLANK, manifest(built), "pop.zip")
    assert "description" in caught.value.context


def test_kind_that_was_not_built_is_told_from_one_that_differs() -> None:
    managed = {**PARTS, "solution.xml": b"<Managed>1</Managed>"}
    assert refusal(managed, "other.zip").reference == "package-unknown"


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{}", b'{"format": 1, "packages": {}}', b"\xff", b'{"format": 2}']
)
def test_file_that_is_no_manifest_is_refused(data: bytes) -> None:
    with pytest.raises(UsageError) as caught:
        read_manifest(data, "manifest.json")
    assert caught.value.reference == "manifest-invalid"


NPM = [{"name": "@rollup/browser", "version": "4.1.0", "license": "MIT"}]


def bill() -> Any:
    return json.loads(write_sbom(SOLUTION, SCRIPTS, npm=NPM, python={"Jinja2": "3.1"}))


def test_bill_of_materials_has_what_its_specification_requires() -> None:
    document = bill()
    assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.6")
    assert isinstance(document["version"], int)
    assert document["serialNumber"].startswith("urn:uuid:")
    for component in document["components"]:
        assert component["type"] in {"library", "file"}
        assert component["name"]
    references = [component["bom-ref"] for component in document["components"]]
    assert len(set(references)) == len(references)
    known = {*references, document["metadata"]["component"]["bom-ref"]}
    for dependency in document["dependencies"]:
        assert {dependency["ref"], *dependency.get("dependsOn", [])} <= known


def test_bill_of_materials_lists_toolchain_and_web_resources() -> None:
    found = {component["bom-ref"]: component for component in bill()["components"]}
    assert set(found) == {
        "pkg:npm/%40rollup/browser@4.1.0",
        "pkg:pypi/jinja2@3.1",
        "file:pop_/a.js",
        "file:framework.js",
        "file:host.js",
    }
    assert found["file:host.js"]["hashes"] == [
        {"alg": "SHA-256", "content": sha256(b"h").hexdigest()}
    ]
    assert found["file:pop_/a.js"]["hashes"] == [
        {"alg": "SHA-256", "content": sha256(b"a").hexdigest()}
    ]
    rollup = found["pkg:npm/%40rollup/browser@4.1.0"]
    assert rollup["licenses"] == [{"license": {"id": "MIT"}}]


def test_bill_of_materials_has_no_clock_and_no_chance() -> None:
    first = write_sbom(SOLUTION, SCRIPTS, npm=NPM, python={})
    assert first == write_sbom(SOLUTION, SCRIPTS, npm=NPM, python={})
    assert b"timestamp" not in first
    other = json.loads(write_sbom(SOLUTION, {"framework.js": b"g"}, npm=NPM, python={}))
    assert other["serialNumber"] != json.loads(first)["serialNumber"]


def test_bill_of_this_toolchain_lists_what_comes_inside_its_prebuilt_scripts() -> None:
    facts = json.loads((toolchain_root() / "toolchain.json").read_bytes())
    document = json.loads(write_sbom(SOLUTION, SCRIPTS, npm=facts["packages"], python={}))
    found = {component["name"] for component in document["components"]}
    assert {"eslint-linter-browserify", "eslint", "@eslint/core", "ajv", "esquery"} <= found
    for component in document["components"]:
        for licence in component.get("licenses", []):
            assert licence.get("expression") or licence["license"]["id"]
