"""Which server answers for an environment: a real one, a running local one, or one of our own."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from d365pop.cli.console import note
from d365pop.cli.signing_in import tokens
from d365pop.dataverse.client import Dataverse
from d365pop.errors import NetworkError
from d365pop.settings import EnvironmentSettings
from d365pop.transport import Request, RetryPolicy, Transport
from d365pop.transport.network import RequestsSender

PATIENCE: Final = 600.0


@contextmanager
def open_dataverse(
    environment: EnvironmentSettings,
    state: Path,
    patience: float = PATIENCE,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Dataverse]:
    """Yield a signed-in client of ``environment``; ``patience`` bounds its waits, in seconds.

    The local Dataverse is the server that answers on its URL, else one that is started here,
    with its rows below ``state``, and stopped at the end.
    """
    with open_transport(environment, state, patience, sleep) as transport:
        yield Dataverse(environment.url, transport, tokens(environment, transport))


@contextmanager
def open_transport(
    environment: EnvironmentSettings,
    state: Path,
    patience: float = PATIENCE,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Transport]:
    """Yield what carries calls to ``environment``, which is running as long as this is open."""
    sender = RequestsSender()
    transport = Transport(sender, RetryPolicy(deadline=patience), sleep=sleep, on_wait=_say_wait)
    with closing(sender), local_dataverse(environment, state, transport):
        yield transport


@contextmanager
def local_dataverse(
    environment: EnvironmentSettings, state: Path, transport: Transport
) -> Iterator[None]:
    """Make sure that a local Dataverse answers while the context is open."""
    if not environment.is_local:
        yield
        return
    if _answers(environment.url, transport):
        with _explained(environment.url, transport):
            yield
        return
    from d365pop.emulator.server import EmulatorOptions, start

    host, port = listening_on(environment.url)
    options = EmulatorOptions(state=state / "dataverse.sqlite", host=host, port=port)
    with start(options):
        yield


def listening_on(url: str) -> tuple[str, int]:
    """Return host and port of a server of ours that a URL names."""
    parts = urlsplit(url)
    return parts.hostname or "127.0.0.1", parts.port or 80


@contextmanager
def _explained(url: str, transport: Transport) -> Iterator[None]:
    """Say what it means when a local Dataverse that was there is gone."""
    try:
        yield
    except NetworkError as error:
        broken = error.reference in {"connection-refused", "connection-dropped"}
        if not broken or _is_there(url, transport):
            raise
        goes_on = [line for line in error.hint.splitlines() if "d365pop " in line]
        raise NetworkError(
            "local-dataverse-stopped",
            f"The local Dataverse on {url} has stopped.",
            context="It was another program's, which has ended. " + error.context,
            hint="\n".join(goes_on) or "Run the same line again: it starts one of its own.",
        ) from error


def _is_there(url: str, transport: Transport) -> bool:
    try:
        return _answers(url, transport)
    except NetworkError:
        return False


def _answers(url: str, transport: Transport) -> bool:
    try:
        response = transport.send(Request("GET", f"{url}/_emulator/health", timeout=(2.0, 5.0)))
    except NetworkError as error:
        if error.reference == "connection-refused":
            return False
        raise
    if response.status == HTTPStatus.OK and b"d365pop-emulator" in response.body:
        return True
    raise NetworkError(
        "not-a-local-dataverse",
        f"Something else than the local Dataverse answers on {url}.",
        hint="Stop it, or give [environments.local] another port.",
    )


def _say_wait(reason: str, seconds: float) -> None:
    note(f"waiting {seconds:.0f} s: {reason}")
