"""The report on the screen pop as text, JSON and CSV."""

import csv
import io
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from d365pop.metrics.model import Week
from d365pop.report.metrics_data import COLUMNS, metrics_csv, metrics_json
from d365pop.report.metrics_page import metrics_html
from d365pop.report.metrics_text import metrics_text
from d365pop.spans import Span
from tests.unit.metrics.samples import HOSTILE, report

TEXT = """\
contoso (https://contoso.crm4.dynamics.com), 2026-01-01 to 2026-01-15 00:00 UTC

Phone calls: 106
  = phonecall rows whose actualstart lies in the time
  inbound   66
  outbound  40

Calls about a record: 84.9% (106 values)
  = phonecall rows with a regarding record ÷ all of them
"""


def test_text_says_value_formula_and_what_is_missing() -> None:
    text = metrics_text(report(), 100)
    assert text.startswith(TEXT)
    assert "\nMatch rate: not measured\n  no application_insights is configured" in text
    assert "\n  15 to 20 % less: shown. At least 15 % less:" in text
    assert "\n  2026-01-01  53  ████████████████████████  10.00 min\n" in text
    assert max(map(len, text.splitlines())) <= 100


def test_shorter_week_before_a_change_is_said_to_be_one() -> None:
    begin = report().span.begin
    weeks = (
        Week(Span(begin, begin + timedelta(days=7)), 70, 2.0),
        Week(Span(begin + timedelta(days=7), begin + timedelta(days=9.5)), 20, 2.0),
    )
    shown = replace(report(), weeks=weeks)
    assert "2.00 min\n" in metrics_text(shown, 100)
    assert "2.00 min (2.5 days only)\n" in metrics_text(shown, 100)
    assert metrics_html(shown).count('class="bar pale"') == 1
    assert "2026-01-08: 20 calls (2.5 days only)</title>" in metrics_html(shown)


def test_narrow_terminal_gets_narrow_lines() -> None:
    lines = metrics_text(report(), 60).splitlines()
    assert max(map(len, lines)) <= 60


def test_nobody_is_named_in_any_format_unless_asked_for() -> None:
    for render in (lambda it: metrics_text(it, 100), metrics_json, metrics_csv):
        assert "owned" not in render(report())
        assert "owned" in render(report(with_agents=True))


def test_json_has_null_and_a_reason_for_what_is_not_measured() -> None:
    document = json.loads(metrics_json(report()))
    by_key = {metric["key"]: metric for metric in document["metrics"]}
    assert (by_key["pops"]["value"], bool(by_key["pops"]["not_measured"])) == (None, True)
    assert (by_key["calls"]["value"], by_key["calls"]["not_measured"]) == (106, "")
    assert document["comparison"]["verdict"] == "shown"
    assert document["comparison"]["change"]["relative"] == pytest.approx(-0.2)
    assert document["weeks"][1] == {
        "from": "2026-01-08T00:00:00+00:00",
        "calls": 53,
        "minutes": 8.0,
    }


def test_csv_has_one_value_a_line_and_no_formula() -> None:
    lines = list(csv.reader(io.StringIO(metrics_csv(report(with_agents=True)))))
    assert tuple(lines[0]) == COLUMNS
    assert {len(line) for line in lines} == {len(COLUMNS)}
    assert lines[1][:4] == ["calls", "", "106", "count"]
    assert [line[2] for line in lines if line[0] == "match-rate"] == ["not measured"]
    assert not any(cell.startswith(("=", "@")) for line in lines for cell in line)


def test_name_that_is_a_pipelines_command_commands_nothing() -> None:
    assert "##vso[" in HOSTILE
    named = report(with_agents=True)
    assert "##vso[" not in metrics_text(named, 100) + metrics_json(named) + metrics_csv(named)
