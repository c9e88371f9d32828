"""What the softphone's events come to, and why there is nothing where there is nothing."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from d365pop.application_insights.querying import Insights
from d365pop.errors import NetworkError
from d365pop.metrics import terms
from d365pop.metrics.calls import Calls
from d365pop.metrics.model import Metric, Part, Term, Unit
from d365pop.metrics.telemetry import BROKEN_STATES, NO_EVENTS, QUERIES, read_telemetry
from d365pop.parallel import one_by_one
from d365pop.spans import Span
from d365pop.transport import Headers, Request, Response, RetryPolicy, Transport
from tests.insights import APPLICATION, Told, event, pop
from tests.unit.metrics.samples import BEGIN, calls, part
from tests.workspace import ROOT

ORIGIN = "https://insights.example"
PAGE = (ROOT / "webresources" / "src" / "core" / "telemetry.js").read_text("utf-8")
SPAN = Span(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 15, tzinfo=UTC))


class Server:
    """Answers as ``told`` says, without a socket."""

    def __init__(self, told: Told) -> None:
        self.told = told
        self.requests: list[Request] = []

    def __call__(self, request: Request, /) -> Response:
        self.requests.append(request)
        assert request.body is not None
        body: dict[str, Any] = self.told.answer(json.loads(request.body)["query"])
        if self.told.error is not None:
            body["error"] = self.told.error
        fields = Headers({"Content-Type": "application/json"})
        return Response(self.told.status, fields, json.dumps(body).encode())


def read(told: Told, found: Calls | None = None) -> dict[Term, Metric]:
    transport = Transport(Server(told), RetryPolicy(deadline=0.0))
    insights = Insights(transport, lambda: "token", APPLICATION, ORIGIN)
    metrics = read_telemetry(
        insights, SPAN, calls(names=("A",) * 10) if found is None else found, one_by_one
    )
    return {metric.term: metric for metric in metrics}


def labels(metric: Metric) -> dict[str, float]:
    return {each.label: each.value for each in metric.parts}


def test_every_metric_of_telemetry_is_measured() -> None:
    found = read(Told())
    assert tuple(found) == terms.FROM_TELEMETRY
    assert {term.key: metric.value for term, metric in found.items()} == {
        "pops": 103,
        "match-rate": 0.75,
        "ring-to-record": 0.9,
        "answer-to-note": 20.0,
        "click-to-dial": 0.5,
        "soft-pops-accepted": 0.6,
        "failures": 6,
        "satisfaction": 4.0,
    }


def test_match_rate_is_told_by_outcome_without_failed_ones() -> None:
    found = read(Told())[terms.MATCHED]
    assert labels(found) == {"one": 0.6, "many": 0.15, "none": 0.25}
    assert found.count == 100


def test_failures_are_told_by_their_cause() -> None:
    assert labels(read(Told())[terms.FAILURES]) == {
        "pop: 0x80072322": 3,
        "dial: no-number": 2,
        "softphone: blocked": 1,
    }


def test_times_are_seconds_with_median_and_nine_in_ten() -> None:
    assert read(Told())[terms.RING_TO_RECORD].parts == (
        Part("median", 0.8, Unit.SECONDS),
        Part("nine in ten at most", 1.5, Unit.SECONDS),
    )


def test_call_that_genesys_refused_was_not_dialled() -> None:
    told = Told(events=[event("dial", 30, result="placed"), event("dial", 10, result="refused")])
    assert labels(read(told)[terms.CLICK_TO_DIAL]) == {"from the CRM": 20, "otherwise": 60}


def test_adoption_is_not_told_of_calls_from_before_the_first_event() -> None:
    metric = read(Told(begin="2026-01-09T00:00:00Z"))[terms.CLICK_TO_DIAL]
    assert metric.value is None
    assert "events begin on 2026-01-09, the calls on 2026-01-01" in metric.why
    assert read(Told(begin="2026-01-08T23:59:59Z"))[terms.CLICK_TO_DIAL].value == 0.5


@pytest.mark.parametrize("n", [float("nan"), float("inf"), True, "4"])
def test_count_that_is_no_number_is_not_measured(n: Any) -> None:
    found = read(Told(events=[event("dial", n, result="placed")]))
    assert {metric.why for metric in found.values()} == {
        "Application Insights answers n with no number"
    }


def test_begin_that_is_no_date_is_not_measured() -> None:
    found = read(Told(begin="soon"))
    assert {metric.value for metric in found.values()} == {None}


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (Calls(()), "no outbound phone call row"),
        (Calls((part(BEGIN, 5, ("A",)),)), "40 calls were dialled from the CRM, and 4 outbound"),
    ],
    ids=["none stored", "fewer stored than dialled"],
)
def test_adoption_needs_the_outbound_calls_to_be_stored(found: Calls, why: str) -> None:
    metric = read(Told(), found)[terms.CLICK_TO_DIAL]
    assert metric.value is None
    assert why in metric.why


def test_no_event_at_all_is_not_measured_and_not_zero() -> None:
    found = read(Told(events=[]))
    assert {metric.value for metric in found.values()} == {None}
    assert {metric.why for metric in found.values()} == {NO_EVENTS}


def test_what_did_not_happen_is_not_measured_and_failures_are_none() -> None:
    null = [[0, None, None, None]]
    found = read(Told([event("connection", 1, state="connected")], [[None, None]], null, null))
    unmeasured = {term.key for term, metric in found.items() if metric.value is None}
    assert unmeasured == {
        *("match-rate", "ring-to-record", "answer-to-note", "soft-pops-accepted", "satisfaction"),
    }
    assert found[terms.FAILURES].value == 0


@pytest.mark.parametrize(
    ("status", "error", "why"),
    [
        (401, None, "does not accept the token"),
        (403, {"code": "InsufficientAccessError", "message": "No access"}, "role Reader"),
        (404, {"code": "PathNotFoundError", "message": "gone"}, "ApplicationId: gone"),
        (429, None, "asked too much"),
        (400, {"message": "Bad", "innererror": {"message": "syntax"}}, "(HTTP 400): Bad syntax"),
        (200, {"code": "PartialError", "message": "Timed out"}, "in part only: Timed out"),
    ],
)
def test_refusal_is_the_reason(status: int, error: dict[str, Any] | None, why: str) -> None:
    found = read(Told(status=status, error=error))
    assert {metric.value for metric in found.values()} == {None}
    assert all(why in metric.why for metric in found.values())


@pytest.mark.parametrize(
    "events",
    [[["screen pop"]], [[*pop("one", 1)[:-1], "many"]]],
    ids=["short row", "no number"],
)
def test_answer_of_another_shape_is_the_reason(events: list[list[Any]]) -> None:
    assert {metric.value for metric in read(Told(events=events)).values()} == {None}


def test_host_that_does_not_answer_is_the_reason() -> None:
    def broken(request: Request, /) -> Response:
        raise NetworkError("host-not-found", f"{request.url} is nowhere")

    insights = Insights(
        Transport(broken, RetryPolicy(deadline=0.0)), lambda: "t", APPLICATION, ORIGIN
    )
    found = read_telemetry(insights, SPAN, calls(), one_by_one)
    assert all("not reached" in metric.why for metric in found)


def test_query_asks_for_our_events_of_the_span_alone() -> None:
    server = Server(Told())
    insights = Insights(
        Transport(server, RetryPolicy(deadline=0.0)), lambda: "token", APPLICATION, ORIGIN
    )
    insights.rows(Span(BEGIN, BEGIN + timedelta(days=1)), "| count")
    (request,) = server.requests
    timespan = "2026-01-01T00%3A00%3A00Z/2026-01-02T00%3A00%3A00Z"
    assert request.url == f"{ORIGIN}/v1/apps/{APPLICATION}/query?timespan={timespan}"
    assert request.headers["Authorization"] == "Bearer token"
    assert request.body is not None
    assert json.loads(request.body)["query"] == (
        'customEvents | where cloud_RoleName == "d365pop"'
        " | where timestamp >= datetime(2026-01-01T00:00:00Z)"
        " and timestamp < datetime(2026-01-02T00:00:00Z) | count"
    )


def test_queries_use_the_words_that_the_page_sends() -> None:
    queries = " ".join(QUERIES.values())
    names = re.findall(r'name == "([^"]+)"', queries)
    assert set(names) == {"screen pop", "screen pop opened", "first note"}
    columns = set(re.findall(r"custom(?:Dimensions|Measurements)\.(\w+)", queries)) - {"stars"}
    assert [word for word in {*names, *columns} if not re.search(rf"\b{word}\b", PAGE)] == []


def test_every_state_of_the_page_is_a_failure_or_an_ordinary_one() -> None:
    listed = re.search(r"\bstate: \[(.*?)\]", PAGE, re.DOTALL)
    assert listed
    states = re.findall(r'"([a-z-]+)"', listed[1])
    assert {*states} - {*BROKEN_STATES} == {"loading", "waiting", "connected", "signed-out"}
    assert {*BROKEN_STATES} - {*states} == set()
