"""A table that Application Insights answers with is read by column, or refused as none."""

import json
from datetime import UTC, datetime

import pytest

from d365pop.application_insights.querying import Insights, InsightsError, TableRow
from d365pop.spans import Span
from d365pop.transport import Headers, Request, Response, RetryPolicy, Transport

SPAN = Span(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC))
COLUMNS = [{"name": "name", "type": "string"}, {"name": "n", "type": "long"}]


def rows_of(body: object) -> list[TableRow]:
    def answer(_: Request, /) -> Response:
        return Response(200, Headers({}), json.dumps(body).encode())

    transport = Transport(answer, RetryPolicy(deadline=0.0))
    return Insights(transport, lambda: "token", "app", "https://insights.example").rows(SPAN, "")


def test_rows_are_told_by_column() -> None:
    table = {"columns": COLUMNS, "rows": [["pop", 3], ["fail", 0]]}
    assert rows_of({"tables": [table]}) == [{"name": "pop", "n": 3}, {"name": "fail", "n": 0}]


def test_no_row_is_no_refusal() -> None:
    assert rows_of({"tables": [{"columns": COLUMNS, "rows": []}]}) == []


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"tables": []},
        {"tables": {"columns": COLUMNS}},
        {"tables": ["pop"]},
        {"tables": [{"rows": []}]},
        {"tables": [{"columns": COLUMNS}]},
        {"tables": [{"columns": {"name": "n"}, "rows": []}]},
        {"tables": [{"columns": COLUMNS, "rows": "pop"}]},
        {"tables": [{"columns": [{"type": "long"}], "rows": []}]},
        {"tables": [{"columns": COLUMNS, "rows": [["pop"]]}]},
        {"tables": [{"columns": COLUMNS, "rows": [["pop", 3, 4]]}]},
    ],
    ids=json.dumps,
)
def test_answer_of_another_shape_is_refused(body: object) -> None:
    with pytest.raises(InsightsError) as caught:
        rows_of(body)
    assert str(caught.value) == "insights.example did not answer as Application Insights does"
