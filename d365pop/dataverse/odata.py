"""Writes paths and queries of the Web API; every value is quoted and encoded here."""

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote as percent_encode

# Characters that mean something in OData and nothing to a URL's query.
_PLAIN = "$(),'/:;=*@!-._~"
# Of names in one URL: proxies and IIS refuse long ones.
_LONGEST_FILTER = 1500


def if_match(row_version: str) -> dict[str, str]:
    """Return the header that guards a write by the ETag which was read.

    Without one it still asks for a row that is there: a PATCH of an absent row would create it.
    """
    return {"If-Match": row_version or "*"}


def quote(value: str) -> str:
    """Return ``value`` as an OData string literal, not yet percent-encoded."""
    return "'" + value.replace("'", "''") + "'"


def in_filter(column: str, values: Sequence[str]) -> str:
    """Return ``(column eq 'a' or column eq 'b')``.

    Raises:
        ValueError: there are no values, and an empty filter would mean every row.
    """
    if not values:
        raise ValueError(f"no values for {column}")
    return "(" + " or ".join(f"{column} eq {quote(value)}" for value in values) + ")"


def among(column: str, values: Sequence[str]) -> str:
    """Return what ``in_filter`` does, in half the characters; no value may hold a quote.

    "Filter rows using OData": around values with an apostrophe, other quotes would be needed.

    Raises:
        ValueError: there are no values, or one holds a quote.
    """
    if not values or any("'" in value or '"' in value for value in values):
        raise ValueError(f"no values for {column}, or one with a quote")
    listed = ",".join(f"'{value}'" for value in values)
    return f"Microsoft.Dynamics.CRM.In(PropertyName='{column}',PropertyValues=[{listed}])"


def query(path: str, options: Mapping[str, str]) -> str:
    """Return ``path?$option=value&…`` with encoded values; options without a value are left out."""
    pairs = [
        f"{name}={percent_encode(value, safe=_PLAIN)}" for name, value in options.items() if value
    ]
    return f"{path}?{'&'.join(pairs)}" if pairs else path


def entity(entity_set_name: str, row_id: str) -> str:
    """Return the path of one row; ``row_id`` is a GUID with or without braces."""
    return f"{entity_set_name}({percent_encode(row_id.strip('{}'), safe='-')})"


def chunks(
    values: Sequence[str], longest: int = _LONGEST_FILTER, each: int = 50
) -> Iterator[list[str]]:
    """Split ``values`` so that each part's filter stays below about ``longest`` characters.

    ``each`` is what a value costs besides itself: "column eq ''  or " with its spaces encoded,
    generously.
    """
    part: list[str] = []
    length = 0
    for value in values:
        cost = len(percent_encode(quote(value), safe=_PLAIN)) + each
        if part and length + cost > longest:
            yield part
            part, length = [], 0
        part.append(value)
        length += cost
    if part:
        yield part
