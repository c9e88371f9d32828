"""How the benchmarks measure: in turn, after a warm-up, the median or the best of some runs."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Row:
    """One line of the table; what the value may be at most, or has to be at least."""

    name: str
    value: str
    limit: str = ""
    least: str = ""

    def __str__(self) -> str:
        demand = f"at most {self.limit}" if self.limit else f"at least {self.least}"
        told = f"  ({demand})" if self.limit or self.least else ""
        return f"{self.name:<58} {self.value}{told}"


def seconds(work: Callable[[], object]) -> float:
    """Return how long ``work`` took."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def best_seconds(work: Callable[[], object], runs: int) -> float:
    """Return the shortest of ``runs`` times: what the machine can do undisturbed."""
    return min(seconds(work) for _ in range(runs))


def ratio(work: Callable[[], object], floor: Callable[[], object], runs: int) -> float:
    """Return the median of ``work`` over ``floor``, run in turn after one warm-up of each."""
    work()
    floor()
    return statistics.median(seconds(work) / seconds(floor) for _ in range(runs))
