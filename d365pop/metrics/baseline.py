"""Reads what was before from a CSV file, where Dataverse kept no calls yet; opens no file.

Columns ``agent`` (id or full name of the user in Dataverse), ``calls`` (those with connected time)
and ``minutes`` (their connected time together), in any order and case; others are skipped. Rows of
one agent add up. Separators are commas, or semicolons as spreadsheets write them in many countries,
which then write 412,5 for 412.5.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final, NoReturn

from d365pop.errors import ConfigurationError
from d365pop.metrics.calls import AgentLoad
from d365pop.metrics.statistics import Load

COLUMNS: Final = ("agent", "calls", "minutes")
_MOST: Final = 1_000_000_000
_WHOLE: Final = re.compile(r"[0-9]{1,10}")
_NUMBER: Final = re.compile(r"[0-9]{1,10}(\.[0-9]{1,20})?")
_GROUPED: Final = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}")


def parse_baseline(content: bytes, path: str) -> dict[str, Load]:
    """Return how much each agent did, by id or name in lower case.

    Raises:
        ConfigurationError: a row is not as it must be; its line is named.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        _refuse(path, 1, "it is no text in UTF-8")
    first, _, _ = text.partition("\n")
    delimiter = ";" if ";" in first else ","
    point = "," if delimiter == ";" else "."
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    calls: Counter[str] = Counter()
    minutes: dict[str, float] = {}
    try:
        places = _places(next(reader, []), path)
        for cells in reader:
            if not any(cells):
                continue
            agent, load = _row(cells, places, point, path, reader.line_num)
            calls[agent] += load.calls
            minutes[agent] = minutes.get(agent, 0) + load.minutes
    except csv.Error as error:
        _refuse(path, reader.line_num, str(error))
    if not calls:
        _refuse(path, 2, "there is no row")
    return {agent: Load(count, minutes[agent]) for agent, count in calls.items()}


def by_agent(baseline: Mapping[str, Load], agents: Sequence[AgentLoad]) -> dict[str, Load]:
    """Return ``baseline`` by the ids of agents, whose rows may have the id or the name.

    What names none of them, or a name that two bear, keeps its key.
    """
    ids = {agent.agent.lower() for agent in agents}
    names = Counter(agent.name.casefold() for agent in agents)
    named = {
        name: agent.agent.lower() for agent in agents if names[name := agent.name.casefold()] == 1
    }
    found: dict[str, Load] = {}
    for key, load in baseline.items():
        who = key if key in ids else named.get(key, key)
        other = found.get(who, Load(0, 0))
        found[who] = Load(load.calls + other.calls, load.minutes + other.minutes)
    return found


def _places(head: Sequence[str], path: str) -> dict[str, int]:
    names = [name.strip().lower() for name in head]
    for column in COLUMNS:
        if names.count(column) != 1:
            what = "is missing" if column not in names else "is there twice"
            _refuse(path, 1, f"the column {column} {what}")
    return {column: names.index(column) for column in COLUMNS}


def _row(
    cells: Sequence[str], places: Mapping[str, int], point: str, path: str, line: int
) -> tuple[str, Load]:
    if len(cells) <= max(places.values()):
        _refuse(path, line, "it has fewer cells than the first line has columns")
    agent, calls, minutes = (cells[places[column]].strip() for column in COLUMNS)
    if not agent:
        _refuse(path, line, "agent is empty")
    if not (_WHOLE.fullmatch(calls) and 0 < int(calls) <= _MOST):
        _refuse(path, line, f"calls is {calls!r} and must be a whole number from 1 on")
    return agent.casefold(), Load(int(calls), _minutes(minutes, point, path, line))


def _minutes(text: str, point: str, path: str, line: int) -> float:
    if point == "," and _GROUPED.fullmatch(text):
        # Thousands are written so where 412,5 is a number; a report must not guess.
        whole = text.replace(".", "")
        _refuse(path, line, f"minutes is {text!r}, {whole} or {text.replace('.', ',')}?")
    number = text.replace(point, ".", 1)
    value = float(number) if _NUMBER.fullmatch(number) else 0.0
    if not 0 < value <= _MOST:
        _refuse(path, line, f"minutes is {text!r} and must be a number above 0, such as 412.5")
    return value


def _refuse(path: str, line: int, problem: str) -> NoReturn:
    raise ConfigurationError(
        "metrics-baseline-invalid",
        f"{path}:{line} is no baseline: {problem}.",
        context=f"A baseline is a CSV file with the columns {', '.join(COLUMNS)}.",
        hint="docs/metrics.md shows one.",
    )
