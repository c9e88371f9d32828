"""Draws schedules of faults for a deploy until one breaks a promise, or for so many as asked."""

import argparse
import sys
from itertools import count

import hypothesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.reliability import table
from tests.reliability.faults import SCHEDULES, Fault, Trial
from tests.reliability.scenarios import scenarios

ROUND = 500


def soak(examples: int, seed: int) -> None:
    """Try ``examples`` schedules; zero has no end."""
    for number in count():
        if examples and number * ROUND >= examples:
            return
        _round(seed + number, min(ROUND, examples - number * ROUND) if examples else ROUND)
        sys.stdout.write(f"{(number + 1) * ROUND} schedules, none of them broke a promise\n")
        sys.stdout.flush()


def _round(seed: int, examples: int) -> None:
    @hypothesis.seed(seed)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(name=st.sampled_from(sorted(scenarios())), schedule=SCHEDULES)
    def schedules_leave_the_old_or_the_new_state(name: str, schedule: dict[int, Fault]) -> None:
        Trial(scenarios()[name], schedule).run()

    schedules_leave_the_old_or_the_new_state()


def main() -> None:
    """Soak, or write the table of docs/reliability.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=20_000, help="0 has no end")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--table", action="store_true", help="write docs/reliability.md instead")
    options = parser.parse_args()
    if options.table:
        table.main()
    else:
        soak(options.examples, options.seed)


if __name__ == "__main__":
    main()
