"""What is said of a local Dataverse whose connection broke."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from d365pop.cli.servers import open_transport
from d365pop.emulator.server import EmulatorOptions, start
from d365pop.errors import NetworkError
from d365pop.settings import EnvironmentSettings

BROKEN = NetworkError(
    "connection-dropped",
    "The connection broke.",
    hint="Check the network.\nGo on with: d365pop resume run-1",
)


def _broken_off(
    environment: EnvironmentSettings, state: Path, running: ExitStack, stopped: object
) -> None:
    with open_transport(environment, state):
        if stopped:
            running.close()
        raise BROKEN


@pytest.mark.parametrize(
    ("stopped", "reference", "hint"),
    [
        pytest.param(False, BROKEN.reference, BROKEN.hint, id="it-answers"),
        pytest.param(
            True, "local-dataverse-stopped", "Go on with: d365pop resume run-1", id="it-is-gone"
        ),
    ],
)
def test_broken_connection_tells_how_to_go_on_and_whether_the_server_is_gone(
    tmp_path: Path, *, stopped: bool, reference: str, hint: str
) -> None:
    with ExitStack() as running:
        url = running.enter_context(start(EmulatorOptions(state=None, port=0))).url
        environment = EnvironmentSettings.model_validate(
            {"url": url, "sign_in": "local", "softphone_url": "http://127.0.0.1:9"}
        )
        with pytest.raises(NetworkError) as caught:
            _broken_off(environment, tmp_path, running, stopped)
    assert (caught.value.reference, caught.value.hint) == (reference, hint)
