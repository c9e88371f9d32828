"""``d365pop unpack`` and ``d365pop pack``: the folder is written whole, in its place, or not."""

import zipfile
from pathlib import Path

from d365pop.errors import ExitCode
from tests.workspace import Workspace

PACKAGE = "dist/GenesysScreenPop_1.0.0.0.zip"


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_package_unpacks_and_packs_to_the_same_bytes(workspace: Workspace) -> None:
    assert workspace.run("build").returncode == ExitCode.OK
    assert workspace.run("unpack", PACKAGE, "--out", "src").returncode == ExitCode.OK
    assert "Other/Solution.xml" in contents(workspace.folder / "src")
    result = workspace.run("pack", "src", "--out", "again.zip")
    assert result.returncode == ExitCode.OK, result.stderr
    again = workspace.folder / "again.zip"
    assert again.read_bytes() == (workspace.folder / PACKAGE).read_bytes()


def test_every_sample_unpacks_on_the_disk_and_packs_again(
    workspace: Workspace, shared: Path
) -> None:
    path = shared / "samples" / "packages" / "cdsifyintegrationtests.zip"
    assert workspace.run("unpack", str(path), "--out", "src").returncode == ExitCode.OK
    assert workspace.run("pack", "src", "--out", "again.zip").returncode == ExitCode.OK
    with (
        zipfile.ZipFile(path) as before,
        zipfile.ZipFile(workspace.folder / "again.zip") as after,
    ):
        assert set(before.namelist()) == set(after.namelist())


def test_folder_with_something_in_it_is_left_alone_without_force(workspace: Workspace) -> None:
    workspace.run("build")
    (workspace.folder / "src").mkdir()
    (workspace.folder / "src" / "mine.txt").write_text("mine", encoding="utf-8")
    for options, reference in (([], "folder-in-use"), (["--force"], "folder-foreign")):
        result = workspace.run("unpack", PACKAGE, "--out", "src", *options)
        assert result.returncode == ExitCode.USAGE
        assert f"({reference})" in result.stderr
    assert contents(workspace.folder / "src") == {"mine.txt": b"mine"}


def test_force_replaces_what_was_unpacked_and_keeps_hidden_files(workspace: Workspace) -> None:
    workspace.run("build")
    workspace.run("unpack", PACKAGE, "--out", "src")
    source = workspace.folder / "src"
    before = contents(source)
    (source / "WebResources" / "stale.js").write_text("", encoding="utf-8")
    (source / ".gitattributes").write_text("* -text", encoding="utf-8")
    result = workspace.run("unpack", PACKAGE, "--out", "src", "--force")
    assert result.returncode == ExitCode.OK, result.stderr
    assert contents(source) == {**before, ".gitattributes": b"* -text"}
    assert [path.name for path in workspace.folder.iterdir() if path.name.startswith(".src")] == []


def test_archive_that_leaves_its_folder_writes_nothing(workspace: Workspace) -> None:
    with zipfile.ZipFile(workspace.folder / "evil.zip", "w") as package:
        package.writestr("../outside.txt", "x")
    result = workspace.run("unpack", "evil.zip", "--out", "a/b")
    assert result.returncode == ExitCode.BUNDLE
    assert "(package-invalid)" in result.stderr
    assert not (workspace.folder / "a").exists()


def test_folder_that_is_no_solution_is_one_clear_error(workspace: Workspace) -> None:
    (workspace.folder / "empty").mkdir()
    result = workspace.run("pack", "empty", "--out", "x.zip")
    assert result.returncode == ExitCode.BUNDLE
    assert "Other/Solution.xml" in result.stderr
    assert not (workspace.folder / "x.zip").exists()


def test_link_in_a_folder_is_never_followed(workspace: Workspace) -> None:
    workspace.run("build", "--layout", "source")
    folder = workspace.folder / "dist" / "GenesysScreenPop"
    (folder / "WebResources" / "link.js").symlink_to(workspace.folder / "d365pop.toml")
    result = workspace.run("pack", str(folder), "--out", "x.zip")
    assert result.returncode == ExitCode.BUNDLE
    assert not (workspace.folder / "x.zip").exists()
