"""Whether environment variables are sound, and no environment's value travels in the package."""

import json
import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from d365pop.check.finding import Finding, Location, Rule, Severity
from d365pop.check.subject import OLD_VALUES, VARIABLES, Subject, place
from d365pop.models import VariableType
from d365pop.solution.reading_xml import text

_SCHEMA_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9]{1,7}_[A-Za-z0-9_]+")
_VALUES: Final = ("/environmentvariablevalues.json", "/environmentvariablevalues.xml")
_TYPES: Final = frozenset(str(int(kind)) for kind in VariableType)
_NUMBER: Final = re.compile(r"\s*-?[0-9]+([.,][0-9]+)?\s*")
_YES_NO: Final = frozenset({"yes", "no", "true", "false", "1", "0"})
# What Dataverse keeps for a secret is the address of it in a key vault.
_VAULT_REFERENCE: Final = re.compile(r"/subscriptions/[^/]+/.*/secrets/[^/]+", re.IGNORECASE)

VARIABLE_VALUE_PACKAGED = Rule(
    "variable-value-packaged",
    Severity.MEDIUM,
    "The package carries the value of an environment variable.",
    "The import overwrites what an environment has: test addresses end up in production.",
    "Remove the value before the export, and give values per environment in a settings file.",
    "environmentvariabledefinitions/new_Url/environmentvariablevalues.json",
)
VARIABLE_SECRET_DEFAULT = Rule(
    "variable-secret-default",
    Severity.CRITICAL,
    "A default holds a secret, or is no reference to a key vault where the type is secret.",
    "Whoever gets the package can read the secret.",
    "Remove the default, and replace the secret, which is known now.",
    "<type>100000005</type> with <defaultvalue>p4ssw0rd</defaultvalue>",
)
VARIABLE_DEFAULT_INVALID = Rule(
    "variable-default-invalid",
    Severity.MEDIUM,
    "The default of an environment variable is not of its type.",
    "The import refuses it, or whoever reads it gets a text that cannot be understood.",
    "Correct the default: JSON, a number, or yes or no.",
    "<type>100000003</type> with <defaultvalue>{a: 1}</defaultvalue>",
)
VARIABLE_NAME_INVALID = Rule(
    "variable-name-invalid",
    Severity.HIGH,
    "The schema name of an environment variable has no prefix or has other characters.",
    "The import fails.",
    "Use a publisher's prefix, '_', then letters, digits and '_'.",
    'schemaname="screen pop"',
)
VARIABLE_FOLDER_MISMATCH = Rule(
    "variable-folder-mismatch",
    # ASSUMED: exports name the folder so; no import of another name was seen.
    Severity.HIGH,
    "An environment variable definition lies in a folder of another name.",
    "Exports name the folder so: the import may not find the definition.",
    "Name the folder as the schemaname.",
    'environmentvariabledefinitions/new_A/… with schemaname="new_B"',
)
VARIABLE_TYPE_INVALID = Rule(
    "variable-type-invalid",
    Severity.HIGH,
    "The type of an environment variable does not exist.",
    "The import fails.",
    "Write 100000000 text, 100000001 number, 100000002 yes or no, 100000003 JSON, 100000004 data"
    " source or 100000005 secret.",
    "<type>3</type>",
)

RULES: Final = (
    VARIABLE_VALUE_PACKAGED,
    VARIABLE_SECRET_DEFAULT,
    VARIABLE_DEFAULT_INVALID,
    VARIABLE_NAME_INVALID,
    VARIABLE_FOLDER_MISMATCH,
    VARIABLE_TYPE_INVALID,
)


def check(subject: Subject) -> Iterator[Finding]:
    """Look at each definition, and for values beside it."""
    for part in subject.parts:
        # Part names of this format are compared without case.
        name = part.lower()
        if name == OLD_VALUES or (name.startswith(VARIABLES) and name.endswith(_VALUES)):
            owner = part[len(VARIABLES) :].rpartition("/")[0] or "environment variables"
            message = f"The package has a value for {owner}"
            yield Finding(VARIABLE_VALUE_PACKAGED, Location(part), message, owner)
    for part, root in subject.variables:
        yield from _name(part, root)
        yield from _type(part, root)


def default_values(subject: Subject) -> dict[str, str]:
    """Return the defaults that may be any text, by part: a secret can stand in them."""
    plain = {str(int(kind)) for kind in (VariableType.TEXT, VariableType.JSON)}
    return {
        part: default
        for part, root in subject.variables
        if text(root, "type") in plain and (default := text(root, "defaultvalue"))
    }


def _name(part: str, root: etree._Element) -> Iterator[Finding]:
    name = root.get("schemaname", "")
    folder = part.removeprefix(VARIABLES).rpartition("/")[0]
    if not _SCHEMA_NAME.fullmatch(name):
        yield _finding(VARIABLE_NAME_INVALID, part, root, f"{name!r} is no schema name")
    elif name.lower() != folder.lower():
        message = f"{name} lies in the folder {folder}"
        yield _finding(VARIABLE_FOLDER_MISMATCH, part, root, message)


def _type(part: str, root: etree._Element) -> Iterator[Finding]:
    kind = text(root, "type")
    element = root.find("defaultvalue")
    default = "" if element is None else (element.text or "")
    if kind not in _TYPES:
        message = f"{root.get('schemaname')} has the type {kind!r}"
        yield _finding(VARIABLE_TYPE_INVALID, part, _or(root.find("type"), root), message)
    elif default and not _fits(VariableType(int(kind)), default):
        is_secret = kind == str(int(VariableType.SECRET))
        rule = VARIABLE_SECRET_DEFAULT if is_secret else VARIABLE_DEFAULT_INVALID
        # The default itself may be the secret: it is never shown.
        message = f"The default of {root.get('schemaname')} does not fit its type"
        yield _finding(rule, part, _or(element, root), message)


def _fits(kind: VariableType, default: str) -> bool:
    match kind:
        case VariableType.SECRET:
            return _VAULT_REFERENCE.fullmatch(default.strip()) is not None
        case VariableType.JSON:
            return _is_json(default)
        case VariableType.NUMBER:
            return _NUMBER.fullmatch(default) is not None
        case VariableType.YES_NO:
            return default.strip().lower() in _YES_NO
        case VariableType.TEXT | VariableType.DATA_SOURCE:
            return True


def _is_json(default: str) -> bool:
    try:
        json.loads(default)
    # Brackets in brackets in brackets end in a RecursionError.
    except (ValueError, RecursionError):
        return False
    return True


def _or(element: etree._Element | None, other: etree._Element) -> etree._Element:
    return other if element is None else element


def _finding(rule: Rule, part: str, element: etree._Element, message: str) -> Finding:
    return Finding(rule, place(part, element), message, part)
