"""Reads the phone calls of a span part by part, and what is too much for one query in halves."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TypeVar

from d365pop.dataverse.client import Dataverse
from d365pop.dataverse.phone_calls import TooManyCallsError, count_agents, count_calls
from d365pop.errors import DataverseError
from d365pop.metrics.calls import Calls, SpanCalls
from d365pop.parallel import Pool, in_threads
from d365pop.spans import Span

G = TypeVar("G")


def read_calls(
    dv: Dataverse, spans: Iterable[Span], *, names: bool, pool: Pool = in_threads
) -> Calls:
    """Return what was counted in ``spans``, week by week; eight queries run at a time.

    Raises:
        DataverseError: the environment refuses, or has more calls in a second than it can count.
    """
    parts = [part for span in spans for part in span.parts()]
    found = pool([partial(_read_part, dv, part, names=names) for part in parts])
    return Calls(tuple(found))


def _read_part(dv: Dataverse, part: Span, *, names: bool) -> SpanCalls:
    groups = _counted(part, lambda span: count_calls(dv, span.begin, span.end))
    agents = _counted(part, lambda span: count_agents(dv, span.begin, span.end, names=names))
    return SpanCalls(part, tuple(groups), tuple(agents))


def _counted(span: Span, count: Callable[[Span], Sequence[G]]) -> Sequence[G]:
    """Return the groups of a span, those of its halves where it is too much at once."""
    try:
        return count(span)
    except TooManyCallsError as error:
        halves = span.halves()
        if halves is None:
            raise DataverseError(
                "metrics-too-many-calls",
                f"More calls begin at {span.begin:%Y-%m-%d %H:%M:%S} than Dataverse counts.",
                status=400,
                hint="Leave that day out with --since and --until.",
            ) from error
        return [group for half in halves for group in _counted(half, count)]
