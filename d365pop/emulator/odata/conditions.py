"""The condition operators of FetchXML and of the CRM query functions, as SQL; knows no syntax."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import isfinite

from d365pop.emulator.faults import Fault, bad_request
from d365pop.emulator.metadata import Column, Kind, SqlValue, Table
from d365pop.emulator.numerals import is_whole
from d365pop.emulator.odata import periods
from d365pop.emulator.odata.codes import BAD_CONDITION, BAD_VALUE
from d365pop.emulator.odata.fragments import Sql
from d365pop.emulator.odata.periods import Period
from d365pop.emulator.odata.several import CHOSEN, choice_condition
from d365pop.emulator.odata.values import is_guid, sql_datetime, stored_moment

BAD_OPERATOR = "0x80041120"
NOT_POSITIVE = "0x8004110c"
ENGLISH = 1033
FLAGS = {"true": 1, "false": 0, "1": 1, "0": 0}

COMPARISONS = {"eq": "=", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
RANGES = frozenset({"in", "between"})
UNEQUAL = frozenset({"ne", "neq"})
PATTERNS = {"like": "{}", "begins-with": "{}%", "ends-with": "%{}"}
NO_PATTERNS = {"not-like": "like", "not-begin-with": "begins-with", "not-end-with": "ends-with"}
OPPOSITES = {
    **NO_PATTERNS,
    **dict.fromkeys(UNEQUAL, "eq"),
    "not-in": "in",
    "not-between": "between",
    "ne-userid": "eq-userid",
    "ne-businessid": "eq-businessid",
}
PERSONAL = frozenset(
    {"eq-userid", "eq-businessid", "eq-userlanguage", "eq-userteams", "eq-useroruserteams"}
)
DATES = frozenset({"on", "on-or-before", "on-or-after"})
FISCAL = {
    "in-fiscal-year": 1,
    "in-fiscal-period": 1,
    "in-fiscal-period-and-year": 2,
    "in-or-before-fiscal-period-and-year": 2,
    "in-or-after-fiscal-period-and-year": 2,
}
UNITS = ("hours", "days", "weeks", "months", "years")
FISCAL_UNITS = ("fiscal-periods", "fiscal-years")
WITH_COUNT = frozenset(
    [
        *(f"{word}-x-{unit}" for word in ("last", "next") for unit in (*UNITS, *FISCAL_UNITS)),
        *(f"olderthan-x-{unit}" for unit in ("minutes", *UNITS)),
    ]
)
RELATIVE = frozenset(
    [
        *("yesterday", "today", "tomorrow", "last-seven-days", "next-seven-days"),
        *(
            f"{word}-{unit}"
            for word in ("last", "this", "next")
            for unit in ("week", "month", "year", "fiscal-period", "fiscal-year")
        ),
    ]
)
LINES = frozenset({"above", "eq-or-above", "under", "eq-or-under", "not-under"})
REPORTS = frozenset({"eq-useroruserhierarchy", "eq-useroruserhierarchyandteams"})
HIERARCHICAL = LINES | REPORTS
"""What needs to know the tables: ``hierarchies`` answers it."""
MANY = -1
ARITY: Mapping[str, int] = {
    **dict.fromkeys((*COMPARISONS, *UNEQUAL, *PATTERNS, *NO_PATTERNS, *DATES, *WITH_COUNT), 1),
    **dict.fromkeys(("in", "not-in", *CHOSEN), MANY),
    **dict.fromkeys(LINES, 1),
    **dict.fromkeys(("between", "not-between"), 2),
    **dict.fromkeys(
        (*RELATIVE, *PERSONAL, *REPORTS, "ne-userid", "ne-businessid", "null", "not-null"), 0
    ),
    **FISCAL,
}


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and when."""

    now: datetime
    user_id: str
    business_unit_id: Callable[[], str]
    check_readable: Callable[[Table], None]
    """Refuses a table whose rows the one who asks may not read."""


def condition_sql(operator: str, target: Sql, values: tuple[str, ...], asker: Asker) -> Sql:
    """Return a condition on the value of a column.

    A row without value fulfils the negative operators, as in the platform's own queries.

    Raises:
        Fault: there is no such operator, or the values do not fit it or the column.
    """
    check_operator(operator, len(values))
    if operator in OPPOSITES:
        inner = condition_sql(OPPOSITES[operator], target, values, asker)
        return Sql(f"({inner.text} IS NOT TRUE)", inner.parameters)
    if operator in {"null", "not-null"}:
        test = "IS NULL" if operator == "null" else "IS NOT NULL"
        return Sql(f"({target.text} {test})", target.parameters)
    return _of_value(operator, target, values, asker)


def _of_value(operator: str, target: Sql, values: tuple[str, ...], asker: Asker) -> Sql:
    column = target.column or Column("")
    if operator in CHOSEN or column.several:
        return choice_condition(operator, target, values)
    if operator in PERSONAL:
        return _among(target, _personal(operator, asker))
    if operator in PATTERNS:
        return _pattern(operator, target, column, values[0])
    if operator in COMPARISONS or operator in RANGES:
        return _compared(operator, target, column, values)
    return _in_time(operator, target, column, values, asker)


def _compared(operator: str, target: Sql, column: Column, values: tuple[str, ...]) -> Sql:
    given = tuple(plain_value(value, column) for value in values)
    if operator == "in":
        return _among(target, given)
    test = "BETWEEN ? AND ?" if operator == "between" else f"{COMPARISONS[operator]} ?"
    text = f"({target.text} COLLATE NOCASE {test})"
    return Sql(text, (*target.parameters, *given))


def equal_to(column: Column, value: SqlValue) -> Sql:
    """Return whether a column of the table ``t`` has a value."""
    return Sql(f't."{column.name}" = ? COLLATE NOCASE', (value,))


