"""What the client counts is what the local Dataverse holds, however much that is at once."""

import json
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from d365pop.auth.challenge import discover
from d365pop.auth.local import LocalSignIn
from d365pop.dataverse.client import Dataverse
from d365pop.emulator.server import EmulatorOptions, start
from d365pop.metrics.calls import Calls
from d365pop.metrics.reading import read_calls
from d365pop.parallel import Pool, in_threads, one_by_one
from d365pop.spans import Span
from d365pop.transport import RetryPolicy, Transport
from d365pop.transport.network import RequestsSender
from tests.local_dataverse import LocalDataverse

BEGIN = datetime(2025, 3, 3, tzinfo=UTC)
SPAN = Span(BEGIN, BEGIN + timedelta(days=9))
CALLS = 75_000
"""More in its first week than one query may count."""


def read(folder: Path, calls: int, pool: Pool) -> tuple[Calls, int]:
    """Return what was counted, and in how many queries."""
    seed = folder / "seed.json"
    told = {"agents": 20, "calls": calls, "from": "2025-03-03", "days": 9}
    seed.write_text(json.dumps({"calls": told}), encoding="utf-8")
    options = EmulatorOptions(state=folder / "rows.sqlite", seed=seed, port=0)
    with start(options) as server, closing(RequestsSender()) as sender:
        transport = Transport(sender, RetryPolicy(deadline=60.0))
        tokens = LocalSignIn(transport, discover(transport, server.url))
        found = read_calls(Dataverse(server.url, transport, tokens), [SPAN], names=True, pool=pool)
        asked = LocalDataverse(server.url).requests()
    return found, sum("phonecalls" in str(entry["path"]) for entry in asked)


def rows(folder: Path, columns: str, where: str = "1") -> list[tuple[Any, ...]]:
    """Return what lies in the state file, counted without any of our code."""
    text = f"SELECT {columns}, count(*) FROM phonecall WHERE {where} GROUP BY {columns}"  # noqa: S608
    with closing(sqlite3.connect(folder / "rows.sqlite")) as connection:
        return connection.execute(text).fetchall()


@pytest.mark.parametrize("calls", [2_000, CALLS], ids=["few", "more than one query counts"])
def test_counts_are_those_of_the_rows(tmp_path: Path, calls: int) -> None:
    found, asked = read(tmp_path, calls, in_threads)
    assert asked == 4 if calls == 2_000 else asked > 4
    assert found.total() == calls
    lengths: Counter[tuple[int, int]] = Counter()
    known: Counter[tuple[int, int]] = Counter()
    for group in found.groups:
        lengths[int(group.outgoing), group.minutes] += group.calls
        known[int(group.outgoing), group.minutes] += group.known
    by_length = "directioncode, actualdurationminutes"
    assert lengths == {row[:2]: row[2] for row in rows(tmp_path, by_length)}
    about = rows(tmp_path, by_length, "regardingobjectid IS NOT NULL")
    assert +known == {row[:2]: row[2] for row in about}
    agents = rows(tmp_path, "ownerid", "actualdurationminutes > 0")
    assert {each.agent: each.load.calls for each in found.agents()} == {
        row[0]: row[1] for row in agents
    }
    assert {each.name for each in found.agents()} == {f"Agent {n:04d}" for n in range(1, 21)}


def test_order_of_the_queries_changes_nothing(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
    one, _ = read(tmp_path / "one", 2_000, in_threads)
    other, _ = read(tmp_path / "other", 2_000, one_by_one)
    assert one == other
