"""The one place that parses XML of packages: hardened, and nothing with a DOCTYPE gets through."""

from typing import Final

from lxml import etree

from d365pop.errors import BundleError

MAX_XML_BYTES: Final = 256 * 1024 * 1024
MAX_MARKUP: Final = 5_000_000
"""Tags and attributes together: the tree takes some hundred bytes for each, however short."""


class XmlInvalidError(BundleError):
    """``xml-invalid`` with the place, for those who report it instead of stopping at it."""

    def __init__(self, what: str, line: int, column: int, reason: str) -> None:
        """Name the document ``what`` and the place in it, both counted from 1."""
        super().__init__(
            "xml-invalid",
            f"{what} is not XML that we accept",
            context=f"line {line}, column {column}: {reason}",
            hint="Export or build the file again.",
        )
        self.line = line
        self.column = column
        self.reason = reason


def parse_xml(data: bytes, what: str) -> etree._Element:
    """Return the root element of ``data``; ``what`` names the document in messages.

    Raises:
        XmlInvalidError: ``xml-invalid``, with line and column, where it is not well-formed,
            declares a DOCTYPE (our formats have none, and entities live in it), or is so large
            that its tree would fill the memory.
    """
    # "=" stands for an attribute; that text has some too does not matter at this size.
    if len(data) > MAX_XML_BYTES or data.count(b"<") + data.count(b"=") > MAX_MARKUP:
        raise XmlInvalidError(what, 1, 1, "it is larger than we read")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as exc:
        line, column = exc.position
        reason = str(exc.msg).partition(", line ")[0]
        raise XmlInvalidError(what, line, column, reason) from exc
    except ValueError as exc:
        raise XmlInvalidError(what, 1, 1, str(exc)) from exc
    if root.getroottree().docinfo.internalDTD is not None:
        raise XmlInvalidError(what, 1, 1, "it declares a DOCTYPE")
    return root
