"""Changes between two forms as managed solutions carry them; pure.

``solutionaction`` says Added, Modified or Removed; what says nothing only leads to what does.
"""

import copy
from collections.abc import Iterator
from xml.etree import ElementTree as ET

ACTION, PLACE = "solutionaction", "ordinalvalue"
ADDED, MODIFIED, REMOVED = "Added", "Modified", "Removed"
MARKS = frozenset({ACTION, PLACE})
# What identifies an element among its siblings, the first attribute that it has.
IDENTITIES = {
    "event": ("name", "attribute", "control", "relationship"),
    "Handler": ("handlerUniqueId",),
    "Library": ("name",),
    "label": ("languagecode",),
}
NAMES = ("id", "uniqueid", "name")
NEVER_EMPTY = frozenset({"formLibraries", "events"})
Key = tuple[str, ...]


def changes_between(base: str, new: str) -> str:
    """Return what turns one form into another, empty where nothing does."""
    found = _changes(ET.fromstring(base), ET.fromstring(new), 0)
    return "" if found is None else ET.tostring(found, encoding="unicode")


def merged(base: str, changes: str) -> str:
    """Return a form with changes applied; what is there stays, what is gone stays away."""
    if not changes:
        return base
    root, tree = ET.fromstring(base), ET.fromstring(changes)
    if tree.get(ACTION) == MODIFIED:
        root.attrib = _attributes(tree)
    _merge(root, tree, added=False)
    return ET.tostring(root, encoding="unicode")


def without_marks(form_xml: str) -> str:
    """Return a form without the attributes that only changes have."""
    return ET.tostring(_clean(ET.fromstring(form_xml)), encoding="unicode")


def _changes(base: ET.Element, new: ET.Element, place: int) -> ET.Element | None:
    known, present = dict(_keyed(base)), dict(_keyed(new))
    result = ET.Element(new.tag, _identifying(new, place))
    changed = _attributes(base) != _attributes(new) or _text(base) != _text(new)
    if changed:
        result.attrib = {**_attributes(new), PLACE: str(place), ACTION: MODIFIED}
        result.text = new.text
    for position, (key, child) in enumerate(present.items()):
        if key in known:
            found = _changes(known[key], child, _place_of(key, position))
            if found is not None:
                result.append(found)
        else:
            result.append(_added(child, position))
    for key, child in known.items():
        if key not in present:
            gone = ET.SubElement(result, child.tag, _identifying(child, _place_of(key, 0)))
            gone.set(ACTION, REMOVED)
    return result if changed or len(result) else None


def _added(element: ET.Element, position: int) -> ET.Element:
    found = copy.deepcopy(element)
    found.tail = None
    found.set(ACTION, ADDED)
    found.set(PLACE, str(position))
    return found


def _merge(target: ET.Element, changes: ET.Element, *, added: bool) -> None:
    known = dict(_keyed(target))
    pairs = [(child, known.get(key)) for key, child in _keyed(changes)]
    for child, match in pairs:
        action = child.get(ACTION) or (ADDED if added else "")
        if match is None:
            _add_missing(target, child, action)
        elif action == REMOVED:
            target.remove(match)
        else:
            if action == MODIFIED:
                match.attrib = _attributes(child)
                match.text = child.text
            _merge(match, child, added=action == ADDED)
    for child in list(target):
        if child.tag in NEVER_EMPTY and not len(child):
            target.remove(child)


def _add_missing(target: ET.Element, child: ET.Element, action: str) -> None:
    if action == ADDED:
        _insert(target, _clean(copy.deepcopy(child)), child.get(PLACE, ""))
    elif not action:
        # A container that the form lacks, on the way to something added.
        shell = ET.Element(child.tag, _attributes(child))
        _merge(shell, child, added=False)
        if len(shell):
            target.append(shell)


def _insert(target: ET.Element, element: ET.Element, place: str) -> None:
    target.insert(min(int(place), len(target)) if place.isdecimal() else len(target), element)


def _clean(element: ET.Element) -> ET.Element:
    for item in element.iter():
        for mark in MARKS & item.attrib.keys():
            del item.attrib[mark]
    return element


def _keyed(parent: ET.Element) -> Iterator[tuple[Key, ET.Element]]:
    """Yield the children with what identifies them; the nameless are counted."""
    counts: dict[str, int] = {}
    for child in parent:
        names = _names(child)
        if not names:
            place = counts.get(child.tag, 0)
            counts[child.tag] = place + 1
            told = child.get(PLACE, "")
            names = ("", told if told.isdecimal() and child.get(ACTION) != ADDED else str(place))
            if child.get(ACTION) == ADDED and child.tag == "row":
                names = ("", f"new {place}")
        yield (child.tag, *names), child


def _names(element: ET.Element) -> Key:
    if element.tag in IDENTITIES:
        return tuple(element.get(name, "").lower() for name in IDENTITIES[element.tag])
    for name in NAMES:
        if name in element.attrib:
            return (element.attrib[name].strip("{}").lower(),)
    return ()


def _place_of(key: Key, position: int) -> int:
    return int(key[-1]) if key[1:2] == ("",) and key[-1].isdecimal() else position


def _identifying(element: ET.Element, place: int) -> dict[str, str]:
    wanted = {*NAMES, *(name for names in IDENTITIES.values() for name in names)}
    found = {name: value for name, value in element.attrib.items() if name in wanted}
    return found if _names(element) else {**found, PLACE: str(place)}


def _attributes(element: ET.Element) -> dict[str, str]:
    return {name: value for name, value in element.attrib.items() if name not in MARKS}


def _text(element: ET.Element) -> str:
    return (element.text or "").strip()
