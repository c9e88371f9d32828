"""Reports for tests to write down: with a change, with agents, with text that means harm."""

from datetime import UTC, datetime, timedelta

from d365pop.dataverse.phone_calls import AgentGroup, CallGroup
from d365pop.metrics import terms
from d365pop.metrics.calls import Calls, SpanCalls
from d365pop.metrics.comparing import compared
from d365pop.metrics.model import Report
from d365pop.metrics.report import NO_TELEMETRY, About, make_report, missing
from d365pop.metrics.statistics import Load
from d365pop.spans import Span

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
MIDDLE = BEGIN + timedelta(days=7)
END = BEGIN + timedelta(days=14)
HOSTILE = "=cmd|' /C calc'!A0 <script>document.title='owned'</script> ##vso[task.complete]"


def part(begin: datetime, minutes: int, names: tuple[str, ...]) -> SpanCalls:
    """Return a week in which each agent has ten calls of ``minutes``, four of them outgoing."""
    agents = len(names)
    return SpanCalls(
        Span(begin, begin + timedelta(days=7)),
        (
            CallGroup(outgoing=False, minutes=minutes, calls=6 * agents, known=5 * agents),
            CallGroup(outgoing=True, minutes=minutes, calls=4 * agents, known=4 * agents),
            CallGroup(outgoing=False, minutes=0, calls=3, known=0),
        ),
        tuple(AgentGroup(f"id-{n}", name, 10, 10 * minutes) for n, name in enumerate(names)),
    )


def calls(after: int = 8, names: tuple[str, ...] = ("A", "B", "C", "D", HOSTILE)) -> Calls:
    """Return two weeks of calls, of ten minutes in the first one."""
    return Calls((part(BEGIN, 10, names), part(MIDDLE, after, names)))


def loads(found: Calls) -> dict[str, Load]:
    return {each.agent: each.load for each in found.agents()}


def report(after: int = 8, *, with_agents: bool = False) -> Report:
    """Return a report on them with a comparison of the weeks."""
    found = calls(after)
    first, second = (Calls((each,)) for each in found.parts)
    about = About("contoso", "https://contoso.crm4.dynamics.com", Span(BEGIN, END), with_agents)
    return make_report(
        about,
        found,
        tuple(missing(term, NO_TELEMETRY) for term in terms.FROM_TELEMETRY),
        compared(loads(first), loads(second), before_name="before", after_name="after"),
    )
