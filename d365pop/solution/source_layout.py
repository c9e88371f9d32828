"""Parts of a package to SolutionPackager's source layout and back; knows no disk and no ZIP.

Order and white space that a reader could not tell again from file names are kept by processing
instructions where the components stood; what has no known place stays in
``Other/Customizations.xml``, and parts of other kinds keep their path. ``unpack`` packs again and
compares before it returns: nothing is ever lost silently.
"""

from collections.abc import Mapping

from d365pop.errors import BundleError
from d365pop.solution.content_types import CONTENT_TYPES
from d365pop.solution.source_join import join
from d365pop.solution.source_split import split
from d365pop.solution.source_xml import canonical

_XML_PARTS = ("solution.xml", "customizations.xml")


def unpack(parts: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files of the source layout, by path, that ``pack`` makes ``parts`` from again.

    Raises:
        BundleError: ``package-incomplete``, ``xml-invalid``, or ``layout-not-lossless`` for a
            package that the layout cannot hold.
    """
    for name in (*_XML_PARTS, CONTENT_TYPES):
        if name not in parts:
            raise BundleError(
                "package-incomplete",
                f"The package has no {name}",
                context="Dataverse refuses it with 0x80048060.",
                hint="Export or build the package again.",
            )
    files = split(parts)
    lost = _differing(parts, pack(files))
    if lost:
        raise BundleError(
            "layout-not-lossless",
            "The package cannot be unpacked without losing something",
            context=f"packed again, these parts differ: {', '.join(lost)}",
            hint="Look at the parts named: a path is in the way of a component's own file.",
        )
    return files


def pack(files: Mapping[str, bytes], *, managed: bool | None = None) -> dict[str, bytes]:
    """Return the parts of a package from the files of a source folder.

    A folder may hold both kinds (``Managed`` 2, files with a ``_managed`` twin): ``managed``
    chooses, unmanaged where it is None.

    Raises:
        BundleError: a file is missing, unreadable, or at a place that nobody knows.
    """
    return join(files, managed=managed)


def _differing(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> list[str]:
    return [
        name
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
        and not (name in _XML_PARTS and _same_xml(name, before[name], after[name]))
    ]


def _same_xml(name: str, before: bytes, after: bytes) -> bool:
    return canonical(before, name) == canonical(after, name)
