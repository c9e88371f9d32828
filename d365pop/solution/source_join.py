"""Puts files of the source layout together into the parts of a package; reads no disk."""

import re
from collections.abc import Iterable, Mapping
from itertools import groupby

from lxml import etree

from d365pop.errors import BundleError
from d365pop.solution.content_types import CONTENT_TYPES, content_types, extensions_and_overrides
from d365pop.solution.source_places import (
    CONTAINERS,
    CUSTOMIZATIONS_FILE,
    DATA_SUFFIX,
    ENTITY,
    NESTED,
    PLACES,
    RELATIONSHIPS_FILE,
    RELATIONSHIPS_FOLDER,
    RESERVED_FOLDERS,
    RIBBON,
    RIBBON_FILE,
    SOLUTION_FILE,
    WEB_RESOURCE,
    Nested,
    Place,
    managed_base,
)
from d365pop.solution.source_xml import drop_marks, fill, indent, marks, package_bytes
from d365pop.solution.xml import parse_xml

_CONTAINER = 1
_MANAGED = re.compile(rb"(<Managed>\s*)([012])(\s*</Managed>)")
_FORMULA = re.compile(r"Entities/[^/]+/Formulas/.+")
_TYPES_NAMESPACE = "{http://schemas.openxmlformats.org/package/2006/content-types}"


def join(files: Mapping[str, bytes], *, managed: bool | None) -> dict[str, bytes]:
    """Return the parts by path; ``managed`` chooses where a folder holds both kinds."""
    for name in (SOLUTION_FILE, CUSTOMIZATIONS_FILE):
        if name not in files:
            raise _invalid(name, "it is missing", "Name the folder that holds Other/Solution.xml.")
    solution, is_managed = _solution(files[SOLUTION_FILE], managed=managed)
    return _Joiner(_chosen(files, managed=is_managed)).run(solution)


class _Joiner:
    """The files that nothing was made from yet."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = dict(files)

    def run(self, solution: bytes) -> dict[str, bytes]:
        del self._files[SOLUTION_FILE]
        root = self._read(CUSTOMIZATIONS_FILE)
        self._add_relationships(root)
        pieces = {
            path: self._piece(path, place)
            for place in PLACES
            for path in sorted(self._described(place))
        }
        contents = self._contents(pieces)
        self._follow_marks(root, pieces)
        drop_marks(root)
        for place in PLACES:
            paths = [path for path in sorted(pieces) if place.pattern.fullmatch(path)]
            _append(root, place, [pieces.pop(path) for path in paths])
        stored = self._files.pop(CONTENT_TYPES, b"")
        self._refuse_unknown()
        parts = _parts(
            [
                ("solution.xml", SOLUTION_FILE, solution),
                ("customizations.xml", CUSTOMIZATIONS_FILE, package_bytes(root)),
                *contents,
                *((path, path, content) for path, content in self._files.items()),
            ]
        )
        fits = stored and _covers(stored, parts)
        return {CONTENT_TYPES: stored if fits else content_types(parts), **parts}

    def _read(self, path: str, tag: str = "") -> etree._Element:
        root = parse_xml(self._files.pop(path), path)
        if tag and root.tag != tag:
            raise _invalid(path, f"its root is {root.tag}", f"The root of this file is {tag}.")
        return root

    def _described(self, place: Place) -> list[str]:
        # A content may itself be called x.data.xml; then its description is x.data.xml.data.xml.
        return [
            path
            for path in self._files
            if place.pattern.fullmatch(path) and path + DATA_SUFFIX not in self._files
        ]

    def _piece(self, path: str, place: Place) -> etree._Element:
        root = self._read(path, place.item)
        if place is ENTITY:
            self._complete_entity(root, path.removesuffix("Entity.xml"))
        return root

    def _complete_entity(self, entity: etree._Element, folder: str) -> None:
        for nested in NESTED:
            prefix = f"{folder}{nested.container}/"
            paths = sorted(path for path in self._files if path.startswith(prefix))
            items = {path: self._nested_item(path, nested) for path in paths}
            self._follow_marks(entity, items, depth=2)
            _append_nested(entity, nested, items, prefix)
        if folder + RIBBON_FILE in self._files:
            ribbon = self._read(folder + RIBBON_FILE, RIBBON)
            indent(ribbon, 1)
            stub = entity.find(RIBBON)
            if stub is None:
                fill(entity, [ribbon], 0)
            else:
                ribbon.tail = stub.tail
                entity.replace(stub, ribbon)

    def _nested_item(self, path: str, nested: Nested) -> etree._Element:
        root = self._read(path, nested.group)
        if len(root) != 1 or root[0].tag != nested.item:
            raise _invalid(path, "it is not one component", f"It holds one {nested.item}.")
        item = root[0]
        root.remove(item)
        item.tail = None
        return item

    def _follow_marks(
        self, root: etree._Element, pieces: dict[str, etree._Element], depth: int = 2
    ) -> None:
        for node, path, shifted in marks(root):
            parent = node.getparent()
            if parent is None or path not in pieces:
                continue
            piece = pieces.pop(path)
            if shifted:
                indent(piece, depth)
            piece.tail = node.tail
            parent.replace(node, piece)

    def _add_relationships(self, root: etree._Element) -> None:
        paths = sorted(path for path in self._files if path.startswith(RELATIONSHIPS_FOLDER))
        found = {
            element.get("Name", ""): element
            for path in paths
            for element in list(self._read(path, "EntityRelationships"))
        }
        listed = []
        if RELATIONSHIPS_FILE in self._files:
            index = self._read(RELATIONSHIPS_FILE, "EntityRelationships")
            listed = [element.get("Name", "") for element in index.iter("EntityRelationship")]
        missing = [name for name in listed if name not in found]
        if missing:
            raise _invalid(
                RELATIONSHIPS_FILE,
                f"it lists {missing[0]}, which no file holds",
                f"Add it to a file in {RELATIONSHIPS_FOLDER} or take it off the list.",
            )
        names = [*dict.fromkeys(listed), *sorted(found.keys() - set(listed))]
        elements = [found[name] for name in names]
        for element in elements:
            element.tail = None
            indent(element, _CONTAINER)
        if elements:
            fill(_container(root, "EntityRelationships"), elements, _CONTAINER)

    def _contents(self, pieces: Mapping[str, etree._Element]) -> list[tuple[str, str, bytes]]:
        """Return part, file and content where a part's path is not the one of its file."""
        parts = []
        for path, piece in pieces.items():
            content = path.removesuffix(DATA_SUFFIX)
            if WEB_RESOURCE.pattern.fullmatch(path) and content in self._files:
                part = (piece.findtext("FileName") or "").lstrip("/")
                if not part:
                    raise _invalid(path, "it has no FileName", "Unpack the package again.")
                parts.append((part, content, self._files.pop(content)))
        formulas = [p for p in sorted(self._files) if re.fullmatch(_FORMULA, p)]
        parts += [(path.split("/", 2)[2], path, self._files.pop(path)) for path in formulas]
        return parts

    def _refuse_unknown(self) -> None:
        for path in sorted(self._files):
            if path.startswith(RESERVED_FOLDERS):
                raise _invalid(
                    path,
                    "d365pop does not know what belongs there",
                    "Pack this folder with SolutionPackager, or remove the file.",
                )


