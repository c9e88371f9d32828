"""The WHERE of a SELECT as filters of FetchXML's model; knows no table."""

from dataclasses import dataclass

from d365pop.emulator.fetchxml.model import Condition, Filter
from d365pop.emulator.tsql.tokens import Tokens, refused

COMPARISONS = {"=": "eq", "<>": "ne", "!=": "ne", ">": "gt", ">=": "ge", "<": "lt", "<=": "le"}
# SQLite parses about 100 open brackets; a level here needs two of them.
DEEPEST = 24


@dataclass(frozen=True, slots=True)
class Name:
    """A column, with the alias of its table where one is written."""

    column: str
    table: str = ""


def read_column(tokens: Tokens) -> Name:
    """Read ``name`` or ``alias.name``."""
    first = tokens.name()
    return Name(tokens.name(), first) if tokens.skip(".") else Name(first)


def read_filter(tokens: Tokens, root: str, depth: int = 0) -> Filter:
    """Read conditions joined by AND and OR, as strong as SQL binds them.

    Raises:
        Fault: they are not of the supported subset.
    """
    if depth > DEEPEST:
        raise refused("the conditions are nested too deeply")
    choices = [_both(tokens, root, depth)]
    while tokens.skip("OR"):
        choices.append(_both(tokens, root, depth))
    return choices[0] if len(choices) == 1 else Filter("or", tuple(choices))


def _both(tokens: Tokens, root: str, depth: int) -> Filter:
    members = [_one(tokens, root, depth)]
    while tokens.skip("AND"):
        members.append(_one(tokens, root, depth))
    return Filter("and", tuple(members))


def _one(tokens: Tokens, root: str, depth: int) -> Condition | Filter:
    if tokens.skip("("):
        found = read_filter(tokens, root, depth + 1)
        tokens.expect(")")
        return found
    name = read_column(tokens)
    operator, values = _rest(tokens)
    table = "" if name.table == root else name.table
    return Condition(name.column, operator, values, table)


def _rest(tokens: Tokens) -> tuple[str, tuple[str, ...]]:
    """Read what follows a column: an operator and its constants."""
    if tokens.skip("IS", "NOT", "NULL"):
        return "not-null", ()
    if tokens.skip("IS", "NULL"):
        return "null", ()
    negated = "not-" if tokens.skip("NOT") else ""
    if tokens.skip("LIKE"):
        return f"{negated}like", (tokens.value(),)
    if tokens.skip("IN"):
        return f"{negated}in", _listed(tokens)
    if tokens.skip("BETWEEN"):
        low = tokens.value()
        tokens.expect("AND")
        return f"{negated}between", (low, tokens.value())
    operator = COMPARISONS.get(tokens.ahead.text)
    if negated or operator is None:
        raise refused(f"no condition begins with '{tokens.ahead.text}'")
    tokens.take()
    return operator, (tokens.value(),)


def _listed(tokens: Tokens) -> tuple[str, ...]:
    tokens.expect("(")
    found = [tokens.value()]
    while tokens.skip(","):
        found.append(tokens.value())
    tokens.expect(")")
    return tuple(found)
