"""Values between JSON and SQL, checked by a column's type; knows no rows."""

import re
from datetime import UTC, datetime

from d365pop.emulator.faults import bad_payload, bad_request
from d365pop.emulator.metadata import Column, Kind, SqlValue
from d365pop.emulator.odata.several import ordered
from d365pop.emulator.protocol import Json

GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
SURROGATE = re.compile(r"[\ud800-\udfff]")
INTEGER_LIMIT, BIG_LIMIT = 1 << 31, 1 << 63
LARGEST_NUMBER = 1e15


def is_guid(text: str) -> bool:
    """Whether ``text`` is a GUID, with or without braces."""
    bare = text[1:-1] if text[:1] == "{" and text[-1:] == "}" else text
    return GUID.fullmatch(bare) is not None


def sql_datetime(text: str) -> str:
    """Return a date or time as rows store it.

    Raises:
        Fault: the text is no date.
    """
    try:
        moment = datetime.fromisoformat(text)
        aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError) as exc:
        raise bad_request(
            f"The DateTimeOffset text '{text}' should be in format "
            "'yyyy-mm-ddThh:mm:ss('.'s+)?(zzzzzz)?' and each field value is within valid range."
        ) from exc
    return stored_moment(aware)


def stored_moment(moment: datetime) -> str:
    """Return a moment of UTC as rows store it."""
    return moment.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def to_json(column: Column, value: SqlValue) -> Json:
    """Return a stored value as answers show it."""
    if column.kind is Kind.MANAGED:
        return {
            "Value": bool(value),
            "CanBeChanged": True,
            "ManagedPropertyLogicalName": column.name,
        }
    if column.kind is Kind.BOOLEAN and value is not None:
        return bool(value)
    return value


def to_sql(column: Column, value: Json, entity_set_name: str) -> SqlValue:
    """Return a value from a request as rows store it.

    Raises:
        Fault: the value does not fit the column.
    """
    if value is None:
        return None
    if column.kind is Kind.MANAGED and isinstance(value, dict):
        value = value.get("Value")
    if not _fits(column.kind, value) or (column.several and not _are_choices(str(value))):
        shown = str(value)[:100]
        raise bad_payload(
            entity_set_name,
            f"Cannot convert the literal '{shown}' to the expected type '{column.kind.value}'. "
            f"(property '{column.name}')",
        )
    match column.kind:
        case Kind.ID | Kind.LOOKUP:
            return str(value).strip("{}").lower()
        case Kind.DATETIME:
            return sql_datetime(str(value))
        case Kind.BOOLEAN | Kind.MANAGED:
            return int(value is True)
        case Kind.TEXT if column.several:
            return ordered(str(value))
        case Kind.TEXT | Kind.INTEGER | Kind.BIG | Kind.NUMBER:
            return value if isinstance(value, str | int | float) else None


def _fits(kind: Kind, value: Json) -> bool:
    match kind:
        case Kind.TEXT | Kind.DATETIME:
            return _is_text(value)
        case Kind.ID | Kind.LOOKUP:
            return isinstance(value, str) and is_guid(value)
        case Kind.BOOLEAN | Kind.MANAGED:
            return isinstance(value, bool)
        case Kind.INTEGER:
            return is_whole(value, INTEGER_LIMIT)
        case Kind.BIG:
            return is_whole(value, BIG_LIMIT)
        case Kind.NUMBER:
            number = isinstance(value, int | float) and not isinstance(value, bool)
            return number and abs(float(str(value))) <= LARGEST_NUMBER


def _are_choices(value: str) -> bool:
    try:
        return bool(ordered(value))
    except ValueError:
        return False


def _is_text(value: Json) -> bool:
    """Whether it is text: half of a surrogate pair is JSON, but nothing that can be stored."""
    return isinstance(value, str) and not SURROGATE.search(value)


def is_whole(value: Json, limit: int) -> bool:
    """Whether it is a whole number from minus the limit to just below it."""
    return isinstance(value, int) and not isinstance(value, bool) and -limit <= value < limit
