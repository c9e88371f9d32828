"""The three limits of service protection, each with its code, per user and window."""

import pytest

from d365pop.emulator import seed
from d365pop.emulator.faults import Fault
from d365pop.emulator.gateway import Gateway
from d365pop.emulator.protection import Limits, Protection
from tests.unit.emulator.harness import LocalEnvironment


class Clock:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def refusal(protection: Protection, user: str = "a") -> tuple[str, tuple[tuple[str, str], ...]]:
    fault = refused(protection, user)
    return fault.code, fault.headers


def refused(protection: Protection, user: str = "a") -> Fault:
    with pytest.raises(Fault) as caught:
        protection.enter(user)
    return caught.value


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        (Limits(requests=1), "exceeded the limit of 1 over time window of 300 seconds."),
        (Limits(seconds=0.05), "exceeded limit of 50 milliseconds over time window"),
        (Limits(concurrent=1), "concurrent requests exceeded the limit of 1."),
    ],
)
def test_refusal_tells_the_limit_that_is_in_force(limits: Limits, told: str) -> None:
    protection = Protection(limits, Clock())
    protection.enter("a")
    if limits.concurrent > 1:
        protection.leave("a", 0.1)
    assert told in refused(protection).message


def test_requests_are_counted_over_the_window_and_per_user() -> None:
    clock = Clock()
    protection = Protection(Limits(requests=2, window=300), clock)
    for _ in range(2):
        protection.enter("a")
        protection.leave("a", 0.1)
    clock.now = 100
    assert refusal(protection) == ("0x80072322", (("Retry-After", "200"),))
    assert protection.enter("b")[0] == 1
    clock.now = 300
    assert protection.enter("a")[0] == 1


def test_execution_time_is_added_up() -> None:
    protection = Protection(Limits(seconds=1), Clock())
    protection.enter("a")
    protection.leave("a", 1.5)
    assert refusal(protection)[0] == "0x80072321"


def test_requests_at_one_time_are_bounded() -> None:
    protection = Protection(Limits(concurrent=1), Clock())
    protection.enter("a")
    assert refusal(protection) == ("0x80072326", (("Retry-After", "1"),))
    protection.leave("a", 0.1)
    protection.enter("a")


def test_headers_tell_what_remains(local: LocalEnvironment) -> None:
    limits = Protection(Limits(requests=3), Clock())
    local.gateway = Gateway(local.environment, sessions=local.gateway.sessions, protection=limits)
    found = [local.call("GET", "WhoAmI") for _ in range(4)]
    name = "x-ms-ratelimit-burst-remaining-xrm-requests"
    assert [response.status for response in found] == [200, 200, 200, 429]
    assert [response.header(name) for response in found[:3]] == ["2", "1", "0"]
    time_left = "x-ms-ratelimit-time-remaining-xrm-requests"
    assert found[0].header(time_left) == "1,200.00"


def test_without_limits_nobody_is_refused() -> None:
    protection = Protection()
    assert {protection.enter(seed.AGENT_ID) for _ in range(100)} == {(5999, 1200.0)}
