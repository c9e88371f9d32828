"""A metric is measured, or says why not; what is left out is counted."""

import pytest

from d365pop.dataverse.phone_calls import AgentGroup, CallGroup
from d365pop.metrics import terms
from d365pop.metrics.calls import Calls, SpanCalls
from d365pop.metrics.comparing import compared
from d365pop.metrics.model import Metric, Part, Unit, Verdict
from d365pop.metrics.report import About, call_metrics, make_report, weeks
from d365pop.metrics.statistics import Load
from d365pop.report.metrics_text import metrics_text
from d365pop.spans import Span
from tests.unit.metrics.samples import BEGIN, END, MIDDLE, calls, part, report


def test_calls_are_counted_by_direction_and_by_what_they_are_about() -> None:
    found = call_metrics(calls())
    assert found[0] == Metric(
        terms.CALLS,
        106,
        106,
        (Part("inbound", 66, Unit.COUNT), Part("outbound", 40, Unit.COUNT)),
    )
    assert found[1] == Metric(terms.KNOWN, 90 / 106, 106)


def test_connected_time_is_that_of_connected_calls_alone() -> None:
    talk = call_metrics(calls())[2]
    assert (talk.value, talk.count) == (9.0, 100)
    assert {part.label: part.value for part in talk.parts} == {
        "median": 9.0,
        "nine in ten at most": 10,
        "standard deviation": pytest.approx(1.005, abs=0.001),
        "agents": 5,
    }
    assert report().notes == (
        "6 calls without connected time left out of the connected time.",
        "Calls that this sign-in may not read are not counted.",
    )


def test_nothing_counted_is_not_measured_and_never_zero() -> None:
    assert all(metric.value is None and metric.why for metric in call_metrics(Calls(())))


def test_calls_that_nobody_answered_are_calls_without_connected_time() -> None:
    found = call_metrics(Calls((part(BEGIN, 5, ()),)))
    assert (found[0].value, found[2].value) == (3, None)
    assert "connected" in found[2].why


def test_course_has_each_week_in_order() -> None:
    assert [(week.span.begin, week.calls, week.minutes) for week in weeks(calls())] == [
        (BEGIN, 53, 10.0),
        (MIDDLE, 53, 8.0),
    ]


def test_nobody_is_named_unless_asked_for() -> None:
    assert report().agents is None
    assert [agent.name for agent in report(with_agents=True).agents or ()][:2] == ["A", "B"]


def test_part_of_the_time_is_what_lies_inside_it() -> None:
    assert calls().within(Span(MIDDLE, END)) == Calls(calls().parts[1:])


@pytest.mark.parametrize(
    ("after", "verdict"),
    [(8, Verdict.SHOWN), (9, Verdict.REFUTED), (12, Verdict.REFUTED)],
    ids=["a fifth less", "a tenth less", "more"],
)
def test_claim_is_shown_or_refuted_by_the_interval(after: int, verdict: Verdict) -> None:
    found = report(after).comparison
    assert found is not None
    assert found.verdict is verdict


def test_claim_stays_open_where_the_interval_holds_it() -> None:
    before = {str(n): Load(10, 100) for n in range(10)}
    after = {str(n): Load(10, 70 + n * 3) for n in range(10)}
    found = compared(before, after, before_name="before", after_name="after")
    assert found.verdict is Verdict.NEITHER
    assert "wide" in found.reason


def test_only_who_talked_in_both_times_is_compared() -> None:
    before = {str(n): Load(10, 100) for n in range(8)}
    after = {str(n): Load(10, 80) for n in range(2, 11)}
    found = compared(before, after, before_name="before", after_name="after")
    assert (found.agents, found.left_out, found.calls_before) == (6, 5, 60)


def test_too_few_agents_neither_show_nor_refute() -> None:
    few = {str(n): Load(10, 100) for n in range(4)}
    found = compared(few, few, before_name="before", after_name="after")
    assert (found.verdict, found.change) == (Verdict.NEITHER, None)
    assert found.reason == "4 agents talked in both times; an interval needs 5."


def test_report_of_an_empty_time_has_every_metric() -> None:
    about = About(
        "contoso", "https://contoso.crm4.dynamics.com", Span(BEGIN, END), with_agents=True
    )
    found = make_report(about, Calls(()), (), None)
    assert (found.agents, found.lengths, found.weeks, found.notes) == ((), (), (), ())


def test_one_call_has_no_deviation_and_is_one_value() -> None:
    group, agent = CallGroup(outgoing=False, minutes=5, calls=1, known=0), AgentGroup("a", "", 1, 5)
    about = About("contoso", "https://contoso.example", Span(BEGIN, END), with_agents=False)
    alone = make_report(about, Calls((SpanCalls(Span(BEGIN, END), (group,), (agent,)),)), (), None)
    assert [each.label for each in alone.metrics[2].parts] == [
        *("median", "nine in ten at most", "agents"),
    ]
    assert "5.00 min (1 value)\n" in metrics_text(alone, 100)
