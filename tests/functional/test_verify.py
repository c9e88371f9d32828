"""``d365pop verify``: a package is what was built, or each part that is not is named."""

import json
import re
import zipfile

from d365pop.errors import ExitCode
from tests.workspace import Workspace

PACKAGE = "dist/GenesysScreenPop_1.0.0.0.zip"
MANIFEST = ("--manifest", "dist/manifest.json")


def packed_again(workspace: Workspace, change: bytes = b"") -> None:
    """Pack the parts again without compression; append ``change`` to the page's style."""
    with (
        zipfile.ZipFile(workspace.folder / PACKAGE) as before,
        zipfile.ZipFile(workspace.folder / "again.zip", "w") as after,
    ):
        for name in before.namelist():
            extra = change if "softphonecss" in name else b""
            after.writestr(name, before.read(name) + extra)


def test_package_that_was_built_is_proven_by_its_digest(workspace: Workspace) -> None:
    assert workspace.run("build").returncode == ExitCode.OK
    result = workspace.run("verify", PACKAGE, *MANIFEST)
    assert result.returncode == ExitCode.OK, result.stderr
    with zipfile.ZipFile(workspace.folder / PACKAGE) as package:
        said = re.search(rb"\[d365pop:sha256:([0-9a-f]{64})\]", package.read("solution.xml"))
    assert said
    assert result.stdout.startswith(said[1].decode())


def test_package_that_was_only_packed_again_is_proven(workspace: Workspace) -> None:
    workspace.run("build")
    packed_again(workspace)
    result = workspace.run("verify", "again.zip", *MANIFEST)
    assert result.returncode == ExitCode.OK, result.stderr
    assert "packed again" in result.stderr


def test_package_that_was_changed_fails_and_names_the_part(workspace: Workspace) -> None:
    workspace.run("build")
    packed_again(workspace, b"/**/")
    result = workspace.run("verify", "again.zip", *MANIFEST)
    assert result.returncode == ExitCode.VERIFICATION_FAILED
    assert "(package-differs)" in result.stderr
    assert "d365pop_screenpopsoftphonecss" in result.stderr
    assert "form.js" not in result.stderr


def test_script_for_other_pages_is_proven_until_a_byte_of_it_changes(workspace: Workspace) -> None:
    config = workspace.folder / "d365pop.toml"
    origins = 'page_origins = ["https://crm.contoso.example"]'
    text = config.read_text("utf-8")
    config.write_text(text.replace("[genesys]\n", f"[genesys]\n{origins}\n", 1), "utf-8")
    assert workspace.run("build").returncode == ExitCode.OK
    proven = workspace.run("verify", "dist/host.js", *MANIFEST)
    assert proven.returncode == ExitCode.OK, proven.stderr
    assert proven.stdout.endswith("dist/host.js  is host.js as it was built\n")
    with (workspace.folder / "dist" / "host.js").open("ab") as script:
        script.write(b"//")
    changed = workspace.run("verify", "dist/host.js", *MANIFEST)
    assert changed.returncode == ExitCode.VERIFICATION_FAILED
    assert "(script-differs)" in changed.stderr


def test_what_cannot_be_read_is_told_from_what_differs(workspace: Workspace) -> None:
    workspace.run("build")
    (workspace.folder / "broken.zip").write_bytes(b"PK")
    for arguments, code in (
        (["missing.zip", *MANIFEST], ExitCode.USAGE),
        (["broken.zip", *MANIFEST], ExitCode.BUNDLE),
        ([PACKAGE, "--manifest", "d365pop.toml"], ExitCode.USAGE),
    ):
        assert workspace.run("verify", *arguments).returncode == code


def test_unpacked_package_is_proven_as_it_lies(workspace: Workspace) -> None:
    workspace.run("build")
    assert workspace.run("unpack", PACKAGE, "--out", "source").returncode == ExitCode.OK
    with zipfile.ZipFile(workspace.folder / PACKAGE) as package:
        package.extractall(workspace.folder / "extracted")
    for folder in ("source", "extracted"):
        result = workspace.run("verify", folder, *MANIFEST)
        assert (result.returncode, result.stderr) == (ExitCode.OK, "")
    style = next((workspace.folder / "source").rglob("*.css"))
    style.write_bytes(style.read_bytes() + b"/**/")
    assert workspace.run("verify", "source", *MANIFEST).returncode == ExitCode.VERIFICATION_FAILED


def test_sources_that_were_built_are_told_from_others(workspace: Workspace) -> None:
    workspace.run("build")
    same = workspace.run("verify", PACKAGE, *MANIFEST, "--rebuild")
    assert same.returncode == ExitCode.OK, same.stderr
    assert "Built again" in same.stderr
    path = workspace.folder / "d365pop.toml"
    path.write_text(path.read_text("utf-8").replace('"Opens the caller', '"Shows the caller'))
    other = workspace.run("verify", PACKAGE, *MANIFEST, "--rebuild")
    assert other.returncode == ExitCode.VERIFICATION_FAILED
    assert "input configuration: built was" in other.stderr
    assert "package GenesysScreenPop_1.0.0.0.zip: built was" in other.stderr


def test_proof_is_told_to_programs_whatever_it_says(workspace: Workspace) -> None:
    workspace.run("build")
    proven = json.loads(workspace.run("verify", PACKAGE, *MANIFEST, "--format", "json").stdout)
    assert (proven["format"], proven["proven"], proven["rebuilt"]) == (1, True, False)
    digest = proven["content_digest"]
    assert workspace.run("verify", PACKAGE, *MANIFEST).stdout.startswith(digest)
    packed_again(workspace, b"/**/")
    done = workspace.run("verify", "again.zip", *MANIFEST, "--format", "json")
    assert done.returncode == ExitCode.VERIFICATION_FAILED
    refuted = json.loads(done.stdout)
    assert (refuted["proven"], refuted["error"]["reference"]) == (False, "package-differs")
    [difference] = refuted["error"]["differences"]
    assert "d365pop_screenpopsoftphonecss" in difference
