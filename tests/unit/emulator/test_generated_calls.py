"""Invented calls: as many as asked for, in working hours, the same from the same numbers."""

from datetime import datetime
from urllib.parse import quote

import pytest

from d365pop.emulator.environment import Caller
from d365pop.emulator.generated_calls import call_plan, plant_calls
from d365pop.emulator.protocol import Json, JsonObject
from d365pop.emulator.seed import ADMINISTRATOR_ID
from tests.unit.emulator.harness import LocalEnvironment

TOLD: JsonObject = {"agents": 7, "calls": 2000, "from": "2025-03-01", "days": 14}
WORKING_DAYS = [3, 4, 5, 6, 7, 10, 11, 12, 13, 14]


def planted(**told: int) -> LocalEnvironment:
    local = LocalEnvironment()
    plan = call_plan({**TOLD, **told})
    plant_calls(local.environment, Caller(ADMINISTRATOR_ID), plan)
    return local


def aggregated(local: LocalEnvironment, attributes: str) -> list[dict[str, int]]:
    fetch = f"<fetch aggregate='true'><entity name='phonecall'>{attributes}</entity></fetch>"
    rows: list[dict[str, int]] = local.get(f"phonecalls?fetchXml={quote(fetch)}")["value"]
    return rows


def test_calls_are_spread_over_agents_and_working_days() -> None:
    local = planted()
    count = "<attribute name='activityid' alias='n' aggregate='count'/>"
    day = "<attribute name='createdon' alias='day' groupby='true' dategrouping='day'/>"
    days = {row["day"]: row["n"] for row in aggregated(local, count + day)}
    assert days == dict.fromkeys(WORKING_DAYS, 200)
    agent = "<attribute name='ownerid' alias='agent' groupby='true'/>"
    assert len(agents := aggregated(local, count + agent)) == 7
    assert min(row["n"] for row in agents) > 200
    assert len(local.filtered("systemusers", "fullname", "startswith(fullname,'Agent 0')")) == 7


def test_each_call_is_a_completed_one_of_the_platform() -> None:
    local = planted(calls=300)
    columns = "actualstart,actualend,actualdurationminutes,directioncode,statecode,statuscode"
    rows = local.get(f"phonecalls?$select={columns}")["value"]
    assert len(rows) == 300
    for row in rows:
        start, end = (datetime.fromisoformat(row[name]) for name in ("actualstart", "actualend"))
        minutes = (end - start).total_seconds() / 60
        assert abs(minutes - row["actualdurationminutes"]) <= 0.5
        assert 8 <= start.hour < 18
        assert (row["statecode"], row["statuscode"]) == (1, 2 if row["directioncode"] else 4)
    outgoing = sum(row["directioncode"] for row in rows)
    assert 60 < outgoing < 120
    somebody = len(local.filtered("phonecalls", "subject", "_regardingobjectid_value ne null"))
    assert 210 < somebody < 280


def test_same_numbers_give_the_same_calls() -> None:
    query = "phonecalls?$select=actualstart,actualend,_ownerid_value&$top=50"
    first, again, other = (planted(seed=seed).get(query) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_versions_go_on_after_the_calls() -> None:
    local = planted()
    row_id = local.create("accounts", {"name": "After"})
    versions = {row["@odata.etag"] for row in local.get("phonecalls?$select=subject")["value"]}
    assert local.get(f"accounts({row_id})")["@odata.etag"] > max(versions)


@pytest.mark.parametrize(
    "told",
    [
        *({"agents": 0}, {"calls": 10_000_001}, {"days": True}, {"more": 1}, {"days": 2}),
        *({"seed": -1}, {"from": "9999-12-30"}),
    ],
)
def test_plan_that_cannot_be_is_refused(told: dict[str, Json]) -> None:
    with pytest.raises(ValueError, match="calls"):
        call_plan({**TOLD, **told})
