"""Many environments in waves: a canary first, then the rest while failures stay in budget; pure.

Knows nothing of what the work on one environment is.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Generic, TypeVar

from d365pop.parallel import Pool, in_threads

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Rollout:
    """How a fleet is gone through."""

    canary: int = 1
    """How many go first; one that fails stops everything."""
    wave: int = 0
    """How many of the rest go together; 0 for all."""
    budget: int = 0
    """How many failures, after the canary, are borne before no further wave begins."""
    production: Collection[str] = ()
    """Environments that share no wave with others: what fails there must stop these."""


@dataclass(frozen=True, slots=True)
class FleetResult(Generic[T]):
    """What was done, by environment in its order, and what was not begun."""

    done: dict[str, T]
    not_run: tuple[str, ...]


def waves(names: Sequence[str], rollout: Rollout) -> Iterator[tuple[str, ...]]:
    """Yield the environments that go at the same time, in order."""
    canary = _canaries(names, rollout)
    begin = 0
    while rest := names[begin:]:
        size = canary - begin if begin < canary else rollout.wave or len(rest)
        kind = rest[0] in rollout.production
        alike = takewhile(lambda name: (name in rollout.production) is kind, rest[:size])  # noqa: B023 - used at once
        wave = tuple(alike)
        yield wave
        begin += len(wave)


def _canaries(names: Sequence[str], rollout: Rollout) -> int:
    return rollout.canary if len(names) > 1 else 0


def roll_out(
    names: Sequence[str],
    rollout: Rollout,
    work: Callable[[str], T],
    has_failed: Callable[[T], bool],
    pool: Pool = in_threads,
) -> FleetResult[T]:
    """Work on every environment, wave by wave, until more fail than may."""
    done: dict[str, T] = {}
    for wave in waves(names, rollout):
        results = pool([lambda name=name: work(name) for name in wave])  # type: ignore[misc]
        done |= dict(zip(wave, results, strict=True))
        failures = sum(has_failed(result) for result in done.values())
        is_canary = len(done) <= _canaries(names, rollout)
        if failures > (0 if is_canary else rollout.budget):
            break
    return FleetResult(done, tuple(name for name in names if name not in done))
