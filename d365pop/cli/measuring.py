"""Wires the metrics: configuration, environment and what is compared with what."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from d365pop.application_insights.connection_string import parse_connection_string
from d365pop.application_insights.querying import Insights
from d365pop.cli.options import STATE
from d365pop.cli.progress import working
from d365pop.cli.servers import open_transport
from d365pop.cli.signing_in import tokens
from d365pop.config import load, variables
from d365pop.dataverse.client import Dataverse
from d365pop.errors import SignInError, UsageError
from d365pop.files import read_file
from d365pop.metrics.baseline import by_agent, parse_baseline
from d365pop.metrics.calls import Calls
from d365pop.metrics.comparing import compared
from d365pop.metrics.model import Comparison, Metric, Report
from d365pop.metrics.reading import read_calls
from d365pop.metrics.report import NO_APPLICATION, NO_TELEMETRY, About, make_report
from d365pop.metrics.spans import report_span, split_at
from d365pop.metrics.statistics import Load
from d365pop.metrics.telemetry import nothing, read_telemetry
from d365pop.settings import INSIGHTS_TOKEN_VARIABLE, EnvironmentSettings
from d365pop.spans import Span
from d365pop.transport import Transport

PATIENCE = 60.0
"""Seconds that the report waits for Application Insights: it has the calls in any case."""
NO_TOKEN = f"the local Dataverse has no sign-in for it; set {INSIGHTS_TOKEN_VARIABLE}"


@dataclass(frozen=True)
class Wishes:
    """What the command line says."""

    env: str
    config: Path
    since: str
    until: str
    change: str
    baseline: Path | None
    agents: bool


def measured(wishes: Wishes) -> Report:
    """Return the report.

    Raises:
        D365PopError: an option is wrong, or the environment refuses.
    """
    environment = load(wishes.config).environment(wishes.env)
    baseline = _baseline(wishes)
    span = report_span(wishes.since, wishes.until, datetime.now(UTC))
    spans = split_at(span, wishes.change) if wishes.change else (span,)
    names = wishes.agents or baseline is not None
    with open_transport(environment, STATE) as transport, working("Counting calls"):
        dataverse = Dataverse(environment.url, transport, tokens(environment, transport))
        calls = read_calls(dataverse, spans, names=names)
        telemetry = _telemetry(environment, transport, span, calls)
    return make_report(
        About(wishes.env, environment.url, span, wishes.agents),
        calls,
        telemetry,
        _before_and_after(calls, spans, wishes.change)
        if baseline is None
        else _against(baseline, str(wishes.baseline), calls),
    )


def _telemetry(
    environment: EnvironmentSettings, transport: Transport, span: Span, calls: Calls
) -> tuple[Metric, ...]:
    """Return what Application Insights tells, or why nothing; calls are told in any case."""
    if not environment.application_insights:
        return nothing(NO_TELEMETRY)
    resource = parse_connection_string(environment.application_insights).application_id
    if not resource:
        return nothing(NO_APPLICATION)
    token = variables().get(INSIGHTS_TOKEN_VARIABLE, "")
    if environment.is_local and not token:
        return nothing(NO_TOKEN)
    origin = environment.application_insights_api
    hurried = replace(transport, policy=replace(transport.policy, deadline=PATIENCE))
    try:
        give = (lambda: token) if token else _signed_in(environment, transport, origin)
        return read_telemetry(Insights(hurried, give, resource, origin), span, calls)
    except SignInError as error:
        return nothing(f"no token for Application Insights: {error.message}")


def _signed_in(
    environment: EnvironmentSettings, transport: Transport, origin: str
) -> Callable[[], str]:
    """Sign in once, before several queries ask for a token at a time."""
    found = tokens(environment, transport, resource=origin).token()
    return lambda: found


def _baseline(wishes: Wishes) -> dict[str, Load] | None:
    """Read the baseline before anything is asked of the environment."""
    if wishes.baseline is None:
        return None
    if wishes.change:
        raise UsageError(
            "options-exclude-each-other",
            "--change and --baseline cannot be given together.",
            hint="Run metrics twice.",
        )
    return parse_baseline(read_file(wishes.baseline), str(wishes.baseline))


def _against(baseline: dict[str, Load], path: str, calls: Calls) -> Comparison:
    agents = calls.agents()
    before = by_agent(baseline, agents)
    after = {each.agent.lower(): each.load for each in agents}
    return compared(before, after, before_name=f"before ({path})", after_name="in this time")


def _before_and_after(calls: Calls, spans: tuple[Span, ...], change: str) -> Comparison | None:
    if not change:
        return None
    before, after = (_loads(calls.within(span)) for span in spans)
    return compared(before, after, before_name=f"before {change}", after_name=f"from {change} on")


def _loads(calls: Calls) -> dict[str, Load]:
    return {each.agent: each.load for each in calls.agents()}
