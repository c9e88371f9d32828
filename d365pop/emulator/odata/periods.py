"""What ``last-x-days`` and its like mean as a span of time; knows no SQL and no syntax.

Days begin at midnight UTC, weeks on Sunday; a fiscal year begins on 1 January and has quarters.
ASSUMED: those are a new organization's settings, and its users have no time zone of their own.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

WITHIN = re.compile(
    r"(last|next|olderthan)-x-(minutes|hours|days|weeks|months|years|fiscal-periods|fiscal-years)"
)
WHOLE = re.compile(r"(this|last|next)-(week|month|year|fiscal-period|fiscal-year)")
DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}
PLACES = {"last": -1, "this": 0, "next": 1}
SEVEN_DAYS = {"last-seven-days": "last-x-days", "next-seven-days": "next-x-days"}
EXACT = {"minutes": timedelta(minutes=1), "hours": timedelta(hours=1)}
MONTHS = {"month": 1, "fiscal-period": 3, "year": 12, "fiscal-year": 12}
PERIODS_A_YEAR = 4


@dataclass(frozen=True, slots=True)
class Period:
    """From ``start`` until just before ``end``; None where that side is open."""

    start: datetime | None = None
    end: datetime | None = None


def relative_period(operator: str, count: int, now: datetime) -> Period | None:
    """Return the span that an operator means at this moment, None where it means none.

    Raises:
        OverflowError, ValueError: it lies outside the calendar.
    """
    if operator in SEVEN_DAYS:
        return relative_period(SEVEN_DAYS[operator], 7, now)
    if operator in DAYS:
        return _whole("day", DAYS[operator], now)
    if whole := WHOLE.fullmatch(operator):
        return _whole(whole[2], PLACES[whole[1]], now)
    if within := WITHIN.fullmatch(operator):
        return _within(within[1], within[2], count, now)
    return None


def day(moment: datetime) -> Period:
    """Return the day of a moment."""
    return _whole("day", 0, moment)


def fiscal_year(year: int) -> Period:
    """Return a fiscal year."""
    return Period(datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC))


def fiscal_period(number: int, year: int) -> Period:
    """Return one quarter of a fiscal year.

    Raises:
        ValueError: there is no such quarter.
    """
    if not 1 <= number <= PERIODS_A_YEAR:
        raise ValueError(number)
    start = datetime(year, 3 * number - 2, 1, tzinfo=UTC)
    return Period(start, _shifted(start, "fiscal-period", 1))


def _whole(unit: str, place: int, now: datetime) -> Period:
    start = _shifted(_floor(now, unit), unit, place)
    return Period(start, _shifted(start, unit, 1))


def _within(word: str, units: str, count: int, now: datetime) -> Period:
    """Return a span of so many units.

    ASSUMED: units of a day and more count from midnight, and both spans hold the present day.
    """
    unit = units.removesuffix("s")
    exact = EXACT.get(units)
    today = now if exact else _floor(now, "day")
    begin = _floor(today, unit) if unit.startswith("fiscal") else today
    past = now - exact * count if exact else _shifted(begin, unit, -count)
    match word:
        case "olderthan":
            return Period(end=past)
        case "last":
            return Period(past, now + timedelta(seconds=1))
        case _:
            ahead = now + exact * count if exact else _shifted(today, unit, count)
            return Period(now, ahead + (timedelta(seconds=1) if exact else timedelta(days=1)))


def _floor(moment: datetime, unit: str) -> datetime:
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    match unit:
        case "day":
            return midnight
        case "week":
            return midnight - timedelta(days=midnight.isoweekday() % 7)
        case _:
            length = MONTHS[unit]
            return midnight.replace(month=(midnight.month - 1) // length * length + 1, day=1)


def _shifted(moment: datetime, unit: str, count: int) -> datetime:
    if unit in {"day", "week"}:
        return moment + timedelta(days=count * (7 if unit == "week" else 1))
    months = moment.year * 12 + moment.month - 1 + MONTHS[unit] * count
    first = moment.replace(year=months // 12, month=months % 12 + 1, day=1)
    # The 31st becomes the last day of a shorter month.
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(moment.day, last.day))
