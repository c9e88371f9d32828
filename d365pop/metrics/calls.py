"""What is known of a span's phone calls, from counts that add up however the span was cut; pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from d365pop.dataverse.phone_calls import AgentGroup, CallGroup
from d365pop.metrics.statistics import Load, Pair
from d365pop.spans import Span


@dataclass(frozen=True, slots=True)
class AgentLoad:
    """The connected calls of one agent."""

    agent: str
    """Id of the user or team that owns the calls."""
    name: str
    """Empty where names were not asked for."""
    load: Load

    @property
    def label(self) -> str:
        """How a report names the agent."""
        return self.name or self.agent


@dataclass(frozen=True, slots=True)
class SpanCalls:
    """What was counted in one part of the time."""

    span: Span
    groups: tuple[CallGroup, ...]
    agents: tuple[AgentGroup, ...]


@dataclass(frozen=True, slots=True)
class Calls:
    """What was counted, in the order of time."""

    parts: tuple[SpanCalls, ...]

    def within(self, span: Span) -> "Calls":
        """Return what lies in ``span``, at whose ends a part must begin or end."""
        inside = (p for p in self.parts if span.begin <= p.span.begin and p.span.end <= span.end)
        return Calls(tuple(inside))

    @property
    def groups(self) -> Iterable[CallGroup]:
        """Every group of every part."""
        return (group for part in self.parts for group in part.groups)

    def total(self) -> int:
        """Return how many calls there are."""
        return sum(group.calls for group in self.groups)

    def outgoing(self) -> int:
        """Return how many of them an agent made."""
        return sum(group.calls for group in self.groups if group.outgoing)

    def known(self) -> int:
        """Return how many of them are about a record."""
        return sum(group.known for group in self.groups)

    def unconnected(self) -> int:
        """Return how many of them have no connected time."""
        return sum(group.calls for group in self.groups if not group.minutes)

    def minutes(self) -> Mapping[int, int]:
        """Return how many of the connected calls lasted how many minutes."""
        found: Counter[int] = Counter()
        for group in self.groups:
            if group.minutes:
                found[group.minutes] += group.calls
        return found

    def agents(self) -> tuple[AgentLoad, ...]:
        """Return who talked, the busiest first."""
        calls: Counter[str] = Counter()
        minutes: Counter[str] = Counter()
        names: dict[str, str] = {}
        for part in self.parts:
            for group in part.agents:
                calls[group.agent] += group.calls
                minutes[group.agent] += group.minutes
                names[group.agent] = group.name or names.get(group.agent, "")
        loads = (AgentLoad(who, names[who], Load(n, minutes[who])) for who, n in calls.items())
        return tuple(sorted(loads, key=lambda one: (-one.load.calls, one.agent)))


def pairs(before: Mapping[str, Load], after: Mapping[str, Load]) -> tuple[Pair, ...]:
    """Return the agents who talked in both times, in a fixed order."""
    both = sorted(before.keys() & after.keys())
    return tuple(Pair(before[agent], after[agent]) for agent in both)
