"""Whether the buttons of classic ribbons find their scripts, their functions and their texts."""

from collections.abc import Callable, Iterator
from typing import Final

from lxml import etree

from d365pop.check.finding import Finding, Rule, Severity
from d365pop.check.rules.handlers import definitions_of
from d365pop.check.rules.libraries import is_missing, own_prefixes, prefix_of
from d365pop.check.scripts.definitions import Definitions
from d365pop.check.subject import Subject, place
from d365pop.solution.reading import CUSTOMIZATIONS

_DIRECTIVE: Final = "$webresource:"
_LABELS: Final = "$LocLabels:"
_CALLS: Final = ("JavaScriptFunction", "CustomRule")

RIBBON_LIBRARY_DANGLING = Rule(
    "ribbon-library-dangling",
    Severity.HIGH,
    "A ribbon names a web resource with the solution's own prefix that the package does not have.",
    "The import fails, since the ribbon needs what nothing brings; or the button does nothing.",
    "Add the web resource, or take the button out of the ribbon.",
    '<JavaScriptFunction Library="$webresource:new_/gone.js" … />',
)
RIBBON_FUNCTION_MISSING = Rule(
    "ribbon-function-missing",
    Severity.HIGH,
    "A button or a rule of a ribbon calls a function that its library does not define.",
    "Nobody checks it at import: who clicks sees a script error instead.",
    "Correct FunctionName, or define and expose the function.",
    '<JavaScriptFunction FunctionName="Pop.opne" … />',
)
RIBBON_LABEL_DANGLING = Rule(
    "ribbon-label-dangling",
    Severity.HIGH,
    "A ribbon refers to a LocLabel that it does not have.",
    'Microsoft calls it the most common failure of an import with a ribbon ("Dealing with errors'
    ' on import").',
    "Add the LocLabel, or correct the reference: they must match exactly.",
    '<Button LabelText="$LocLabels:new.Open.LabelText" … /> without that LocLabel',
)

RULES: Final = (RIBBON_LIBRARY_DANGLING, RIBBON_FUNCTION_MISSING, RIBBON_LABEL_DANGLING)


def check(subject: Subject) -> Iterator[Finding]:
    """Look at each ribbon, of tables and of the application."""
    root = subject.root(CUSTOMIZATIONS)
    defined, own = definitions_of(subject), own_prefixes(subject)
    for ribbon in () if root is None else root.iter("RibbonDiffXml"):
        labels = {label.get("Id", "") for label in ribbon.iterfind("LocLabels/LocLabel")}
        for element in ribbon.iter(etree.Element):
            yield from _libraries(subject, element, own)
            yield from _labels(element, labels)
            if element.tag in _CALLS:
                yield from _function(element, defined)


def called_libraries(subject: Subject) -> set[str]:
    """Return the scripts that ribbons call, by their names in lower case."""
    root = subject.root(CUSTOMIZATIONS)
    calls = () if root is None else root.iter(*_CALLS)
    return {_web_resource(call.get("Library", "")).lower() for call in calls} - {""}


def _libraries(subject: Subject, element: etree._Element, own: frozenset[str]) -> Iterator[Finding]:
    for name in filter(None, map(_web_resource, map(str, element.attrib.values()))):
        if prefix_of(name) in own and is_missing(subject, name):
            message = f"the ribbon names {name}, which is not in the package"
            yield Finding(RIBBON_LIBRARY_DANGLING, place(CUSTOMIZATIONS, element), message, name)


def _labels(element: etree._Element, labels: set[str]) -> Iterator[Finding]:
    for value in map(str, element.attrib.values()):
        name = value.removeprefix(_LABELS)
        if name != value and name not in labels:
            message = f"the ribbon has no LocLabel {name}"
            yield Finding(RIBBON_LABEL_DANGLING, place(CUSTOMIZATIONS, element), message, name)


def _function(
    element: etree._Element, defined: Callable[[str], Definitions | None]
) -> Iterator[Finding]:
    library, function = _web_resource(element.get("Library", "")), element.get("FunctionName", "")
    names = defined(library.lower()) if library else None
    if names is not None and not names.may_define(function):
        message = f"the ribbon calls {function}, which {library} does not define"
        evidence = f"{library} {function}"
        yield Finding(RIBBON_FUNCTION_MISSING, place(CUSTOMIZATIONS, element), message, evidence)


def _web_resource(value: str) -> str:
    """Return the web resource that an attribute names; empty for anything else."""
    is_one = value.lower().startswith(_DIRECTIVE)
    return value[len(_DIRECTIVE) :].strip() if is_one else ""
