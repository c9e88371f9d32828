"""What a package's XML says of each component beside its content, as outlines to compare.

What somebody else compares by its meaning is left out: the form itself, dependencies,
and values, which may be secrets.
"""

from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from lxml import etree

from d365pop.compare.difference import Lines
from d365pop.compare.lines import diff_lines
from d365pop.compare.outline import outline
from d365pop.solution.contents import Contents
from d365pop.solution.reading import CUSTOMIZATIONS, form_elements, read_root
from d365pop.solution.xml import parse_xml

Outline: TypeAlias = tuple[str, ...]

# When a component first came says nothing of what it is, and each version would change it.
_VERSION: Final = frozenset({"IntroducedVersion", "introducedversion"})
_DEPENDENCIES: Final = _VERSION | {"DependencyXml"}
_FORM: Final = _VERSION | {"form"}
_VALUES: Final = _VERSION | {"defaultvalue", "DefaultValue"}


def web_resource_outlines(contents: Contents) -> list[Outline]:
    """Return an outline for each of ``contents.web_resources``, empty ones for an environment."""

    def found(root: etree._Element) -> Iterator[Outline]:
        for element in root.iterfind("WebResources/WebResource"):
            yield outline(element, _DEPENDENCIES)

    return _outlines(contents, len(contents.web_resources), found)


def form_outlines(contents: Contents) -> list[Outline]:
    """Return an outline for each of ``contents.forms``, empty ones for an environment."""

    def found(root: etree._Element) -> Iterator[Outline]:
        for _, _, element in form_elements(root):
            yield outline(element, _FORM)

    return _outlines(contents, len(contents.forms), found)


def variable_outlines(contents: Contents) -> list[Outline]:
    """Return an outline for each of ``contents.variables``, empty ones for an environment."""

    def found(root: etree._Element) -> Iterator[Outline]:
        listed = root.iterfind("EnvironmentVariables/Definition")
        for variable in contents.variables:
            if variable.part == CUSTOMIZATIONS:
                yield outline(next(listed), _VALUES)
            else:
                element = parse_xml(contents.parts[variable.part], variable.part)
                yield outline(element, _VALUES)

    return _outlines(contents, len(contents.variables), found)


def outline_lines(before: Outline, after: Outline) -> tuple[Lines, ...]:
    """Return what differs; nothing where an environment, which has none, is one of the two."""
    if not before or not after:
        return ()
    found = diff_lines("definition, as an outline", before, after)
    return () if found is None else (found,)


def _outlines(
    contents: Contents, count: int, found: Callable[[etree._Element], Iterator[Outline]]
) -> list[Outline]:
    if not contents.parts:
        return [()] * count
    return list(found(read_root(contents.parts, CUSTOMIZATIONS)))
