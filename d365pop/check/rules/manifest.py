"""Whether solution.xml names solution and publisher as Dataverse demands."""

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from d365pop.check.finding import Finding, Rule, Severity
from d365pop.check.subject import Subject, place
from d365pop.solution.reading import SOLUTION
from d365pop.solution.reading_xml import local_label, text

_UNIQUE_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# Two numbers and three occur in real exports.
_VERSION: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9}){1,3}")
_PREFIX: Final = re.compile(r"(?!mscrm)[a-z][a-z0-9]{1,7}", re.IGNORECASE)
_OPTION_PREFIXES: Final = range(10_000, 100_000)
_PACKAGE_VERSION: Final = re.compile(r"([0-9]{1,4})\.([0-9]{1,4})(\.[0-9]+)*")
_NEWEST_PACKAGE: Final = (9, 2)

SOLUTION_NAME_INVALID = Rule(
    "solution-name-invalid",
    Severity.CRITICAL,
    "The unique name of the solution is missing or has characters that it cannot have.",
    "The import fails with 0x8004f002.",
    "Use letters, digits and '_', no digit first.",
    "<UniqueName>Screen Pop</UniqueName>",
)
SOLUTION_VERSION_INVALID = Rule(
    "solution-version-invalid",
    Severity.HIGH,
    "The version of the solution is not numbers divided by dots.",
    "The import fails, or Dataverse cannot tell an upgrade from a downgrade.",
    "Give four numbers, such as 1.4.0.0.",
    "<Version>1.4-beta</Version>",
)
PACKAGE_VERSION_UNSUPPORTED = Rule(
    "package-version-unsupported",
    Severity.HIGH,
    "SolutionPackageVersion is missing, no version, or above 9.2.",
    "An environment refuses a package version above its own with 0x80048068.",
    'Export for an older version, or write SolutionPackageVersion="9.1".',
    'SolutionPackageVersion="10.0"',
)
MANAGED_INVALID = Rule(
    "managed-invalid",
    Severity.CRITICAL,
    "Managed is neither 0 nor 1.",
    "A package is one of the two; 2 (both) belongs in a source folder only, and is not imported.",
    "Pack the folder as managed or as unmanaged.",
    "<Managed>2</Managed>",
)
PUBLISHER_NAME_INVALID = Rule(
    "publisher-name-invalid",
    Severity.HIGH,
    "The unique name of the publisher is missing or has characters that it cannot have.",
    "The import cannot find or create the publisher.",
    "Use letters, digits and '_', no digit first.",
    "<Publisher><UniqueName>Contoso Ltd</UniqueName>",
)
PUBLISHER_PREFIX_INVALID = Rule(
    "publisher-prefix-invalid",
    # ASSUMED: these are the rules of the form for new publishers; no import was seen to fail.
    Severity.HIGH,
    "The customization prefix is not 2 to 8 letters and digits, or starts with mscrm.",
    "Nobody can create such a publisher by hand: the import may refuse it, with every name of it.",
    "Choose a prefix of 2 to 8 letters and digits, a letter first.",
    "<CustomizationPrefix>mscrmpop</CustomizationPrefix>",
)
PUBLISHER_OPTION_PREFIX_INVALID = Rule(
    "publisher-option-prefix-invalid",
    # ASSUMED: as for the prefix.
    Severity.MEDIUM,
    "The option value prefix does not lie between 10000 and 99999.",
    "An environment that does not have the publisher may refuse to create it.",
    "Choose a number between 10000 and 99999.",
    "<CustomizationOptionValuePrefix>1</CustomizationOptionValuePrefix>",
)
DISPLAY_NAME_MISSING = Rule(
    "display-name-missing",
    Severity.LOW,
    "Solution or publisher has no display name.",
    "People look for the solution in a list of display names.",
    "Add a LocalizedName with a description in the base language.",
    "<LocalizedNames />",
)

RULES: Final = (
    SOLUTION_NAME_INVALID,
    SOLUTION_VERSION_INVALID,
    PACKAGE_VERSION_UNSUPPORTED,
    MANAGED_INVALID,
    PUBLISHER_NAME_INVALID,
    PUBLISHER_PREFIX_INVALID,
    PUBLISHER_OPTION_PREFIX_INVALID,
    DISPLAY_NAME_MISSING,
)


def check(subject: Subject) -> Iterator[Finding]:
    """Look at names, versions and prefixes."""
    manifest = subject.manifest
    if manifest is None:
        return
    yield from _package_version(manifest)
    yield from _text(manifest, "UniqueName", _UNIQUE_NAME, SOLUTION_NAME_INVALID)
    yield from _text(manifest, "Version", _VERSION, SOLUTION_VERSION_INVALID)
    yield from _text(manifest, "Managed", re.compile("[01]"), MANAGED_INVALID)
    yield from _display_name(manifest, "solution")
    publisher = manifest.find("Publisher")
    if publisher is None:
        yield _finding(PUBLISHER_NAME_INVALID, manifest, "There is no Publisher", "")
        return
    yield from _text(publisher, "UniqueName", _UNIQUE_NAME, PUBLISHER_NAME_INVALID)
    yield from _text(publisher, "CustomizationPrefix", _PREFIX, PUBLISHER_PREFIX_INVALID)
    yield from _option_prefix(publisher)
    yield from _display_name(publisher, "publisher")


def _package_version(manifest: etree._Element) -> Iterator[Finding]:
    root = manifest.getparent()
    written = "" if root is None else root.get("SolutionPackageVersion", "")
    match = _PACKAGE_VERSION.fullmatch(written)
    if match is None or (int(match[1]), int(match[2])) > _NEWEST_PACKAGE:
        message = f"SolutionPackageVersion is {written!r}"
        yield _finding(PACKAGE_VERSION_UNSUPPORTED, manifest, message, written, root)


def _text(
    parent: etree._Element, path: str, pattern: re.Pattern[str], rule: Rule
) -> Iterator[Finding]:
    written = text(parent, path)
    if not pattern.fullmatch(written):
        message = f"{parent.tag}/{path} is {written!r}"
        yield _finding(rule, parent, message, written, parent.find(path))


def _option_prefix(publisher: etree._Element) -> Iterator[Finding]:
    path = "CustomizationOptionValuePrefix"
    written = text(publisher, path)
    if not (written.isascii() and written.isdigit()) or int(written[:9]) not in _OPTION_PREFIXES:
        message = f"{path} is {written!r}"
        yield _finding(
            PUBLISHER_OPTION_PREFIX_INVALID, publisher, message, written, publisher.find(path)
        )


def _display_name(parent: etree._Element, kind: str) -> Iterator[Finding]:
    if not local_label(parent).strip():
        message = f"The {kind} has no display name"
        yield _finding(DISPLAY_NAME_MISSING, parent, message, kind, parent.find("LocalizedNames"))


def _finding(
    rule: Rule,
    parent: etree._Element,
    message: str,
    evidence: str,
    element: etree._Element | None = None,
) -> Finding:
    location = place(SOLUTION, parent if element is None else element)
    return Finding(rule, location, message, evidence)
