"""Microsoft's own schemas of customizations.xml, from the download that the user brings.

``Schemas.zip`` is not ours to ship. Its newest set (9.0.0.2090) is written for .NET; three changes
make libxml2 take it: no look-ahead and no anchors in patterns, and ``parameters`` of a control may
hold anything, since its overlapping choices are not deterministic.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from lxml import etree

from d365pop.errors import BundleError, UsageError
from d365pop.solution.package import read_package
from d365pop.solution.xml import XmlInvalidError, parse_xml

_MAIN: Final = "CustomizationsSolution.xsd"
_XS: Final = "{http://www.w3.org/2001/XMLSchema}"
_LOOK_AHEAD: Final = "(?![cC][rR][mM]_)"
_SCHEME: Final = "schemas:"

# Newer than the set, under names that it uses elsewhere; names that it uses nowhere are always
# taken for newer: every release of the service adds some.
_NEWER_ATTRIBUTES: Final = frozenset({"ordinalvalue", "solutionaction"})
_NEWER_ATTRIBUTES_OF: Final = {"column": ("id",), "state": ("IsHidden",), "status": ("IsHidden",)}
_NEWER_CHILDREN_OF: Final = {"AppModule": ("statecode", "statuscode")}
# A managed difference has tabs without columns and forms without tabs; a column may be a file;
# conditions may name roles beside everyone.
_NOT_SAID: Final = re.compile(
    r"Element '(?:tab|form)': Missing child|'file' is not an element of the set"
    r"|Element '(?:Role|Everyone)': This element is not expected"
)


class Schemas:
    """The compiled set."""

    def __init__(self, texts: Mapping[str, bytes]) -> None:
        """Compile the schemas, given by file name.

        Raises:
            UsageError: ``schemas-invalid``.
        """
        try:
            roots = {name: parse_xml(text, name) for name, text in texts.items()}
            self._names = frozenset(
                declared.get("name", "")
                for root in roots.values()
                for declared in root.iter(f"{_XS}element", f"{_XS}attribute")
            )
            made = {name: _portable(root) for name, root in roots.items()}
            parser = etree.XMLParser(no_network=True, resolve_entities=False)
            parser.resolvers.add(_Resolver(made))
            root = etree.fromstring(made[_MAIN], parser, base_url=f"{_SCHEME}{_MAIN}")
            self._schema = etree.XMLSchema(root)
        except (KeyError, XmlInvalidError, etree.LxmlError) as exc:
            raise _invalid(f"{type(exc).__name__}: {exc}") from exc

    def violations(self, customizations: bytes) -> Iterator[tuple[int, str]]:
        """Yield line and message of each violation that is not just a newer export."""
        root = parse_xml(customizations, "customizations.xml")
        _drop_newer(root, self._names)
        self._schema.validate(root)
        # The stubs do not know what is in a log.
        errors: Any = self._schema.error_log
        for error in errors:
            message = str(error.message)
            if not _NOT_SAID.search(message):
                yield error.line, message


def read_schemas(path: Path) -> Schemas:
    """Read Microsoft's ``Schemas.zip``, or the folder that it was unpacked to.

    Raises:
        UsageError: ``schemas-missing`` or ``schemas-invalid``.
    """
    try:
        files = _folder(path) if path.is_dir() else read_package(path.read_bytes())
    except (OSError, BundleError) as exc:
        raise UsageError(
            "schemas-missing",
            f"No schemas can be read from {path}",
            context=str(exc),
            hint="Download Schemas.zip from Microsoft (Customization solutions file schema).",
        ) from exc
    # A download may hold several sets in folders: the last name is the newest.
    mains = sorted(name for name in files if name.rpartition("/")[2] == _MAIN)
    if not mains:
        raise _invalid(f"{path} has no {_MAIN}")
    folder = mains[-1].removesuffix(_MAIN)
    return Schemas(
        {
            name.removeprefix(folder): content
            for name, content in files.items()
            if name.startswith(folder) and name.endswith(".xsd")
        }
    )


class _Resolver(etree.Resolver):
    """Answers includes from memory, and nothing else from anywhere."""

    def __init__(self, texts: Mapping[str, bytes]) -> None:
        self._texts = texts

    def resolve(self, system_url: str, public_id: str, context: object = None) -> object:
        del public_id
        name = system_url.removeprefix(_SCHEME).rpartition("/")[2]
        return self.resolve_string(self._texts.get(name, b""), context, base_url=system_url)


def _folder(path: Path) -> dict[str, bytes]:
    return {file.relative_to(path).as_posix(): file.read_bytes() for file in path.rglob("*.xsd")}


def _portable(root: etree._Element) -> bytes:
    for pattern in root.iter(f"{_XS}pattern"):
        value = pattern.get("value", "").replace(_LOOK_AHEAD, "")
        if value.startswith("^") and value.endswith("$"):
            value = value[1:-1]
        pattern.set("value", value)
    control = root.find(f"{_XS}complexType[@name='FormXmlControlType']")
    parameters = None if control is None else control.find(f".//{_XS}element[@name='parameters']")
    if parameters is not None:
        _accept_anything(parameters)
    return etree.tostring(root)


def _accept_anything(element: etree._Element) -> None:
    for child in list(element):
        element.remove(child)
    content = etree.SubElement(element, f"{_XS}complexType")
    sequence = etree.SubElement(content, f"{_XS}sequence")
    etree.SubElement(
        sequence, f"{_XS}any", minOccurs="0", maxOccurs="unbounded", processContents="skip"
    )


def _drop_newer(root: etree._Element, names: frozenset[str]) -> None:
    for element in list(root.iter(etree.Element)):
        tag = str(element.tag)
        newer = (*_NEWER_ATTRIBUTES, *_NEWER_ATTRIBUTES_OF.get(tag, ()))
        for name in [str(name) for name in element.attrib]:
            # A name with a namespace is not for the schema to know.
            if name in newer or (name not in names and not name.startswith("{")):
                del element.attrib[name]
        parent = element.getparent()
        if parent is not None and (
            tag not in names or tag in _NEWER_CHILDREN_OF.get(str(parent.tag), ())
        ):
            parent.remove(element)


def _invalid(context: str) -> UsageError:
    return UsageError(
        "schemas-invalid",
        "The schemas of customizations.xml cannot be used",
        context=context,
        hint="Give Microsoft's Schemas.zip unchanged, or the folder that it was unpacked to.",
    )
