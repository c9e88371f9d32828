"""Whether the content of web resources can be used: size, encoding, well-formed XML."""

import codecs
from collections.abc import Iterator
from typing import Final
from xml.parsers import expat

from d365pop.check.finding import Finding, Location, Rule, Severity
from d365pop.check.subject import Subject, WebResourceItem
from d365pop.solution.rules import MAX_WEB_RESOURCE_BYTES

_TEXT_TYPES: Final = frozenset({"1", "2", "3", "4", "9", "11", "12"})
_XML_TYPES: Final = frozenset({"4", "9", "11", "12"})

WEB_RESOURCE_TOO_LARGE = Rule(
    "web-resource-too-large",
    Severity.HIGH,
    "The content of a web resource has more than 5 MB.",
    "An environment whose maximum upload size nobody raised refuses it with 0x8004f114.",
    "Make it smaller, or split it.",
    "a bundle with its source map inside",
)
WEB_RESOURCE_EMPTY = Rule(
    "web-resource-empty",
    Severity.MEDIUM,
    "A web resource has no content.",
    "What loads it finds nothing; a build or an upload went wrong.",
    "Build it again, or remove it.",
    "a file of 0 bytes",
)
WEB_RESOURCE_ENCODING = Rule(
    "web-resource-encoding",
    Severity.MEDIUM,
    "A text is not in UTF-8.",
    "Browsers read it as UTF-8: letters outside ASCII turn into other signs, a script may break.",
    "Save the file as UTF-8.",
    "// für in Latin-1",
)
WEB_RESOURCE_BYTE_ORDER_MARK = Rule(
    "web-resource-byte-order-mark",
    Severity.INFORMATIONAL,
    "A text starts with a byte order mark.",
    "Browsers skip it; tools that join or compare files trip over it.",
    "Save the file as UTF-8 without a byte order mark.",
    "the bytes EF BB BF before the first character",
)
WEB_RESOURCE_XML_MALFORMED = Rule(
    "web-resource-xml-malformed",
    Severity.MEDIUM,
    "An XML, XSL, SVG or RESX web resource is not well-formed.",
    "A browser shows no such image, and texts of a RESX are missing.",
    "Correct it at the line and column that are given.",
    "<svg><path></svg>",
)

RULES: Final = (
    WEB_RESOURCE_TOO_LARGE,
    WEB_RESOURCE_EMPTY,
    WEB_RESOURCE_ENCODING,
    WEB_RESOURCE_BYTE_ORDER_MARK,
    WEB_RESOURCE_XML_MALFORMED,
)


def check(subject: Subject) -> Iterator[Finding]:
    """Look at the content of each web resource whose part is there."""
    for item in subject.web_resources:
        if item.content is None:
            continue
        if not item.content:
            yield _finding(WEB_RESOURCE_EMPTY, item, f"{item.name} is empty")
        elif len(item.content) > MAX_WEB_RESOURCE_BYTES:
            message = f"{item.name} has {len(item.content)} bytes"
            yield _finding(WEB_RESOURCE_TOO_LARGE, item, message)
        elif item.type_text in _TEXT_TYPES:
            yield from _text(item, item.content)


def _text(item: WebResourceItem, content: bytes) -> Iterator[Finding]:
    if content.startswith(codecs.BOM_UTF8):
        message = f"{item.name} starts with a byte order mark"
        yield _finding(WEB_RESOURCE_BYTE_ORDER_MARK, item, message, 1, 1)
    try:
        content.decode()
    except UnicodeDecodeError as exc:
        line = content.count(b"\n", 0, exc.start) + 1
        column = exc.start - content.rfind(b"\n", 0, exc.start)
        message = f"{item.name} is not in UTF-8: {exc.reason}"
        yield _finding(WEB_RESOURCE_ENCODING, item, message, line, column)
        return
    if item.type_text in _XML_TYPES:
        yield from _xml(item, content)


def _xml(item: WebResourceItem, content: bytes) -> Iterator[Finding]:
    # No tree is kept, and expat refuses entities that multiply.
    parser = expat.ParserCreate()
    try:
        parser.Parse(content, True)  # noqa: FBT003 - expat's own signature
    except expat.ExpatError as exc:
        message = f"{item.name} is no XML: {expat.ErrorString(exc.code)}"
        yield _finding(WEB_RESOURCE_XML_MALFORMED, item, message, exc.lineno, exc.offset + 1)


def _finding(
    rule: Rule, item: WebResourceItem, message: str, line: int = 0, column: int = 0
) -> Finding:
    return Finding(rule, Location(item.part, line, column), message, item.name)
