"""A pytest plugin: the local Dataverse as a fixture for the tests of others.

Knows how to start and steer the server; refuses to know any client.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from d365pop.emulator.auth import CLIENT_ID, CLIENT_SECRET, TENANT_ID
from d365pop.emulator.disturbances import rule_from_text
from d365pop.emulator.server import EmulatorOptions, RunningEmulator, start


@dataclass(frozen=True, slots=True)
class Dataverse:
    """A local Dataverse that runs as long as its test, with what a client needs to sign in."""

    running: RunningEmulator
    authority_file: Path
    """What clients trust it with."""
    tenant_id: str = TENANT_ID
    client_id: str = CLIENT_ID
    client_secret: str = CLIENT_SECRET

    @property
    def url(self) -> str:
        """The environment's address."""
        return self.running.url

    @property
    def token(self) -> str:
        """A token of the deployment user, for clients that need no sign-in."""
        return self.running.token()

    def fault(self, text: str) -> None:
        """Put a fault in force, stated as ``d365pop emulator --fault`` has it."""
        self.running.environment.disturbances.add(rule_from_text(text))

    def requests(self) -> list[tuple[str, str, int]]:
        """Return method, path and status of each request so far."""
        return self.running.trace()


@pytest.fixture(scope="session")
def _d365pop_tls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("d365pop-tls")


@pytest.fixture
def d365pop_options(_d365pop_tls: Path) -> EmulatorOptions:
    """How the server runs; override it in a test module to seed, slow down or limit it."""
    return EmulatorOptions(tls=_d365pop_tls)


@pytest.fixture
def d365pop_dataverse(d365pop_options: EmulatorOptions) -> Iterator[Dataverse]:
    """A fresh local Dataverse over https, in memory."""
    with start(d365pop_options) as running:
        folder = d365pop_options.tls or Path()
        yield Dataverse(running, folder / "ca.pem")
