"""Texts by key as RESX, the format of localised texts in Dataverse and .NET; pure.

The headers are those that Microsoft's tools write and that its reader wants:
https://learn.microsoft.com/dotnet/core/extensions/work-with-resx-files-programmatically
"""

from collections.abc import Mapping
from typing import Final

from lxml import etree

_HEADERS: Final = {
    "resmimetype": "text/microsoft-resx",
    "version": "2.0",
    "reader": "System.Resources.ResXResourceReader, System.Windows.Forms",
    "writer": "System.Resources.ResXResourceWriter, System.Windows.Forms",
}
_SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"


def write_resx(texts: Mapping[str, str]) -> bytes:
    """Return the file, sorted by key: same texts, same bytes."""
    root = etree.Element("root")
    for name, value in _HEADERS.items():
        header = etree.SubElement(root, "resheader", {"name": name})
        etree.SubElement(header, "value").text = value
    for key, text in sorted(texts.items()):
        data = etree.SubElement(root, "data", {"name": key, _SPACE: "preserve"})
        etree.SubElement(data, "value").text = text
    etree.indent(root)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"
