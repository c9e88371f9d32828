"""Wheel and sdist: the same bytes from every build, and all that is needed to build from."""

import os
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

from tests.functional.conftest import build_distribution
from tests.workspace import Workspace, clean_environment


def test_wheel_and_sdist_from_the_sdist_are_the_same_bytes(
    distribution: Path, sdist: Path, tmp_path: Path
) -> None:
    first = {path.name: path.read_bytes() for path in sorted(distribution.iterdir())}
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (source,) = tmp_path.iterdir()
    for path in source.rglob("*.py"):  # another machine's modes and times
        path.chmod(0o600)
    assert build_distribution(source, tmp_path / "again") == first


def test_sdist_holds_the_toolchain_and_nothing_of_the_workshop(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert "d365pop/bundle/toolchain/toolchain.js" in names
    tops = {name.partition("/")[0] for name in names}
    assert not tops & {"tests", "docs", ".ci", ".github", "dev.py", "node_modules"}
    assert not [name for name in names if "node_modules" in name]


def test_wheel_is_pure_and_builds_what_the_checkout_builds(
    wheel: Path, workspace: Workspace, tmp_path: Path
) -> None:
    place = tmp_path / "place"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(place)  # noqa: S202 - we made it
    path = os.pathsep.join([str(place), sysconfig.get_paths()["purelib"]])
    subprocess.run(
        [sys.executable, "-m", "d365pop", "build", "--out", "from-wheel"],
        cwd=workspace.folder,
        env={**clean_environment(), "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        check=True,
        capture_output=True,
    )
    assert workspace.run("build", "--out", "from-checkout").returncode == 0
    built = [
        {path.name: path.read_bytes() for path in (workspace.folder / name).glob("*.*")}
        for name in ("from-wheel", "from-checkout")
    ]
    assert built[0] == built[1]
    assert len(built[0]) > 1
