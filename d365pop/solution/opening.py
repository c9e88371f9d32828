"""Reads a package from the disk: a ZIP, the folder it was extracted to, or a source layout.

The edge beside ``package.py``: it knows files, not what the parts say, and never follows a link.
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from d365pop.errors import BundleError, D365PopError, UsageError
from d365pop.solution.package import MAX_ENTRIES, MAX_TOTAL_BYTES, check_names, read_package
from d365pop.solution.source_layout import pack

_SOURCE_LAYOUT: Final = "Other/Solution.xml"


def open_package(path: Path) -> dict[str, bytes]:
    """Return the parts of the package at ``path``, by name.

    Of a folder, names that start with a dot are left out: they are the file system's and git's.

    Raises:
        UsageError: there is no file or folder.
        BundleError: it is no package, it is too large, or a file cannot be read.
    """
    mode = _mode(path)
    if stat.S_ISREG(mode):
        return _read_archive(path)
    if not stat.S_ISDIR(mode):
        raise _unusable(f"{path} is neither a file nor a folder")
    files = read_folder(path)
    return pack(files) if _is_source_layout(files) else files


def _read_archive(path: Path) -> dict[str, bytes]:
    try:
        with path.open("rb") as file:
            return read_package(file)
    except OSError as exc:
        raise _unusable(f"{path} cannot be read", str(exc)) from exc


def _mode(path: Path) -> int:
    try:
        return path.stat().st_mode
    except (OSError, ValueError) as exc:
        raise UsageError(
            "package-not-found",
            f"There is no package at {path}.",
            context=str(exc),
            hint="Name a solution ZIP, or the folder that it was unpacked to.",
        ) from exc


def _is_source_layout(files: dict[str, bytes]) -> bool:
    return any(name.lower() == _SOURCE_LAYOUT.lower() for name in files)


def read_folder(root: Path) -> dict[str, bytes]:
    """Return the files below ``root`` by POSIX path, without those that start with a dot."""
    files: dict[str, bytes] = {}
    total = 0
    for path, size in _walk(root):
        total += size
        if total > MAX_TOTAL_BYTES or len(files) >= MAX_ENTRIES:
            raise BundleError(
                "package-too-large",
                f"{root} holds more than a package",
                context=f"At most {MAX_ENTRIES} files of {MAX_TOTAL_BYTES} bytes are read.",
                hint="Name the folder of one solution.",
            )
        files[path.relative_to(root).as_posix()] = _read(path)
    check_names(files)
    return files


def _walk(root: Path) -> Iterator[tuple[Path, int]]:
    """Yield each file with its size; not by recursion, since folders may be nested for ever."""
    waiting = [root]
    while waiting:
        folder = waiting.pop()
        for path, status in _entries(folder):
            if stat.S_ISDIR(status.st_mode):
                waiting.append(path)
            elif stat.S_ISREG(status.st_mode):
                yield path, status.st_size
            else:
                raise _unusable(f"{path} is a symbolic link or a device, not a file")


def _entries(folder: Path) -> list[tuple[Path, os.stat_result]]:
    try:
        paths = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
        return [(path, path.lstat()) for path in paths]
    except OSError as exc:
        raise _unusable(f"{folder} cannot be read", str(exc)) from exc


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_TOTAL_BYTES:
            raise _unusable(f"{path} is larger than any package")
        return path.read_bytes()
    except OSError as exc:
        raise _unusable(f"{path} cannot be read", str(exc)) from exc


def _unusable(message: str, context: str = "") -> D365PopError:
    return BundleError(
        "package-unreadable",
        # A name on the disk may be no UTF-8; a message always is.
        message.encode(errors="backslashreplace").decode(),
        context=context.encode(errors="backslashreplace").decode(),
        hint="Name a solution ZIP, or the folder that it was unpacked to.",
    )
