"""Opens a package: ZIP limits, the three root files, the declared parts; knows no solution."""

import io
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import PurePosixPath
from urllib.parse import unquote
from xml.etree import ElementTree as ET

from d365pop.emulator.faults import Fault, bad_request
from d365pop.emulator.xmltext import XmlRefusedError, parse_xml

BAD_ARCHIVE = "0x80048060"
INVALID_XML = "0x8004802c"
ROOT_FILES = ("solution.xml", "customizations.xml", "[Content_Types].xml")
TYPES_NAMESPACE = "{http://schemas.openxmlformats.org/package/2006/content-types}"
MOST_ENTRIES = 20_000
LARGEST_TOTAL = 512 * 1024 * 1024
ENCRYPTED = 0x1


def open_archive(content: bytes) -> Mapping[str, bytes]:
    """Return the package's parts by path.

    A part that ``[Content_Types].xml`` does not declare does not exist for the platform's reader,
    so it is left out. ASSUMED: seen from the reader's kind (OPC), not from a live import.

    Raises:
        Fault: no ZIP, an unsafe one, or one without the root files.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = _checked_entries(archive)
            files = {entry.filename: _content(archive, entry) for entry in entries}
    # LookupError: an entry whose name is empty.
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        LookupError,
        NotImplementedError,
        RuntimeError,
    ) as exc:
        raise _invalid(f"The file is no readable ZIP archive: {exc}.") from exc
    missing = [name for name in ROOT_FILES if name not in files]
    if missing:
        raise _invalid(
            "The compressed file must contain the following files at its root: solution.xml, "
            f"customizations.xml, and [Content_Types].xml. Missing: {', '.join(missing)}."
        )
    declared = _declared_parts(files)
    return {name: data for name, data in files.items() if name in declared}


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Read no more than the entry declares: it may lie, and unpack to anything."""
    with archive.open(entry) as stream:
        content = stream.read(entry.file_size + 1)
    if len(content) != entry.file_size:
        raise _invalid(f"{entry.filename} is not as large as it says.")
    return content


def parse_part(parts: Mapping[str, bytes], name: str) -> ET.Element:
    """Return the root element of a part.

    Raises:
        Fault: it is no well-formed XML, or brings a document type.
    """
    try:
        return parse_xml(parts[name])
    except XmlRefusedError as exc:
        raise bad_request(
            f"The import file is invalid. XSD validation failed: {name}: {exc}", INVALID_XML
        ) from exc


def _checked_entries(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MOST_ENTRIES:
        raise _invalid(f"It holds {len(entries)} files; at most {MOST_ENTRIES} are read.")
    total = sum(entry.file_size for entry in entries)
    if total > LARGEST_TOTAL:
        raise _invalid(f"It unpacks to {total} bytes; at most {LARGEST_TOTAL} are read.")
    seen: set[str] = set()
    for entry in entries:
        path = PurePosixPath(entry.filename)
        if path.is_absolute() or ".." in path.parts or "\\" in entry.filename:
            raise _invalid(f"The path '{entry.filename}' leads out of the package.")
        if entry.filename.lower() in seen:
            raise _invalid(f"The path '{entry.filename}' occurs twice.")
        if entry.flag_bits & ENCRYPTED:
            raise _invalid(f"The file '{entry.filename}' is encrypted.")
        seen.add(entry.filename.lower())
    return entries


def _declared_parts(files: Mapping[str, bytes]) -> set[str]:
    types = parse_part(files, "[Content_Types].xml")
    extensions = {
        item.get("Extension", "").lower() for item in types.iter(f"{TYPES_NAMESPACE}Default")
    }
    overrides = {
        unquote(item.get("PartName", "")).lower().lstrip("/")
        for item in types.iter(f"{TYPES_NAMESPACE}Override")
    }
    return {
        name
        for name in files
        if name in ROOT_FILES
        or PurePosixPath(name).suffix.lower().lstrip(".") in extensions - {""}
        or name.lower() in overrides
    }


def _invalid(reason: str) -> Fault:
    return bad_request(f"The solution file is invalid. {reason}", BAD_ARCHIVE)
