"""``[Content_Types].xml`` of a package: covers every part by extension or by name; pure."""

from collections.abc import Iterable
from typing import Final
from xml.sax.saxutils import quoteattr

CONTENT_TYPES: Final = "[Content_Types].xml"

_BOM = b"\xef\xbb\xbf"
_HEAD = '<?xml version="1.0" encoding="utf-8"?>'
_NAMESPACE = "http://schemas.openxmlformats.org/package/2006/content-types"
_TYPE = 'ContentType="application/octet-stream"'


def extensions_and_overrides(parts: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return the extensions that occur, and the parts that have none and need an Override."""
    names = {part: part.rpartition("/")[2] for part in parts}
    return (
        sorted({name.rpartition(".")[2] for name in names.values() if "." in name}),
        sorted(part for part, name in names.items() if "." not in name),
    )


def content_types(parts: Iterable[str]) -> bytes:
    """Return the part for ``parts``, itself not among them: one line, as the platform writes it."""
    extensions, overrides = extensions_and_overrides([CONTENT_TYPES, *parts])
    entries = [f"<Default Extension={quoteattr(name)} {_TYPE} />" for name in extensions]
    entries += [f"<Override PartName={quoteattr(f'/{part}')} {_TYPE} />" for part in overrides]
    text = f'{_HEAD}<Types xmlns="{_NAMESPACE}">{"".join(entries)}</Types>'
    return _BOM + text.encode()
