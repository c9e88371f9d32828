"""The one place that parses XML of packages: hardened, and nothing with a DOCTYPE gets through."""

import codecs
import re
from typing import Final

from lxml import etree

from d365pop.errors import BundleError

MAX_XML_BYTES: Final = 256 * 1024 * 1024
MAX_MARKUP: Final = 5_000_000
"""Tags and attributes together: the tree takes some hundred bytes for each, however short."""

_UTF_16: Final = (
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    # Without a mark, the first character tells: every document begins with one of ASCII.
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_DECLARED: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?<\?xml[^>]*?[ \t\r\n]encoding[ \t\r\n]*=[ \t\r\n]*[\"']([^\"'<>]*)"
)
_LIKE_UTF_8: Final = frozenset({b"utf-8", b"utf8", b"us-ascii", b"ascii"})


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
            declares a DOCTYPE (our formats have none, and entities live in it), is neither UTF-8
            nor UTF-16, or is so large that its tree would fill the memory.
    """
    return parse_counted(data, what, MAX_MARKUP)[0]


def parse_counted(data: bytes, what: str, at_most: int) -> tuple[etree._Element, int]:
    """Return the root element of ``data``, and how many of ``at_most`` tags it has used up.

    Raises:
        XmlInvalidError: as ``parse_xml`` does.
    """
    if len(data) > MAX_XML_BYTES:
        raise XmlInvalidError(what, 1, 1, "it is larger than we read")
    utf_8 = _as_utf_8(data, what)
    # "=" stands for an attribute; that text has some too does not matter at this size.
    markup = utf_8.count(b"<") + utf_8.count(b"=")
    if markup > at_most:
        raise XmlInvalidError(what, 1, 1, "it is larger than we read")
    return _parse(utf_8, what), markup


def is_utf_16(data: bytes) -> bool:
    """Tell whether a document is in UTF-16, whatever it declares."""
    return _utf_16(data) != ""


def _utf_16(data: bytes) -> str:
    # Of UTF-32, the little-endian mark begins as that of UTF-16 does, but a zero is no XML.
    return next((encoding for start, encoding in _UTF_16 if data.startswith(start)), "")


def _as_utf_8(data: bytes, what: str) -> bytes:
    """Return ``data`` in the one encoding that is counted and parsed."""
    if encoding := _utf_16(data):
        try:
            return data.decode(encoding).encode()
        except UnicodeError as exc:
            raise XmlInvalidError(what, 1, 1, f"it is not the UTF-16 it looks like: {exc}") from exc
    declared = _DECLARED.match(data)
    if declared and declared[1].lower() not in _LIKE_UTF_8:
        name = ascii(declared[1].decode(errors="replace"))
        reason = f"it says that it is in {name}; only UTF-8 and UTF-16 are read"
        raise XmlInvalidError(what, 1, 1, reason)
    return data


def _parse(utf_8: bytes, what: str) -> etree._Element:
    # Named here, the encoding is not the document's to choose: in another one, what was counted
    # would not be what is parsed.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, encoding="utf-8"
    )
    try:
        root = etree.fromstring(utf_8, parser)
    except etree.XMLSyntaxError as exc:
        line, column = exc.position
        reason = str(exc.msg).partition(", line ")[0]
        raise XmlInvalidError(what, line, column, reason) from exc
    except ValueError as exc:
        raise XmlInvalidError(what, 1, 1, str(exc)) from exc
    if root.getroottree().docinfo.internalDTD is not None:
        raise XmlInvalidError(what, 1, 1, "it declares a DOCTYPE")
    return root
