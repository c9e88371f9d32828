from collections.abc import Callable
from pathlib import Path

import pytest

from d365pop.errors import BundleError
from d365pop.resources import solution_template_root, toolchain_root, webresources_root


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "site" / "d365pop"
    folder.mkdir(parents=True)
    return folder


FOLDERS = pytest.mark.parametrize(
    ("find", "name"),
    [
        pytest.param(webresources_root, "webresources", id="web resources"),
        pytest.param(solution_template_root, "solution_template", id="templates"),
    ],
)


@FOLDERS
def test_installed_folder_is_found_inside_the_package(
    find: Callable[[Path], Path], name: str, package: Path
) -> None:
    (package / "data" / name).mkdir(parents=True)
    assert find(package) == package / "data" / name


@FOLDERS
def test_checkout_folder_is_found_beside_the_package(
    find: Callable[[Path], Path], name: str, package: Path
) -> None:
    (package.parent / name).mkdir()
    assert find(package) == package.parent / name


@FOLDERS
def test_installed_folder_wins_over_a_stranger_beside_the_package(
    find: Callable[[Path], Path], name: str, package: Path
) -> None:
    (package.parent / name).mkdir()
    (package / "data" / name).mkdir(parents=True)
    assert find(package) == package / "data" / name


@FOLDERS
def test_missing_folder_is_named_with_both_places(
    find: Callable[[Path], Path], name: str, package: Path
) -> None:
    with pytest.raises(BundleError) as caught:
        find(package)
    assert caught.value.reference == "packaged-files-missing"
    assert str(package / "data" / name) in caught.value.context
    assert str(package.parent / name) in caught.value.context


def test_toolchain_is_found_where_the_build_puts_it(package: Path) -> None:
    folder = package / "bundle" / "toolchain"
    folder.mkdir(parents=True)
    (folder / "toolchain.json").write_text("{}", encoding="utf-8")
    assert toolchain_root(package) == folder


def test_toolchain_without_its_description_is_missing(package: Path) -> None:
    (package / "bundle" / "toolchain").mkdir(parents=True)
    with pytest.raises(BundleError) as caught:
        toolchain_root(package)
    assert caught.value.reference == "toolchain-missing"
