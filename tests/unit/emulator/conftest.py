"""A fresh local Dataverse for each test."""

import pytest

from tests.unit.emulator.harness import LocalEnvironment


@pytest.fixture
def local() -> LocalEnvironment:
    return LocalEnvironment()
