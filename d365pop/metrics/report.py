"""Makes the report out of what was counted; pure."""

from dataclasses import dataclass

from d365pop.metrics import terms
from d365pop.metrics.calls import Calls
from d365pop.metrics.model import Comparison, Metric, Part, Report, Term, Unit, Week
from d365pop.metrics.statistics import summarize
from d365pop.spans import Span
from d365pop.wording import plural

NO_CALLS = "no phone call that this sign-in may read begins in this time"
READABLE = "Calls that this sign-in may not read are not counted."
NO_TELEMETRY = "no application_insights is configured for this environment"
NO_APPLICATION = (
    "the connection string in application_insights has no ApplicationId; copy it anew in the portal"
)


@dataclass(frozen=True, slots=True)
class About:
    """What the report is about."""

    environment: str
    url: str
    span: Span
    with_agents: bool


def make_report(
    about: About, calls: Calls, telemetry: tuple[Metric, ...], comparison: Comparison | None
) -> Report:
    """Return the report on ``calls`` and what telemetry tells."""
    return Report(
        environment=about.environment,
        url=about.url,
        span=about.span,
        metrics=(*call_metrics(calls), *telemetry),
        weeks=weeks(calls),
        lengths=tuple(sorted(calls.minutes().items())),
        comparison=comparison,
        agents=calls.agents() if about.with_agents else None,
        notes=tuple(_notes(calls)),
    )


def call_metrics(calls: Calls) -> tuple[Metric, ...]:
    """Return what phonecall rows alone tell."""
    total = calls.total()
    if not total:
        return tuple(missing(term, NO_CALLS) for term in terms.FROM_CALLS)
    outgoing, known = calls.outgoing(), calls.known()
    directions = (
        Part("inbound", total - outgoing, Unit.COUNT),
        Part("outbound", outgoing, Unit.COUNT),
    )
    return (
        Metric(terms.CALLS, total, total, directions),
        Metric(terms.KNOWN, known / total, total),
        _talk(calls),
    )


def missing(term: Term, why: str) -> Metric:
    """Return a metric that nothing measures."""
    return Metric(term, None, why=why)


def weeks(calls: Calls) -> tuple[Week, ...]:
    """Return the course of the calls, part by part."""
    found = []
    for part in calls.parts:
        alone = Calls((part,))
        told = summarize(alone.minutes())
        found.append(Week(part.span, alone.total(), told.mean if told else None))
    return tuple(found)


def _talk(calls: Calls) -> Metric:
    told = summarize(calls.minutes())
    if told is None:
        return missing(terms.TALK, "no call of this time has connected time")
    spread = Part("standard deviation", told.deviation, Unit.MINUTES)
    parts = (
        Part("median", told.median, Unit.MINUTES),
        Part("nine in ten at most", told.p90, Unit.MINUTES),
        *((spread,) if told.count > 1 else ()),  # one value says nothing of it, not 0
        Part("agents", len(calls.agents()), Unit.COUNT),
    )
    return Metric(terms.TALK, told.mean, told.count, parts)


def _notes(calls: Calls) -> list[str]:
    if not calls.total():
        return []
    left = calls.unconnected()
    told = f"{plural(left, 'call')} without connected time left out of the connected time."
    return [*([told] if left else []), READABLE]
