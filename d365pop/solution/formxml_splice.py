"""Puts children into an XML element and takes them out again; every other byte stays.

What is put in can be taken out without a trace, although nothing else is stored. Two rules do it:

* A child goes directly behind the ``>`` of its elder sibling or of the start tag. So all white
  space in front of it is ours, and is removed with it.
* A parent that had no child remembers so in the white space of its end tag, where XML allows it
  and no reader sees it: one blank says that it was written in one tag, two blanks more than there
  were say that it had two tags. A parent of our own has a plain end tag. (A platform that drops
  such blanks loses only the difference between an empty element and none.)
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from d365pop.solution.formxml_scan import Element

_WAS_ONE_TAG = b" "
_WAS_EMPTY = b"  "
_INDENT = b"  "
_LINE_START = re.compile(rb"(\r?\n)([ \t]*)\Z")
_WHITE_SPACE = b" \t\r\n"


@dataclass(frozen=True, slots=True)
class Line:
    """A tag to insert, and how deep below the parent's children it stands."""

    depth: int
    tag: bytes


def replace(data: bytes, start: int, end: int, replacement: bytes) -> bytes:
    """Return ``data`` with other bytes between two offsets."""
    return data[:start] + replacement + data[end:]


def append_child(data: bytes, parent: Element, lines: Sequence[Line], *, is_root: bool) -> bytes:
    """Return ``data`` with ``lines`` as the last child of ``parent``, in the text's own layout."""
    newline, indent = _child_layout(data, parent)
    text = b"".join(
        newline + (indent + _INDENT * line.depth if newline else b"") + line.tag for line in lines
    )
    if parent.children:
        position = parent.children[-1].end
        return replace(data, position, position, text)
    if parent.is_one_tag:
        closing = newline + indent.removesuffix(_INDENT)
        end_tag = b"</" + parent.name.encode() + _WAS_ONE_TAG + b">"
        return replace(data, parent.end - len(b"/>"), parent.end, b">" + text + closing + end_tag)
    if not is_root or _end_tag_blanks(data, parent):
        # A root is never removed, so it needs the mark only where its own blanks look like one.
        data = replace(data, parent.end - 1, parent.end - 1, _WAS_EMPTY)
    return replace(data, parent.content_start, parent.content_start, text)


def remove_child(data: bytes, path: Sequence[Element]) -> bytes:
    """Return ``data`` without the last element of ``path``, which leads down from the root.

    A parent that is left without a child gets back the form it had before its first one, or is
    removed too where it was ours.
    """
    *ancestors, element = path
    parent = ancestors[-1]
    if len(parent.children) > 1:
        return _cut(data, element)
    blanks = _end_tag_blanks(data, parent)
    if not blanks and len(ancestors) > 1:
        return remove_child(data, ancestors)
    if blanks.endswith(_WAS_EMPTY):
        data = replace(data, parent.end - 1 - len(_WAS_EMPTY), parent.end - 1, b"")
    elif blanks == _WAS_ONE_TAG and not _content_beside(data, parent, element):
        return replace(data, parent.content_start - 1, parent.end, b"/>")
    return _cut(data, element)


def _cut(data: bytes, element: Element) -> bytes:
    return data[: element.start].rstrip(_WHITE_SPACE) + data[element.end :]


def _content_beside(data: bytes, parent: Element, element: Element) -> bytes:
    before = data[parent.content_start : element.start]
    return (before + data[element.end : parent.content_end]).strip(_WHITE_SPACE)


def _end_tag_blanks(data: bytes, element: Element) -> bytes:
    if element.is_one_tag:
        return b""
    name_end = element.content_end + len(b"</") + len(element.name.encode())
    return data[name_end : element.end - 1]


def _child_layout(data: bytes, parent: Element) -> tuple[bytes, bytes]:
    """Return newline and indentation for a child; both are empty in a text without lines."""
    anchor = parent.children[-1] if parent.children else parent
    # The white space in front of the anchor is short; a slice keeps the search from starting far.
    line_start = _LINE_START.search(data, max(0, anchor.start - 200), anchor.start)
    if line_start is None:
        return b"", b""
    newline, indent = line_start.groups()
    return newline, indent if parent.children else indent + _INDENT
