"""Whether the XML parts can be read at all: well-formed, without a DOCTYPE, in UTF-8."""

from collections.abc import Iterator
from typing import Final

from d365pop.check.finding import Finding, Location, Rule, Severity
from d365pop.check.subject import Subject, expected_root, place
from d365pop.solution.xml import XmlInvalidError, is_utf_16

_DOCTYPE: Final = b"<!DOCTYPE"

XML_MALFORMED = Rule(
    "xml-malformed",
    Severity.CRITICAL,
    "A part that must be XML is not well-formed, or too large to be read.",
    "The import fails with 0x8004802c, and nothing else in this part can be checked.",
    "Correct it at the line and column that are given, or export it again.",
    "<Version>1.0.0.0</version>",
)
XML_DOCTYPE = Rule(
    "xml-doctype",
    Severity.CRITICAL,
    "A part declares a DOCTYPE.",
    "No export has one; entities in it can read files or fill the memory of whoever parses it.",
    "Remove the DOCTYPE. Ask who made the package.",
    '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
)
XML_ROOT_UNEXPECTED = Rule(
    "xml-root-unexpected",
    Severity.CRITICAL,
    "A part holds another document than its name says.",
    "The import fails with 0x80048000, and nothing else in this part can be checked.",
    "Put the right file there, or export the solution again.",
    "<html> in customizations.xml",
)
XML_ENCODING = Rule(
    "xml-encoding",
    Severity.MEDIUM,
    "A part is not in UTF-8.",
    # ASSUMED: every export seen is UTF-8; whether Dataverse reads others is not documented.
    "The platform writes UTF-8 only; that it reads anything else is not documented.",
    "Save the part as UTF-8.",
    '<?xml version="1.0" encoding="utf-16"?>',
)

RULES: Final = (XML_MALFORMED, XML_DOCTYPE, XML_ROOT_UNEXPECTED, XML_ENCODING)


def check(subject: Subject) -> Iterator[Finding]:
    """Report what could not be parsed, and in what encoding the rest is."""
    for part, problem in subject.problems.items():
        yield _problem(part, subject.parts[part], problem)
    for part, root in subject.roots.items():
        expected = expected_root(part)
        if expected and root.tag != expected:
            message = f"The root of {part} is {root.tag}, not {expected}"
            yield Finding(XML_ROOT_UNEXPECTED, place(part, root), message, str(root.tag))
        # The bytes tell, not the declaration, which may be missing; others are not parsed at all.
        if is_utf_16(subject.parts[part]):
            yield Finding(XML_ENCODING, Location(part, 1, 1), f"{part} is in UTF-16", "UTF-16")


def _problem(part: str, content: bytes, problem: XmlInvalidError) -> Finding:
    start = content.find(_DOCTYPE)
    if start < 0 and "DOCTYPE" not in problem.reason:
        location = Location(part, max(problem.line, 1), max(problem.column, 1))
        return Finding(XML_MALFORMED, location, f"{part} cannot be read: {problem.reason}")
    line = content.count(b"\n", 0, max(start, 0)) + 1
    column = start - content.rfind(b"\n", 0, start) if start > 0 else 1
    return Finding(XML_DOCTYPE, Location(part, line, column), f"{part} declares a DOCTYPE")
