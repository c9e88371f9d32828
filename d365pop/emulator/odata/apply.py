"""``$apply``: text in, values out; knows no table and no SQL."""

import re
from dataclasses import dataclass

from d365pop.emulator.faults import bad_request
from d365pop.emulator.odata.options import split_top_level

AGGREGATE = re.compile(r"(?P<path>[A-Za-z_][\w/]*)\s+with\s+(?P<method>\w+)\s+as\s+(?P<alias>\w+)")
COUNT = re.compile(r"\$count\s+as\s+(?P<alias>\w+)")
CALL = re.compile(r"(?P<name>\w+)\s*\((?P<inner>.*)\)", re.DOTALL)
METHODS = {"sum": "sum", "average": "avg", "min": "min", "max": "max"}


@dataclass(frozen=True, slots=True)
class Aggregated:
    """One aggregate under the name that it gets; without a path, how many rows there are."""

    alias: str
    path: tuple[str, ...] = ()
    function: str = "count"


@dataclass(frozen=True, slots=True)
class Apply:
    """Filters, then groups with aggregates."""

    filters: tuple[str, ...] = ()
    groups: tuple[tuple[str, ...], ...] = ()
    aggregates: tuple[Aggregated, ...] = ()


def parse_apply(text: str) -> Apply:
    """Return what an ``$apply`` says.

    Raises:
        Fault: it is malformed, or no aggregation that Dataverse has.
    """
    *before, last = (_call(part) for part in split_top_level(text, "/"))
    if any(name != "filter" for name, _ in before):
        raise _unfit(text)
    filters = tuple(inner for _, inner in before)
    match last:
        case "aggregate", inner:
            return Apply(filters, (), _aggregates(inner))
        case "groupby", inner:
            groups, *rest = (part.strip() for part in split_top_level(inner, ","))
            calls = [_call(part) for part in rest]
            if not groups.startswith("(") or not groups.endswith(")") or len(calls) > 1:
                raise _unfit(text)
            if any(name != "aggregate" for name, _ in calls):
                raise _unfit(text)
            paths = tuple(_path(part) for part in groups[1:-1].split(","))
            return Apply(filters, paths, _aggregates(calls[0][1]) if calls else ())
        case _:
            raise _unfit(text)


def _call(text: str) -> tuple[str, str]:
    found = CALL.fullmatch(text.strip())
    if found is None:
        raise _unfit(text)
    return found["name"], found["inner"].strip()


def _aggregates(text: str) -> tuple[Aggregated, ...]:
    return tuple(_aggregated(part.strip()) for part in text.split(","))


def _aggregated(text: str) -> Aggregated:
    counted = COUNT.fullmatch(text)
    if counted is not None:
        return Aggregated(counted["alias"])
    found = AGGREGATE.fullmatch(text)
    if found is None:
        raise _unfit(text)
    function = METHODS.get(found["method"])
    if function is None:
        # ASSUMED: the text; that values cannot be counted apart is documented.
        raise bad_request(f"The aggregation method '{found['method']}' is not supported.")
    return Aggregated(found["alias"], _path(found["path"]), function)


def _path(text: str) -> tuple[str, ...]:
    segments = tuple(segment.strip() for segment in text.split("/"))
    if not all(segments):
        raise _unfit(text)
    return segments


def _unfit(text: str) -> Exception:
    return bad_request(f"Syntax error in $apply at '{text}'.")
