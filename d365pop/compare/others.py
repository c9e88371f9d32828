"""Compares all other components: elements of customizations.xml by meaning, files by content."""

from collections.abc import Iterator

from d365pop.compare.difference import Change, Detail, Difference, Lines
from d365pop.compare.lines import diff_lines
from d365pop.compare.outline import outline
from d365pop.compare.scripts import content_detail
from d365pop.errors import BundleError
from d365pop.solution.contents import Contents
from d365pop.solution.reading import CUSTOMIZATIONS, read_root
from d365pop.solution.reading_components import Component, iter_components
from d365pop.solution.xml import parse_xml


def other_differences(
    before: Contents, after: Contents
) -> Iterator[tuple[str, str, Difference | None]]:
    """Yield kind, name and difference of each component that either side has."""
    old, new = _components(before), _components(after)
    for kind, name, number in sorted(old.keys() | new.keys()):
        pair = old.get((kind, name, number)), new.get((kind, name, number))
        match pair:
            case (Component() as left, Component() as right):
                yield kind, name, _difference(before, left, after, right)
            case (None, _):
                yield kind, name, Difference(kind, name, Change.ADDED)
            case _:
                yield kind, name, Difference(kind, name, Change.REMOVED)


def _components(contents: Contents) -> dict[tuple[str, str, int], Component]:
    root = read_root(contents.parts, CUSTOMIZATIONS)
    found: dict[tuple[str, str, int], Component] = {}
    for component in iter_components(root, contents.parts):
        number = 1
        while (component.kind, component.name, number) in found:
            number += 1
        found[component.kind, component.name, number] = component
    return found


def _difference(
    before: Contents, old: Component, after: Contents, new: Component
) -> Difference | None:
    lines: list[Lines] = []
    details: list[Detail] = []
    found = diff_lines(CUSTOMIZATIONS, _outline(old), _outline(new))
    if found is not None:
        lines.append(found)
    for part in sorted({*old.parts, *new.parts}):
        left, right = before.parts.get(part, b""), after.parts.get(part, b"")
        if left == right:
            continue
        texts = _xml_outline(left, part), _xml_outline(right, part)
        if texts[0] is None or texts[1] is None:
            detail = content_detail(left, right)
            details.append(Detail(part, detail.before, detail.after))
        elif (found := diff_lines(part, texts[0], texts[1])) is not None:
            lines.append(found)
    if not lines and not details:
        return None
    return Difference(new.kind, new.name, Change.CHANGED, tuple(details), tuple(lines))


def _outline(component: Component) -> tuple[str, ...]:
    if component.element is None:
        return ()
    return outline(component.element, component.listed_apart)


def _xml_outline(content: bytes, part: str) -> tuple[str, ...] | None:
    if not part.endswith((".xml", ".xaml")) or not content:
        return None
    try:
        return outline(parse_xml(content, part))
    except BundleError:
        # Not for us to judge here: it is compared as bytes.
        return None
