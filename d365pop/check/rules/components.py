"""Whether RootComponents and the content agree, both ways, and what an environment must have."""

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from d365pop.check.finding import Finding, Rule, Severity
from d365pop.check.subject import Subject, is_guid, is_variable, place
from d365pop.solution.reading import CUSTOMIZATIONS, SOLUTION
from d365pop.solution.reading_xml import guid, text

_TABLE: Final = "1"
_PROCESS: Final = "29"
_FORM: Final = "60"
_WEB_RESOURCE: Final = "61"
_VARIABLE: Final = "380"
_NUMBER: Final = re.compile(r"[0-9]{1,9}")
_BEHAVIORS: Final = frozenset({"", "0", "1", "2"})
_KINDS: Final = {
    _TABLE: "table",
    _PROCESS: "process",
    _FORM: "form",
    _WEB_RESOURCE: "web resource",
    _VARIABLE: "environment variable",
}
# What an export calls the layer of changes that belong to no solution.
_UNMANAGED_LAYER: Final = "active"

ROOT_COMPONENT_INVALID = Rule(
    "root-component-invalid",
    Severity.HIGH,
    "A RootComponent has no numeric type, no name and no id, or an unknown behavior.",
    "The import fails, or does not know what the solution holds.",
    'Write type, schemaName or id="{guid}", and behavior 0, 1 or 2.',
    '<RootComponent type="61" behavior="0" />',
)
ROOT_COMPONENT_DUPLICATE = Rule(
    "root-component-duplicate",
    Severity.MEDIUM,
    "A component is listed twice.",
    "The package was merged by hand; behaviors may contradict each other.",
    "Keep one of the entries.",
    '<RootComponent type="61" schemaName="new_/app.js" behavior="0" /> twice',
)
ROOT_COMPONENT_DANGLING = Rule(
    "root-component-dangling",
    Severity.HIGH,
    "A listed web resource, form, process or environment variable is not in the package.",
    "The import fails with 0x8004801f.",
    "Put the component into the package, or remove the RootComponent.",
    'schemaName="new_/gone.js" without its WebResource',
)
ROOT_TABLE_DANGLING = Rule(
    "root-table-dangling",
    Severity.LOW,
    "A listed table has no Entity in customizations.xml.",
    "The import adds a reference to a table that it brings nothing for; it must exist already.",
    "Remove the RootComponent, or export the table with the solution.",
    '<RootComponent type="1" schemaName="account" behavior="2" /> without its Entity',
)
COMPONENT_NOT_ROOT = Rule(
    "component-not-root",
    Severity.MEDIUM,
    "A web resource, or a form whose table is not listed either, is no RootComponent.",
    # ASSUMED: reported by people who write packages by hand.
    "It is imported but stays outside the solution: no upgrade and no uninstall reaches it.",
    "Add a RootComponent for it.",
    "<WebResource> without its RootComponent",
)
DEPENDENCY_REQUIRED = Rule(
    "dependency-required",
    Severity.INFORMATIONAL,
    "The solution needs a component of another solution.",
    "Where that solution is not installed the import fails with 0x8004801d.",
    "Install the solution that is named before this one.",
    '<Required … solution="msdynce_Service (9.0.5.56)" />',
)
DEPENDENCY_UNMANAGED = Rule(
    "dependency-unmanaged",
    Severity.LOW,
    "The solution needs a component that no solution brings: it was unmanaged where this was made.",
    "The import fails with 0x8004801d in every environment where nobody made that component.",
    "Add the component to the solution, or ship it in one that is installed before.",
    '<Required … solution="Active" />',
)

RULES: Final = (
    ROOT_COMPONENT_INVALID,
    ROOT_COMPONENT_DUPLICATE,
    ROOT_COMPONENT_DANGLING,
    ROOT_TABLE_DANGLING,
    COMPONENT_NOT_ROOT,
    DEPENDENCY_REQUIRED,
    DEPENDENCY_UNMANAGED,
)


