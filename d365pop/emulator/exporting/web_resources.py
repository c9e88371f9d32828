"""The web resources of an exported package: their entries and their files."""

import base64
import re
from xml.etree import ElementTree as ET

from d365pop.emulator.component_types import WEB_RESOURCE
from d365pop.emulator.exporting.source import ExportSource
from d365pop.emulator.metadata import Row

UNNAMED = re.compile("[^A-Za-z0-9_-]")
LONGEST_STEM = 50


def write_web_resources(source: ExportSource) -> dict[str, bytes]:
    """Fill the section of the customizations; return the files by path."""
    root = source.customizations
    section = root.find("WebResources")
    if section is None:
        section = ET.SubElement(root, "WebResources")
    for child in list(section):
        section.remove(child)
    files: dict[str, bytes] = {}
    for row in source.rows_of(WEB_RESOURCE, "webresource"):
        path = file_name(row)
        section.append(_entry(row, path))
        files[path.lstrip("/")] = base64.b64decode(str(row["content"] or ""))
    return files


def file_name(row: Row) -> str:
    """Return the path of a web resource's file as the platform builds it."""
    stem = UNNAMED.sub("", str(row["name"]))[:LONGEST_STEM]
    return f"/WebResources/{stem}{str(row['webresourceid']).upper()}"


def _entry(row: Row, path: str) -> ET.Element:
    entry = ET.Element("WebResource")
    texts = {
        "WebResourceId": f"{{{row['webresourceid']}}}",
        "Name": row["name"],
        "DisplayName": row["displayname"],
        "Description": row["description"],
        "LanguageCode": row["languagecode"],
        "WebResourceType": row["webresourcetype"],
        "IntroducedVersion": row["introducedversion"] or "1.0",
        "IsEnabledForMobileClient": row["isenabledformobileclient"] or 0,
        "IsAvailableForMobileOffline": row["isavailableformobileoffline"] or 0,
        "DependencyXml": row["dependencyxml"],
        "IsCustomizable": int(bool(row["iscustomizable"])),
        "CanBeDeleted": int(bool(row["canbedeleted"])),
        "IsHidden": int(bool(row["ishidden"])),
        "FileName": path,
    }
    for tag, value in texts.items():
        if value is not None:
            ET.SubElement(entry, tag).text = str(value)
    return entry
