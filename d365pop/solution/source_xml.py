"""XML moved between the depths of two documents without losing a character; knows no places."""

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Final

from lxml import etree

from d365pop.errors import BundleError
from d365pop.solution.xml import parse_xml

STEP: Final = "  "

# ASSUMED: readers of customizations.xml skip processing instructions, as XML asks of them.
_MARK = "d365pop"
_VERBATIM_MARK = "d365pop-verbatim"
_NO_ELEMENTS = (etree._Comment, etree._ProcessingInstruction)  # noqa: SLF001 - lxml's public types have these names
_BOM = b"\xef\xbb\xbf"
_DECLARATION = b'<?xml version="1.0" encoding="utf-8"?>\n'
# lxml escapes every ">" of texts and attributes: "/>" ends a tag unless a comment holds it.
_EMPTY_TAG = re.compile(rb"(<!--.*?-->|<\?.*?\?>)|/>", re.DOTALL)


def source_bytes(element: etree._Element) -> bytes:
    """Return a file of the source layout: BOM, declaration and LF, as SolutionPackager's."""
    return _BOM + _DECLARATION + _text(element)


def package_bytes(element: etree._Element) -> bytes:
    """Return a part of a package: no BOM, no declaration and CRLF, as the platform's exports."""
    return _text(element).replace(b"\n", b"\r\n")


def canonical(data: bytes, what: str) -> bytes:
    """Return the C14N form of a document.

    Raises:
        BundleError: it has none: a namespace in it is no absolute address.
    """
    try:
        return etree.tostring(parse_xml(data, what), method="c14n")
    except etree.C14NError as error:
        raise BundleError(
            "xml-invalid",
            f"{what} has no canonical form",
            context="A namespace in it is no absolute address.",
            hint="Export or build the package again.",
        ) from error


def detached(element: etree._Element, depth: int) -> tuple[etree._Element, bool]:
    """Return a copy of ``element`` moved left by ``depth`` steps, and whether that was possible.

    Where a line is not indented that far the copy keeps its white space: an indentation that is
    added back must give the same text.
    """
    original = deepcopy(element)
    copy = new_root(element.tag, element, {str(k): str(v) for k, v in element.attrib.items()})
    copy.text = original.text
    copy.extend(list(original))
    if not can_move(copy, depth):
        return copy, False
    for owner, field, text in list(_blank_lines(copy)):
        setattr(owner, field, text.replace("\n" + STEP * depth, "\n"))
    return copy, True


def can_move(element: etree._Element, depth: int) -> bool:
    """Tell whether every line of ``element`` is indented by ``depth`` steps at least."""
    prefix = STEP * depth
    return all(_is_indented(text, prefix) for _, _, text in _blank_lines(element))


def indent(element: etree._Element, depth: int) -> None:
    """Move the lines of ``element`` right by ``depth`` steps: the inverse of ``detached``."""
    for owner, field, text in list(_blank_lines(element)):
        setattr(owner, field, text.replace("\n", "\n" + STEP * depth))


def is_regular(container: etree._Element, depth: int) -> bool:
    """Tell whether the children stand one a line, as ``fill`` would put them."""
    children = list(container)
    if not children or any(isinstance(child, _NO_ELEMENTS) for child in children):
        return False
    inner, outer = "\n" + STEP * (depth + 1), "\n" + STEP * depth
    tails = [child.tail for child in children]
    return container.text == inner and tails == [inner] * (len(tails) - 1) + [outer]


def fill(container: etree._Element, children: list[etree._Element], depth: int) -> None:
    """Append ``children``, one a line; ``depth`` is the container's own."""
    if not children:
        return
    inner = "\n" + STEP * (depth + 1)
    if len(container):
        container[-1].tail = inner
    else:
        container.text = inner
    for child in children:
        child.tail = inner
        container.append(child)
    children[-1].tail = "\n" + STEP * depth


def mark(path: str, tail: str | None, *, shifted: bool) -> etree._Element:
    """Return the instruction that stands where the component of the file ``path`` belongs."""
    found = etree.ProcessingInstruction(_MARK if shifted else _VERBATIM_MARK, path)
    found.tail = tail
    return found


def marks(root: etree._Element) -> list[tuple[etree._Element, str, bool]]:
    """Return every mark below ``root`` with its file, and whether the lines were moved."""
    return [
        (node, node.text or "", node.target == _MARK)
        for node in root.iter()
        if isinstance(node, etree._ProcessingInstruction)  # noqa: SLF001 - as above
        and node.target in {_MARK, _VERBATIM_MARK}
        and node.getparent() is not None
    ]


def drop_marks(root: etree._Element) -> None:
    """Take out marks whose file is gone: somebody removed the component."""
    for node, _, _ in marks(root):
        parent = node.getparent()
        if parent is not None:
            parent.remove(node)


def empty(container: etree._Element) -> None:
    """Take out the children and the white space around them."""
    container.text = None
    for child in list(container):
        container.remove(child)


def new_root(
    tag: str, like: etree._Element, attributes: Mapping[str, str] | None = None
) -> etree._Element:
    """Return an element with the prefixes that are in scope at ``like``, used or not."""
    prefixes = {prefix: uri for prefix, uri in like.nsmap.items() if prefix}
    return etree.Element(tag, dict(attributes or {}), nsmap=prefixes)


def _blank_lines(element: etree._Element) -> Iterator[tuple[etree._Element, str, str]]:
    for node in element.iter():
        fields = ("text",) if node is element else ("text", "tail")
        for field in fields:
            # The text of a comment or instruction is its content.
            if field == "text" and isinstance(node, _NO_ELEMENTS):
                continue
            text = getattr(node, field)
            if text and "\n" in text and not text.strip():
                yield node, field, text


def _is_indented(text: str, prefix: str) -> bool:
    return all(line.startswith(prefix) for line in text.split("\n")[1:])


def _text(element: etree._Element) -> bytes:
    raw = etree.tostring(element, encoding="utf-8", with_tail=False)
    raw = raw.removeprefix(b"<?xml version='1.0' encoding='utf-8'?>\n")
    return _EMPTY_TAG.sub(lambda found: found[1] or b" />", raw)
