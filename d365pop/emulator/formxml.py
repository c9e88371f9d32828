"""What the emulator demands of FormXml, and the web resources that a form uses."""

from collections.abc import Iterator
from xml.etree import ElementTree as ET

from d365pop.emulator.xmltext import XmlRefusedError, parse_xml

FORM_PARTS = frozenset(
    {
        "ancestor",
        "hiddencontrols",
        "controlDescriptions",
        "tabs",
        "header",
        "footer",
        "events",
        "formLibraries",
        "externaldependencies",
        "formparameters",
        "clientresources",
        "Navigation",
        "DisplayConditions",
        "RibbonDiffXml",
    }
)
EVENT_PARTS = frozenset({"Handlers", "InternalHandlers", "dependencies"})
HANDLER_ATTRIBUTES = ("functionName", "libraryName", "handlerUniqueId")
BOOLEANS = frozenset({"true", "false", "1", "0"})
MOST = 50


class FormXmlError(Exception):
    """FormXml that does not conform to the schema; the message says how."""


def check_form_xml(text: str) -> list[str]:
    """Check FormXml and return the names of its form libraries.

    ASSUMED: these rules of the published schema are the ones that matter; the platform checks all.

    Raises:
        FormXmlError: it is not well formed or breaks a rule.
    """
    try:
        root = parse_xml(text)
    except XmlRefusedError as exc:
        raise FormXmlError(str(exc)) from exc
    for problem in _problems(root):
        raise FormXmlError(problem)
    return library_names(root)


def library_names(root: ET.Element) -> list[str]:
    """Return the names in ``formLibraries``."""
    return [library.get("name", "") for library in root.findall("formLibraries/Library")]


def web_resources_used(text: str) -> set[str]:
    """Return, in lower case, the names of the web resources that a form needs."""
    root = parse_xml(text)
    names = set(library_names(root))
    names |= {handler.get("libraryName", "") for handler in root.iter("Handler")}
    return {name.lower() for name in names if name}


def _problems(root: ET.Element) -> Iterator[str]:
    if root.tag != "form":
        yield f"The '{root.tag}' element is not declared."
        return
    seen: set[str] = set()
    for child in root:
        if child.tag not in FORM_PARTS:
            yield f"The element 'form' has invalid child element '{child.tag}'."
        if child.tag in seen:
            yield f"The element 'form' has more than one child element '{child.tag}'."
        seen.add(child.tag)
    if "tabs" not in seen:
        yield "The element 'form' has incomplete content. List of possible elements expected: "
    for container in root.iter("formLibraries"):
        yield from _library_problems(container)
    for container in root.iter("events"):
        yield from _event_problems(container)


def _library_problems(container: ET.Element) -> Iterator[str]:
    if len(container) == 0:
        yield "The element 'formLibraries' has incomplete content. 'Library' is expected."
    if len(container) > MOST:
        yield f"The element 'formLibraries' has more than {MOST} child elements."
    for library in container:
        if library.tag != "Library":
            yield f"The element 'formLibraries' has invalid child element '{library.tag}'."
        yield from _missing_attributes(library, ("name", "libraryUniqueId"))


def _event_problems(container: ET.Element) -> Iterator[str]:
    if len(container) == 0:
        yield "The element 'events' has incomplete content. 'event' is expected."
    for event in container:
        if event.tag != "event":
            yield f"The element 'events' has invalid child element '{event.tag}'."
        yield from _boolean_problems(event, ("application", "active"))
        parts = [part.tag for part in event]
        for tag in parts:
            if tag not in EVENT_PARTS or parts.count(tag) > 1:
                yield f"The element 'event' has invalid child element '{tag}'."
        for handlers in (*event.findall("Handlers"), *event.findall("InternalHandlers")):
            yield from _handler_problems(handlers)


def _handler_problems(handlers: ET.Element) -> Iterator[str]:
    if len(handlers) > MOST:
        yield f"The element '{handlers.tag}' has more than {MOST} child elements."
    for handler in handlers:
        if handler.tag != "Handler":
            yield f"The element '{handlers.tag}' has invalid child element '{handler.tag}'."
        yield from _missing_attributes(handler, HANDLER_ATTRIBUTES)
        yield from _boolean_problems(handler, ("enabled", "passExecutionContext"))


def _missing_attributes(element: ET.Element, names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        if name not in element.attrib:
            yield f"The required attribute '{name}' is missing on '{element.tag}'."


def _boolean_problems(element: ET.Element, names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        if element.get(name, "true") not in BOOLEANS:
            yield f"The '{name}' attribute is invalid - '{element.get(name)}' is no boolean."
