"""Faults happen where, when and as often as they were asked for, the same way each time."""

import json
from typing import Any

import pytest

from d365pop.emulator.disturbances import Disturbance, Disturbances, Kind, rule_from_text
from d365pop.emulator.faults import Fault
from d365pop.emulator.protocol import HangUp, Request
from tests.unit.emulator.harness import LocalEnvironment, PackageSource

CONTACTS = "contacts?$select=fullname&$top=1"
PACKAGE = PackageSource(web_resources={"smp_/a.js": b"1"})


def arm(local: LocalEnvironment, **rule: object) -> None:
    body = json.dumps(rule).encode()
    response = local.send("POST", "/_emulator/faults", body)
    assert response.status == 204, response.body


def statuses(local: LocalEnvironment, count: int) -> list[int]:
    return [local.call("GET", CONTACTS).status for _ in range(count)]


def test_fault_happens_as_often_as_it_was_asked_for(local: LocalEnvironment) -> None:
    arm(local, kind="server-error", status=502, count=2, skip=1)
    assert statuses(local, 5) == [200, 502, 502, 200, 200]


def test_fault_happens_only_where_it_was_asked_for(local: LocalEnvironment) -> None:
    arm(local, kind="server-error", method="POST", path="contacts")
    assert statuses(local, 1) == [200]
    assert local.call("POST", "accounts", {"name": "A"}).status == 204
    assert local.call("POST", "contacts", {"lastname": "A"}).status == 503


def test_chance_falls_the_same_way_for_the_same_seed() -> None:
    def falls(seed: int) -> list[bool]:
        found = Disturbances(seed)
        found.add(Disturbance(Kind.DELAY, probability=0.5))
        request, kinds = Request("GET", "/"), frozenset({Kind.DELAY})
        return [bool(found.drawn(request, kinds)) for _ in range(40)]

    assert falls(1) == falls(1)
    assert falls(1) != falls(2)
    assert {True, False} == set(falls(1))


@pytest.mark.parametrize(
    ("which", "code"),
    [("requests", "0x80072322"), ("time", "0x80072321"), ("concurrency", "0x80072326")],
)
def test_throttle_tells_which_limit_and_how_long(
    local: LocalEnvironment, which: str, code: str
) -> None:
    arm(local, kind="throttle", which=which, seconds=7)
    response = local.call("GET", CONTACTS)
    assert (response.status, response.header("Retry-After")) == (429, "7")
    error: Any = response.json()
    assert error["error"]["code"] == code


def test_dropped_before_the_work_writes_nothing_and_after_it_does(
    local: LocalEnvironment,
) -> None:
    arm(local, kind="drop-before", method="POST", count=1)
    arm(local, kind="drop-after", method="POST", count=1, skip=2)
    first, second = (local.call("POST", "accounts", {"name": name}) for name in ("A1", "A2"))
    assert (first.hang_up, second.hang_up) == (HangUp.DROP, HangUp.NEVER)
    third = local.call("POST", "accounts", {"name": "A3"})
    assert third.hang_up is HangUp.DROP
    names = local.filtered("accounts", "name", "startswith(name,'A')")
    assert names == ["A2", "A3"]


def test_reset_does_no_work(local: LocalEnvironment) -> None:
    arm(local, kind="reset", count=1)
    assert local.call("POST", "accounts", {"name": "A1"}).hang_up is HangUp.RESET
    assert local.filtered("accounts", "name", "name eq 'A1'") == []


def test_import_job_is_not_there_at_first(local: LocalEnvironment) -> None:
    arm(local, kind="job-race", count=2)
    keys = local.import_package(PACKAGE.zip())
    path = f"importjobs({keys['ImportJobKey']})"
    assert [local.call("GET", path).status for _ in range(3)] == [404, 404, 200]
    assert statuses(local, 1) == [200]


def test_import_fails_with_the_platforms_words(local: LocalEnvironment) -> None:
    arm(local, kind="failed-import", path="Sample", count=1)
    row = local.import_package(PACKAGE.zip())
    assert (row["statuscode"], row["message"]) == (
        31,
        "An error occurred while importing a Solution.",
    )
    assert local.import_package(PACKAGE.zip())["statuscode"] == 30


def test_slow_import_takes_its_time(local: LocalEnvironment) -> None:
    arm(local, kind="slow-import", seconds=20)
    local.import_package(PACKAGE.zip())
    assert sum(local.sleeps) == 20


def test_delay_lets_time_pass(local: LocalEnvironment) -> None:
    arm(local, kind="delay", seconds=3, count=1)
    assert statuses(local, 2) == [200, 200]
    assert sum(local.sleeps) == 3


def test_lock_is_the_one_of_the_platform(local: LocalEnvironment) -> None:
    arm(local, kind="lock", path="PublishAllXml", count=1)
    code, text = local.refusal(429, "POST", "PublishAllXml", {})
    assert code == "0x80071151"
    assert "[EntityCustomization] running at this moment" in text
    local.expect(204, "POST", "PublishAllXml", {})


def test_clock_is_as_wrong_as_asked_for(local: LocalEnvironment) -> None:
    arm(local, kind="clock-skew", seconds=3600)
    account = local.create("accounts", {"name": "A"})
    assert local.get(f"accounts({account})?$select=createdon")["createdon"] == (
        "2026-05-04T13:00:00Z"
    )


@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "earthquake"},
        {"kind": "delay", "speed": 1},
        {"kind": "delay", "seconds": -1},
        {"kind": "delay", "probability": 2},
        {"kind": "delay", "probability": "nan"},
        {"kind": "delay", "seconds": "inf"},
        {"kind": "delay", "seconds": "nan"},
        {"kind": "server-error", "status": 204},
        {"kind": "delay", "path": "("},
        {"kind": "throttle", "which": "mood"},
        {"kind": "delay", "count": "often"},
    ],
    ids=lambda rule: "-".join(map(str, rule.values())),
)
def test_impossible_fault_is_refused(local: LocalEnvironment, rule: dict[str, object]) -> None:
    response = local.send("POST", "/_emulator/faults", json.dumps(rule).encode())
    assert response.status == 400
    assert local.send("GET", "/_emulator/faults").json() == []


def test_reset_ends_all_faults(local: LocalEnvironment) -> None:
    arm(local, kind="server-error")
    assert local.send("POST", "/_emulator/reset").status == 204
    assert statuses(local, 1) == [200]


def test_command_line_states_the_same_rule() -> None:
    assert rule_from_text("throttle,path=contacts,count=3,seconds=2.5") == Disturbance(
        Kind.THROTTLE, path="contacts", count=3, seconds=2.5
    )


@pytest.mark.parametrize("text", ["", "delay,seconds", "delay,seconds=long"])
def test_command_line_refuses_what_is_no_rule(text: str) -> None:
    with pytest.raises(Fault):
        rule_from_text(text)
