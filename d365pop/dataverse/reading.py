"""Takes typed values out of rows; a row that lacks one is an error with the column's name."""

from base64 import b64decode
from binascii import Error as Base64Error
from binascii import b2a_base64

from d365pop.dataverse.client import Row
from d365pop.errors import DataverseError


def text(row: Row, column: str) -> str:
    """Return a column that always holds text."""
    value = row.get(column)
    if not isinstance(value, str):
        raise _wrong(column, "text", value)
    return value


def optional_text(row: Row, column: str) -> str:
    """Return a column's text; empty where the column is null or left out."""
    return text(row, column) if row.get(column) is not None else ""


def flag(row: Row, column: str) -> bool:
    """Return a yes/no column."""
    value = row.get(column)
    if not isinstance(value, bool):
        raise _wrong(column, "yes or no", value)
    return value


def whole_number(row: Row, column: str) -> int:
    """Return a column that always holds a whole number."""
    value = row.get(column)
    if isinstance(value, bool) or not isinstance(value, int):
        raise _wrong(column, "a whole number", value)
    return value


def optional_number(row: Row, column: str) -> int:
    """Return a column's whole number; 0 where the column is null or left out."""
    return whole_number(row, column) if row.get(column) is not None else 0


def nested(row: Row, column: str) -> Row:
    """Return a complex value or an expanded single row."""
    value = row.get(column)
    if not isinstance(value, dict):
        raise _wrong(column, "an object", value)
    return value


def nested_list(row: Row, column: str) -> list[Row]:
    """Return a list of objects; empty where the column is null or left out."""
    value = row.get(column)
    if value is None:
        return []
    if not isinstance(value, list):
        raise _wrong(column, "a list", value)
    return [item for item in value if isinstance(item, dict)]


def base64_bytes(row: Row, column: str, expected: bytes = b"") -> bytes:
    """Return a file's content; empty where the column is null or left out.

    Where it is the ``expected`` one, that is returned: encoding takes a quarter of decoding.
    """
    encoded = optional_text(row, column)
    if expected and encoded == b2a_base64(expected, newline=False).decode():
        return expected
    try:
        return b64decode(encoded, validate=True)
    except Base64Error as exc:
        raise _wrong(column, "base64", "something else") from exc


def _wrong(column: str, expected: str, value: object) -> DataverseError:
    found = "nothing" if value is None else type(value).__name__
    return DataverseError(
        "dataverse-unexpected-answer",
        f"the environment's answer lacks {column}",
        status=200,
        context=f"{column} should be {expected} and is {found}",
        hint="Check the environment's URL, and whether a proxy answers in its place.",
    )
