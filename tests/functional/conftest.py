"""A user's folder and the local Dataverse that its configuration names."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from d365pop.emulator.server import EmulatorOptions, start
from tests.local_dataverse import LocalDataverse
from tests.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.make(tmp_path)


@pytest.fixture
def dataverse(workspace: Workspace) -> Iterator[LocalDataverse]:
    """Run the local Dataverse on the workspace's URL, from its seed."""
    with start(EmulatorOptions(state=None, port=workspace.port)):
        yield LocalDataverse(workspace.url)
