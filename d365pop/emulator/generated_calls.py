"""A time of invented phone calls for reports to be tried on, the same from the same numbers."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, date, datetime, time, timedelta
from statistics import NormalDist

from d365pop.emulator.environment import Caller, Environment
from d365pop.emulator.metadata import SqlValue
from d365pop.emulator.numerals import is_natural
from d365pop.emulator.protocol import Json
from d365pop.emulator.seed_people import CONTACT_IDS, CONTACTS
from d365pop.emulator.writing import new_row

KEYS = frozenset({"agents", "calls", "from", "days", "seed"})
MOST_AGENTS, MOST_CALLS, MOST_DAYS, MOST_SEED = 5_000, 10_000_000, 3_660, 1_000_000
OPENS = timedelta(hours=8)
WEEKEND = 5
LOG_SECONDS = NormalDist(5.5, 0.6)
"""Logarithm of a talk's seconds: half of them are shorter than four minutes."""
TALKS = 1_000

CALLS = """
WITH RECURSIVE
  day AS MATERIALIZED (SELECT key AS place, value AS opens FROM json_each(:days)),
  talk AS MATERIALIZED (SELECT key AS place, value AS seconds FROM json_each(:talks)),
  person AS MATERIALIZED (
    SELECT key AS place, json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS name,
      json_extract(value, '$[2]') AS phone FROM json_each(:people)),
  call(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM call WHERE n + 1 < :calls),
  first AS (SELECT n, (n * 48271 + :seed * 69621) % 2147483647 AS draw FROM call),
  second AS (SELECT n, draw * draw % 2147483629 AS draw FROM first),
  drawn AS (
    SELECT n, draw % :agents AS agent, draw * 16807 % 2147483647 AS third,
      draw * 39373 % 2147483647 AS fourth FROM second),
  placed AS (
    SELECT n, agent, third / 7 % 10 < 3 AS outgoing, fourth / 3 % :strangers AS person,
      opens + n * :days_open * 36000 / :calls % 36000 AS start,
      CAST(seconds * (70 + agent * 37 % 61) / 100 AS INTEGER) AS seconds
    FROM drawn JOIN day ON day.place = n * :days_open / :calls
    JOIN talk ON talk.place = third % 1000),
  timed AS (
    SELECT *, strftime('%Y-%m-%dT%H:%M:%SZ', start, 'unixepoch') AS began,
      strftime('%Y-%m-%dT%H:%M:%SZ', start + seconds, 'unixepoch') AS ended,
      printf('d3650002-0000-4000-8000-%012x', agent) AS user FROM placed)
SELECT printf('d3650001-0000-4000-8000-%012x', n) AS activityid,
  coalesce(name, 'Unknown caller') AS subject, phone AS phonenumber, outgoing AS directioncode,
  began AS actualstart, ended AS actualend, (seconds + 30) / 60 AS actualdurationminutes,
  id AS regardingobjectid, iif(id IS NULL, NULL, 'contact') AS regardingobjectid__type,
  1 AS statecode, iif(outgoing, 2, 4) AS statuscode, ended AS createdon, ended AS modifiedon,
  user AS ownerid, user AS owninguser, user AS createdby, user AS modifiedby,
  :version + n AS versionnumber
FROM timed LEFT JOIN person ON person.place = timed.person
"""
"""Calls in the order of their beginnings; agents differ in how long they talk."""
AGENTS = """
WITH RECURSIVE agent(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM agent WHERE n + 1 < :agents)
SELECT printf('d3650002-0000-4000-8000-%012x', n) AS systemuserid, 'Agent' AS firstname,
  printf('%04d', n + 1) AS lastname, printf('Agent %04d', n + 1) AS fullname,
  printf('agent.%04d@d365pop.example', n + 1) AS domainname, :version + n AS versionnumber
FROM agent
"""


@dataclass(frozen=True, slots=True)
class CallPlan:
    """How many calls of how many agents on which days."""

    agents: int
    calls: int
    days: tuple[datetime, ...]
    seed: int


def call_plan(told: Json) -> CallPlan:
    """Return a plan from the words of a seed file.

    Raises:
        ValueError: they are none.
    """
    if not isinstance(told, dict) or not told.keys() <= KEYS:
        raise ValueError(f"'calls' is no object with {', '.join(sorted(KEYS))}")
    begins = datetime.combine(date.fromisoformat(str(told.get("from"))), time(), UTC)
    count = _number(told, "days", MOST_DAYS)
    if begins.year + count // 365 >= MAXYEAR:
        raise ValueError("'days' of 'calls' lead out of the calendar")
    days = (begins + timedelta(days=number) for number in range(count))
    plan = CallPlan(
        _number(told, "agents", MOST_AGENTS),
        _number(told, "calls", MOST_CALLS),
        tuple(day for day in days if day.weekday() < WEEKEND),
        _number({"seed": 1, **told}, "seed", MOST_SEED),
    )
    if not plan.days:
        raise ValueError("'calls' has no day from Monday to Friday")
    return plan


def plant_calls(environment: Environment, caller: Caller, plan: CallPlan) -> None:
    """Add agents, and their completed calls on working days from eight to six."""
    users, calls = environment.table("systemuser"), environment.table("phonecall")
    colleague = environment.store.get(users, caller.user_id) or {}
    like = {**colleague, "applicationid": None, "accessmode": 0}
    environment.store.insert_selected(users, like, AGENTS, {"agents": plan.agents})
    common = new_row(environment, caller, calls)
    environment.store.insert_selected(calls, common, CALLS, _parameters(plan))


def _parameters(plan: CallPlan) -> Mapping[str, SqlValue]:
    talks = [LOG_SECONDS.inv_cdf((place + 0.5) / TALKS) for place in range(TALKS)]
    people = [
        (row_id, f"{person['firstname']} {person['lastname']}", person.get("telephone1"))
        for row_id, person in zip(CONTACT_IDS, CONTACTS, strict=False)
    ]
    return {
        "days": json.dumps([int((day + OPENS).timestamp()) for day in plan.days]),
        "days_open": len(plan.days),
        "talks": json.dumps([round(math.exp(value)) for value in talks]),
        "people": json.dumps(people),
        # One call in five is of nobody known.
        "strangers": len(people) * 5 // 4,
        "calls": plan.calls,
        "agents": plan.agents,
        "seed": plan.seed,
    }


def _number(told: dict[str, Json], name: str, most: int) -> int:
    text = str(told.get(name))
    if not is_natural(text) or not 1 <= int(text) <= most:
        raise ValueError(f"'{name}' of 'calls' is no number from 1 to {most:,}")
    return int(text)
