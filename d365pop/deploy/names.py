"""Whether the tables and columns that a configuration names exist in the environment; pure."""

from collections.abc import Collection, Iterator, Mapping

from d365pop.errors import PlanRefusedError
from d365pop.models import Desired
from d365pop.suggestions import did_you_mean


def refuse_unknown_names(desired: Desired, columns: Mapping[str, frozenset[str]]) -> None:
    """Refuse a configuration that would deploy well and then fail on every call.

    Raises:
        PlanRefusedError: a table or a column is not there; all of them are in the context.
    """
    unknown = [*_tables(desired, columns), *_columns(desired, columns)]
    if unknown:
        raise PlanRefusedError(
            "unknown-names",
            f"The environment lacks {len(unknown)} of the tables and columns in d365pop.toml.",
            context="\n".join(unknown),
            hint="Write their logical names: small letters, as the maker portal shows them.",
        )


def _tables(desired: Desired, known: Collection[str]) -> Iterator[str]:
    forms = {registration.form.table for registration in desired.registrations}
    for table in sorted({*forms, *desired.searched_columns}):
        if table not in known:
            yield f"There is no table {table}{did_you_mean(table, known) or '.'}"


def _columns(desired: Desired, known: Mapping[str, frozenset[str]]) -> Iterator[str]:
    for table, columns in desired.searched_columns.items():
        # Of a table that does not exist enough has been said.
        there = known.get(table, frozenset(columns))
        for column in columns:
            if column not in there:
                suggestion = did_you_mean(column, sorted(there)) or "."
                yield f"The table {table} has no column {column}{suggestion}"
