"""What is too much for one query is read in halves, down to a second."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from d365pop.errors import DataverseError
from d365pop.metrics.reading import read_calls
from d365pop.parallel import one_by_one
from d365pop.spans import Span
from d365pop.transport import Request, Response
from tests.unit.dataverse.fake import Environment, refusal, rows

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
TOO_MUCH = refusal(400, "0x8004e023")


class Busy(Environment):
    """Refuses to count more than an hour at a time; nothing else is there."""

    longest = timedelta(hours=1)

    def __call__(self, request: Request, /) -> Response:
        self.requests.append(request)
        begin, end = map(
            datetime.fromisoformat, re.findall(r"value=%22([-0-9:TZ]+)%22", request.url)[:2]
        )
        if end - begin > self.longest:
            return TOO_MUCH
        return rows({"agent": "a", "outgoing": True, "minutes": 1, "calls": 1, "known": 0})


class Bursting(Busy):
    """Has too many calls in every second."""

    longest = timedelta(0)


def test_span_is_halved_until_it_can_be_counted() -> None:
    span = Span(BEGIN, BEGIN + timedelta(hours=4))
    found = read_calls(Busy([]).client, [span], names=False, pool=one_by_one)
    assert [(part.span, len(part.groups)) for part in found.parts] == [(span, 4)]
    assert found.agents()[0].load.calls == 4


def test_second_that_cannot_be_counted_is_an_error_that_names_it() -> None:
    with pytest.raises(DataverseError) as refused:
        read_calls(
            Bursting([]).client,
            [Span(BEGIN, BEGIN + timedelta(hours=1))],
            names=False,
            pool=one_by_one,
        )
    assert refused.value.reference == "metrics-too-many-calls"
    assert "2026-01-01 00:00:00" in refused.value.message
