"""Reads DependencyXml: what a web resource or a form loads with it."""

from d365pop.compare.outline import outline
from d365pop.errors import BundleError
from d365pop.solution.xml import parse_xml


def library_names(dependency_xml: str) -> tuple[str, ...]:
    """Return the web resources that are named; none where it is no XML."""
    if not dependency_xml:
        return ()
    try:
        root = parse_xml(dependency_xml.encode(), "DependencyXml")
    except BundleError:
        # Rules judge it; here it just tells nothing.
        return ()
    return tuple(str(library.get("name", "")) for library in root.iter("Library"))


def meaning(dependency_xml: str) -> str:
    """Return the text in one line and one form, however it was written."""
    if not dependency_xml:
        return ""
    try:
        lines = outline(parse_xml(dependency_xml.encode(), "DependencyXml"))
    except BundleError:
        return dependency_xml
    return " ".join(line.strip() for line in lines)
