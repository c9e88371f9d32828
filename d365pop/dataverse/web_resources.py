"""Web resources: reads published and draft content, writes drafts."""

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from d365pop.dataverse import odata
from d365pop.dataverse.client import LONG_TIMEOUT, Call, Dataverse, Row
from d365pop.dataverse.reading import base64_bytes, flag, optional_text, text
from d365pop.models import Labels, RemoteWebResource, WebResource

_SET = "webresourceset"
_DRAFTS = "webresourceset/Microsoft.Dynamics.CRM.RetrieveUnpublishedMultiple()"
_COLUMNS = (
    "webresourceid,name,content,ismanaged,modifiedon,_modifiedby_value,"
    "displayname,description,dependencyxml"
)
NOTHING: Final[Mapping[str, bytes]] = MappingProxyType({})


def name_parts(names: Sequence[str]) -> list[list[str]]:
    """Split ``names`` into what one call asks for; many names into fewer calls than a few would."""
    parts = list(odata.chunks(names))
    return list(odata.chunks(names, each=1)) if parts[1:] else parts


def retrieve_web_resources(dv: Dataverse, names: Sequence[str]) -> tuple[RemoteWebResource, ...]:
    """Return those of ``names`` that exist, by name; published and newest content together."""
    return unite_web_resources(
        retrieve_published_web_resources(dv, names), retrieve_newest_web_resources(dv, names)
    )


def retrieve_published_web_resources(
    dv: Dataverse, names: Sequence[str], expected: Mapping[str, bytes] = NOTHING
) -> dict[str, RemoteWebResource]:
    """Return those of ``names`` that are published, by id: what a plain read shows.

    ``expected`` holds contents by name; what is as expected is not held twice.
    """
    found = _by_id(dv, _SET, names, expected)
    return {row_id: replace(each, published=each.draft) for row_id, each in found.items()}


def retrieve_newest_web_resources(
    dv: Dataverse, names: Sequence[str], expected: Mapping[str, bytes] = NOTHING
) -> dict[str, RemoteWebResource]:
    """Return those of ``names`` that exist, by id, with their newest content alone."""
    return _by_id(dv, _DRAFTS, names, expected)


def unite_web_resources(
    published: Mapping[str, RemoteWebResource], newest: Mapping[str, RemoteWebResource]
) -> tuple[RemoteWebResource, ...]:
    """Return each with both of its contents, by name."""
    united = (
        replace(
            each,
            published=published[row_id].published,
            published_labels=published[row_id].labels,
        )
        if row_id in published
        else each
        for row_id, each in {**published, **newest}.items()
    )
    return tuple(sorted(united, key=lambda resource: resource.name.lower()))


def retrieve_web_resource_ids(dv: Dataverse, names: Sequence[str]) -> dict[str, str]:
    """Return the id of each of ``names`` that exists, by name in lower case; reads no content."""
    found: dict[str, str] = {}
    for path in (_DRAFTS, _SET):
        # The first read knows all but in a race; the second costs nothing where it did.
        wanted = [name for name in names if name.lower() not in found]
        rows = _rows(dv, path, wanted, "webresourceid,name")
        found |= {text(row, "name").lower(): text(row, "webresourceid") for row in rows}
    return found


def create_web_resource(dv: Dataverse, resource: WebResource, solution_unique_name: str) -> None:
    """Create the web resource, under its own stable id, as part of the solution."""
    dv.send(
        Call(
            f"create {resource.name}",
            "POST",
            _SET,
            {
                "webresourceid": str(resource.web_resource_id),
                "name": resource.name,
                "displayname": resource.display_name,
                "description": resource.description,
                "webresourcetype": int(resource.type),
                "content": b64encode(resource.content).decode(),
            },
            headers={"MSCRM.SolutionUniqueName": solution_unique_name},
            timeout=LONG_TIMEOUT,
        )
    )


def update_web_resource(
    dv: Dataverse, web_resource_id: str, content: bytes, row_version: str = ""
) -> None:
    """Write the draft's content; it must be published to be seen.

    Raises:
        DataverseError: ``dataverse-row-changed`` where it is no longer at ``row_version``.
    """
    dv.send(
        Call(
            f"update the web resource {web_resource_id}",
            "PATCH",
            odata.entity(_SET, web_resource_id),
            {"content": b64encode(content).decode()},
            headers=odata.if_match(row_version),
            idempotent=True,
            timeout=LONG_TIMEOUT,
        )
    )


def label_web_resource(
    dv: Dataverse, web_resource_id: str, labels: Labels, row_version: str
) -> None:
    """Write what the draft says of itself; it must be published to be seen.

    Raises:
        DataverseError: ``dataverse-row-changed`` where it is no longer at ``row_version``.
    """
    dv.send(
        Call(
            f"label the web resource {web_resource_id}",
            "PATCH",
            odata.entity(_SET, web_resource_id),
            {
                "displayname": labels.display_name,
                "description": labels.description or None,
                "dependencyxml": labels.dependencies or None,
            },
            headers=odata.if_match(row_version),
            idempotent=True,
        )
    )


def retrieve_draft(dv: Dataverse, web_resource_id: str) -> RemoteWebResource | None:
    """Return one web resource with its newest content; None where it is gone."""
    path = f"{odata.entity(_SET, web_resource_id)}/Microsoft.Dynamics.CRM.RetrieveUnpublished()"
    row = dv.find("read a web resource", odata.query(path, {"$select": _COLUMNS}))
    return None if row is None else _remote(row)


def delete_web_resource(dv: Dataverse, web_resource_id: str, row_version: str = "") -> None:
    """Delete the web resource; one that is gone already is no error.

    Raises:
        DataverseError: ``dataverse-row-changed`` where it is no longer at ``row_version``.
    """
    path = odata.entity(_SET, web_resource_id)
    doing = f"delete the web resource {web_resource_id}"
    dv.delete(doing, path, odata.if_match(row_version))


def _by_id(
    dv: Dataverse, path: str, names: Sequence[str], expected: Mapping[str, bytes]
) -> dict[str, RemoteWebResource]:
    found = (_remote(row, expected) for row in _rows(dv, path, names))
    return {each.web_resource_id.lower(): each for each in found}


def _rows(dv: Dataverse, path: str, names: Sequence[str], columns: str = _COLUMNS) -> Iterator[Row]:
    for part in name_parts(names):
        options = {"$select": columns, "$filter": _named(part)}
        yield from dv.rows("list web resources", odata.query(path, options))


def _named(part: list[str]) -> str:
    if not list(odata.chunks(part))[1:]:
        return odata.in_filter("name", part)
    # ASSUMED: the unpublished rows take Dataverse's own functions, too, as all lists do.
    return odata.among("name", part)


def _remote(newest: Row, expected: Mapping[str, bytes] = NOTHING) -> RemoteWebResource:
    name = text(newest, "name")
    return RemoteWebResource(
        web_resource_id=text(newest, "webresourceid"),
        name=name,
        managed=flag(newest, "ismanaged"),
        published=None,
        draft=base64_bytes(newest, "content", expected.get(name, b"")),
        row_version=optional_text(newest, "@odata.etag"),
        modified_on=optional_text(newest, "modifiedon"),
        modified_by=optional_text(newest, "_modifiedby_value"),
        labels=Labels(
            optional_text(newest, "displayname"),
            optional_text(newest, "description"),
            optional_text(newest, "dependencyxml"),
        ),
    )
