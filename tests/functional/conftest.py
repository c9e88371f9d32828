"""A user's folder and the local Dataverse that its configuration names."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from d365pop.emulator.server import EmulatorOptions, RunningEmulator, start
from tests.local_dataverse import LocalDataverse
from tests.workspace import ROOT, Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.make(tmp_path)


@pytest.fixture
def emulator(workspace: Workspace) -> Iterator[RunningEmulator]:
    """Run the local Dataverse on the workspace's URL, from its seed."""
    with start(EmulatorOptions(state=None, port=workspace.port)) as running:
        yield running


@pytest.fixture
def dataverse(emulator: RunningEmulator) -> LocalDataverse:
    return LocalDataverse(emulator.url)


def build_distribution(source: Path, out: Path) -> dict[str, bytes]:
    """Return wheel and sdist of a folder."""
    command = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--sdist"]
    subprocess.run([*command, "-o", str(out)], cwd=source, check=True, capture_output=True)
    return {path.name: path.read_bytes() for path in sorted(out.iterdir())}


@pytest.fixture(scope="session")
def distribution(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with wheel and sdist of this checkout."""
    folder = tmp_path_factory.mktemp("distribution")
    build_distribution(ROOT, folder)
    return folder


@pytest.fixture(scope="session")
def wheel(distribution: Path) -> Path:
    (path,) = distribution.glob("*-py3-none-any.whl")
    return path


@pytest.fixture(scope="session")
def sdist(distribution: Path) -> Path:
    (path,) = distribution.glob("*.tar.gz")
    return path
