"""Any request to the local Dataverse is answered or refused: no 500, no traceback, no hang.

``python3 dev.py fuzz http [requests]``; stops by itself, and shows the smallest request that broke
something. Deterministic: the same number of requests is always the same requests.
"""

import http.client
import logging
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from hypothesis import HealthCheck, Phase, given, seed, settings

from d365pop.emulator import seed as seeding
from d365pop.emulator.server import EmulatorOptions, RunningEmulator, start
from tests.fuzz.strategies import REQUEST, Sent

REQUESTS = 20_000
BETWEEN_RESETS = 500
PATIENCE = 20
SERVER_ERROR = 500
NOT_IMPLEMENTED = 501


class Tracebacks(logging.Handler):
    """Keeps what the server logs with a traceback."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.found.append(self.format(record))


@dataclass
class Client:
    """Sends requests over one connection, and counts the answers."""

    running: RunningEmulator
    tracebacks: Tracebacks
    statuses: Counter[int] = field(default_factory=Counter)
    sent: int = 0
    connection: http.client.HTTPConnection | None = None

    def send(self, request: Sent) -> None:
        """Send a request, and judge the answer."""
        if self.sent % BETWEEN_RESETS == 0:
            # Nothing that went before, a deleted user say, may hide what comes.
            seeding.reset(self.running.environment)
            self.token = self.running.token()
        self.sent += 1
        self.tracebacks.found.clear()
        status, text = self.answer(request)
        self.statuses[status] += 1
        assert status < SERVER_ERROR or status == NOT_IMPLEMENTED, text
        assert not self.tracebacks.found, self.tracebacks.found

    def answer(self, request: Sent) -> tuple[int, str]:
        connection = self.connection or http.client.HTTPConnection(
            "127.0.0.1", self.running.port, timeout=PATIENCE
        )
        self.connection = connection
        headers = {"Authorization": f"Bearer {self.token}", **request.headers}
        connection.request(request.method, request.path, request.body, headers)
        response = connection.getresponse()
        text = response.read()
        if response.will_close:
            self.close()
        return response.status, text[:500].decode(errors="replace")

    def close(self) -> None:
        """End the connection."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None


@contextmanager
def attacked() -> Iterator[Client]:
    """Run a server whose tracebacks are noticed, wherever they occur."""
    tracebacks = Tracebacks()
    logging.getLogger("d365pop").addHandler(tracebacks)
    before = threading.excepthook
    threading.excepthook = lambda told: tracebacks.found.append(repr(told.exc_value))
    try:
        with start(EmulatorOptions()) as running:
            client = Client(running, tracebacks)
            try:
                yield client
            finally:
                client.close()
    finally:
        threading.excepthook = before
        logging.getLogger("d365pop").removeHandler(tracebacks)


def attack(client: Client, requests: int) -> None:
    """Send so many different requests."""

    @seed(365)
    @settings(
        max_examples=requests,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(REQUEST)
    def each(request: Sent) -> None:
        client.send(request)

    each()


def main(arguments: list[str]) -> int:
    """Send many requests, and tell what came back."""
    requests = int(arguments[0]) if arguments else REQUESTS
    begun = time.monotonic()
    with attacked() as client:
        attack(client, requests)
    shown = ", ".join(f"{status}: {count}" for status, count in sorted(client.statuses.items()))
    seconds = time.monotonic() - begun
    sys.stdout.write(f"{client.sent} requests in {seconds:.0f} s, no 500, no traceback ({shown})\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