def check_operator(operator: str, count: int) -> None:
    """Demand that an operator exists and takes so many values.

    Raises:
        Fault: it does not.
    """
    arity = ARITY.get(operator)
    if arity is None:
        raise bad_request(f"Unsupported condition operator '{operator}'.", BAD_OPERATOR)
    if count != arity and (arity != MANY or count == 0):
        raise bad_request(
            f"The condition operator '{operator}' takes "
            f"{'one value or more' if arity == MANY else f'{arity} value(s)'}, not {count}.",
            BAD_CONDITION,
        )


def plain_value(value: str, column: Column) -> SqlValue:
    """Return a value from a query as rows store it.

    Raises:
        Fault: it does not fit the column.
    """
    try:
        return CONVERTERS[column.kind](value)
    except (KeyError, ValueError) as exc:
        raise bad_request(
            f"Cannot convert the literal '{value}' to '{column.kind}'.", BAD_VALUE
        ) from exc


def _whole(value: str) -> int:
    if not is_whole(value):
        raise ValueError(value)
    return int(value)


def _number(value: str) -> float:
    number = float(value)
    if not isfinite(number):
        raise ValueError(value)
    return number


def _guid(value: str) -> str:
    if not is_guid(value):
        raise ValueError(value)
    return value.strip("{}").lower()


def _flag(value: str) -> int:
    return FLAGS[value.lower()]


CONVERTERS: Mapping[Kind, Callable[[str], SqlValue]] = {
    Kind.INTEGER: _whole,
    Kind.BIG: _whole,
    Kind.NUMBER: _number,
    Kind.BOOLEAN: _flag,
    Kind.MANAGED: _flag,
    Kind.ID: _guid,
    Kind.LOOKUP: _guid,
    Kind.DATETIME: sql_datetime,
    Kind.TEXT: str,
}


def _among(target: Sql, values: tuple[SqlValue, ...]) -> Sql:
    marks = ", ".join("?" * len(values))
    text = f"({target.text} COLLATE NOCASE IN ({marks}))"
    return Sql(text, (*target.parameters, *values))


def _personal(operator: str, asker: Asker) -> tuple[SqlValue, ...]:
    """Return what an operator means to the caller; nobody is in a team here."""
    match operator:
        case "eq-businessid":
            return (asker.business_unit_id(),)
        case "eq-userlanguage":
            return (ENGLISH,)
        case "eq-userteams":
            return ()
        case _:
            return (asker.user_id,)


def _pattern(operator: str, target: Sql, column: Column, value: str) -> Sql:
    if column.kind is not Kind.TEXT:
        raise bad_request(
            f"The condition operator '{operator}' is not valid for the column '{column.name}' "
            f"of type '{column.kind}'.",
            BAD_CONDITION,
        )
    # [%], [_] and [[] are how T-SQL says that the character means itself.
    text = value.replace("\\", "\\\\")
    for character in "%_[":
        text = text.replace(f"[{character}]", f"\\{character}" if character != "[" else "[")
    pattern = PATTERNS[operator].format(text)
    return Sql(f"({target.text} LIKE ? ESCAPE '\\')", (*target.parameters, pattern))


def _in_time(
    operator: str, target: Sql, column: Column, values: tuple[str, ...], asker: Asker
) -> Sql:
    if column.kind is not Kind.DATETIME:
        raise bad_request(
            f"The condition operator '{operator}' is valid for dates only, and the column "
            f"'{column.name}' is of type '{column.kind}'.",
            BAD_CONDITION,
        )
    if operator == "in-fiscal-period":
        quarter = f"((CAST(strftime('%m', {target.text}) AS INTEGER) + 2) / 3 = ?)"
        return Sql(quarter, (*target.parameters, _numbers(values)[0]))
    try:
        period = _period(operator, values, asker.now)
    except (OverflowError, ValueError) as exc:
        raise _outside(operator, values) from exc
    sides = [(">=", period.start), ("<", period.end)]
    tests = [
        f"{target.text} COLLATE NOCASE {sign} ?" for sign, moment in sides if moment is not None
    ]
    moments = [
        value
        for _, moment in sides
        if moment is not None
        for value in (*target.parameters, stored_moment(moment))
    ]
    return Sql(f"({' AND '.join(tests)})", tuple(moments))


def _period(operator: str, values: tuple[str, ...], now: datetime) -> Period:
    if operator in DATES:
        there = periods.day(datetime.fromisoformat(sql_datetime(values[0])))
        sides: Mapping[str, Callable[[], Period]] = {
            "on": lambda: there,
            "on-or-before": lambda: Period(end=there.end),
            "on-or-after": lambda: Period(start=there.start),
        }
        return sides[operator]()
    if operator in FISCAL:
        numbers = _numbers(values)
        whole = (
            periods.fiscal_year(*numbers)
            if operator == "in-fiscal-year"
            else periods.fiscal_period(*numbers)
        )
        if "or-before" in operator:
            return Period(end=whole.end)
        return Period(whole.start) if "or-after" in operator else whole
    count = _numbers(values)[0] if values else 0
    if values and count < 1:
        raise bad_request("A value greater than zero must be specified.", NOT_POSITIVE)
    period = periods.relative_period(operator, count, now)
    if period is None:
        raise ValueError(operator)
    return period


def _numbers(values: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(int(str(plain_value(value, Column("", Kind.INTEGER)))) for value in values)


def _outside(operator: str, values: tuple[str, ...]) -> Fault:
    shown = ", ".join(values)[:100]
    return bad_request(f"'{operator}' with '{shown}' lies outside the calendar.", BAD_VALUE)
