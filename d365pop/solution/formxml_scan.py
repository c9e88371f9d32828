"""Where each element of an XML text stands, in bytes; knows nothing of what the elements mean."""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from xml.parsers import expat

from d365pop.errors import PlanRefusedError

# Sound only on what expat has accepted: there '<' starts markup and every value is quoted.
_START_TAG = re.compile(rb"<(?:[^\"'>]|\"[^\"]*\"|'[^']*')*>")
_NAME = re.compile(rb"<[^ \t\r\n/>]+")
_ATTRIBUTE = re.compile(rb"[ \t\r\n]+([^ \t\r\n=]+)[ \t\r\n]*=[ \t\r\n]*(\"[^\"]*\"|'[^']*')")


@dataclass(slots=True)
class Element:
    """An element with the offsets of its tags.

    ``start`` and ``end`` hold the whole element, ``content_start`` and ``content_end`` what lies
    between its tags. An element in one tag (``<a/>``) has all but ``start`` at its end.
    """

    name: str
    attributes: dict[str, str]
    start: int
    content_start: int
    content_end: int
    end: int
    children: list["Element"] = field(default_factory=list)

    @property
    def is_one_tag(self) -> bool:
        """Whether it is written as ``<a/>``."""
        return self.content_end == self.end

    def named(self, name: str) -> list["Element"]:
        """Return the direct children called ``name``."""
        return [child for child in self.children if child.name == name]


def check_well_formed(data: bytes, what: str) -> None:
    """Refuse what the platform's own parser would refuse, and any DOCTYPE.

    Raises:
        PlanRefusedError: ``form-xml-invalid``, with line and column.
    """
    # The separator makes expat look at namespaces: a prefix that nothing declares is an error.
    parser = expat.ParserCreate("utf-8", " ")

    def refuse_doctype(*_: object) -> None:
        raise invalid(
            what,
            f"line {parser.CurrentLineNumber}, column {parser.CurrentColumnNumber + 1}:"
            " it declares a DOCTYPE",
        )

    parser.StartDoctypeDeclHandler = refuse_doctype
    try:
        parser.Parse(data, True)  # noqa: FBT003 - expat's own signature
    except expat.ExpatError as exc:
        reason = expat.ErrorString(exc.code)
        raise invalid(what, f"line {exc.lineno}, column {exc.offset + 1}: {reason}") from exc


@lru_cache(maxsize=64)
def scan(data: bytes) -> Element:
    """Return the root of ``data``, which is UTF-8 and well-formed; nobody may change it.

    Prefixes stay unresolved, so a piece cut out of a larger document can be scanned too. A plan
    looks at the same form a dozen times: what was found is kept.
    """
    parser = expat.ParserCreate("utf-8")
    document = Element("", {}, 0, 0, 0, 0)
    open_elements = [document]

    def start(name: str, attributes: dict[str, str]) -> None:
        offset = parser.CurrentByteIndex
        tag_end = start_tag_end(data, offset)
        element = Element(name, attributes, offset, tag_end, tag_end, tag_end)
        open_elements[-1].children.append(element)
        open_elements.append(element)

    def end(_name: str) -> None:
        element = open_elements.pop()
        if not data.endswith(b"/>", element.start, element.content_start):
            element.content_end = parser.CurrentByteIndex
            element.end = data.index(b">", element.content_end) + 1

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.Parse(data, True)  # noqa: FBT003 - expat's own signature
    return document.children[0]


def start_tag_end(data: bytes, start: int) -> int:
    """Return the offset behind the start tag at ``start``."""
    match = _START_TAG.match(data, start)
    if match is None:
        raise AssertionError(f"no start tag at byte {start}")
    return match.end()


def attribute_spans(data: bytes, element: Element) -> dict[str, tuple[int, int]]:
    """Return where the values of the attributes stand, quotes included, in document order."""
    name = _NAME.match(data, element.start)
    position = element.start if name is None else name.end()
    spans = {}
    while match := _ATTRIBUTE.match(data, position, element.content_start):
        spans[match[1].decode()] = match.span(2)
        position = match.end()
    return spans


def invalid(what: str, context: str) -> PlanRefusedError:
    """Return the error for a text that is no form that we dare to edit."""
    return PlanRefusedError(
        "form-xml-invalid",
        f"{what} is not FormXml that we can edit",
        context=context,
        hint="Repair or export the form again; nothing was changed.",
    )
