"""Reads and writes the user's files and folders, each whole or not at all; knows no formats."""

import errno
import os
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from d365pop.errors import ConfigurationError, UsageError


def read_file(path: Path) -> bytes:
    """Return the content of ``path``.

    Raises:
        UsageError: there is no such file, or it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(
            "file-unreadable",
            f"{path} cannot be read.",
            context=error.strerror or str(error),
            hint="Name a file that is there.",
        ) from error


def write_file(path: Path, content: bytes, *, option: str = "--out") -> None:
    """Write ``content`` to ``path``, whole or not at all; ``option`` is what names the place.

    Raises:
        ConfigurationError: the place cannot be written.
    """
    write_files({path.name: content}, path.parent, option=option)


def write_files(files: Mapping[str, bytes], out: Path, *, option: str = "--out") -> None:
    """Write ``files`` below ``out``, each whole or not at all.

    Raises:
        ConfigurationError: the folder cannot be written.
    """
    try:
        for name, content in files.items():
            _write_whole(out / name, content)
    except OSError as error:
        raise _unwritable(out, error, option) from error


def refuse_unwritable(path: Path, *, option: str) -> None:
    """Refuse a place that cannot be written, before the work whose result would go there.

    Raises:
        ConfigurationError: it cannot be written; ``option`` is what names it.
    """
    try:
        if _is_no_file(path):
            return
        folder = Path(os.path.realpath(path)).parent
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise _unwritable(path, error, option) from error


def _is_no_file(path: Path) -> bool:
    """Return whether ``path`` is a device or a pipe, such as /dev/null."""
    return path.exists() and not path.is_file() and not path.is_dir()


def _write_whole(path: Path, content: bytes) -> None:
    if _is_no_file(path):  # put in its place, a file would end it for everybody
        path.write_bytes(content)
        return
    target = Path(os.path.realpath(path))  # what a link leads to is written, and it stays a link
    target.parent.mkdir(parents=True, exist_ok=True)
    replace_whole(target, content)


def replace_whole(target: Path, content: bytes) -> None:
    """Put ``content`` in the place of ``target``, whole or not at all, whoever else does so, too.

    Raises:
        OSError: it cannot be written.
    """
    draft = _draft_of(target)
    try:
        with draft.open("xb") as file:
            file.write(content)
        draft.replace(target)
    finally:
        # There is one only where it did not become the file.
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def _draft_of(target: Path) -> Path:
    """Return where to make what becomes ``target``; no other process makes its own there."""
    return target.with_name(f".{target.name}.{os.urandom(4).hex()}.new")


def replace_folder(folder: Path, files: Mapping[str, bytes], *, force: bool, marker: str) -> None:
    """Make ``folder`` hold exactly ``files``, all of them or none.

    A symbolic link is never replaced. A folder with something in it is replaced only by
    ``force``, and only where it holds the file ``marker``, so that a slip of the hand does not
    cost a home folder. Its entries that start with a dot are kept.

    Raises:
        UsageError: the folder is in use; ``ConfigurationError``: it cannot be written.
    """
    target = folder.absolute()
    try:
        _refuse_used(target, force=force, marker=marker)
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = _draft_of(target)
        draft.mkdir()
    except OSError as error:
        raise _unwritable(folder, error) from error
    try:
        _write_below(draft, files)
        _swap(draft, target)
    except OSError as error:
        raise _unwritable(folder, error) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _refuse_used(target: Path, *, force: bool, marker: str) -> None:
    if target.is_symlink():
        # What is kept of the old folder would be moved out of the folder that the link names.
        raise UsageError(
            "folder-is-link",
            f"{target} is not replaced: it is a symbolic link.",
            hint="Name the folder that it leads to.",
        )
    if target.is_dir() and not any(target.iterdir()):
        return
    if not target.exists():
        return
    if not force:
        raise UsageError(
            "folder-in-use",
            f"{target} is there and not empty.",
            hint="Name another folder, or add --force to replace it.",
        )
    if not (target / marker).is_file():
        raise UsageError(
            "folder-foreign",
            f"{target} is not replaced: it holds no {marker}.",
            context="--force replaces only what was unpacked before.",
            hint="Name another folder, or empty this one yourself.",
        )


def _write_below(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        if any(part in {"", ".", ".."} for part in name.split("/")) or {*name} & {"\\", ":", "\0"}:
            raise UsageError(
                "path-outside",
                f"The file {name!r} would not lie in the folder; nothing was written.",
            )
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _swap(draft: Path, target: Path) -> None:
    """Put ``draft`` where ``target`` is; the old folder goes back if that fails."""
    if not target.exists():
        draft.rename(target)
        return
    old = draft.with_suffix(".old")
    target.rename(old)
    try:
        draft.rename(target)
    except OSError:
        old.rename(target)
        raise
    for hidden in old.glob(".*"):
        hidden.rename(target / hidden.name)
    shutil.rmtree(old)


def _unwritable(path: Path, error: OSError, option: str = "--out") -> ConfigurationError:
    return ConfigurationError(
        "output-unwritable",
        f"{path} cannot be written.",
        context=str(error),
        hint=f"Name another place with {option}.",
    )
