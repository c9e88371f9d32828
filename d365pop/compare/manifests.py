"""Compares what two solutions say of themselves: every field of solution.xml, by its path."""

from collections.abc import Iterator, Sequence
from typing import Final

from lxml import etree

from d365pop.compare.difference import Detail
from d365pop.compare.side import Side
from d365pop.solution.contents import Contents
from d365pop.solution.reading import SOLUTION, read_root

# Compared component by component, since their order says nothing.
_LISTS: Final = frozenset({"RootComponents", "MissingDependencies"})
_ROOT_ATTRIBUTES: Final = ("SolutionPackageVersion", "languagecode")
_MANAGED: Final = {"0": "unmanaged", "1": "managed", "2": "managed and unmanaged"}


def managed_text(managed: str) -> str:
    """Return the words for a ``Managed`` element."""
    return _MANAGED.get(managed, managed or "unknown")


def manifest_details(before: Side, after: Side) -> Iterator[Detail]:
    """Yield what changed; of an environment only what is known of an installed solution."""
    if before.is_environment or after.is_environment:
        old, new = _known(before.contents), _known(after.contents)
    else:
        old, new = _fields(before.contents), _fields(after.contents)
    for name in [*old, *(name for name in new if name not in old)]:
        if old.get(name, "") != new.get(name, ""):
            yield Detail(name, old.get(name, ""), new.get(name, ""))
    if not (before.is_environment or after.is_environment):
        yield from _listed("root component", _roots(before.contents), _roots(after.contents))
        yield from _listed(
            "missing dependency", _dependencies(before.contents), _dependencies(after.contents)
        )


def _known(contents: Contents) -> dict[str, str]:
    manifest = contents.manifest
    return {
        "UniqueName": manifest.unique_name,
        "Version": manifest.version,
        "Managed": managed_text(manifest.managed),
        "Publisher/CustomizationPrefix": manifest.customization_prefix,
    }


def _fields(contents: Contents) -> dict[str, str]:
    root = read_root(contents.parts, SOLUTION)
    found = {name: root.get(name, "") for name in _ROOT_ATTRIBUTES}
    manifest = root.find("SolutionManifest")
    if manifest is not None:
        for path, value in _leaves(manifest, ""):
            name, number = path, 1
            while name in found:
                number += 1
                name = f"{path} ({number})"
            found[name] = managed_text(value) if name == "Managed" else value
    return found


def _leaves(element: etree._Element, path: str) -> Iterator[tuple[str, str]]:
    for child in element.iterchildren(tag=etree.Element):
        if child.tag in _LISTS:
            continue
        place = f"{path}{child.tag!s}"
        if len(child):
            yield from _leaves(child, f"{place}/")
        elif "description" in child.attrib:
            yield f"{place} {child.get('languagecode', '')}", child.get("description", "")
        elif (child.text or "").strip():
            yield place, (child.text or "").strip()


def _roots(contents: Contents) -> list[str]:
    return [
        f"type {item.type_code} {item.schema_name or item.component_id}, behavior {item.behavior}"
        for item in contents.manifest.root_components
    ]


def _dependencies(contents: Contents) -> list[str]:
    return [
        f"{item.dependent_name} needs {item.required_name} of {item.required_solution or 'unknown'}"
        for item in contents.manifest.missing_dependencies
    ]


def _listed(what: str, before: Sequence[str], after: Sequence[str]) -> Iterator[Detail]:
    for item in sorted(set(before) - set(after)):
        yield Detail(f"{what} removed", before=item)
    for item in sorted(set(after) - set(before)):
        yield Detail(f"{what} added", after=item)
