"""Puts what the guide claims to the test: the interval decides, not the mean; pure."""

from collections.abc import Mapping
from typing import Final

from d365pop.metrics.calls import pairs
from d365pop.metrics.model import Comparison, Verdict
from d365pop.metrics.statistics import FEWEST_AGENTS, LEVEL, Change, Load, compare
from d365pop.wording import plural

LEAST: Final = 0.15
"""The lower end of the reduction that the guide expects."""
MOST: Final = 0.20
"""Its upper end."""
CLAIM: Final = f"{100 * LEAST:.0f} to {100 * MOST:.0f} % less"
INTERVAL: Final = f"{100 * LEVEL:.0f} % interval"
_AT_LEAST: Final = f"{100 * LEAST:.0f} % less"
WARNING: Final = (
    "Before and after is no proof of a cause: what is called about, the season and who works"
    " change as well, and new tools slow people down for some weeks."
)


def compared(
    before: Mapping[str, Load], after: Mapping[str, Load], *, before_name: str, after_name: str
) -> Comparison:
    """Return how the connected time of the agents changed who talked in both times."""
    both = pairs(before, after)
    change = compare(both)
    verdict, reason = _judged(change, len(both))
    return Comparison(
        before=before_name,
        after=after_name,
        agents=len(both),
        left_out=len(before.keys() | after.keys()) - len(both),
        calls_before=sum(pair.before.calls for pair in both),
        calls_after=sum(pair.after.calls for pair in both),
        change=change,
        verdict=verdict,
        reason=reason,
    )


def _judged(change: Change | None, agents: int) -> tuple[Verdict, str]:
    """Return what the interval says of the least that is claimed, and why."""
    if change is None:
        return Verdict.NEITHER, (
            f"{plural(agents, 'agent')} talked in both times; an interval needs {FEWEST_AGENTS}."
        )
    low, high = change.relative.low, change.relative.high
    told = f"the {INTERVAL} of the change goes from {low:+.1%} to {high:+.1%}"
    if high <= -LEAST:
        return Verdict.SHOWN, f"At least {_AT_LEAST}: {told}."
    if low > -LEAST:
        return Verdict.REFUTED, f"Less than {_AT_LEAST}: {told}."
    return Verdict.NEITHER, f"Too wide to tell: {told}."