def check(subject: Subject) -> Iterator[Finding]:
    """Compare the list of components with the components."""
    manifest = subject.manifest
    if manifest is None:
        return
    listed = set()
    content = _content(subject)
    for element in manifest.iterfind("RootComponents/RootComponent"):
        kind, key = element.get("type", ""), _key(element)
        if not _is_valid(element):
            message = f"Type {kind!r}, {key or 'no name'}, behavior {element.get('behavior')!r}"
            yield _finding(ROOT_COMPONENT_INVALID, element, message, key)
        elif (kind, key) in listed:
            yield _finding(ROOT_COMPONENT_DUPLICATE, element, f"{key} is listed again", key)
        else:
            yield from _dangling(element, kind, key, content)
        listed.add((kind, key))
    yield from _not_listed(subject, listed)
    yield from _dependencies(manifest)


def _content(subject: Subject) -> dict[str, set[str]]:
    """Return the names and ids in the package by type; no type where its part is unreadable."""
    content: dict[str, set[str]] = {}
    customizations = subject.root(CUSTOMIZATIONS)
    if customizations is None:
        return content
    if sum(map(is_variable, subject.parts)) == len(subject.variables):
        content[_VARIABLE] = {root.get("schemaname", "").lower() for _, root in subject.variables}
        content[_VARIABLE] |= {
            text(element, path).lower()
            for element in customizations.iterfind("EnvironmentVariables/Definition")
            for path in ("SchemaName", "Name")
        }
    content[_TABLE] = {text(e, "Name").lower() for e in customizations.iterfind("Entities/Entity")}
    content[_PROCESS] = {guid(e.get("WorkflowId", "")) for e in customizations.iter("Workflow")}
    content[_FORM] = {guid(e.text or "") for e in customizations.iter("formid", "FormId")}
    content[_WEB_RESOURCE] = set(subject.web_resource_by_name) | {
        guid(text(item.element, "WebResourceId")) for item in subject.web_resources
    }
    return content


def _key(element: etree._Element) -> str:
    return element.get("schemaName", "").lower() or guid(element.get("id", ""))


def _is_valid(element: etree._Element) -> bool:
    component_id = element.get("id")
    return (
        _NUMBER.fullmatch(element.get("type", "")) is not None
        and element.get("behavior", "") in _BEHAVIORS
        and (component_id is None or is_guid(component_id))
        and _key(element) != ""
    )


def _dangling(
    element: etree._Element, kind: str, key: str, content: dict[str, set[str]]
) -> Iterator[Finding]:
    if kind in content and key not in content[kind]:
        rule = ROOT_TABLE_DANGLING if kind == _TABLE else ROOT_COMPONENT_DANGLING
        yield _finding(rule, element, f"The {_KINDS[kind]} {key} is not in the package", key)


def _not_listed(subject: Subject, listed: set[tuple[str, str]]) -> Iterator[Finding]:
    for item in subject.web_resources:
        keys = {item.name.lower(), guid(text(item.element, "WebResourceId"))}
        if not any((_WEB_RESOURCE, key) in listed for key in keys):
            message = f"{item.name} is not listed in RootComponents"
            yield Finding(COMPONENT_NOT_ROOT, item.location, message, item.name)
    for form in subject.forms:
        if (_FORM, form.form_id) not in listed and (_TABLE, form.table) not in listed:
            message = f"Neither {form.label} nor its table is listed in RootComponents"
            location = place(CUSTOMIZATIONS, form.element)
            yield Finding(COMPONENT_NOT_ROOT, location, message, form.form_id)


def _dependencies(manifest: etree._Element) -> Iterator[Finding]:
    seen = set()
    for required in manifest.iterfind("MissingDependencies/MissingDependency/Required"):
        kind, solution = required.get("type", ""), required.get("solution", "")
        name = required.get("schemaName", "") or required.get("displayName", "")
        name = name or required.get("id", "")
        parent = required.get("parentSchemaName", "") or required.get("parentDisplayName", "")
        full_name = f"{parent}.{name}" if parent else name
        if (kind, full_name, solution) in seen:
            continue
        seen.add((kind, full_name, solution))
        what = f"{_KINDS.get(kind, f'component of type {kind}')} {full_name}"
        if solution.strip().lower() == _UNMANAGED_LAYER:
            message = f"Nothing that can be installed brings the {what}"
            yield _finding(DEPENDENCY_UNMANAGED, required, message, full_name)
        else:
            message = f"The {what} comes with {solution or 'the system itself'}"
            yield _finding(DEPENDENCY_REQUIRED, required, message, full_name)


def _finding(rule: Rule, element: etree._Element, message: str, evidence: str) -> Finding:
    return Finding(rule, place(SOLUTION, element), message, evidence)
