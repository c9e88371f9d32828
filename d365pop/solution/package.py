"""The ZIP around a solution: same parts, same bytes; knows nothing of what the parts say."""

import copy
import hashlib
import stat
import struct
import zipfile
import zlib
from collections.abc import Collection, Iterable, Mapping
from io import BytesIO
from typing import BinaryIO

from d365pop.errors import BundleError
from d365pop.solution.zip_writer import write_zip

ROOT_PARTS = ("[Content_Types].xml", "solution.xml", "customizations.xml")

MAX_ENTRIES = 20_000
MAX_TOTAL_BYTES = 512 * 1024 * 1024
MAX_ENTRY_RATIO = 250
_CHUNK = 1024 * 1024
# Small files of one repeated line compress better than any ratio would allow.
RATIO_FREE_BYTES = 1024 * 1024

_FILE_MODE = (stat.S_IFREG | 0o644) << 16
_ENCRYPTED = 0x1
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    LookupError,  # an entry whose name is empty
    NotImplementedError,
    OverflowError,
    RuntimeError,
    ValueError,
)


def write_package(parts: Mapping[str, bytes]) -> bytes:
    """Return ``parts`` (content by path) as ZIP bytes.

    The bytes depend on the parts and on the deflate library only; across machines compare
    ``content_digest``.
    """
    _refuse_duplicates(parts)
    names = sorted(parts, key=_order)
    for name in names:
        _check_name(name)
    return write_zip(((name, parts[name]) for name in names), _FILE_MODE)


def read_package(data: bytes | BinaryIO) -> dict[str, bytes]:
    """Return the content of each part by path; directory entries carry nothing and are left out.

    ``data`` may be an open file, which keeps a large archive out of memory.

    Raises:
        BundleError: ``package-invalid`` for a damaged or unsafe archive, ``package-too-large``
            for one that unpacks to more than we accept.
    """
    try:
        with zipfile.ZipFile(BytesIO(data) if isinstance(data, bytes) else data) as archive:
            entries = archive.infolist()
            _check_sizes(entries)
            files = [entry for entry in entries if not entry.is_dir()]
            for entry in files:
                _check_entry(entry)
            _refuse_duplicates(entry.filename for entry in files)
            return {entry.filename: _content(archive, entry) for entry in files}
    except _DAMAGE as exc:
        raise _invalid("the archive is damaged or cut short", str(exc)) from exc


def check_names(names: Collection[str]) -> None:
    """Refuse names that are no part names, and two that differ in case alone.

    Raises:
        BundleError: ``package-invalid``.
    """
    for name in names:
        _check_name(name)
    _refuse_duplicates(names)


def content_digest(parts: Mapping[str, bytes]) -> str:
    """Return the SHA-256 over the sorted names and the SHA-256 of each part, in hexadecimal."""
    digest = hashlib.sha256()
    for name in sorted(parts):
        digest.update(f"{name}\0{hashlib.sha256(parts[name]).hexdigest()}\n".encode())
    return digest.hexdigest()


def _order(name: str) -> tuple[int, str]:
    return (ROOT_PARTS.index(name) if name in ROOT_PARTS else len(ROOT_PARTS), name)


def _check_sizes(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES:
        raise _too_large(f"{len(entries)} entries; at most {MAX_ENTRIES} are read")
    total = sum(entry.file_size for entry in entries)
    if total > MAX_TOTAL_BYTES:
        raise _too_large(f"{total} bytes unpacked; at most {MAX_TOTAL_BYTES} are read")
    for entry in entries:
        ratio = entry.file_size / max(entry.compress_size, 1)
        if entry.file_size > RATIO_FREE_BYTES and ratio > MAX_ENTRY_RATIO:
            raise _too_large(f"{entry.filename} unpacks to {ratio:.0f} times its packed size")


def _check_entry(entry: zipfile.ZipInfo) -> None:
    # zipfile cuts a name at a NUL; the original tells.
    _check_name(entry.orig_filename)
    if entry.flag_bits & _ENCRYPTED:
        raise _invalid(f"{entry.filename} is encrypted")
    if entry.compress_type not in _METHODS:
        raise _invalid(f"{entry.filename} uses compression method {entry.compress_type}")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise _invalid(f"{entry.filename} is a symbolic link")


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Return what ``entry`` unpacks to, and never unpack more than it declares."""
    # ``ZipFile.read`` unpacks everything and then cuts it to the declared size: one byte more is
    # asked for, in pieces, to see an entry that holds more.
    longer = copy.copy(entry)
    longer.file_size += 1
    content = bytearray()
    with archive.open(longer) as stream:
        while piece := stream.read(min(_CHUNK, longer.file_size - len(content))):
            content += piece
    if len(content) != entry.file_size:
        raise _invalid(f"{entry.filename} does not unpack to the {entry.file_size} bytes it says")
    return bytes(content)


def _check_name(name: str) -> None:
    segments = name.split("/")
    if any(segment in {"", ".", ".."} for segment in segments):
        raise _invalid(f"the part name {name!r} is absolute or leaves the package")
    if any(character in "\\:" or ord(character) < ord(" ") for character in name):
        raise _invalid(f"the part name {name!r} has a backslash, a colon or a control character")
    try:
        name.encode()
    except UnicodeEncodeError as exc:
        raise _invalid(f"the part name {name!r} is not UTF-8") from exc


def _refuse_duplicates(names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        # Part names of this format are compared without case.
        if name.lower() in seen:
            raise _invalid(f"the part {name} is there twice")
        seen.add(name.lower())


def _invalid(message: str, context: str = "") -> BundleError:
    return BundleError(
        "package-invalid",
        f"Not a usable solution package: {message}",
        context=context,
        hint="Export or build the package again.",
    )


def _too_large(message: str) -> BundleError:
    return BundleError(
        "package-too-large",
        f"The package is refused: {message}",
        context="Limits on what is unpacked keep a hostile archive from filling the machine.",
        hint="Export or build the package again.",
    )
