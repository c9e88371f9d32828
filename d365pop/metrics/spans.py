"""Which time the options of a report mean; all in UTC."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from d365pop.errors import UsageError
from d365pop.spans import WEEK, Span

MOST_DAYS: Final = 3_660
"""Ten years: more weeks than that are more queries than anybody waits for."""
_AGO: Final = re.compile(r"([1-9][0-9]{0,3})([dw])")


def report_span(since: str, until: str, now: datetime) -> Span:
    """Return the span that ``--since`` and ``--until`` mean.

    Raises:
        UsageError: one is neither a date nor a number of days or weeks, or they leave no time.
    """
    today = datetime.combine(now.astimezone(UTC).date(), time(), UTC)
    ago = _AGO.fullmatch(since)
    if ago:
        begin = today - int(ago[1]) * (WEEK if ago[2] == "w" else timedelta(days=1))
    else:
        begin = _midnight(since, "--since", "30d, 12w or a date such as 2026-01-31")
    if begin < today - timedelta(days=MOST_DAYS):
        raise UsageError(
            "span-too-long",
            f"--since {since} lies more than {MOST_DAYS:,} days back.",
            hint="Give a later --since.",
        )
    end = now.astimezone(UTC).replace(microsecond=0)
    if until:
        end = min(end, _midnight(until, "--until"))
    if end <= begin:
        raise UsageError(
            "span-empty",
            f"There is no time to report on from {begin:%Y-%m-%d} to {end:%Y-%m-%d}.",
            hint="Give an earlier --since, or a later --until; both are days in UTC.",
        )
    return Span(begin, end)


def split_at(span: Span, change: str) -> tuple[Span, Span]:
    """Return what lies before the day ``change``, and from it on.

    Raises:
        UsageError: it is no day inside the span.
    """
    day = _midnight(change, "--change")
    if not span.begin < day < span.end:
        raise UsageError(
            "change-outside",
            f"--change {change} does not lie between {span.begin:%Y-%m-%d} and"
            f" {span.end:%Y-%m-%d}.",
            hint="Give a --since before the change, and an --until after it.",
        )
    return Span(span.begin, day), Span(day, span.end)


def _midnight(text: str, option: str, expected: str = "a date such as 2026-01-31") -> datetime:
    """Return the begin of a day.

    Raises:
        UsageError: ``text`` is no day.
    """
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError as error:
        raise UsageError(
            "date-invalid", f"{option} {text} is no date.", hint=f"Give {expected}."
        ) from error
