"""The one place that parses XML of packages: hardened, and nothing with a DOCTYPE gets through."""

from lxml import etree

from d365pop.errors import BundleError


def parse_xml(data: bytes, what: str) -> etree._Element:
    """Return the root element of ``data``; ``what`` names the document in messages.

    Raises:
        BundleError: ``xml-invalid``, with line and column, where it is not well-formed or
            declares a DOCTYPE (our formats have none, and entities live in it).
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as exc:
        line, column = exc.position
        reason = str(exc.msg).partition(", line ")[0]
        raise _invalid(what, f"line {line}, column {column}: {reason}") from exc
    except ValueError as exc:
        raise _invalid(what, f"line 1, column 1: {exc}") from exc
    if root.getroottree().docinfo.internalDTD is not None:
        raise _invalid(what, "line 1, column 1: it declares a DOCTYPE")
    return root


def _invalid(what: str, context: str) -> BundleError:
    return BundleError(
        "xml-invalid",
        f"{what} is not XML that we accept",
        context=context,
        hint="Export or build the file again.",
    )
