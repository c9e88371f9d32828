"""Publishes just what is named; never everything."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

from d365pop.dataverse.client import LONG_TIMEOUT, Call, Dataverse
from d365pop.errors import D365PopError


def publish(dv: Dataverse, *, tables: Sequence[str], web_resource_ids: Sequence[str]) -> None:
    """Publish the tables (their forms with them) and the web resources.

    A form has no entry of its own: everything that is pending on its table goes live with it.
    """
    dv.send(
        Call(
            "publish",
            "POST",
            "PublishXml",
            {"ParameterXml": parameter_xml(tables, web_resource_ids)},
            # Publishing what is published already does nothing more.
            idempotent=True,
            timeout=LONG_TIMEOUT,
        )
    )


def parameter_xml(tables: Sequence[str], web_resource_ids: Sequence[str]) -> str:
    """Return the parameter of PublishXml; the order of its elements is Microsoft's schema's.

    Raises:
        D365PopError: nothing is given.
    """
    if not tables and not web_resource_ids:
        raise D365PopError("nothing-to-publish", "publish was called with nothing to publish")
    entities = [f"<entity>{escape(table)}</entity>" for table in dict.fromkeys(tables)]
    bare = dict.fromkeys(web_resource_id.strip("{}") for web_resource_id in web_resource_ids)
    resources = [f"<webresource>{{{escape(row_id)}}}</webresource>" for row_id in bare]
    return (
        "<importexportxml>"
        + (f"<entities>{''.join(entities)}</entities>" if entities else "")
        + (f"<webresources>{''.join(resources)}</webresources>" if resources else "")
        + "</importexportxml>"
    )
