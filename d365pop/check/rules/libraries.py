"""Whether the libraries that forms and web resources load are in the package or required by it."""

import re
from collections.abc import Iterator
from typing import Final

from d365pop.check.differences import is_enabled, kept
from d365pop.check.finding import Finding, Location, Rule, Severity
from d365pop.check.subject import LIBRARY_NAMES, FormItem, Subject, WebResourceItem, place
from d365pop.solution.reading import CUSTOMIZATIONS
from d365pop.solution.reading_xml import line_of, text
from d365pop.solution.xml import XmlInvalidError, parse_xml

_DIRECTIVE: Final = "$webresource:"
_PREFIX: Final = re.compile(r"([A-Za-z][A-Za-z0-9]{1,7})_")

FORM_LIBRARY_DANGLING = Rule(
    "form-library-dangling",
    Severity.HIGH,
    "A form loads a library with the solution's own prefix that the package does not have.",
    "The import fails, since the form needs a web resource that nothing brings.",
    "Add the web resource, or remove the library and its handlers from the form.",
    '<Library name="new_/gone.js" … />',
)
FORM_LIBRARY_DIRECTIVE = Rule(
    "form-library-directive",
    Severity.HIGH,
    "A form names a library as $webresource:name.",
    "The directive belongs in ribbons and site maps; a form takes the bare name and finds nothing.",
    "Write the name without $webresource:.",
    '<Library name="$webresource:new_/app.js" … />',
)
DEPENDENCY_XML_MALFORMED = Rule(
    "dependency-xml-malformed",
    Severity.HIGH,
    "DependencyXml is not XML.",
    "The web resource's dependencies are not loaded, or the import fails.",
    "Correct it: a Dependencies element, written as escaped text.",
    "<DependencyXml>new_/lib.js</DependencyXml>",
)
DEPENDENCY_LIBRARY_DANGLING = Rule(
    "dependency-library-dangling",
    Severity.MEDIUM,
    "A web resource depends on one with the solution's own prefix that the package does not have.",
    "The form loads without it, and the script fails at run time.",
    "Add the web resource, or remove the dependency.",
    '&lt;Library name="new_/gone.js" … /&gt; in DependencyXml',
)
LIBRARY_UNLISTED = Rule(
    "library-unlisted",
    Severity.LOW,
    "A library of another publisher is loaded that MissingDependencies does not list.",
    "Where it is absent the import fails without saying which solution brings it.",
    "Export the solution again, which lists it, or make sure that it is installed.",
    '<Library name="other_/lib.js" … /> without a MissingDependency',
)

RULES: Final = (
    FORM_LIBRARY_DANGLING,
    FORM_LIBRARY_DIRECTIVE,
    DEPENDENCY_XML_MALFORMED,
    DEPENDENCY_LIBRARY_DANGLING,
    LIBRARY_UNLISTED,
)


def check(subject: Subject) -> Iterator[Finding]:
    """Look at every name of a library in forms and in DependencyXml."""
    own = own_prefixes(subject)
    for form in subject.forms:
        for name, location in _form_libraries(form):
            if name.lower().startswith(_DIRECTIVE):
                message = f"{form.label} names the library {name}"
                yield Finding(FORM_LIBRARY_DIRECTIVE, location, message, name)
            elif is_missing(subject, name):
                yield _missing(FORM_LIBRARY_DANGLING, name, location, own, form.label)
    for item in subject.web_resources:
        yield from _dependencies(subject, item, own)


def own_prefixes(subject: Subject) -> frozenset[str]:
    """Return the prefixes of what the solution brings itself, in lower case."""
    names = [f"{subject.prefix}_", *(item.name for item in subject.web_resources)]
    return frozenset(map(prefix_of, names)) - {""}


def prefix_of(name: str) -> str:
    """Return the customization prefix of a web resource's name, in lower case; empty without."""
    found = _PREFIX.match(name)
    return "" if found is None else found[1].lower()


def _form_libraries(form: FormItem) -> Iterator[tuple[str, Location]]:
    seen = set()
    for container, child, attribute in LIBRARY_NAMES:
        for element in filter(is_enabled, kept(form.children(container, child))):
            name = element.get(attribute, "").strip()
            # Each library once: its handlers would only repeat what is wrong with it.
            if name and name.lower() not in seen:
                seen.add(name.lower())
                yield name, place(CUSTOMIZATIONS, element)


def is_missing(subject: Subject, name: str) -> bool:
    """Return whether the package neither has a web resource nor says who brings it."""
    key = name.lower()
    return key not in subject.web_resource_by_name and key not in subject.required_web_resources


def _missing(rule: Rule, name: str, location: Location, own: frozenset[str], user: str) -> Finding:
    if prefix_of(name) in own:
        message = f"{user} loads {name}, which is not in the package"
        return Finding(rule, location, message, name)
    message = f"{user} loads {name}, which the package neither has nor says where it comes from"
    return Finding(LIBRARY_UNLISTED, location, message, name)


def _dependencies(
    subject: Subject, item: WebResourceItem, own: frozenset[str]
) -> Iterator[Finding]:
    written = text(item.element, "DependencyXml")
    if not written:
        return
    element = item.element.find("DependencyXml")
    line = 0 if element is None else line_of(element)
    location = Location(CUSTOMIZATIONS, line)
    try:
        root = parse_xml(written.encode(), "DependencyXml")
    except XmlInvalidError as problem:
        message = f"DependencyXml of {item.name} is no XML: {problem.reason}"
        yield Finding(DEPENDENCY_XML_MALFORMED, location, message, item.name)
        return
    for library in root.iter("Library"):
        name = library.get("name", "").strip()
        if name and is_missing(subject, name):
            yield _missing(DEPENDENCY_LIBRARY_DANGLING, name, location, own, item.name)
