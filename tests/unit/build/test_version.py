"""The version of a build: as written, or counted from a tag."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from d365pop.build.version import resolve_version, version_from
from d365pop.errors import ConfigurationError, UsageError


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=x", "-c", "user.email=x@example.com"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def commit(folder: Path) -> None:
    git(folder, "commit", "--allow-empty", "-m", "x")


@pytest.mark.parametrize(
    ("described", "version"),
    [
        ("v1.2.3-0-gabcdef0", "1.2.3.0"),
        ("v1.2.3-12-gabcdef0", "1.2.3.12"),
        ("v1.2.3.4-12-gabcdef0", "1.2.3.16"),
    ],
)
def test_commits_since_the_tag_are_added_to_the_last_number(described: str, version: str) -> None:
    assert version_from(described) == version


@pytest.mark.parametrize("described", ["v1.2-0-gabc", "v1.2.3-rc1-4-gabc", "v1.2.3.4.5-0-gabc"])
def test_tag_of_another_form_is_refused(described: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        version_from(described)
    assert caught.value.reference == "version-tag-invalid"


def test_written_version_needs_no_git(tmp_path: Path) -> None:
    assert resolve_version("1.0.0.0", tmp_path) == "1.0.0.0"


def test_option_goes_before_what_is_written(tmp_path: Path) -> None:
    assert resolve_version("git", tmp_path, "2.0.0.0") == "2.0.0.0"


@pytest.mark.parametrize("version", ["1.0", "v1.0.0.0", "1.0.0.0.0", "git"])
def test_option_that_is_no_version_is_refused(tmp_path: Path, version: str) -> None:
    with pytest.raises(UsageError) as caught:
        resolve_version("1.0.0.0", tmp_path, version)
    assert caught.value.reference == "version-invalid"


def test_version_comes_from_the_nearest_tag(tmp_path: Path) -> None:
    git(tmp_path, "init")
    for tag in ("v1.0.0", "v1.4.0", ""):
        commit(tmp_path)
        if tag:
            git(tmp_path, "tag", tag)
    assert resolve_version("git", tmp_path) == "1.4.0.1"


@pytest.mark.skipif(sys.platform != "linux", reason="names are UTF-8 there")
def test_tag_that_is_no_text_is_refused(tmp_path: Path) -> None:
    git(tmp_path, "init")
    commit(tmp_path)
    git(tmp_path, "tag", os.fsdecode(b"v1.0.0-\xff"))
    with pytest.raises(ConfigurationError) as caught:
        resolve_version("git", tmp_path)
    assert caught.value.reference == "version-tag-invalid"


def test_repository_without_a_tag_is_one_clear_error(tmp_path: Path) -> None:
    git(tmp_path, "init")
    commit(tmp_path)
    with pytest.raises(ConfigurationError) as caught:
        resolve_version("git", tmp_path)
    assert caught.value.reference == "version-tag-missing"
    assert "git tag" in caught.value.hint
