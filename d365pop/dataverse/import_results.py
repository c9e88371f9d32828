"""Reads ``importjob.data``: what became of each component of an imported package. Pure.

The job's status alone is no proof: a component can fail or warn inside a job that ended.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from lxml import etree

from d365pop.errors import DataverseError

_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_MISSING = re.compile(r"<MissingDependencies>.*</MissingDependencies>", re.DOTALL)


class Outcome(StrEnum):
    """``result`` of a component."""

    SUCCESS = "success"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class MissingDependency:
    """A component that the environment would need to have; types are numbers or names."""

    required_type: str
    required_name: str
    required_solution: str
    dependent_type: str
    dependent_name: str


@dataclass(frozen=True, slots=True)
class ComponentResult:
    """What became of one component; ``kind`` is the element's name, as in ``webResource``."""

    kind: str
    name: str
    outcome: Outcome
    error_code: str
    error_text: str
    missing_dependencies: tuple[MissingDependency, ...]


def import_results(data_xml: str) -> tuple[ComponentResult, ...]:
    """Return every component's result, in the order of the file.

    Raises:
        DataverseError: the text is not an import job's data.
    """
    root = _parse(data_xml)
    if root.tag != "importexportxml":
        raise _unreadable(f"its root is {root.tag}")
    return tuple(_component(result) for result in root.iter("result"))


def failures(results: tuple[ComponentResult, ...]) -> tuple[ComponentResult, ...]:
    """Return those that failed."""
    return tuple(result for result in results if result.outcome is Outcome.FAILURE)


def _component(result: etree._Element) -> ComponentResult:
    item = result.getparent()
    kind = "" if item is None else str(item.tag)
    outcome = result.get("result", "")
    code = result.get("errorcode", "0")
    error_text = result.get("errortext", "")
    return ComponentResult(
        kind=kind,
        name="" if item is None else _name(item),
        # An outcome that we do not know is nothing to call a success.
        outcome=Outcome(outcome) if outcome in set(Outcome) else Outcome.FAILURE,
        error_code="" if code in {"", "0"} else code.lower(),
        error_text=_MISSING.sub("", error_text).strip(),
        missing_dependencies=tuple(_missing(result, error_text)),
    )


def _name(item: etree._Element) -> str:
    for attribute in ("LocalizedName", "name", "Name", "id", "Id"):
        if value := item.get(attribute):
            return value
    return ""


def _missing(result: etree._Element, error_text: str) -> Iterator[MissingDependency]:
    """Walk over the escaped MissingDependencies document: a parameter, else in the text."""
    texts = [parameter.text or "" for parameter in result.iter("parameter")] + [error_text]
    found = next((match[0] for match in map(_MISSING.search, texts) if match), "")
    if not found:
        return
    for entry in _parse(found).iter("MissingDependency"):
        required, dependent = entry.find("Required"), entry.find("Dependent")
        yield MissingDependency(
            required_type=_attribute(required, "type"),
            required_name=_described(required),
            required_solution=_attribute(required, "solution"),
            dependent_type=_attribute(dependent, "type"),
            dependent_name=_described(dependent),
        )


def _described(element: etree._Element | None) -> str:
    return (
        _attribute(element, "schemaName")
        or _attribute(element, "displayName")
        or _attribute(element, "id")
    )


def _attribute(element: etree._Element | None, name: str) -> str:
    return "" if element is None else element.get(name, "")


def _parse(text: str) -> etree._Element:
    if "<!DOCTYPE" in text:
        raise _unreadable("it has a DOCTYPE")
    # A declaration would name the encoding of a file that this text no longer is.
    source = _DECLARATION.sub("", text.lstrip("\ufeff")).strip().encode()
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        return etree.fromstring(source, parser)
    except etree.XMLSyntaxError as exc:
        raise _unreadable(str(exc)) from exc


def _unreadable(problem: str) -> DataverseError:
    return DataverseError(
        "dataverse-import-data-unreadable",
        "the record of the import cannot be read",
        status=200,
        context=problem,
        hint="Look at Solution History in the maker portal.",
    )
