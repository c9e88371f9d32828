"""Whether each WebResource of customizations.xml has a name, an id and a type that are taken."""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from d365pop.check.finding import Finding, Rule, Severity
from d365pop.check.subject import Subject, WebResourceItem, is_guid
from d365pop.solution.reading_xml import guid, text

_PREFIXED: Final = re.compile(r"([A-Za-z][A-Za-z0-9]{1,7})_(.+)", re.DOTALL)
_PATH: Final = re.compile(r"/?[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*")
# ASSUMED: the length of the column that holds the name.
_MAX_NAME: Final = 256
_SERVER_PAGES: Final = (".aspx", ".ascx", ".asmx", ".ashx")
_TYPES: Final = frozenset(str(number) for number in range(1, 13))
_SILVERLIGHT: Final = "8"
_TYPE_OF_EXTENSION: Final = {
    "htm": "1",
    "html": "1",
    "css": "2",
    "js": "3",
    "xml": "4",
    "png": "5",
    "jpg": "6",
    "jpeg": "6",
    "gif": "7",
    "xap": "8",
    "xsl": "9",
    "xslt": "9",
    "ico": "10",
    "svg": "11",
    "resx": "12",
}
_LANGUAGES: Final = range(1025, 65_536)

WEB_RESOURCE_PREFIX_MISSING = Rule(
    "web-resource-prefix-missing",
    Severity.HIGH,
    "The name of a web resource starts with no publisher's prefix.",
    "The import fails with 0x8004f118.",
    "Start the name with the publisher's prefix and '_'.",
    "<Name>app.js</Name>",
)
WEB_RESOURCE_PREFIX_FOREIGN = Rule(
    "web-resource-prefix-foreign",
    Severity.LOW,
    "The name of a web resource starts with another prefix than the publisher's.",
    "It belongs to somebody else's solution, which may change or remove it.",
    "Rename it, or ship it with its own publisher.",
    "<Name>new_/app.js</Name> of a publisher with the prefix pop",
)
WEB_RESOURCE_NAME_INVALID = Rule(
    "web-resource-name-invalid",
    Severity.HIGH,
    "The name of a web resource has characters that it cannot have, or is too long.",
    "The import fails: the name is refused.",
    "Use letters, digits, '_', '-' and '.', in folders that a single '/' divides.",
    "<Name>new_/my app.js</Name>",
)
WEB_RESOURCE_EXTENSION_REFUSED = Rule(
    "web-resource-extension-refused",
    Severity.HIGH,
    "The name of a web resource ends like a page that runs on the server.",
    "The import fails: .aspx, .ascx, .asmx and .ashx are refused.",
    "Make it an HTML page.",
    "<Name>new_/page.aspx</Name>",
)
WEB_RESOURCE_TYPE_INVALID = Rule(
    "web-resource-type-invalid",
    Severity.HIGH,
    "The type of a web resource is no number from 1 to 12.",
    "The import fails: the type is refused.",
    "Write 1 for HTML, 2 CSS, 3 script, 4 XML, 5 PNG, 6 JPG, 7 GIF, 9 XSL, 10 ICO, 11 SVG or"
    " 12 RESX.",
    "<WebResourceType>13</WebResourceType>",
)
WEB_RESOURCE_TYPE_MISMATCH = Rule(
    "web-resource-type-mismatch",
    Severity.MEDIUM,
    "The extension of a web resource stands for another type.",
    "It is served with the wrong content type, and browsers then refuse to run or show it.",
    "Correct the type or the name.",
    "<Name>new_/app.js</Name> with <WebResourceType>1</WebResourceType>",
)
WEB_RESOURCE_ID_INVALID = Rule(
    "web-resource-id-invalid",
    Severity.HIGH,
    "WebResourceId is no GUID.",
    "The import fails.",
    "Give a GUID in braces.",
    "<WebResourceId>1</WebResourceId>",
)
WEB_RESOURCE_ID_DUPLICATE = Rule(
    "web-resource-id-duplicate",
    # ASSUMED: an id is unique in its table; which of the two happens was not seen.
    Severity.CRITICAL,
    "Two web resources have the same id.",
    "The import fails, or one overwrites the other.",
    "Give each its own GUID.",
    "<WebResourceId>{5e8d7b63-…}</WebResourceId> twice",
)
WEB_RESOURCE_NAME_DUPLICATE = Rule(
    "web-resource-name-duplicate",
    # ASSUMED: Dataverse has an error for it; whether an import ends in it was not seen.
    Severity.HIGH,
    "Two web resources have names that differ in case only, or not at all.",
    "Names are compared without case: the import fails, or one overwrites the other.",
    "Rename or remove one of them.",
    "<Name>new_/app.js</Name> and <Name>new_/App.js</Name>",
)
WEB_RESOURCE_LANGUAGE_INVALID = Rule(
    "web-resource-language-invalid",
    Severity.MEDIUM,
    "LanguageCode is neither absent, 0, nor the number of a language.",
    "The import refuses a language that does not exist.",
    "Remove LanguageCode, or give a number such as 1033.",
    "<LanguageCode>en-US</LanguageCode>",
)
META_AVOID_SILVERLIGHT = Rule(
    # Solution Checker's own id.
    "meta-avoid-silverlight",
    Severity.MEDIUM,
    "A web resource is a Silverlight application.",
    "No browser runs Silverlight any more: people see an empty frame.",
    "Replace it by an HTML page, and remove it.",
    "<Name>new_/app.xap</Name> with <WebResourceType>8</WebResourceType>",
)