def _parts(made: Iterable[tuple[str, str, bytes]]) -> dict[str, bytes]:
    """Return the parts by name from name, file and content; no two files make the same part."""
    parts = {}
    # What is made of all others comes last, and from no other file.
    origins = {CONTENT_TYPES.lower(): CONTENT_TYPES}
    for name, path, content in made:
        # Part names of this format are compared without case.
        if name.lower() in origins:
            other = origins[name.lower()]
            raise _invalid(path, f"{other} makes the part {name} too", "Remove one of the two.")
        origins[name.lower()] = path
        parts[name] = content
    return parts


def _append(root: etree._Element, place: Place, pieces: list[etree._Element]) -> None:
    for piece in pieces:
        indent(piece, _CONTAINER + 1)
    if pieces:
        fill(_container(root, place.container), pieces, _CONTAINER)


def _append_nested(
    entity: etree._Element, nested: Nested, items: Mapping[str, etree._Element], prefix: str
) -> None:
    def kind_of(path: str) -> str:
        return path.removeprefix(prefix).rpartition("/")[0]

    if not items:
        return
    container = entity.find(nested.container)
    if container is None:
        container = etree.Element(nested.container)
        fill(entity, [container], 0)
    for kind, paths in groupby(sorted(items), key=kind_of):
        group = _group(container, nested, kind)
        members = [items[path] for path in paths]
        for item in members:
            indent(item, 2)
        fill(group, members, 2)


def _group(container: etree._Element, nested: Nested, kind: str) -> etree._Element:
    for group in container.findall(nested.group):
        if not nested.grouped_by or group.get(nested.grouped_by) == kind:
            return group
    group = etree.Element(nested.group)
    if nested.grouped_by:
        group.set(nested.grouped_by, kind)
    fill(container, [group], 1)
    return group


def _container(root: etree._Element, name: str) -> etree._Element:
    found = root.find(name)
    if found is not None:
        return found
    container = etree.Element(name)
    later = CONTAINERS[CONTAINERS.index(name) + 1 :]
    after = next((child for child in root if child.tag in later), None)
    if after is None:
        fill(root, [container], 0)
    else:
        container.tail = "\n  "
        after.addprevious(container)
    return container


def _solution(data: bytes, *, managed: bool | None) -> tuple[bytes, bool]:
    """Return solution.xml for one kind of package, and whether that is the managed one."""
    found = _MANAGED.search(data)
    says = found[2] if found else b"0"
    if says == b"2":
        flag = b"1" if managed else b"0"
        return _MANAGED.sub(rb"\g<1>" + flag + rb"\g<3>", data, count=1), bool(managed)
    if managed is not None and managed is not (says == b"1"):
        raise _invalid(
            SOLUTION_FILE,
            f"it says Managed {says.decode()}",
            "Leave the option out, or set Managed to 2 in a folder that holds both kinds.",
        )
    return data, says == b"1"


def _chosen(files: Mapping[str, bytes], *, managed: bool) -> dict[str, bytes]:
    """Return the files of one kind, where a file may have a twin for managed packages."""
    # A component may itself be called x_managed: then there is no x beside it.
    twins = {path: base for path in files if (base := managed_base(path)) in files}
    chosen = {path: content for path, content in files.items() if path not in twins}
    for twin, path in twins.items():
        if managed:
            chosen[path] = files[twin]
    return chosen


def _covers(stored: bytes, parts: Mapping[str, bytes]) -> bool:
    root = parse_xml(stored, CONTENT_TYPES)
    extensions, overrides = extensions_and_overrides([CONTENT_TYPES, *parts])
    known = {(e.get("Extension") or "").lower() for e in root.iter(f"{_TYPES_NAMESPACE}Default")}
    named = {
        (e.get("PartName") or "").lstrip("/") for e in root.iter(f"{_TYPES_NAMESPACE}Override")
    }
    return {name.lower() for name in extensions} <= known and set(overrides) <= named <= set(parts)


def _invalid(path: str, why: str, hint: str) -> BundleError:
    return BundleError("source-file-invalid", f"{path} cannot be packed: {why}", hint=hint)
