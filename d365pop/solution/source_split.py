"""Takes a package's components apart into files of the source layout; writes nothing to disk."""

from collections.abc import Callable, Mapping

from lxml import etree

from d365pop.errors import BundleError
from d365pop.solution.content_types import CONTENT_TYPES, content_types
from d365pop.solution.source_places import (
    CUSTOMIZATIONS_FILE,
    DATA_SUFFIX,
    ENTITY,
    NESTED,
    PLACES,
    RELATIONSHIPS_FILE,
    RIBBON,
    RIBBON_FILE,
    SOLUTION_FILE,
    WEB_RESOURCE,
    Nested,
    is_portable,
    managed_base,
    relationship_file,
)
from d365pop.solution.source_xml import (
    can_move,
    detached,
    empty,
    fill,
    is_regular,
    mark,
    new_root,
    source_bytes,
)
from d365pop.solution.xml import parse_xml

_CONTAINER = 1
_ENTITY_CHILD = 3


def split(parts: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files of the layout by path."""
    return _Splitter(parts).run()


class _Splitter:
    """The parts that have no file yet, and the files that there are."""

    def __init__(self, parts: Mapping[str, bytes]) -> None:
        self._parts = dict(parts)
        self._files: dict[str, bytes] = {}
        self._taken: set[str] = set()

    def run(self) -> dict[str, bytes]:
        generated = content_types(name for name in self._parts if name != CONTENT_TYPES)
        if self._parts[CONTENT_TYPES] == generated:
            del self._parts[CONTENT_TYPES]
        root = parse_xml(self._parts.pop("customizations.xml"), "customizations.xml")
        self._put(SOLUTION_FILE, self._parts.pop("solution.xml"))
        self._move_relationships(root)
        self._split_entities(root)
        for place in PLACES:
            container = root.find(place.container)
            if container is not None:
                path_of = self._web_resource_path if place is WEB_RESOURCE else place.file
                self._take(container, place.item, path_of, by=_CONTAINER + 1)
        self._put(CUSTOMIZATIONS_FILE, source_bytes(root))
        for name, content in self._parts.items():
            if any(segment.startswith(".") for segment in name.split("/")):
                raise _not_lossless(f"{name} would be a hidden file", "Such files are not packed.")
            self._put(self._formula_file(name) or name, content)
        return dict(sorted(self._files.items()))

    def _take(
        self,
        container: etree._Element,
        item: str,
        path_of: Callable[[etree._Element], str],
        *,
        by: int,
        wrapper: str = "",
        may_empty: bool = True,
    ) -> None:
        """Move items into files; leave marks where files could not tell their order again."""
        before = [child for child in container if child.tag == item]
        moved = [(child, path) for child in before if (path := self._reserve(path_of(child)))]
        paths = [path for _, path in moved]
        depth = by - 1 + bool(wrapper)
        plain = (
            may_empty
            and len(moved) == len(container)
            and paths == sorted(paths)
            and is_regular(container, depth)
            and all(can_move(child, by) for child in before)
        )
        for child, path in moved:
            copy, shifted = detached(child, by)
            self._files[path] = source_bytes(_wrapped(copy, wrapper) if wrapper else copy)
            if not plain:
                container.replace(child, mark(path, child.tail, shifted=shifted))
        if plain:
            empty(container)

    def _split_entities(self, root: etree._Element) -> None:
        seen: set[str] = set()
        for entity in root.findall(f"{ENTITY.container}[1]/{ENTITY.item}"):
            path = ENTITY.file(entity).casefold()
            if path not in seen:
                self._split_entity(entity)
            seen.add(path)

    def _split_entity(self, entity: etree._Element) -> None:
        path = ENTITY.file(entity)
        if not self._is_free(path) or not can_move(entity, _CONTAINER + 1):
            return
        folder = path.removesuffix("Entity.xml")
        for nested in NESTED:
            containers = entity.findall(nested.container)
            if len(containers) == 1:
                self._split_nested(containers[0], nested, folder)
        ribbons = entity.findall(RIBBON)
        if len(ribbons) == 1:
            self._split_ribbon(ribbons[0], folder + RIBBON_FILE)

    def _split_nested(self, container: etree._Element, nested: Nested, folder: str) -> None:
        groups = list(container)
        kinds = [group.get(nested.grouped_by, "") if nested.grouped_by else "" for group in groups]
        attributes = {nested.grouped_by} if nested.grouped_by else set()
        plain = (
            all(group.tag == nested.group and set(group.keys()) == attributes for group in groups)
            and kinds == sorted(set(kinds), key=lambda kind: f"{kind}/")
            and is_regular(container, _ENTITY_CHILD)
            and all(len(group) for group in groups)
        )
        for group in groups:
            if group.tag == nested.group:

                def path_of(item: etree._Element, group: etree._Element = group) -> str:
                    return nested.path(folder, group, item)

                self._take(
                    group,
                    nested.item,
                    path_of,
                    by=_ENTITY_CHILD + 1,
                    wrapper=nested.group,
                    may_empty=plain,
                )
        if plain and not any(len(group) for group in groups):
            empty(container)

    def _split_ribbon(self, ribbon: etree._Element, path: str) -> None:
        if not len(ribbon) or ribbon.attrib or not can_move(ribbon, _ENTITY_CHILD):
            return
        copy, _ = detached(ribbon, _ENTITY_CHILD)
        self._put(path, source_bytes(copy))
        empty(ribbon)

    def _move_relationships(self, root: etree._Element) -> None:
        container = root.find("EntityRelationships")
        if container is None or not is_regular(container, _CONTAINER):
            return
        names = [child.get("Name") for child in container]
        paths = [relationship_file(child) for child in container]
        if (
            len(set(names)) != len(names)
            or not all(names)
            or not all(map(is_portable, paths))
            or len({path.casefold() for path in paths}) != len(set(paths))
            or any(managed_base(path) in paths for path in paths)
            or not all(can_move(child, _CONTAINER) for child in container)
        ):
            return
        for path in sorted(set(paths)):
            members = [c for c, own in zip(container, paths, strict=True) if own == path]
            self._put(path, source_bytes(_relationships(container, members)))
        index = new_root("EntityRelationships", container)
        fill(index, [etree.Element("EntityRelationship", Name=str(name)) for name in names], 0)
        self._put(RELATIONSHIPS_FILE, source_bytes(index))
        empty(container)

    def _web_resource_path(self, element: etree._Element) -> str:
        """Return the description's path and move the content beside it."""
        path = WEB_RESOURCE.file(element)
        content = path.removesuffix(DATA_SUFFIX)
        if not (self._is_free(path) and self._is_free(content)):
            return ""
        part = (element.findtext("FileName") or "").lstrip("/")
        if part in self._parts:
            self._put(content, self._parts.pop(part))
        return path

    def _formula_file(self, part: str) -> str:
        """Return the place of a column's formula: the folder of its table."""
        folder, _, name = part.partition("/")
        if folder != "Formulas":
            return ""
        table = name.partition("-")[0].casefold()
        known = (path for path in self._files if ENTITY.pattern.fullmatch(path))
        for path in known:
            if path.split("/")[1].casefold() == table:
                return path.removesuffix("Entity.xml") + part
        return ""

    def _is_free(self, path: str) -> bool:
        return (
            is_portable(path)
            and path.casefold() not in self._taken
            and not self._is_like_a_twin(path)
        )

    def _is_like_a_twin(self, path: str) -> bool:
        """Tell whether, beside a file that there is, one of the two would pass for its twin."""
        twin = path.removesuffix(".xml") + "_managed.xml"
        pairs = ((managed_base(path), managed_base(path)), (managed_base(twin), twin))
        return any(base and other.casefold() in self._taken for base, other in pairs)

    def _reserve(self, path: str) -> str:
        """Return ``path`` where it is free, and keep it; else nothing."""
        if not self._is_free(path):
            return ""
        self._taken.add(path.casefold())
        return path

    def _put(self, path: str, content: bytes) -> None:
        if path.casefold() in self._taken:
            raise _not_lossless(
                f"two parts would be the file {path}",
                "File names are compared without case, as Windows and macOS do.",
            )
        if self._is_like_a_twin(path):
            raise _not_lossless(
                f"{path} would pass for a managed twin, or for what has one",
                "A file that ends in _managed.xml is the managed kind of the file beside it.",
            )
        self._taken.add(path.casefold())
        self._files[path] = content


def _wrapped(element: etree._Element, wrapper: str) -> etree._Element:
    root = new_root(wrapper, element)
    fill(root, [element], 0)
    return root


def _relationships(container: etree._Element, members: list[etree._Element]) -> etree._Element:
    root = new_root("EntityRelationships", container)
    fill(root, [detached(member, _CONTAINER)[0] for member in members], 0)
    return root


def _not_lossless(why: str, context: str) -> BundleError:
    return BundleError(
        "layout-not-lossless",
        f"The package cannot be unpacked: {why}",
        context=context,
        hint="Rename the part, then export or build the package again.",
    )
