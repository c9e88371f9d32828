"""Query options: text in, values out; knows no table."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import quote, unquote, unquote_plus

from d365pop.emulator.faults import Fault, bad_request, not_implemented
from d365pop.emulator.numerals import is_natural

KNOWN = frozenset({"$select", "$filter", "$top", "$orderby", "$expand", "$count", "$skiptoken"})
ELSEWHERE = frozenset({"sql"})
EXPANDED = frozenset({"$select", "$filter", "$orderby", "$top", "$expand"})
"""What Dataverse takes in the brackets of ``$expand``."""
ALIAS = re.compile(r"@\w+")
REFERENCE = "/$ref"
READABLE = "$(),'=;/:@*"
"""What the value of an option may hold in an address as it is."""
ALONE = frozenset({"$apply", "fetchXml", "savedQuery", "userQuery"})
"""What is a query of its own, and stands in place of the other options."""
MAX_TOP = 5000
MOST_EXPANDS = 15
"""In one query, nested ones counted, as documented."""
Aliases: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Query:
    """The query options of a read."""

    select: tuple[str, ...] = ()
    filter: str = ""
    top: int | None = None
    orderby: str = ""
    expand: tuple["Expand", ...] = ()
    count: bool = False
    skiptoken: str = ""
    aliases: Aliases = ()
    """What ``@p1`` and its like stand for."""


@dataclass(frozen=True, slots=True)
class Expand:
    """One navigation property of ``$expand`` with its own options."""

    navigation: str
    query: Query
    reference: bool = False
    """Whether just the address of the row is wanted."""
    options: str = ""
    """Its options as the query of an address."""


def split_query(raw: str) -> dict[str, str]:
    """Return the query's parameters, decoded whichever way they were encoded."""
    parameters: dict[str, str] = {}
    for part in filter(None, raw.split("&")):
        name, _, value = part.partition("=")
        key = unquote_plus(name)
        if key in parameters:
            raise bad_request(f"Query option '{key}' was specified more than once.")
        parameters[key] = unquote_plus(value)
    return parameters


def resolved(text: str, aliases: Mapping[str, str]) -> str:
    """Return a parameter, or what it stands for where it is an alias (``@p1``).

    Raises:
        Fault: the alias has no value.
    """
    if not text.startswith("@"):
        return text
    if text not in aliases:
        raise bad_request(f"The parameter alias '{text}' has no value.")
    return aliases[text]


def parse_query(raw: str) -> Query:
    """Return the options of a read of rows.

    Raises:
        Fault: an option that is unknown, missing here, or malformed.
    """
    parameters = split_query(raw)
    # Each level of nesting is one of reading, too: the text is looked at before it is read.
    if parameters.get("$expand", "").count("$expand") < MOST_EXPANDS:
        query = _query(parameters)
        _check_nested(query)
        if _count_expands(query) <= MOST_EXPANDS:
            return query
    # ASSUMED: the text.
    raise bad_request(f"A query may hold {MOST_EXPANDS} $expand options, nested ones counted.")


def is_nested(query: Query) -> bool:
    """Whether an expanded navigation property expands others."""
    return any(item.query.expand for item in query.expand)


def _check_nested(query: Query) -> None:
    expanded = [query]
    while is_nested(query) and expanded:
        item = expanded.pop()
        if item is not query and (item.orderby or item.top is not None):
            raise only_selected()
        expanded += (inner.query for inner in item.expand)


def only_selected() -> Fault:
    """Return the fault of an order or a limit in an ``$expand`` that takes none."""
    return bad_request(
        "Only $select and $filter clause can be provided while doing $expand on many-to-one "
        "relationship or nested one-to-many relationship."
    )


def _count_expands(query: Query) -> int:
    return sum(1 + _count_expands(item.query) for item in query.expand)


def forbid_options(raw: str, allowed: frozenset[str]) -> None:
    """Refuse query options that would be ignored.

    Raises:
        Fault: there is one.
    """
    for name in split_query(raw):
        if name not in allowed and not name.startswith("@"):
            _refuse(name)


def _refuse(name: str) -> None:
    if name == "$skip":
        raise bad_request("Skip Clause is not supported in CRM")
    if name in ALONE:
        raise bad_request(f"The query option '{name}' cannot be used here.")
    if name in ELSEWHERE:
        raise not_implemented(f"The query option '{name}'")
    raise bad_request(f"The query parameter {name} is not supported")


def _query(parameters: Mapping[str, str]) -> Query:
    for name in parameters:
        if name not in KNOWN and not name.startswith("@"):
            _refuse(name)
    orderby = parameters.get("$orderby", "")
    aliases = tuple(item for item in parameters.items() if item[0].startswith("@"))
    return Query(
        select=_names(parameters.get("$select", "")),
        filter=parameters.get("$filter", ""),
        top=_top(parameters.get("$top")),
        orderby=ALIAS.sub(lambda found: parameters.get(found[0], found[0]), orderby),
        expand=_expands(parameters.get("$expand", ""), aliases),
        count=_count(parameters.get("$count", "false")),
        skiptoken=parameters.get("$skiptoken", ""),
        aliases=aliases,
    )


def _names(text: str) -> tuple[str, ...]:
    if not text.strip():
        return ()
    names = tuple(part.strip() for part in text.split(","))
    if not all(names):
        raise bad_request(f"Syntax error: an empty name in $select '{text}'.")
    return () if names == ("*",) else names


def _top(text: str | None) -> int | None:
    if text is None:
        return None
    if not is_natural(text):
        raise bad_request(
            f"Invalid value '{text}' for $top query option found. The $top query option requires "
            "a non-negative integer value."
        )
    return min(int(text), MAX_TOP)


def _count(text: str) -> bool:
    if text not in {"true", "false"}:
        raise bad_request(f"Invalid value '{text}' for $count query option found.")
    return text == "true"


def _expands(text: str, aliases: Aliases) -> tuple[Expand, ...]:
    items = [item.strip() for item in split_top_level(text, ",")]
    return tuple(_expand(item, aliases) for item in items if item)


def _expand(text: str, aliases: Aliases) -> Expand:
    navigation, bracket, rest = text.partition("(")
    if not bracket:
        bare = navigation.removesuffix(REFERENCE)
        return Expand(bare, Query(), reference=bare != navigation)
    if not rest.endswith(")"):
        raise bad_request(f"Found an unbalanced bracket expression in $expand '{text}'.")
    inner: dict[str, str] = {}
    for option in split_top_level(rest[:-1], ";"):
        name, _, value = option.partition("=")
        inner[name.strip()] = value.strip()
    inner.pop("", None)
    for name in inner.keys() - EXPANDED:
        _refuse(name)
    told = [*inner.items(), *(item for item in aliases if item[0] in rest)]
    options = "&".join(f"{name}={quote(value, safe=READABLE)}" for name, value in told)
    return Expand(navigation.strip(), _query({**inner, **dict(aliases)}), options=options)


def split_top_level(text: str, separator: str) -> list[str]:
    """Split at separators that stand outside brackets and quotes."""
    parts, start, depth, quoted = [], 0, 0, False
    for index, character in enumerate(text):
        if character == "'":
            quoted = not quoted
        elif quoted:
            continue
        elif character in "([":
            depth += 1
        elif character in ")]":
            depth -= 1
        elif character == separator and depth == 0:
            parts.append(text[start:index])
            start = index + 1
    parts.append(text[start:])
    return parts


def decode_segment(raw: str) -> str:
    """Return a path segment decoded; a plus sign means itself there."""
    return unquote(raw)
