"""Reads XML that somebody sent: no DTD, no entities, no surprises; knows no format."""

from typing import NoReturn
from xml.etree import ElementTree as ET
from xml.parsers import expat


class XmlRefusedError(Exception):
    """The text is not well formed, or brings a document type; the message says where."""


def parse_xml(text: str | bytes) -> ET.Element:
    """Return the root element.

    Raises:
        XmlRefusedError: not well formed, or with a document type.
    """
    try:
        data = text.removeprefix("\ufeff").encode() if isinstance(text, str) else text
        _refuse_document_type(data)
        return ET.fromstring(data)
    except (ET.ParseError, expat.ExpatError, LookupError, ValueError) as exc:
        raise XmlRefusedError(str(exc)) from exc


def text_of(parent: ET.Element | None, path: str) -> str:
    """Return the text of a descendant, empty where it is absent or nil."""
    if parent is None:
        return ""
    return (parent.findtext(path) or "").strip()


def attribute_of(parent: ET.Element, path: str, name: str) -> str:
    """Return an attribute of a descendant, empty where either is absent."""
    element = parent.find(path)
    return "" if element is None else element.get(name, "")


def _refuse_document_type(data: bytes) -> None:
    parser = expat.ParserCreate()

    def refuse(*_details: object) -> NoReturn:
        raise XmlRefusedError("For security reasons DTD is prohibited in this XML document.")

    parser.StartDoctypeDeclHandler = refuse
    parser.Parse(data, True)  # noqa: FBT003 - expat knows no keywords
