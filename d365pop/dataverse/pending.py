"""What else is unpublished on tables: it goes live with whatever is published there.

Main forms are read whole elsewhere; here is the rest that is published with its table.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from d365pop.dataverse import odata
from d365pop.dataverse.client import Dataverse, Row
from d365pop.dataverse.reading import text, whole_number
from d365pop.errors import DataverseError
from d365pop.models import Pending

_UNPUBLISHED: Final = 1
_LONGEST_FILTER: Final = 1500
_MAIN: Final = 2
_FORM_KINDS: Final = {6: "quick view form", 7: "quick create form", 11: "card form"}


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of component that hangs on a table."""

    word: str
    entity_set: str
    table_column: str
    further_columns: str = ""
    further_filter: str = ""


_KINDS: Final = (
    _Kind("form", "systemforms", "objecttypecode", ",type", f" and type ne {_MAIN}"),
    _Kind("view", "savedqueries", "returnedtypecode"),
    _Kind("chart", "savedqueryvisualizations", "primaryentitytypecode"),
)


def retrieve_pending(dv: Dataverse, tables: Sequence[str]) -> Pending:
    """Return what is unpublished on ``tables`` besides main forms, and what cannot be told."""
    items: list[str] = []
    untold: list[str] = []
    for kind in _KINDS:
        try:
            items += _pending(dv, kind, tables)
        except DataverseError as error:
            # A local Dataverse without charts has none that wait.
            if error.status == HTTPStatus.NOT_FOUND:
                continue
            if error.status != HTTPStatus.FORBIDDEN:
                raise
            untold.append(f"{kind.word}s of {', '.join(tables)}")
    return Pending(tuple(sorted(items)), tuple(untold))


def _pending(dv: Dataverse, kind: _Kind, tables: Sequence[str]) -> Iterator[str]:
    # ASSUMED: views and charts take RetrieveUnpublishedMultiple as forms and web resources do.
    path = f"{kind.entity_set}/Microsoft.Dynamics.CRM.RetrieveUnpublishedMultiple()"
    columns = f"name,componentstate,{kind.table_column}{kind.further_columns}"
    for part in odata.chunks(tables, _LONGEST_FILTER):
        of_tables = odata.in_filter(kind.table_column, part)
        options = {"$select": columns, "$filter": f"{of_tables}{kind.further_filter}"}
        for row in dv.rows(f"list {kind.word}s", odata.query(path, options)):
            if whole_number(row, "componentstate") == _UNPUBLISHED:
                yield f"{_word(row, kind)} {text(row, kind.table_column)} / {text(row, 'name')}"


def _word(row: Row, kind: _Kind) -> str:
    return _FORM_KINDS.get(whole_number(row, "type"), kind.word) if "type" in row else kind.word
