"""Which parts a package has: the three at its root, and each file that its XML names."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from lxml import etree

from d365pop.check.finding import Finding, Location, Rule, Severity
from d365pop.check.subject import OLD_VALUES, Subject, place
from d365pop.solution.package import ROOT_PARTS
from d365pop.solution.reading import CUSTOMIZATIONS

# filteredcomponents.xml: older exports of managed solutions have it.
_KNOWN_AT_ROOT: Final = frozenset({*ROOT_PARTS, "filteredcomponents.xml", OLD_VALUES})
_JUNK: Final = frozenset({".ds_store", "thumbs.db", "desktop.ini", "__macosx"})
_NOT_IN_NAMES: Final = frozenset('\\:*?"<>|%#')
_FILE_ELEMENTS: Final = ("FileName", "XamlFileName", "JsonFileName")
# Whatever lies in these folders is there because an element names it.
_REFERENCED_FOLDERS: Final = ("WebResources/", "Workflows/", "PluginAssemblies/")

PART_MISSING = Rule(
    "part-missing",
    Severity.CRITICAL,
    "solution.xml, customizations.xml or [Content_Types].xml is not at the root of the package.",
    "Dataverse refuses the whole file with 0x80048060.",
    "Pack the content of the folder, not the folder itself, or export the solution again.",
    "GenesysScreenPop/solution.xml instead of solution.xml",
)
PART_UNEXPECTED = Rule(
    "part-unexpected",
    Severity.LOW,
    "A file at the root is none that an import reads, or a file manager left one behind.",
    "It travels to every environment without ever being used, and nobody reviews it.",
    "Remove it from the package.",
    ".DS_Store",
)
PART_NAME_INVALID = Rule(
    "part-name-invalid",
    Severity.MEDIUM,
    "The name of a part is not one that the packaging format allows.",
    "Tools and Dataverse may read another name, or none.",
    "Use letters, digits, '_', '-' and '.', in folders divided by '/'.",
    "WebResources/a?b",
)
PART_NAME_DUPLICATE = Rule(
    "part-name-duplicate",
    Severity.HIGH,
    "Two parts have names that differ only in case.",
    "Part names are compared without case: which of the two is imported is chance.",
    "Keep one of them, under one spelling.",
    "WebResources/app.js and WebResources/App.js",
)
FILE_MISSING = Rule(
    "file-missing",
    Severity.CRITICAL,
    "An element of customizations.xml names a file that the package does not have.",
    "The import fails with 0x8004f11a.",
    "Put the file into the package, or correct its FileName.",
    "<FileName>/WebResources/new_appjs…</FileName> without that part",
)
FILE_UNREFERENCED = Rule(
    "file-unreferenced",
    Severity.MEDIUM,
    "A file is left over: no FileName of customizations.xml names it.",
    "It is not imported, so what somebody meant to deploy is missing.",
    "Declare it in customizations.xml, or remove it.",
    "WebResources/new_oldjs… after its WebResource was taken out",
)
FILE_SHARED = Rule(
    "file-shared",
    Severity.HIGH,
    "Two web resources name the same file.",
    "Both get the same content; what the other one held is lost.",
    "Give each web resource its own file.",
    "<FileName>/WebResources/new_appjs…</FileName> twice",
)

RULES: Final = (
    PART_MISSING,
    PART_UNEXPECTED,
    PART_NAME_INVALID,
    PART_NAME_DUPLICATE,
    FILE_MISSING,
    FILE_UNREFERENCED,
    FILE_SHARED,
)


def check(subject: Subject) -> Iterator[Finding]:
    """Look at the names of the parts, then at who names them."""
    yield from _root_parts(subject)
    for part in subject.parts:
        yield from _name(part)
    yield from _duplicates(subject)
    customizations = subject.root(CUSTOMIZATIONS)
    if customizations is not None:
        yield from _files(subject, customizations)


def _root_parts(subject: Subject) -> Iterator[Finding]:
    for part in ROOT_PARTS:
        if part not in subject.parts:
            yield Finding(PART_MISSING, Location(part), f"The package has no {part}", part)


def _name(part: str) -> Iterator[Finding]:
    segments = part.split("/")
    at_root = len(segments) == 1
    if any(segment.lower() in _JUNK for segment in segments) or (
        # Another spelling of a root part is missing under its own name already.
        at_root and part.lower() not in {known.lower() for known in _KNOWN_AT_ROOT}
    ):
        yield Finding(PART_UNEXPECTED, Location(part), f"No import reads {part}", part)
    if any(not segment.strip(".") for segment in segments) or segments[-1].endswith("."):
        yield _invalid_name(part, "a segment of it is empty or ends with a dot")
    elif any(c in _NOT_IN_NAMES or not " " <= c <= "~" for c in part):
        yield _invalid_name(part, "it has a character that part names cannot have")


def _invalid_name(part: str, reason: str) -> Finding:
    return Finding(
        PART_NAME_INVALID, Location(part), f"{part!r} is no name of a part: {reason}", part
    )


def _duplicates(subject: Subject) -> Iterator[Finding]:
    spellings = defaultdict(list)
    for part in subject.parts:
        spellings[part.lower()].append(part)
    for same in spellings.values():
        for part in same[1:]:
            message = f"{part} and {same[0]} are one name"
            yield Finding(PART_NAME_DUPLICATE, Location(part), message, part)


def _files(subject: Subject, customizations: etree._Element) -> Iterator[Finding]:
    named = set()
    for element in customizations.iter(*_FILE_ELEMENTS):
        path = (element.text or "").strip()
        if path.startswith("/") or _is_web_resource(element.getparent()):
            named.add(path.lstrip("/").lower())
            yield from _missing(subject, element, path)
    yield from _shared(subject)
    for item in subject.web_resources:
        if item.element.find("FileName") is None and item.element.get("unmodified") != "1":
            message = f"The web resource {item.name} names no file"
            yield Finding(FILE_MISSING, item.location, message, item.name)
    for part in subject.parts:
        if part.startswith(_REFERENCED_FOLDERS) and part.lower() not in named:
            yield Finding(FILE_UNREFERENCED, Location(part), f"Nothing names {part}", part)


def _missing(subject: Subject, element: etree._Element, path: str) -> Iterator[Finding]:
    if path.lstrip("/").lower() not in subject.part_by_name:
        message = f"{path or 'A file without a name'} is not in the package"
        yield Finding(FILE_MISSING, place(CUSTOMIZATIONS, element), message, path)


def _shared(subject: Subject) -> Iterator[Finding]:
    owners: dict[str, str] = {}
    for item in subject.web_resources:
        owner = owners.setdefault(item.part, item.name) if item.part else item.name
        if owner.lower() != item.name.lower():
            message = f"{item.name} and {owner} are both made from {item.file_name}"
            yield Finding(FILE_SHARED, item.location, message, item.name)


def _is_web_resource(element: etree._Element | None) -> bool:
    return element is not None and element.tag == "WebResource"
