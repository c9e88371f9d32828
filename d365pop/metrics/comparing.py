"""Puts the claim of 15 to 20 % less to the test: the interval decides, not the mean; pure."""

from collections.abc import Mapping
from typing import Final

from d365pop.metrics.calls import pairs
from d365pop.metrics.model import Comparison, Verdict
from d365pop.metrics.statistics import FEWEST_AGENTS, Change, Load, compare
from d365pop.wording import plural

CLAIM: Final = 0.15
"""The lower end of the reduction that the guide expects."""
EXPECTED: Final = 0.20
"""Its upper end."""
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
    verdict, reason = judged(change, len(both))
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


def judged(change: Change | None, agents: int) -> tuple[Verdict, str]:
    """Return what the interval says of at least 15 % less, and why."""
    if change is None:
        return Verdict.NEITHER, (
            f"{plural(agents, 'agent')} talked in both times; an interval needs {FEWEST_AGENTS}."
        )
    low, high = change.relative.low, change.relative.high
    told = f"the 95 % interval of the change goes from {low:+.1%} to {high:+.1%}"
    if high <= -CLAIM:
        return Verdict.SHOWN, f"At least 15 % less: {told}."
    if low > -CLAIM:
        return Verdict.REFUTED, f"Less than 15 % less: {told}."
    return Verdict.NEITHER, f"Too wide to tell: {told}."
