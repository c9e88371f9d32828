"""Which files and folders are taken for a package, and which are refused in one clear error."""

import os
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from d365pop.errors import BundleError, D365PopError, UsageError
from d365pop.solution.opening import open_package
from d365pop.solution.package import write_package
from d365pop.solution.reading import read_contents

PARTS = {
    "[Content_Types].xml": b"<Types/>",
    "solution.xml": b"<ImportExportXml/>",
    "customizations.xml": b"<ImportExportXml/>",
    "WebResources/a": b"1",
}


def write(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def zipped(**entries: bytes) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def refusal(path: Path) -> D365PopError:
    with pytest.raises(D365PopError) as caught:
        open_package(path)
    return caught.value


def test_zip_and_the_folder_it_was_extracted_to_are_the_same(tmp_path: Path) -> None:
    package = tmp_path / "a.zip"
    package.write_bytes(write_package(PARTS))
    folder = write(tmp_path / "a", PARTS)
    assert open_package(package) == open_package(folder) == PARTS


def test_files_of_git_and_the_file_system_are_left_out(tmp_path: Path) -> None:
    folder = write(tmp_path, PARTS | {".git/config": b"", "WebResources/.DS_Store": b""})
    assert open_package(folder) == PARTS


def test_folder_in_the_source_layout_is_packed(shared: Path) -> None:
    contents = read_contents(open_package(shared / "samples" / "unpacked" / "sb_mock"))
    assert contents.manifest.unique_name == "sb_PowerAppsSpecFlowBindings_Mock"
    assert {"sb_/js/sb_mockrecord.form.js", "sb_/js/sb_mockrecord.ribbon.js"} <= {
        entry.name for entry in contents.web_resources
    }
    handlers = {h.function_name for form in contents.forms for h in form.handlers}
    assert sorted(handlers) == ["mockFormNotifications"]
    assert contents.other_components["choices"] == ("sb_choice",)
    assert len(contents.other_components["processes"]) == 3


@pytest.mark.parametrize("name", ["missing.zip", "missing/deep", "nul\0byte"])
def test_path_that_is_not_there_is_a_mistake_of_the_command_line(tmp_path: Path, name: str) -> None:
    error = refusal(tmp_path / name)
    assert (type(error), error.reference) == (UsageError, "package-not-found")


def test_link_in_a_folder_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s", encoding="utf-8")
    folder = write(tmp_path / "a", PARTS)
    (folder / "WebResources" / "b").symlink_to(secret)
    error = refusal(folder)
    assert (error.reference, "symbolic link" in error.message) == ("package-unreadable", True)


def undecodable(folder: Path) -> Path:
    try:
        path = folder / os.fsdecode(b"a\xff")
        path.write_bytes(b"")
        path.unlink()
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    return path


def test_file_whose_name_is_not_utf_8_is_one_clear_error(tmp_path: Path) -> None:
    folder = write(tmp_path / "a", PARTS)
    undecodable(folder).write_bytes(b"")
    error = refusal(folder)
    assert (error.reference, "is not UTF-8" in error.message) == ("package-invalid", True)


def test_link_whose_name_is_not_utf_8_is_one_clear_error(tmp_path: Path) -> None:
    folder = write(tmp_path / "a", PARTS)
    undecodable(folder).symlink_to(tmp_path)
    error = refusal(folder)
    assert error.reference == "package-unreadable"
    assert error.message.encode()


def test_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert refusal(tmp_path / "pipe").reference == "package-unreadable"


@pytest.mark.parametrize(
    ("data", "reference"),
    [
        pytest.param(b"", "package-invalid", id="empty"),
        pytest.param(b"not a zip", "package-invalid", id="text"),
        pytest.param(write_package(PARTS)[:-30], "package-invalid", id="cut short"),
        pytest.param(zipped(**{"../evil": b""}), "package-invalid", id="traversal"),
        pytest.param(zipped(**{"/etc/x": b""}), "package-invalid", id="absolute"),
        pytest.param(zipped(**{"A.xml": b"", "a.xml": b""}), "package-invalid", id="twice"),
        pytest.param(zipped(bomb=b"\0" * 5_000_000), "package-too-large", id="bomb"),
    ],
)
def test_hostile_archive_is_one_clear_error(tmp_path: Path, data: bytes, reference: str) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(data)
    error = refusal(path)
    assert (type(error), error.reference) == (BundleError, reference)


def test_names_that_differ_in_case_alone_are_refused_in_a_folder_too(tmp_path: Path) -> None:
    folder = write(tmp_path, PARTS | {"WebResources/A": b"2"})
    assert "is there twice" in refusal(folder).message


def test_folders_in_folders_end_in_an_answer(tmp_path: Path) -> None:
    # Longer than any path that the system takes at once.
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(1200):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    write(tmp_path, PARTS)
    try:
        assert open_package(tmp_path) == PARTS
    finally:
        # What removes temporary folders goes into them by recursion.
        while (tmp_path / "d").exists():
            (tmp_path / "d").rename(tmp_path / "e")
            if (tmp_path / "e" / "d").exists():
                (tmp_path / "e" / "d").rename(tmp_path / "d")
            (tmp_path / "e").rmdir()
