"""Main forms: reads published and draft FormXml, writes drafts."""

from collections.abc import Iterator, Sequence

from d365pop.dataverse import odata
from d365pop.dataverse.client import LONG_TIMEOUT, Call, Dataverse, Row
from d365pop.dataverse.reading import flag, nested, optional_text, text, whole_number
from d365pop.errors import DataverseError
from d365pop.models import RemoteForm

_SET = "systemforms"
_DRAFTS = "systemforms/Microsoft.Dynamics.CRM.RetrieveUnpublishedMultiple()"
_COLUMNS = "formid,name,objecttypecode,formactivationstate,iscustomizable,formxml"
_MAIN = 2
_ACTIVE = 1
_LONGEST_FILTER = 1500
# FormXml runs to a megabyte a form.
_PAGE_SIZE = 50


def retrieve_forms(dv: Dataverse, tables: Sequence[str]) -> tuple[RemoteForm, ...]:
    """Return the main forms of ``tables``, by table, name and id; published and draft together.

    A plain read shows only what is published, the draft read the newest state of each.
    """
    published = {text(row, "formid").lower(): row for row in _rows(dv, _SET, tables)}
    drafts = {text(row, "formid").lower(): row for row in _rows(dv, _DRAFTS, tables)}
    forms = (
        _merged(published.get(form_id, {}), drafts.get(form_id, published.get(form_id, {})))
        for form_id in published | drafts
    )
    return tuple(sorted(forms, key=lambda form: (form.table, form.name, form.form_id)))


def update_form(dv: Dataverse, form_id: str, form_xml: str, row_version: str) -> None:
    """Write the draft's FormXml, unless somebody has changed the form since it was read.

    Raises:
        DataverseError: ``dataverse-row-changed`` where that happened.
    """
    dv.send(
        Call(
            f"update the form {form_id}",
            "PATCH",
            odata.entity(_SET, form_id),
            {"formxml": form_xml},
            headers={"If-Match": row_version},
            # Sent again after a broken connection, our own change can look like somebody else's:
            # who sees dataverse-row-changed reads the form before believing it.
            idempotent=True,
            timeout=LONG_TIMEOUT,
        )
    )


def retrieve_draft_form(dv: Dataverse, form_id: str) -> RemoteForm | None:
    """Return one form with its newest state only; None where it is gone."""
    path = f"{odata.entity(_SET, form_id)}/Microsoft.Dynamics.CRM.RetrieveUnpublished()"
    try:
        row = dv.get("read a form", odata.query(path, {"$select": _COLUMNS}))
    except DataverseError as error:
        if error.reference == "dataverse-not-found":
            return None
        raise
    return _merged({}, row)


def _rows(dv: Dataverse, path: str, tables: Sequence[str]) -> Iterator[Row]:
    for part in odata.chunks(tables, _LONGEST_FILTER):
        options = {
            "$select": _COLUMNS,
            "$filter": f"type eq {_MAIN} and {odata.in_filter('objecttypecode', part)}",
        }
        yield from dv.rows("list forms", odata.query(path, options), _PAGE_SIZE)


def _merged(published: Row, draft: Row) -> RemoteForm:
    return RemoteForm(
        form_id=text(draft, "formid"),
        table=text(draft, "objecttypecode"),
        name=text(draft, "name"),
        active=whole_number(draft, "formactivationstate") == _ACTIVE,
        customizable=flag(nested(draft, "iscustomizable"), "Value"),
        # ASSUMED: systemform takes If-Match, and compares it with the draft's ETag.
        row_version=text(draft, "@odata.etag"),
        published_xml=optional_text(published, "formxml"),
        draft_xml=optional_text(draft, "formxml"),
    )
