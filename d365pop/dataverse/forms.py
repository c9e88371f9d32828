"""Main forms: reads published and draft FormXml, writes drafts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from d365pop.dataverse import odata
from d365pop.dataverse.client import LONG_TIMEOUT, Call, Dataverse, Row
from d365pop.dataverse.reading import flag, nested, optional_text, text, whole_number
from d365pop.models import RemoteForm

_SET = "systemforms"
_DRAFTS = "systemforms/Microsoft.Dynamics.CRM.RetrieveUnpublishedMultiple()"
_COLUMNS = "formid,name,objecttypecode,formactivationstate,iscustomizable,formxml"
MAIN = 2
_ACTIVE = 1
# FormXml runs to a megabyte a form.
_PAGE_SIZE = 50


def retrieve_forms(dv: Dataverse, tables: Sequence[str]) -> tuple[RemoteForm, ...]:
    """Return the main forms of ``tables``, by table, name and id; published and newest together."""
    return unite_forms(retrieve_published_forms(dv, tables), retrieve_newest_forms(dv, tables))


def retrieve_published_forms(dv: Dataverse, tables: Sequence[str]) -> dict[str, RemoteForm]:
    """Return the published main forms of ``tables``, by id: what a plain read shows."""
    found = _by_id(dv, _SET, tables)
    return {row_id: replace(each, published_xml=each.draft_xml) for row_id, each in found.items()}


def retrieve_newest_forms(dv: Dataverse, tables: Sequence[str]) -> dict[str, RemoteForm]:
    """Return the main forms of ``tables``, by id, with their newest state alone."""
    return _by_id(dv, _DRAFTS, tables)


def unite_forms(
    published: Mapping[str, RemoteForm], newest: Mapping[str, RemoteForm]
) -> tuple[RemoteForm, ...]:
    """Return each with both of its texts, by table, name and id."""
    united = (
        replace(each, published_xml=published[row_id].published_xml)
        if row_id in published
        else each
        for row_id, each in {**published, **newest}.items()
    )
    return tuple(sorted(united, key=lambda form: (form.table, form.name, form.form_id)))


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
    row = dv.find("read a form", odata.query(path, {"$select": _COLUMNS}))
    return None if row is None else _remote(row)


def _by_id(dv: Dataverse, path: str, tables: Sequence[str]) -> dict[str, RemoteForm]:
    found = (_remote(row) for row in _rows(dv, path, tables))
    return {each.form_id.lower(): each for each in found}


def _rows(dv: Dataverse, path: str, tables: Sequence[str]) -> Iterator[Row]:
    for part in odata.chunks(tables):
        options = {
            "$select": _COLUMNS,
            "$filter": f"type eq {MAIN} and {odata.in_filter('objecttypecode', part)}",
        }
        yield from dv.rows("list forms", odata.query(path, options), _PAGE_SIZE)


def _remote(draft: Row) -> RemoteForm:
    return RemoteForm(
        form_id=text(draft, "formid"),
        table=text(draft, "objecttypecode"),
        name=text(draft, "name"),
        active=whole_number(draft, "formactivationstate") == _ACTIVE,
        customizable=flag(nested(draft, "iscustomizable"), "Value"),
        # ASSUMED: systemform takes If-Match, and compares it with the draft's ETag.
        row_version=text(draft, "@odata.etag"),
        published_xml="",
        draft_xml=optional_text(draft, "formxml"),
    )
