"""Files and folders of the user: whole, in their place, or as they were."""

import os
from pathlib import Path

import pytest

from d365pop.errors import ConfigurationError, D365PopError, UsageError
from d365pop.files import read_file, refuse_unwritable, replace_folder, write_file


def test_file_is_written_with_its_folders_and_leaves_no_draft(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b.txt"
    write_file(path, b"x")
    assert read_file(path) == b"x"
    assert list(path.parent.iterdir()) == [path]


def test_what_another_process_drafts_for_the_same_file_is_left_to_it(tmp_path: Path) -> None:
    theirs = tmp_path / ".b.txt.new"
    theirs.write_bytes(b"half of")
    write_file(tmp_path / "b.txt", b"x")
    assert (tmp_path / "b.txt").read_bytes() == b"x"
    assert theirs.read_bytes() == b"half of"


def test_name_that_no_file_can_have_is_refused_before_the_work(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        refuse_unwritable(tmp_path / ("a" * 300), option="--report")
    assert caught.value.reference == "output-unwritable"


def test_place_that_is_no_folder_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    with pytest.raises(ConfigurationError) as caught:
        write_file(tmp_path / "a" / "b.txt", b"x")
    assert caught.value.reference == "output-unwritable"


def test_file_that_cannot_be_put_in_its_place_leaves_no_draft(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(ConfigurationError) as caught:
        write_file(tmp_path / "a", b"x")
    assert caught.value.reference == "output-unwritable"
    assert list(tmp_path.rglob("*")) == [tmp_path / "a"]


def test_link_stays_a_link_and_what_it_leads_to_is_written(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "report.json").write_bytes(b"old")
    link = tmp_path / "latest.json"
    link.symlink_to(tmp_path / "kept" / "report.json")
    write_file(link, b"new")
    assert link.is_symlink()
    assert (tmp_path / "kept" / "report.json").read_bytes() == b"new"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_pipe_is_written_to_and_stays_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_file(pipe, b"x")
        assert os.read(reader, 9) == b"x"
    finally:
        os.close(reader)
    assert list(tmp_path.iterdir()) == [pipe]


def test_folder_that_cannot_be_looked_into_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        replace_folder(tmp_path / ("a" * 300), {"a": b""}, force=True, marker="a")
    assert caught.value.reference == "output-unwritable"


@pytest.mark.parametrize("held", [(), ("marker", ".git")])
def test_link_to_a_folder_is_left_alone_with_all_that_it_leads_to(
    tmp_path: Path, held: tuple[str, ...]
) -> None:
    folder = tmp_path / "real"
    folder.mkdir()
    for name in held:
        (folder / name).write_bytes(b"old")
    link = tmp_path / "link"
    link.symlink_to(folder)
    with pytest.raises(UsageError) as caught:
        replace_folder(link, {"marker": b"new"}, force=True, marker="marker")
    assert caught.value.reference == "folder-is-link"
    assert link.is_symlink()
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == dict.fromkeys(
        held, b"old"
    )
    replace_folder(folder, {"marker": b"new"}, force=True, marker="marker")
    assert (folder / "marker").read_bytes() == b"new"


def test_link_that_leads_to_itself_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "a")
    with pytest.raises(UsageError) as caught:
        replace_folder(tmp_path / "a", {"a": b""}, force=True, marker="a")
    assert caught.value.reference == "folder-is-link"


def test_missing_file_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        read_file(tmp_path / "a")
    assert caught.value.reference == "file-unreadable"


@pytest.mark.parametrize("name", ["../x", "/x", "a//b", "a/./b", "a\\b", "c:x", "a\0b", ""])
def test_name_that_leads_out_writes_nothing_at_all(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "inner" / "out"
    with pytest.raises(D365PopError):
        replace_folder(folder, {"fine": b"", name: b""}, force=False, marker="fine")
    assert [path.name for path in tmp_path.rglob("*")] == ["inner"]


def test_folder_is_as_before_where_a_new_file_cannot_be_written(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    replace_folder(folder, {"marker": b"old"}, force=False, marker="marker")
    with pytest.raises(ConfigurationError):
        replace_folder(folder, {"marker": b"", "marker/x": b""}, force=True, marker="marker")
    assert [(path.name, path.read_bytes()) for path in folder.iterdir()] == [("marker", b"old")]
    assert list(tmp_path.iterdir()) == [folder]


def test_empty_folder_is_used_as_it_is(tmp_path: Path) -> None:
    replace_folder(tmp_path / "out", {}, force=False, marker="a")
    replace_folder(tmp_path / "out", {"a": b"1"}, force=False, marker="a")
    assert (tmp_path / "out" / "a").read_bytes() == b"1"


def test_file_in_the_place_of_the_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(b"mine")
    for force in (False, True):
        with pytest.raises(UsageError):
            replace_folder(tmp_path / "out", {"a": b"1"}, force=force, marker="a")
    assert (tmp_path / "out").read_bytes() == b"mine"