RULES: Final = (
    WEB_RESOURCE_PREFIX_MISSING,
    WEB_RESOURCE_PREFIX_FOREIGN,
    WEB_RESOURCE_NAME_INVALID,
    WEB_RESOURCE_EXTENSION_REFUSED,
    WEB_RESOURCE_TYPE_INVALID,
    WEB_RESOURCE_TYPE_MISMATCH,
    WEB_RESOURCE_ID_INVALID,
    WEB_RESOURCE_ID_DUPLICATE,
    WEB_RESOURCE_NAME_DUPLICATE,
    WEB_RESOURCE_LANGUAGE_INVALID,
    META_AVOID_SILVERLIGHT,
)


def check(subject: Subject) -> Iterator[Finding]:
    """Look at each web resource, then at all of them together."""
    for item in subject.web_resources:
        yield from _name(item, subject.prefix)
        yield from _type(item)
        yield from _id(item)
        yield from _language(item)
    names = [item.name for item in subject.web_resources]
    yield from _same(subject, WEB_RESOURCE_NAME_DUPLICATE, names)
    ids = [guid(text(item.element, "WebResourceId")) for item in subject.web_resources]
    yield from _same(subject, WEB_RESOURCE_ID_DUPLICATE, ids)


def extension_of(name: str) -> str:
    """Return the extension of a web resource's name in lower case, without the dot."""
    _, dot, extension = name.rpartition("/")[2].rpartition(".")
    return extension.lower() if dot else ""


def _name(item: WebResourceItem, prefix: str) -> Iterator[Finding]:
    prefixed = _PREFIXED.fullmatch(item.name)
    if prefixed is None:
        yield _finding(WEB_RESOURCE_PREFIX_MISSING, item, f"{item.name!r} has no prefix")
        return
    if not _PATH.fullmatch(prefixed[2]) or len(item.name) > _MAX_NAME:
        yield _finding(WEB_RESOURCE_NAME_INVALID, item, f"{item.name!r} is no name")
    elif item.name.lower().endswith(_SERVER_PAGES):
        yield _finding(WEB_RESOURCE_EXTENSION_REFUSED, item, f"{item.name} is no server page")
    if prefix and prefixed[1].lower() != prefix.lower():
        message = f"{item.name} does not start with {prefix}_"
        yield _finding(WEB_RESOURCE_PREFIX_FOREIGN, item, message)


def _type(item: WebResourceItem) -> Iterator[Finding]:
    expected = _TYPE_OF_EXTENSION.get(extension_of(item.name), item.type_text)
    if item.type_text not in _TYPES:
        message = f"{item.name} has the type {item.type_text!r}"
        yield _finding(WEB_RESOURCE_TYPE_INVALID, item, message)
    elif item.type_text != expected:
        message = f"{item.name} has type {item.type_text}; its extension means {expected}"
        yield _finding(WEB_RESOURCE_TYPE_MISMATCH, item, message)
    if item.type_text == _SILVERLIGHT:
        yield _finding(META_AVOID_SILVERLIGHT, item, f"{item.name} is for Silverlight")


def _id(item: WebResourceItem) -> Iterator[Finding]:
    written = text(item.element, "WebResourceId")
    if not is_guid(written):
        message = f"{item.name} has the id {written!r}"
        yield _finding(WEB_RESOURCE_ID_INVALID, item, message)


def _language(item: WebResourceItem) -> Iterator[Finding]:
    written = text(item.element, "LanguageCode")
    if written in {"", "0"}:
        return
    if not (written.isascii() and written.isdigit()) or int(written[:9]) not in _LANGUAGES:
        message = f"{item.name} has the language {written!r}"
        yield _finding(WEB_RESOURCE_LANGUAGE_INVALID, item, message)


def _same(subject: Subject, rule: Rule, keys: list[str]) -> Iterator[Finding]:
    owners: dict[str, list[WebResourceItem]] = defaultdict(list)
    for key, item in zip(keys, subject.web_resources, strict=True):
        owners[key.lower()].append(item)
    for same in owners.values():
        for item in same[1:]:
            other = same[0]
            message = f"{item.name} has it from {other.name} in line {other.location.line}"
            yield _finding(rule, item, message)


def _finding(rule: Rule, item: WebResourceItem, message: str) -> Finding:
    return Finding(rule, item.location, message, item.name)
