"""Any request over any route is answered or refused; ``dev.py fuzz http`` sends many more."""

import pytest

from tests.fuzz.http_surface import attack, attacked
from tests.fuzz.strategies import API, Sent

REQUESTS = 300


def test_any_request_is_answered_or_refused() -> None:
    with attacked() as client:
        attack(client, REQUESTS)
        assert client.sent >= REQUESTS
        assert {200, 204, 400, 404} <= client.statuses.keys()


def test_defect_behind_a_request_is_noticed() -> None:
    with attacked() as client:
        client.send(Sent("GET", f"{API}accounts", {}, b""))
        client.running.environment.store.read("DROP TABLE account", ())
        with pytest.raises(AssertionError, match="unexpected error"):
            client.send(Sent("GET", f"{API}accounts", {}, b""))
        assert len(client.tracebacks.found) == 1
