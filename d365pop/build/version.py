"""The version of a solution: as written, or counted from the nearest git tag; runs git."""

import re
import subprocess
from pathlib import Path
from typing import Final

from d365pop.errors import ConfigurationError, UsageError

FROM_GIT: Final = "git"

_VERSION = re.compile(r"\d{1,9}(\.\d{1,9}){3}")
_TAG = re.compile(r"v(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?:\.(\d{1,9}))?")
_HINT = 'Tag a commit: git tag v1.0.0, or write [solution] version = "1.0.0.0".'


def resolve_version(written: str, folder: Path, override: str = "") -> str:
    """Return four numbers: ``override``, or ``written``, or for ``"git"`` those of the tag.

    The nearest tag ``vA.B.C[.D]`` with n commits since then gives A.B.C.(D+n); what is not
    committed does not count.

    Raises:
        UsageError: ``override`` is no version; ``ConfigurationError``: git knows none.
    """
    if override and not _VERSION.fullmatch(override):
        raise UsageError(
            "version-invalid",
            f"{override!r} is no version.",
            hint="A version has four numbers, such as 1.4.0.0.",
        )
    if override or written != FROM_GIT:
        return override or written
    return version_from(_describe(folder))


def version_from(description: str) -> str:
    """Return the version of what ``git describe --long`` says: ``v1.2.3-4-gabcdef0``.

    Raises:
        ConfigurationError: the tag is not ``vA.B.C`` or ``vA.B.C.D``.
    """
    tag, count, _ = description.rsplit("-", 2)
    found = _TAG.fullmatch(tag)
    if not found:
        raise ConfigurationError(
            "version-tag-invalid",
            f"The nearest git tag {tag} is no version.",
            context="A version's tag is v and three or four numbers, such as v1.4.0.",
            hint=_HINT,
        )
    return f"{found[1]}.{found[2]}.{found[3]}.{int(found[4] or 0) + int(count)}"


def _describe(folder: Path) -> str:
    command = ["git", "describe", "--tags", "--long", "--match", "v[0-9]*"]
    try:
        with subprocess.Popen(  # noqa: S603 - our own words; git comes from the user's PATH
            command,
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
        ) as process:
            description, problem = process.communicate()
    except OSError as error:
        raise ConfigurationError(
            "version-git-missing",
            "The version shall come from git, and git does not run here.",
            context=str(error),
            hint="Install git, or give the version with --version.",
        ) from error
    if process.returncode:
        raise ConfigurationError(
            "version-tag-missing",
            f"The version shall come from a git tag, and {folder.absolute()} has none.",
            context=problem.strip(),
            hint=f"{_HINT} In a shallow clone: git fetch --tags --unshallow.",
        )
    return description.strip()
