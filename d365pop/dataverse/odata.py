"""Writes paths and queries of the Web API; every value is quoted and encoded here."""

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote as percent_encode

# Characters that mean something in OData and nothing to a URL's query.
_PLAIN = "$(),'/:;=*@!-._~"


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


def query(path: str, options: Mapping[str, str]) -> str:
    """Return ``path?$option=value&…`` with encoded values; options without a value are left out."""
    pairs = [
        f"{name}={percent_encode(value, safe=_PLAIN)}" for name, value in options.items() if value
    ]
    return f"{path}?{'&'.join(pairs)}" if pairs else path


def entity(entity_set_name: str, row_id: str) -> str:
    """Return the path of one row; ``row_id`` is a GUID with or without braces."""
    return f"{entity_set_name}({percent_encode(row_id.strip('{}'), safe='-')})"


def chunks(values: Sequence[str], longest: int) -> Iterator[list[str]]:
    """Split ``values`` so that each part's filter stays below about ``longest`` characters."""
    part: list[str] = []
    length = 0
    for value in values:
        # "column eq ''  or " with its spaces encoded, generously.
        cost = len(percent_encode(quote(value), safe=_PLAIN)) + 50
        if part and length + cost > longest:
            yield part
            part, length = [], 0
        part.append(value)
        length += cost
    if part:
        yield part
