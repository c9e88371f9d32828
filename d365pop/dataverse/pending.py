"""What else is unpublished on tables: it goes live with whatever is published there.

Main forms are read whole elsewhere; here is the rest that is published with its table.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from d365pop.dataverse import odata
from d365pop.dataverse.client import Dataverse, Row
from d365pop.dataverse.forms import MAIN
from d365pop.dataverse.reading import text, whole_number
from d365pop.errors import DataverseError
from d365pop.models import Pending

_UNPUBLISHED: Final = 1
_FORM_KINDS: Final = {6: "quick view form", 7: "quick create form", 11: "card form"}


@dataclass(frozen=True, slots=True)
class PendingKind:
    """A kind of component that hangs on a table."""

    word: str
    entity_set: str
    table_column: str
    further_columns: str = ""
    further_filter: str = ""


PENDING_KINDS: Final = (
    PendingKind("form", "systemforms", "objecttypecode", ",type", f" and type ne {MAIN}"),
    PendingKind("view", "savedqueries", "returnedtypecode"),
    PendingKind("chart", "savedqueryvisualizations", "primaryentitytypecode"),
)


def retrieve_pending_kind(dv: Dataverse, kind: PendingKind, tables: Sequence[str]) -> Pending:
    """Return what of ``kind`` is unpublished on ``tables``, or that it cannot be told."""
    try:
        return Pending(tuple(_pending(dv, kind, tables)))
    except DataverseError as error:
        # A local Dataverse without charts has none that wait.
        if error.status == HTTPStatus.NOT_FOUND:
            return Pending()
        if error.status != HTTPStatus.FORBIDDEN:
            raise
        return Pending(untold=(f"{kind.word}s of {', '.join(tables)}",))


def _pending(dv: Dataverse, kind: PendingKind, tables: Sequence[str]) -> Iterator[str]:
    # ASSUMED: views and charts take RetrieveUnpublishedMultiple as forms and web resources do.
    path = f"{kind.entity_set}/Microsoft.Dynamics.CRM.RetrieveUnpublishedMultiple()"
    columns = f"name,componentstate,{kind.table_column}{kind.further_columns}"
    for part in odata.chunks(tables):
        of_tables = odata.in_filter(kind.table_column, part)
        options = {"$select": columns, "$filter": f"{of_tables}{kind.further_filter}"}
        for row in dv.rows(f"list {kind.word}s", odata.query(path, options)):
            if whole_number(row, "componentstate") == _UNPUBLISHED:
                yield f"{_word(row, kind)} {text(row, kind.table_column)} / {text(row, 'name')}"


def _word(row: Row, kind: PendingKind) -> str:
    return _FORM_KINDS.get(whole_number(row, "type"), kind.word) if "type" in row else kind.word
