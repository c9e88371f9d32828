"""Waves, the canary and the failure budget."""

import pytest

from d365pop.deploy.fleet import FleetResult, Rollout, roll_out, waves
from d365pop.parallel import one_by_one

NAMES = ("a", "b", "c", "d", "e")


@pytest.mark.parametrize(
    ("names", "rollout", "expected"),
    [
        pytest.param(NAMES, Rollout(), [("a",), ("b", "c", "d", "e")], id="canary-then-all"),
        pytest.param(NAMES, Rollout(wave=2), [("a",), ("b", "c"), ("d", "e")], id="waves"),
        pytest.param(NAMES, Rollout(canary=0), [NAMES], id="no-canary"),
        pytest.param(NAMES, Rollout(canary=9), [NAMES], id="all-canaries"),
        pytest.param(("a",), Rollout(), [("a",)], id="one-is-no-canary"),
        pytest.param((), Rollout(), [], id="none"),
        pytest.param(
            NAMES, Rollout(production="de"), [("a",), ("b", "c"), ("d", "e")], id="production-apart"
        ),
        pytest.param(
            NAMES,
            Rollout(canary=2, production="bcde"),
            [("a",), ("b",), ("c", "d", "e")],
            id="canaries-apart",
        ),
    ],
)
def test_waves(names: tuple[str, ...], rollout: Rollout, expected: list[tuple[str, ...]]) -> None:
    assert list(waves(names, rollout)) == expected


def rolled(rollout: Rollout, *failing: str) -> FleetResult[bool]:
    return roll_out(NAMES, rollout, lambda name: name in failing, bool, one_by_one)


@pytest.mark.parametrize(
    ("rollout", "failing", "not_run"),
    [
        pytest.param(Rollout(), "", "", id="all-well"),
        pytest.param(Rollout(budget=5), "a", "bcde", id="canary-has-no-budget"),
        pytest.param(Rollout(wave=2), "b", "de", id="no-budget"),
        pytest.param(Rollout(wave=2, budget=1), "b", "", id="within-budget"),
        pytest.param(Rollout(wave=2, budget=1), "bc", "de", id="over-budget"),
        pytest.param(Rollout(canary=0, wave=2, budget=1), "a", "", id="first-wave-is-no-canary"),
        pytest.param(Rollout(production="de"), "b", "de", id="failure-stops-production"),
        pytest.param(
            Rollout(canary=2, budget=9, production="bcde"), "b", "cde", id="second-canary"
        ),
    ],
)
def test_rollout_ends_where_more_fail_than_may(
    rollout: Rollout, failing: str, not_run: str
) -> None:
    result = rolled(rollout, *failing)
    assert result.not_run == tuple(not_run)
    assert result.done == {name: name in failing for name in NAMES if name not in not_run}
